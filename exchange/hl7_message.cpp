#include "exchange/hl7_message.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "exchange/characters.h"

namespace chartscan::exchange {
namespace {

Error malformed(const std::string& why) { return {ErrorCode::InputRefused, "the HL7 message is malformed: " + why, {}}; }

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0;;) {
    const std::size_t at = text.find(by, from);
    parts.push_back(text.substr(from, at - from));
    if (at == std::string_view::npos) return parts;
    from = at + 1;
  }
}

// The n-th part, from 0, without keeping the others.
std::string_view part(std::string_view text, char by, int n) {
  for (; n > 0; --n) {
    const std::size_t at = text.find(by);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + 1);
  }
  return text.substr(0, text.find(by));
}

bool is_line_end(char c) { return c == '\r' || c == '\n'; }

std::vector<std::string_view> lines_of(std::string_view bytes) {
  std::vector<std::string_view> lines;
  while (!bytes.empty()) {
    const auto end = std::ranges::find_if(bytes, is_line_end);
    const std::string_view line(bytes.begin(), end);
    if (!line.empty()) lines.push_back(line);
    bytes.remove_prefix(std::min(bytes.size(), line.size() + 1));
  }
  return lines;
}

bool is_segment_name(std::string_view name) {
  return name.size() == 3 && std::ranges::all_of(name, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

Result<Hl7Delimiters> delimiters_of(std::string_view header) {
  if (!header.starts_with("MSH") || header.size() < 8) return malformed("it does not begin with MSH and the delimiters (MSH-1, MSH-2)");
  Hl7Delimiters set;
  set.field = header[3];
  const std::string_view others = part(header.substr(4), set.field, 0);
  if (others.size() < 3 || others.size() > 5) return malformed("MSH-2 must name 4 delimiters, as ^~\\&");
  set.component = others[0], set.repetition = others[1], set.escape = others[2];
  set.subcomponent = others.size() > 3 ? others[3] : '&';
  const char all[] = {set.field, set.component, set.repetition, set.escape, set.subcomponent};
  for (std::size_t i = 0; i < std::size(all); ++i) {
    const unsigned char c = static_cast<unsigned char>(all[i]);
    if (c < 0x21 || c > 0x7e || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
      return malformed("a delimiter of MSH-1 and MSH-2 is a letter, a digit or no printable character");
    if (std::find(all, all + i, all[i]) != all + i) return malformed("two delimiters of MSH-1 and MSH-2 are the same character");
  }
  return set;
}

// One character off the front, as it came; empty for a byte that starts none.
std::string_view take_utf8(std::string_view& bytes) {
  const std::string_view before = bytes;
  const char32_t character = take_character(bytes);
  const std::string_view taken = before.substr(0, before.size() - bytes.size());
  return character == kReplacement && taken.size() < 3 ? std::string_view() : taken;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty())
    if (take_utf8(bytes).empty()) return false;
  return true;
}

std::string valid_utf8(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::string_view character = take_utf8(bytes);
    text.append(character.empty() ? "\xEF\xBF\xBD" : character);
  }
  return text;
}

void append_utf8(std::string& out, unsigned char latin1) {
  if (latin1 < 0x80) {
    out.push_back(static_cast<char>(latin1));
  } else {
    out.push_back(static_cast<char>(0xc0 | latin1 >> 6));
    out.push_back(static_cast<char>(0x80 | (latin1 & 0x3f)));
  }
}

}  // namespace

Hl7Segment::Hl7Segment(std::string_view line, const Hl7Delimiters& delimiters, bool latin1)
    : delimiters_(delimiters), latin1_(latin1) {
  fields_ = split(line, delimiters.field);
  name_ = fields_.front();
  if (name_ == "MSH") fields_.insert(fields_.begin() + 1, line.substr(3, 1));
}

std::string_view Hl7Segment::raw(int field) const {
  const auto at = static_cast<std::size_t>(field);
  return field > 0 && at < fields_.size() ? fields_[at] : std::string_view();
}

int Hl7Segment::repetitions(int field) const {
  const std::string_view whole = raw(field);
  return whole.empty() ? 0 : static_cast<int>(std::ranges::count(whole, delimiters_.repetition)) + 1;
}

bool Hl7Segment::is_null(int field) const { return raw(field) == "\"\""; }

