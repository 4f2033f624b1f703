#include "ocr/lstm/charset.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <sstream>
#include <string_view>

namespace chartscan::ocr::lstm {
namespace {

constexpr int kMostCharacters = 100'000;  // the largest known model, of Han and all Latin, has 15,000
constexpr int kMostClasses = 1 << 16;
constexpr std::size_t kLongestLine = 1'000;
constexpr unsigned kLetterFlag = 0x1, kDigitFlag = 0x8;
constexpr int kRightToLeft = 1, kArabicLetter = 13;  // of the Unicode directions, as ICU counts them

Error refused(const std::string& what) {
  return {
      ErrorCode::InputRefused, "the model's character set " + what + "; reinstall its package or set ocr.engine = tesseract", {}};
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    fields.push_back(line.substr(at, end - at));
    at = end;
  }
  return fields;
}

template <typename Number>
bool parse(std::string_view text, Number& number, int base = 10) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return fault == std::errc() && end == text.data() + text.size();
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    const int follow = lead < 0x80                   ? 0
                       : lead >= 0xc2 && lead < 0xe0 ? 1
                       : lead >= 0xe0 && lead < 0xf0 ? 2
                       : lead >= 0xf0 && lead < 0xf5 ? 3
                                                     : -1;
    if (follow < 0 || lead < 0x20) return false;
    for (int k = 0; k < follow; ++k, ++i)
      if (i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return false;
  }
  return !text.empty();
}

// Ligatures without a code point of their own stand in the private area of the models; print them as the letters they are.
std::string printable(std::string_view text) {
  static constexpr std::array<std::array<std::string_view, 2>, 5> kLigatures{
      {{"\uE003", "ct"}, {"\uE006", "ſh"}, {"\uE007", "ſi"}, {"\uE008", "ſl"}, {"\uE009", "ſſ"}}};
  for (const auto& [secret, letters] : kLigatures)
    if (text == secret) return std::string(letters);
  return std::string(text);
}

bool writes_no_spaces(std::string_view script) {
  return script == "Han" || script == "Thai" || script == "Hangul" || script == "Hiragana" || script == "Katakana";
}

