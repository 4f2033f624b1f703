#include "charts/values.h"

#include <algorithm>
#include <cctype>

#include "charts/dates.h"
#include "charts/fuzzy.h"
#include "charts/names.h"

namespace chartscan::charts {
namespace {

constexpr double kRepaired = 0.8;  // certainty of a date in which a letter was understood as a digit

const Token& token(const Layout& layout, int i) { return layout.tokens[static_cast<std::size_t>(i)]; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

std::optional<Value> read_date(const Layout& layout, int first, int last, int look, Century century) {
  for (int i = first; i < last && i < first + look; ++i)
    if (const auto date = date_at(layout, i, last, century))
      return Value{to_string(date->date), i, i + date->tokens, date->repaired ? kRepaired : 1.0};
  return std::nullopt;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string digits_of(const Layout& layout, int first, int last) {
  std::string digits;
  for (int i = first; i < last; ++i)
    for (const char c : token(layout, i).text)
      if (std::isdigit(static_cast<unsigned char>(c))) digits += c;
  return digits;
}

// A number of up to three digits, of which some may be read as letters; 0 for anything else.
int small_number(std::string_view text) {
  if (text.empty() || text.size() > 3) return 0;
  int number = 0;
  for (const char c : text) {
    const char digit = c == 'l' || c == 'I' || c == 'i' ? '1' : c == 'O' || c == 'o' ? '0' : c;
    if (!std::isdigit(static_cast<unsigned char>(digit))) return 0;
    number = number * 10 + (digit - '0');
  }
  return number;
}

}  // namespace

bool looks_like_record_number(std::string_view text) {
  const std::string plain = letters_and_digits(text);
  const auto digits = static_cast<std::size_t>(std::count_if(plain.begin(), plain.end(), [](unsigned char c) { return std::isdigit(c); }));
  return plain.size() >= 4 && plain.size() <= 36 && digits >= 3 && digits * 2 >= plain.size();
}

std::string sex_of(std::string_view word) {
  const std::string text = letters(word);
  if (text == "M" || text == "MALE") return "M";
  if (text == "F" || text == "FEMALE" || text == "FEMAIE" || text == "FEMALF") return "F";
  if (text == "U" || text == "UNKNOWN" || text == "X") return "U";
  return {};
}

std::optional<Value> read_record_number(const Layout& layout, int first, int last) {
  for (int i = first; i < last && i < first + 2; ++i) {
    if (date_at(layout, i, last, Century::Recent) && token(layout, i).text.size() < 6) return std::nullopt;
    std::string number = upper(token(layout, i).text);
    int end = i + 1;
    // 12-34-56, MR-0001234
    while (end < last && token(layout, end).joined && token(layout, end).before == "-") number += "-" + upper(token(layout, end++).text);
    // 12 34 56: short groups of digits only
    const std::size_t group = number.size();
    while (end < last && group <= 4 && all_digits(number) && all_digits(token(layout, end).text) && !token(layout, end).joined &&
           token(layout, end).text.size() <= 4 && token(layout, end - 1).after.empty() && number.size() + token(layout, end).text.size() <= 12)
      number += token(layout, end++).text;
    const bool slash = end < last && token(layout, end).joined && token(layout, end).before == "/";
    if (!slash && looks_like_record_number(number)) return Value{number, i, end, 1.0};
  }
  return std::nullopt;
}

std::optional<Value> read_name(const Layout& layout, int first, int last) {
  int tokens = 0;
  const auto name = person_at(layout, first, last, tokens);
  if (!name) return std::nullopt;
  return Value{to_field(*name), first, first + tokens, 1.0};
}

std::optional<Value> read_name_part(const Layout& layout, int first, int last) {
  std::string part;
  int i = first;
  for (; i < last && i < first + 3; ++i) {
    const std::string word = letters(token(layout, i).text);
    if (word.empty() || has_digit(token(layout, i).text) || !std::isupper(static_cast<unsigned char>(token(layout, i).text.front()))) break;
    part += (part.empty() ? "" : token(layout, i).joined ? "-" : " ") + upper(token(layout, i).text);
    if (token(layout, i).after.find_first_of(",;:") != std::string::npos) { ++i; break; }
  }
  if (part.empty()) return std::nullopt;
  return Value{part, first, i, 1.0};
}

std::optional<Value> read_birth_date(const Layout& layout, int first, int last) { return read_date(layout, first, last, 6, Century::Birth); }
std::optional<Value> read_recent_date(const Layout& layout, int first, int last) { return read_date(layout, first, last, 4, Century::Recent); }

std::optional<Value> read_sex(const Layout& layout, int first, int last) {
  std::optional<Value> found;
  for (int i = first; i < last && i < first + 5; ++i) {
    const std::string sex = sex_of(token(layout, i).text);
    if (sex.empty()) continue;
    if (found && found->text != sex) return std::nullopt;  // "[ ] M [x] F": the words do not tell which is ticked
    if (!found) found = Value{sex, i, i + 1, 1.0};
  }
  return found;
}

std::optional<Value> read_ssn_last4(const Layout& layout, int first, int last) {
  // The parts stand together: 123-45-6789, the same with all but the last four masked by X or *, 123456789, 6789.
  int end = first;
  while (end < last && end < first + 3 && (end == first || token(layout, end).joined)) ++end;
  if (end == first) return std::nullopt;
  const std::string& tail = token(layout, end - 1).text;
  const std::string digits = digits_of(layout, first, end);
  if (all_digits(tail) && (tail.size() == 4 || tail.size() == 9)) return Value{tail.substr(tail.size() - 4), first, end, 1.0};
  if (digits.size() == 9) return Value{digits.substr(5), first, end, 1.0};
  return std::nullopt;
}

std::optional<Value> read_phone(const Layout& layout, int first, int last) {
  std::string digits;
  int end = first;
  for (; end < last && end < first + 5 && digits.size() < 10; ++end) {
    if (!all_digits(token(layout, end).text)) break;
    digits += token(layout, end).text;
  }
  if (digits.size() == 11 && digits.front() == '1') digits.erase(0, 1);
  if (digits.size() != 10) return std::nullopt;
  return Value{digits, first, end, 1.0};
}

namespace {

// The token of a ZIP code behind a state's two letters in [first, last), or -1.
int zip_in(const Layout& layout, int first, int last) {
  for (int i = first + 1; i < last; ++i) {
    const std::string& state = token(layout, i - 1).text;
    if (all_digits(token(layout, i).text) && token(layout, i).text.size() == 5 && state.size() == 2 && is_upper(state)) return i;
  }
  return -1;
}

std::string address_words(const Layout& layout, int first, int last) {
  std::string out;
  for (int i = first; i < last; ++i) {
    const bool comma = i > first && token(layout, i - 1).after.find(',') != std::string::npos;
    const bool joined = token(layout, i).joined && token(layout, i).before.find(',') == std::string::npos;
    out += (i == first ? "" : comma ? ", " : joined ? token(layout, i).before : " ") + upper(token(layout, i).text);
  }
  return out;
}

}  // namespace

std::optional<Value> read_address(const Layout& layout, int first, int last) {
  if (last - first < 2 || !std::isdigit(static_cast<unsigned char>(token(layout, first).text.front()))) return std::nullopt;
  last = std::min(last, first + 14);
  const Token& house = token(layout, first);
  int from = first, zip = zip_in(layout, first, last);
  std::string street;
  for (const Cell& cell : layout.cells) {  // the town in the row below
    if (zip >= 0) break;
    if (cell.row != house.row + 1 || cell.box.x1 <= house.box.x0 || cell.box.x0 > house.box.x1 + 4 * layout.median_height) continue;
    zip = zip_in(layout, cell.first, cell.last);
    if (zip < 0) continue;
    street = address_words(layout, first, last) + ", ";
    from = cell.first;
  }
  if (zip < 0) return Value{address_words(layout, first, last), first, last, 0.7};
  const std::string town = address_words(layout, from, zip - 1);
  return Value{street + town + ", " + token(layout, zip - 1).text + ", " + token(layout, zip).text, first, from == first ? zip + 1 : last, 1.0};
}

std::optional<Value> read_author(const Layout& layout, int first, int last) {
  int tokens = 0;
  const auto name = person_at(layout, first, last, tokens);
  int end = first + tokens;
  const bool doctor = !name && tokens == 2 && fold(token(layout, first).text) == "dr";  // "Dr. Smith"
  if (!name && !doctor) return std::nullopt;
  while (end < last && has_credential_after(layout, end)) end += is_credential(token(layout, end).text) ? 1 : 2;
  return Value{printed(layout, first, end), first, end, 1.0};
}

std::optional<Value> read_anything(const Layout&, int first, int last) {
  return first < last ? std::optional(Value{"", first, std::min(last, first + 8), 1.0}) : std::nullopt;
}

std::optional<Value> read_words(const Layout& layout, int first, int last) {
  if (first >= last || !has_letter(token(layout, first).text)) return std::nullopt;
  return Value{printed(layout, first, std::min(last, first + 8)), first, std::min(last, first + 8), 1.0};
}

std::optional<PrintedPage> read_page_number(const Layout& layout, int at) {
  const auto count = static_cast<int>(layout.tokens.size());
  if (at >= count) return std::nullopt;
  const Token& first = token(layout, at);
  PrintedPage page{all_digits(first.text) ? small_number(first.text) : 0, 0, at + 1};
  if (page.number && page.last < count && token(layout, page.last).joined && token(layout, page.last).before == "/") {
    page.total = small_number(token(layout, page.last).text);
    page.last += page.total > 0;
  }
  std::string joined;
  for (int i = at; !page.total && i < count && i < at + 3 && token(layout, i).row == first.row; ++i) {
    joined += token(layout, i).text;
    const auto of = joined.find("of");
    if (of == std::string::npos) continue;
    const int number = small_number(joined.substr(0, of)), total = small_number(joined.substr(of + 2));
    if (number && total) page = {number, total, i + 1};
  }
  if (!page.number || (page.total && page.total < page.number)) return std::nullopt;
  return page;
}

}  // namespace chartscan::charts
