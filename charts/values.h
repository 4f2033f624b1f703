// What may stand beside a label: numbers, dates, sexes, telephones. Each reader takes tokens [first, last) of a layout and
// says what it found and where, or nothing. Private to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "charts/layout.h"

namespace chartscan::charts {

struct Value {
  std::string text;         // normalised
  int first = 0, last = 0;  // tokens it was read from
  double certainty = 1;     // below 1 where a character had to be understood as another
};

std::optional<Value> read_record_number(const Layout& layout, int first, int last);
std::optional<Value> read_name(const Layout& layout, int first, int last);
std::optional<Value> read_name_part(const Layout& layout, int first, int last);  // of a box "Last name"
std::optional<Value> read_birth_date(const Layout& layout, int first, int last);
std::optional<Value> read_recent_date(const Layout& layout, int first, int last);
std::optional<Value> read_sex(const Layout& layout, int first, int last);
std::optional<Value> read_ssn_last4(const Layout& layout, int first, int last);
std::optional<Value> read_phone(const Layout& layout, int first, int last);
std::optional<Value> read_address(const Layout& layout, int first, int last);  // may end in the row below
std::optional<Value> read_author(const Layout& layout, int first, int last);
std::optional<Value> read_words(const Layout& layout, int first, int last);  // a facility
std::optional<Value> read_anything(const Layout& layout, int first, int last);  // to take it out of play

// "2 of 3", "2/3", "2", also where the blanks were lost: "2of3". `last` is the token after it; total 0 = not said.
struct PrintedPage {
  int number = 0, total = 0, last = 0;
};
std::optional<PrintedPage> read_page_number(const Layout& layout, int at);

// "M", "F", "U" or "".
std::string sex_of(std::string_view word);
// True for 4 to 36 letters and digits, at least half of them digits and three or more.
bool looks_like_record_number(std::string_view text);

}  // namespace chartscan::charts
