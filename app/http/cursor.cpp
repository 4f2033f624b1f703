#include "app/http/cursor.h"

#include <charconv>
#include <cstdio>

namespace chartscan::app::http {

namespace {

std::string to_hex(const std::string& bytes) {
  std::string hex;
  char pair[3];
  for (const unsigned char byte : bytes) {
    std::snprintf(pair, sizeof pair, "%02x", byte);
    hex += pair;
  }
  return hex;
}

}  // namespace

std::string make_cursor(const std::string& list, std::uint64_t position) { return to_hex(list + ":") + std::to_string(position); }

Result<std::uint64_t> parse_cursor(const std::string& list, const std::string& cursor) {
  if (cursor.empty()) return std::uint64_t{0};
  const std::string prefix = to_hex(list + ":");
  std::uint64_t position = 0;
  if (cursor.starts_with(prefix)) {
    const char* const end = cursor.data() + cursor.size();
    const auto [stop, error] = std::from_chars(cursor.data() + prefix.size(), end, position);
    if (error == std::errc{} && stop == end) return position;
  }
  return Error{ErrorCode::Usage, "cursor is not one of this list; pass `next` of the last answer as it came, or leave it out"};
}

}  // namespace chartscan::app::http
