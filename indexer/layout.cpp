#include "indexer/layout.h"

namespace chartscan::indexer::layout {
namespace {

constexpr char kFieldMark = 1;
constexpr char kTermEnd = 0;
constexpr std::size_t kTail = 1 + 8 + 1;  // term end, page, source

void put_be64(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

std::uint64_t be64(std::string_view bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  return value;
}

void put_varint(std::string& out, std::uint32_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

bool take_varint(std::string_view& in, std::uint32_t& value) {
  std::uint64_t read = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    if (in.empty()) return false;
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    read |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value = static_cast<std::uint32_t>(read), read <= UINT32_MAX;
  }
  return false;
}

}  // namespace

std::string post_key(std::string_view term, PageId page, Source source) {
  std::string key = post_prefix(term);
  put_be64(key, page.value);
  key += static_cast<char>(source);
  return key;
}

std::optional<PostKey> parse_post_key(std::string_view key) {
  if (key.size() <= kTail || key[key.size() - kTail] != kTermEnd) return std::nullopt;
  const char source = key.back();
  if (source != 'w' && source != 'p' && source != 'd') return std::nullopt;
  return PostKey{key.substr(0, key.size() - kTail), PageId{be64(key.substr(key.size() - 9, 8))}, static_cast<Source>(source)};
}

std::string post_prefix(std::string_view term) { return std::string(term) + kTermEnd; }

std::string behind(std::string_view term) { return std::string(term) + '\x01'; }

std::string field_term(std::string_view field, std::string_view value) {
  std::string term = field_prefix(field);
  for (const char c : value) {
    if (c >= 0 && c <= 2) {
      term += '\x02';
      term += static_cast<char>(c + 0x10);
    } else {
      term += c;
    }
  }
  return term;
}

std::string field_prefix(std::string_view field) { return kFieldMark + std::string(field) + kFieldMark; }

bool is_field_term(std::string_view term) { return !term.empty() && term.front() == kFieldMark; }

std::string post_value(std::uint32_t length, const std::vector<Place>& places) {
  std::string value;
  put_varint(value, length);
  put_varint(value, static_cast<std::uint32_t>(places.size()));
  Place before = 0;
  for (const Place place : places) {
    put_varint(value, place - before);
    before = place;
  }
  return value;
}

bool parse_post_value(std::string_view value, std::uint32_t& length, std::vector<Place>& places) {
  std::uint32_t count = 0;
  if (!take_varint(value, length) || !take_varint(value, count) || count > value.size()) return false;
  Place at = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t step = 0;
    if (!take_varint(value, step)) return false;
    places.push_back(at += step);
  }
  return value.empty();
}

std::string length_key(PageId page) {
  std::string key(kLengths);
  put_be64(key, page.value);
  return key;
}

std::optional<PageId> page_of_length_key(std::string_view key) {
  if (key.size() != kLengths.size() + 8) return std::nullopt;
  return PageId{be64(key.substr(kLengths.size()))};
}

std::string length_value(std::uint32_t length) {
  std::string value;
  put_varint(value, length);
  return value;
}

std::optional<std::uint32_t> parse_length_value(std::string_view value) {
  std::uint32_t length = 0;
  if (!take_varint(value, length) || !value.empty()) return std::nullopt;
  return length;
}

}  // namespace chartscan::indexer::layout
