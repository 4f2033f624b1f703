// Dates as they are printed on charts. Used in this room, and by the pipeline for dates beside signatures.
#pragma once

#include <optional>
#include <string_view>

#include "charts/layout.h"
#include "core/date.h"

namespace chartscan::charts {

// A birth date lies in the past: two-digit years that would be later belong to the last century.
enum class Century { Recent, Birth };

struct PrintedDate {
  Date date;
  int tokens = 0;         // how many it takes
  bool repaired = false;  // a letter was read as the digit it resembles
};

// The date that starts at token `at`: 02/03/1961, 2-3-61, 02.03.1961, 1961-02-03, 19610203, 02031961, 03 Feb 1961,
// Feb 3, 1961, 3-FEB-1961. Month first where both orders are possible, day first only where the month cannot be.
std::optional<PrintedDate> date_at(const Layout& layout, int at, int last, Century century);

// A whole text that is one date in any of these forms.
std::optional<Date> parse_printed_date(std::string_view text, Century century);

}  // namespace chartscan::charts
