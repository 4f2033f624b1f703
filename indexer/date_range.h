// The ways in which people type a day, a month, a year or a stretch of time, as bounds of the date field. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chartscan::indexer {

// First and last day, inclusive, as yyyymmdd. Where a month or day is left open it is 00 in `from` and 99 in `to`; "" = open.
struct DateRange {
  std::string from, to;
  bool operator==(const DateRange&) const = default;
};

// 2019, 2019-03, 2019-03-05, 2019/03/05, 20190305, 3/5/2019 and 03-05-2019 (month first, unless that is no month), 3/2019,
// "5 Mar 2019", "March 5, 2019", "Mar 2019"; from..to, ..to, from.., "2019 to 2021", 2019-2021; >2019, >=2019-03, <3/5/2019, <=2020.
// Nothing where it is none of these, or no such day exists.
std::optional<DateRange> parse_date_range(std::string_view text);

inline constexpr const char* kDateExamples = "2019, 2019-03, 3/5/2019, \"March 2019\", 2019..2021, 2019.. or >2019-03";

}  // namespace chartscan::indexer
