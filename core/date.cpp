#include "core/date.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace chartscan {

bool is_valid(const Date& date) {
  constexpr std::array kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (date.year < 1800 || date.year > 2200 || date.month < 1 || date.month > 12 || date.day < 1) return false;
  const bool leap = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
  return date.day <= kDays[date.month - 1] + (leap && date.month == 2 ? 1 : 0);
}

std::string to_string(const Date& date) {
  if (!date) return {};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
  return text;
}

std::optional<Date> parse_iso_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t length, int& value) {
    const auto [end, error] = std::from_chars(text.data() + from, text.data() + from + length, value);
    return error == std::errc{} && end == text.data() + from + length;
  };
  Date date;
  if (!number(0, 4, date.year) || !number(5, 2, date.month) || !number(8, 2, date.day) || !is_valid(date)) return std::nullopt;
  return date;
}

}  // namespace chartscan