std::string Hl7Segment::text(int field, int component, int repetition, int subcomponent) const {
  std::string_view found = raw(field);
  if (name_ == "MSH" && field <= 2) return std::string(found);  // the delimiters themselves
  found = part(found, delimiters_.repetition, repetition);
  found = part(found, delimiters_.component, component - 1);
  return unescaped(part(found, delimiters_.subcomponent, subcomponent - 1));
}

// \F\ \S\ \T\ \R\ \E\ stand for delimiters, \Xdd..\ for bytes, \.br\ for a line's end; highlighting and other escapes say nothing.
std::string Hl7Segment::unescaped(std::string_view raw) const {
  std::string bytes;
  while (!raw.empty()) {
    const std::size_t begin = raw.find(delimiters_.escape);
    bytes.append(raw.substr(0, begin));
    if (begin == std::string_view::npos) break;
    const std::size_t end = raw.find(delimiters_.escape, begin + 1);
    if (end == std::string_view::npos) {
      bytes.append(raw.substr(begin));  // no escape after all
      break;
    }
    const std::string_view code = raw.substr(begin + 1, end - begin - 1);
    raw.remove_prefix(end + 1);
    if (code == "F") bytes.push_back(delimiters_.field);
    else if (code == "S") bytes.push_back(delimiters_.component);
    else if (code == "T") bytes.push_back(delimiters_.subcomponent);
    else if (code == "R") bytes.push_back(delimiters_.repetition);
    else if (code == "E") bytes.push_back(delimiters_.escape);
    else if (code == ".br") bytes.push_back('\n');
    else if (code.starts_with('X'))
      for (std::size_t i = 1; i + 1 < code.size(); i += 2) {
        unsigned value = 0;
        if (std::from_chars(code.data() + i, code.data() + i + 2, value, 16).ptr == code.data() + i + 2 && value != 0)
          bytes.push_back(static_cast<char>(value));
      }
  }
  if (!latin1_) return valid_utf8(bytes);
  std::string text;
  for (const char c : bytes) append_utf8(text, static_cast<unsigned char>(c));
  return text;
}

const Hl7Segment* Hl7Message::first(std::string_view name) const {
  const auto found = std::ranges::find(segments_, name, &Hl7Segment::name);
  return found == segments_.end() ? nullptr : &*found;
}

Result<Hl7Message> Hl7Message::parse(std::string_view bytes) {
  if (bytes.size() > kMaxHl7Message) return malformed("it is larger than 1 MiB");
  if (bytes.find('\0') != std::string_view::npos) return malformed("it holds a zero byte");
  Hl7Message message;
  message.bytes_.assign(bytes.begin(), bytes.end());
  const std::vector<std::string_view> lines = lines_of({message.bytes_.data(), message.bytes_.size()});
  if (lines.empty()) return malformed("it is empty");
  if (lines.size() > kMaxHl7Segments) return malformed("it has more than 10,000 segments");
  TRY(const Hl7Delimiters delimiters, delimiters_of(lines.front()));
  const std::string charset = Hl7Segment(lines.front(), delimiters, false).text(18);
  const bool latin1 = charset == "8859/1" || (charset.empty() && !is_utf8(bytes));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Hl7Segment segment(lines[i], delimiters, latin1);
    if (!is_segment_name(segment.name())) return malformed("line " + std::to_string(i + 1) + " does not begin with a segment's name");
    if (i > 0 && segment.name() == "MSH") return malformed("it has two MSH segments");
    message.segments_.push_back(std::move(segment));
  }
  return message;
}

std::vector<std::string_view> hl7_messages_of(std::string_view file) {
  constexpr std::string_view kEnvelopes[] = {"FHS", "BHS", "BTS", "FTS"};
  std::vector<std::string_view> messages;
  std::size_t begin = std::string_view::npos, end = 0;  // of the message being gathered
  const auto close = [&] {
    if (begin != std::string_view::npos) messages.push_back(file.substr(begin, end - begin));
    begin = std::string_view::npos;
  };
  for (std::size_t at = 0; at < file.size();) {
    const std::size_t stop = std::min(file.find_first_of("\r\n\x1c", at), file.size());
    const std::size_t start = std::min(file.find_first_not_of('\x0b', at), stop);
    const std::string_view line = file.substr(start, stop - start);
    if (line.starts_with("MSH")) close(), begin = start;
    if (std::ranges::any_of(kEnvelopes, [&](std::string_view name) { return line.starts_with(name); })) close();
    if (!line.empty()) end = stop;
    at = stop + 1;
  }
  close();
  return messages;
}

}  // namespace chartscan::exchange
