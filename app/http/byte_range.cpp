#include "app/http/byte_range.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace chartscan::app::http {

namespace {

struct ByteRange {
  std::optional<std::uint64_t> first, last;  // "5-9", "5-", "-5" (the last five)
};

bool read_number(std::string_view text, std::optional<std::uint64_t>& out) {
  if (text.empty()) return true;
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size()) return false;
  out = number;
  return true;
}

std::optional<ByteRange> parse(std::string_view header) {
  if (!header.starts_with("bytes=")) return std::nullopt;
  header.remove_prefix(6);
  const std::size_t dash = header.find('-');
  ByteRange range;
  if (dash == header.npos || !read_number(header.substr(0, dash), range.first) ||
      !read_number(header.substr(dash + 1), range.last)) {
    return std::nullopt;
  }
  if (!range.first && !range.last) return std::nullopt;
  if (range.first && range.last && *range.last < *range.first) return std::nullopt;
  return range;
}

}  // namespace

void apply_range(Response& response, const std::string& whole, const std::string& range_header) {
  const std::optional<ByteRange> range = parse(range_header);
  if (!range) {
    response.body = whole;
    return;
  }
  const std::uint64_t size = whole.size();
  const std::uint64_t begin = range->first ? *range->first : size - std::min(size, *range->last);
  const std::uint64_t end = range->first && range->last ? std::min(size - 1, *range->last) + 1 : size;
  const std::string of = '/' + std::to_string(size);
  if (begin >= size) {
    response.status = 416;
    response.headers.emplace_back("Content-Range", "bytes *" + of);
    return;
  }
  response.status = 206;
  response.body = whole.substr(begin, end - begin);
  response.headers.emplace_back("Content-Range", "bytes " + std::to_string(begin) + '-' + std::to_string(end - 1) + of);
}

}  // namespace chartscan::app::http
