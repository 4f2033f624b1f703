#include "indexer/date_range.h"

#include <array>
#include <charconv>
#include <vector>

#include "core/date.h"

namespace chartscan::indexer {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"january", "february", "march",     "april",   "may",      "june",
                                                   "july",    "august",   "september", "october", "november", "december"};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// A run of digits or letters.
struct Part {
  std::string text;  // lower case
  int number = -1;   // of digits
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::vector<Part> parts_of(std::string_view text) {
  std::vector<Part> parts;
  bool open = false;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool letter = c >= 'a' && c <= 'z';
    if (!letter && !is_digit(c)) {
      if (std::string_view(" /-.,").find(c) == std::string_view::npos) return {};
      open = false;
      continue;
    }
    if (!open || is_digit(parts.back().text.back()) != is_digit(c)) parts.emplace_back();
    parts.back().text += c;
    open = true;
  }
  for (Part& part : parts) {
    if (!is_digit(part.text.front())) continue;
    if (part.text.size() > 8) return {};
    std::from_chars(part.text.data(), part.text.data() + part.text.size(), part.number);
  }
  return parts;
}

// From three letters on: "mar", "sept", "march"; 0 = no month.
int month_named(const std::string& name) {
  for (std::size_t i = 0; i < kMonths.size(); ++i)
    if (name.size() >= 3 && kMonths[i].starts_with(name)) return static_cast<int>(i) + 1;
  return 0;
}

std::string digits(int number, int width) {
  std::string text = std::to_string(number);
  return std::string(static_cast<std::size_t>(width) - std::min(text.size(), static_cast<std::size_t>(width)), '0') + text;
}

// Month and day 0 = left open.
std::optional<DateRange> span_of(int year, int month, int day) {
  if (year < 1800 || year > 2200 || month < 0 || month > 12) return std::nullopt;
  if (day != 0 && !is_valid({year, month, day})) return std::nullopt;
  const auto bound = [&](const char* open) {
    return digits(year, 4) + (month ? digits(month, 2) : open) + (day ? digits(day, 2) : open);
  };
  return DateRange{bound("00"), bound("99")};
}

std::optional<DateRange> of_numbers(const std::vector<Part>& parts) {
  const auto is_year = [](const Part& part) { return part.text.size() == 4; };
  const auto is_short = [](const Part& part) { return part.text.size() <= 2 && part.number > 0; };
  if (parts.size() == 1) {
    const int number = parts[0].number;
    if (parts[0].text.size() == 8) return number % 100 == 0 ? std::nullopt : span_of(number / 10000, number / 100 % 100, number % 100);
    return is_year(parts[0]) ? span_of(number, 0, 0) : std::nullopt;
  }
  if (parts.size() == 2) {
    if (is_year(parts[0]) && is_short(parts[1])) return span_of(parts[0].number, parts[1].number, 0);
    return is_short(parts[0]) && is_year(parts[1]) ? span_of(parts[1].number, parts[0].number, 0) : std::nullopt;
  }
  if (parts.size() != 3) return std::nullopt;
  if (is_year(parts[0]) && is_short(parts[1]) && is_short(parts[2])) return span_of(parts[0].number, parts[1].number, parts[2].number);
  if (!is_short(parts[0]) || !is_short(parts[1]) || !is_year(parts[2])) return std::nullopt;
  const bool day_first = parts[0].number > 12;
  return span_of(parts[2].number, parts[day_first ? 1 : 0].number, parts[day_first ? 0 : 1].number);
}

// "5 Mar 2019", "March 5, 2019", "Mar 2019".
std::optional<DateRange> of_named_month(const std::vector<Part>& parts) {
  int year = 0, month = 0, day = 0;
  for (const Part& part : parts) {
    if (part.number < 0 && month == 0 && month_named(part.text) != 0) month = month_named(part.text);
    else if (part.number > 0 && part.text.size() == 4 && year == 0) year = part.number;
    else if (part.number > 0 && part.text.size() <= 2 && day == 0) day = part.number;
    else return std::nullopt;
  }
  return year && month ? span_of(year, month, day) : std::nullopt;
}

std::optional<DateRange> of_one(std::string_view text) {
  const std::vector<Part> parts = parts_of(text);
  if (parts.empty() || parts.size() > 3) return std::nullopt;
  for (const Part& part : parts)
    if (part.number < 0) return of_named_month(parts);
  return of_numbers(parts);
}

// The neighbour of a day need not exist, only sort where it would stand.
std::optional<DateRange> compared(std::string_view text) {
  const bool later = text.front() == '>', equal = text.size() > 1 && text[1] == '=';
  const auto one = of_one(text.substr(equal ? 2 : 1));
  if (!one) return std::nullopt;
  if (equal) return later ? DateRange{one->from, ""} : DateRange{"", one->to};
  const bool day = one->from == one->to;
  if (later) return DateRange{day ? digits(std::stoi(one->to) + 1, 8) : one->to, ""};
  return DateRange{"", day ? digits(std::stoi(one->from) - 1, 8) : one->from};
}

std::optional<DateRange> joined(std::string_view first, std::string_view last) {
  first = trimmed(first), last = trimmed(last);
  if (first.empty() && last.empty()) return std::nullopt;
  const auto from = first.empty() ? DateRange{} : of_one(first), to = last.empty() ? DateRange{} : of_one(last);
  if (!from || !to) return std::nullopt;
  return DateRange{from->from, to->to};
}

}  // namespace

std::optional<DateRange> parse_date_range(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  if (text.front() == '<' || text.front() == '>') return compared(text);
  for (const std::string_view between : {"..", " to "}) {
    if (const std::size_t at = text.find(between); at != std::string_view::npos) return joined(text.substr(0, at), text.substr(at + between.size()));
  }
  if (text.size() == 9 && text[4] == '-' && text.find_first_not_of("0123456789-") == std::string_view::npos) return joined(text.substr(0, 4), text.substr(5));
  return of_one(text);
}

}  // namespace chartscan::indexer
