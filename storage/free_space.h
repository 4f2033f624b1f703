// Room on the disk under a folder: what comes in stops before there is none.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/result.h"

namespace chartscan::storage {

Result<std::uint64_t> free_bytes_at(const std::filesystem::path& folder);  // for those who are not root
// Whether so many more bytes leave at least `leave_free`. False, too, where nobody can tell.
bool has_room_at(const std::filesystem::path& folder, std::uint64_t leave_free, std::uint64_t more = 0);

}  // namespace chartscan::storage
