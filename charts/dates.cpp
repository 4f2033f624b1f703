#include "charts/dates.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "charts/fuzzy.h"

namespace chartscan::charts {
namespace {

// Two-digit years above this are 19xx on a chart of today; below, 20xx. A stage has no clock, so the line is fixed.
constexpr int kLastRecentYear = 40;
constexpr int kLastBirthYear = 26;

constexpr std::array<std::string_view, 12> kMonths{"JANUARY", "FEBRUARY", "MARCH",     "APRIL",   "MAY",      "JUNE",
                                                   "JULY",    "AUGUST",   "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"};

struct Number {
  int value = -1;
  std::size_t digits = 0;
  bool repaired = false;
};

char digit_meant(char c) {
  switch (c) {
    case 'O': case 'o': case 'Q': case 'D': return '0';
    case 'I': case 'l': case 'i': return '1';
    case 'Z': case 'z': return '2';
    case 'S': case 's': return '5';
    case 'B': return '8';
    default: return c;
  }
}

// Digits, at least half of them read as such.
std::optional<Number> number_of(std::string_view text) {
  if (text.empty() || text.size() > 8) return std::nullopt;
  Number number{0, text.size(), false};
  std::size_t read = 0;
  for (const char c : text) {
    const char digit = digit_meant(c);
    if (!std::isdigit(static_cast<unsigned char>(digit))) return std::nullopt;
    read += digit == c;
    number.repaired = number.repaired || digit != c;
    number.value = number.value * 10 + (digit - '0');
  }
  if (read * 2 < text.size()) return std::nullopt;
  return number;
}

// 1 to 12, 0 = no month. Three letters at least; "Sept" and full names may have one letter wrong.
int month_of(std::string_view text) {
  const std::string word = letters(text);
  if (word.size() < 3 || word.size() != letters_and_digits(text).size()) return 0;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    const std::string_view name = kMonths[i];
    if (name.starts_with(word) && (word.size() <= 4 || word.size() == name.size())) return static_cast<int>(i) + 1;
    if (name.size() >= 5 && word.size() + 1 >= name.size() && edit_distance(word, name) <= 1) return static_cast<int>(i) + 1;
  }
  return 0;
}

int full_year(const Number& number, Century century) {
  if (number.digits == 4) return number.value;
  if (number.digits != 2) return 0;
  return number.value + (number.value > (century == Century::Birth ? kLastBirthYear : kLastRecentYear) ? 1900 : 2000);
}

std::optional<Date> checked(int year, int month, int day) {
  const Date date{year, month, day};
  if (year < 1880 || year > 2079 || !is_valid(date)) return std::nullopt;
  return date;
}

std::optional<Date> month_day_year(const Number& a, const Number& b, int year) {
  if (a.digits > 2 || b.digits > 2) return std::nullopt;
  if (const auto date = checked(year, a.value, b.value)) return date;
  return checked(year, b.value, a.value);
}

std::optional<Date> three_numbers(const Number& a, const Number& b, const Number& c, Century century) {
  if (a.digits == 4) return b.digits <= 2 && c.digits <= 2 ? checked(a.value, b.value, c.value) : std::nullopt;
  return month_day_year(a, b, full_year(c, century));
}

std::optional<Date> eight_digits(const Number& number) {
  if (number.digits != 8) return std::nullopt;
  if (const auto date = checked(number.value / 10000, number.value / 100 % 100, number.value % 100)) return date;
  return checked(number.value % 10000, number.value / 1000000, number.value / 10000 % 100);
}

// "3rd" -> "3"
std::string_view without_ordinal(std::string_view text) {
  for (const std::string_view ending : {"st", "nd", "rd", "th"})
    if (text.size() > 2 && text.ends_with(ending)) return text.substr(0, text.size() - 2);
  return text;
}

std::optional<PrintedDate> from_tokens(const std::vector<const Token*>& tokens, Century century) {
  const auto number = [&](std::size_t i) -> std::optional<Number> {
    return i < tokens.size() ? number_of(without_ordinal(tokens[i]->text)) : std::nullopt;
  };
  const auto parted = [&](std::size_t i) {  // by one mark of a date, not by a blank
    return tokens[i]->joined && (tokens[i]->before == "/" || tokens[i]->before == "-" || tokens[i]->before == ".");
  };
  // The month as a word.
  if (tokens.size() >= 3) {
    const int first_month = has_digit(tokens[0]->text) ? 0 : month_of(tokens[0]->text);
    const int second_month = has_digit(tokens[1]->text) ? 0 : month_of(tokens[1]->text);
    const auto a = number(0), b = number(1), c = number(2);
    if (first_month && b && b->digits <= 2 && c)
      if (const auto date = checked(full_year(*c, century), first_month, b->value)) return PrintedDate{*date, 3, b->repaired || c->repaired};
    if (second_month && a && a->digits <= 2 && c)
      if (const auto date = checked(full_year(*c, century), second_month, a->value)) return PrintedDate{*date, 3, a->repaired || c->repaired};
    const auto spaced = [&](std::size_t i) { return !tokens[i]->joined && tokens[i - 1]->after.empty() && tokens[i]->before.empty(); };
    const bool blanks = spaced(1) && spaced(2) && c && c->digits == 4;  // 02 03 1961, also a form's boxes
    if (a && b && c && ((parted(1) && parted(2)) || blanks))
      if (const auto date = three_numbers(*a, *b, *c, century)) return PrintedDate{*date, 3, a->repaired || b->repaired || c->repaired};
  }
  // One word: 19610203, 02031961, 03FEB1961.
  if (const auto whole = number(0))
    if (const auto date = eight_digits(*whole)) return PrintedDate{*date, 1, whole->repaired};
  const std::string& text = tokens[0]->text;
  if (text.size() >= 7 && text.size() <= 9) {
    const std::size_t split = std::isdigit(static_cast<unsigned char>(text[1])) ? 2 : 1;
    const auto day = number_of(std::string_view(text).substr(0, split));
    const int month = month_of(std::string_view(text).substr(split, 3));
    const auto year = number_of(std::string_view(text).substr(split + 3));
    if (day && month && year)
      if (const auto date = checked(full_year(*year, century), month, day->value)) return PrintedDate{*date, 1, day->repaired || year->repaired};
  }
  return std::nullopt;
}

}  // namespace

