// Where a list goes on, as an opaque word for the client. A cursor of one list is refused by another.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"

namespace chartscan::app::http {

std::string make_cursor(const std::string& list, std::uint64_t position);
Result<std::uint64_t> parse_cursor(const std::string& list, const std::string& cursor);  // 0 for the empty cursor

}  // namespace chartscan::app::http
