// A calendar date of the proleptic Gregorian calendar; year 0 = unknown. Text form YYYY-MM-DD.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace chartscan {

struct Date {
  int year = 0, month = 0, day = 0;

  explicit operator bool() const { return year != 0; }
  auto operator<=>(const Date&) const = default;
};

bool is_valid(const Date& date);                        // a day that exists, years 1800 to 2200
std::string to_string(const Date& date);                // "" when unknown
std::optional<Date> parse_iso_date(std::string_view text);  // YYYY-MM-DD only

}  // namespace chartscan
