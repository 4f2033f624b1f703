// Text eight bytes at a time, for sums and comparisons that see every word of every page.
#pragma once

#include <cstdint>
#include <cstring>

namespace chartscan::indexer {

// The first `count` bytes, at most eight, as a number that tells texts of one size apart. One byte or more.
inline std::uint64_t bytes_at(const char* at, std::size_t count) {
  if (count >= 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, at, 8);
    return bytes;
  }
  if (count >= 4) {  // the two halves overlap
    std::uint32_t low, high;
    std::memcpy(&low, at, 4);
    std::memcpy(&high, at + count - 4, 4);
    return low | std::uint64_t{high} << 32;
  }
  const auto byte = [at](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])); };
  return byte(0) | byte(count / 2) << 8 | byte(count - 1) << 16;
}

}  // namespace chartscan::indexer
