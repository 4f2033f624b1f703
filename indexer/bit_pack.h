// Groups of 128 numbers in as few bits as most of them need; the few that need more are kept beside ("patched frame of
// reference": Zukowski et al., "Super-scalar RAM-CPU cache compression", ICDE 2006). Four lanes side by side, so that one
// vector instruction unpacks four numbers. Little-endian. Pure functions; any thread.
//
//   bits  exceptions  bytes of exceptions  |  bits * 16 bytes  |  exceptions: index, varint of the high bits
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace chartscan::indexer {

inline constexpr std::size_t kGroup = 128;
using Group = std::array<std::uint32_t, kGroup>;

void pack(const Group& numbers, std::string& out);

// Takes one group from the front of `in`; false when it is damaged.
bool unpack(std::string_view& in, Group& numbers);
bool skip_group(std::string_view& in);

// Up to a group of numbers, all as wide as the widest: one byte of width, then bit after bit. For what is left over.
void pack_few(std::span<const std::uint32_t> numbers, std::string& out);
bool unpack_few(std::string_view& in, std::size_t count, Group& numbers);

}  // namespace chartscan::indexer