std::optional<PrintedDate> date_at(const Layout& layout, int at, int last, Century century) {
  std::vector<const Token*> tokens;
  for (int i = at; i < last && tokens.size() < 3; ++i) tokens.push_back(&layout.tokens[static_cast<std::size_t>(i)]);
  if (tokens.empty()) return std::nullopt;
  // The middle of a longer run of digits ("555-01-02-1961") is no date.
  if (tokens[0]->joined && (tokens[0]->before == "-" || tokens[0]->before == "/")) return std::nullopt;
  auto date = from_tokens(tokens, century);
  if (date && at + date->tokens < last) {
    const Token& next = layout.tokens[static_cast<std::size_t>(at + date->tokens)];
    if (next.joined && (next.before == "-" || next.before == "/") && has_digit(next.text) && next.text.size() > 2) return std::nullopt;
  }
  return date;
}

std::optional<Date> parse_printed_date(std::string_view text, Century century) {
  Word word;
  PageText page;
  int x = 0;
  std::string part;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != ' ') {
      part += text[i];
    } else if (!part.empty()) {
      const int width = static_cast<int>(part.size()) * 10;
      page.words.push_back({part, {x, 0, x + width, 20}, 1.0, 0});
      x += width + 10;
      part.clear();
    }
  }
  const Layout layout = lay_out(page);
  const auto date = date_at(layout, 0, static_cast<int>(layout.tokens.size()), century);
  if (!date || date->tokens != static_cast<int>(layout.tokens.size())) return std::nullopt;
  return date->date;
}

}  // namespace chartscan::charts