// Little endian, and never beyond the end.
class Bytes {
 public:
  explicit Bytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  template <typename Number>
  bool read(Number& number) {
    if (bytes_.size() < sizeof(Number)) return false;
    std::memcpy(&number, bytes_.data(), sizeof(Number));
    bytes_ = bytes_.subspan(sizeof(Number));
    return true;
  }
  std::size_t left() const { return bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace

Result<Charset> Charset::read(std::span<const std::uint8_t> unicharset, std::span<const std::uint8_t> recoder) {
  Charset set;
  TRY_STATUS(set.read_characters(unicharset));
  TRY_STATUS(set.read_codes(recoder));
  return set;
}

// A line: the character, its flags in hexadecimal, where its ink stands (numbers with commas; not in old models), its script,
// the same letter in the other case, its direction, its mirror, its plain form.
Status Charset::read_characters(std::span<const std::uint8_t> bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto next_line = [&text]() -> std::string_view {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
  };
  int count = 0;
  const std::vector<std::string_view> head = fields_of(next_line().substr(0, kLongestLine));
  if (head.empty() || !parse(head[0], count) || count < 1 || count > kMostCharacters)
    return refused("does not begin with a believable count");
  int rightward = 0;  // letters written from left to right less those from right to left
  characters_.reserve(static_cast<std::size_t>(count));
  while (size() < count) {
    const int id = size();
    const std::string_view line = next_line();
    const std::vector<std::string_view> fields = fields_of(line);
    unsigned flags = 0;
    if (line.size() > kLongestLine || fields.size() < 2 || !parse(fields[1], flags, 16))
      return refused("has no character in line " + std::to_string(id + 2));
    if (!is_utf8(fields[0])) return refused("is no UTF-8 in line " + std::to_string(id + 2));
    const bool space = fields[0] == "NULL";
    if (space != (id == kSpaceChar)) return refused("does not begin with the space");
    const std::size_t at = fields.size() > 2 && fields[2].find(',') != std::string_view::npos ? 3 : 2;
    const std::string_view script = fields.size() > at ? fields[at] : std::string_view("NULL");
    int direction = 0;
    if (fields.size() > at + 2) parse(fields[at + 2], direction);
    special_ |= id == 1 && fields[0] == "Joined";
    const bool letter = (flags & kLetterFlag) != 0;
    if (letter) rightward += direction == kRightToLeft || direction == kArabicLetter ? -1 : 1;
    spaced_language_ &= script != "Han" && script != "Katakana" && script != "Thai";
    characters_.push_back({space ? " " : printable(fields[0]), (flags & kDigitFlag) != 0, letter, !writes_no_spaces(script)});
  }
  right_to_left_ = rightward < 0;
  return {};
}

Status Charset::read_codes(std::span<const std::uint8_t> recoder) {
  std::vector<std::vector<int>> codes;
  if (recoder.empty()) {
    for (int id = 0; id < size() + (special_ ? 0 : 1); ++id) codes.push_back({id});
    return set_codes(codes);
  }
  Bytes bytes(recoder);
  std::uint32_t count = 0;
  // Where no character stands for "nothing", one code more does.
  if (!bytes.read(count) ||
      (count != static_cast<std::uint32_t>(size()) && (special_ || count != static_cast<std::uint32_t>(size()) + 1)))
    return refused("has codes for other characters than it names");
  for (std::uint32_t id = 0; id < count; ++id) {
    std::int8_t master = 0;
    std::int32_t length = 0;
    if (!bytes.read(master) || !bytes.read(length) || length < 1 || length > kLongestCode)
      return refused("has no usable code for character " + std::to_string(id));
    std::vector<int> code(static_cast<std::size_t>(length));
    for (int& part : code)
      if (!bytes.read(part) || part < 0 || part >= kMostClasses)
        return refused("has no usable code for character " + std::to_string(id));
    codes.push_back(std::move(code));
  }
  if (bytes.left() != 0) return refused("has something after its codes");
  return set_codes(codes);
}

Status Charset::set_codes(const std::vector<std::vector<int>>& codes) {
  for (const std::vector<int>& code : codes) {
    classes_ = std::max(classes_, 1 + *std::ranges::max_element(code));
    longest_code_ = std::max(longest_code_, static_cast<int>(code.size()));
  }
  constexpr std::size_t kBroken = 2;
  const std::size_t nothing = special_ ? kBroken : codes.size() - 1;
  if (nothing >= codes.size() || codes[nothing].size() != 1) return refused("has no code for nothing");
  null_code_ = codes[nothing][0];
  if (codes[kSpaceChar] != std::vector<int>{kSpaceChar}) return refused("has another code for the space than the first");
  if (null_code_ == kSpaceChar) return refused("has one code for the space and for nothing");
  for (std::size_t id = 0; id < codes.size(); ++id)
    add(static_cast<int>(id) < size() ? static_cast<int>(id) : kNoChar, codes[id]);
  root_endings_.assign(static_cast<std::size_t>(classes_), -1);
  root_steps_ = root_endings_;
  for (std::size_t i = 0; i < prefixes_[0].endings.size(); ++i)
    root_endings_[static_cast<std::size_t>(prefixes_[0].endings[i].code)] = static_cast<int>(i);
  for (std::size_t i = 0; i < prefixes_[0].steps.size(); ++i)
    root_steps_[static_cast<std::size_t>(prefixes_[0].steps[i].code)] = static_cast<int>(i);
  return {};
}

// Of characters with equal codes the last is meant.
void Charset::add(int character, std::span<const int> code) {
  std::size_t at = 0;
  for (const int part : code.first(code.size() - 1)) {
    const auto known = std::ranges::find(prefixes_[at].steps, part, &Step::code);
    if (known != prefixes_[at].steps.end()) {
      at = static_cast<std::size_t>(known->prefix);
      continue;
    }
    prefixes_[at].steps.push_back({part, static_cast<int>(prefixes_.size())});
    at = prefixes_.size();
    prefixes_.emplace_back();
  }
  const int meant = at == 0 && code.back() == null_code_ ? kNoChar : character;
  const auto known = std::ranges::find(prefixes_[at].endings, code.back(), &Ending::code);
  if (known != prefixes_[at].endings.end())
    known->character = meant;
  else
    prefixes_[at].endings.push_back({code.back(), meant});
}

int Charset::character_of(int code) const {
  const int at = ending_at_root(code);
  return at < 0 ? kNoChar : prefixes_[0].endings[static_cast<std::size_t>(at)].character;
}

}  // namespace chartscan::ocr::lstm
