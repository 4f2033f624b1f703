// Random access to the bytes of one file, wherever they are kept: a plain file, memory, a blob of the archive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>

#include "core/result.h"

namespace chartscan {

// One thread at a time. Fills `out` from `offset`; fewer bytes only at the end.
struct ByteReader {
  std::uint64_t size = 0;
  std::function<Result<std::size_t>(std::uint64_t offset, std::span<std::uint8_t> out)> read;
  // The same bytes as a file, made on demand: PDF tools need a path. Empty when there can be none.
  std::function<Result<std::filesystem::path>()> path;
};

}  // namespace chartscan
