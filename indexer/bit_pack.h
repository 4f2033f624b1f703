// Groups of 128 numbers in as few bits as most of them need; the few that need more are kept beside ("patched frame of
// reference": Zukowski et al., "Super-scalar RAM-CPU cache compression", ICDE 2006). Four lanes side by side, so that one
// vector instruction unpacks four numbers. Little-endian. Pure functions; any thread.
//
//   head: bits, bytes of exceptions  |  body: bits * 16 bytes, exceptions: index, varint of the high bits
//
// Heads may stand apart from their bodies, many together: then it costs next to nothing to find a group among many.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace chartscan::indexer {

inline constexpr std::size_t kGroup = 128;
using NumberGroup = std::array<std::uint32_t, kGroup>;

struct GroupHead {
  std::uint8_t bits = 0, exceptions = 0;  // the latter in bytes
  std::size_t body() const { return 16u * bits + exceptions; }  // bytes
};
inline constexpr std::size_t kGroupHead = 2;  // bytes
inline GroupHead head_at(const char* in) { return {static_cast<std::uint8_t>(in[0]), static_cast<std::uint8_t>(in[1])}; }

void pack(const NumberGroup& numbers, std::string& out);
GroupHead pack_body(const NumberGroup& numbers, std::string& out);

// Takes one group from the front of `in`; false when it is damaged.
bool unpack(std::string_view& in, NumberGroup& numbers);
bool unpack_body(GroupHead head, std::string_view body, NumberGroup& numbers);  // `body` may be followed by others

// Up to a group of numbers, all as wide as the widest: one byte of width, then bit after bit. For what is left over.
void pack_few(std::span<const std::uint32_t> numbers, std::string& out);
bool unpack_few(std::string_view& in, std::size_t count, NumberGroup& numbers);

}  // namespace chartscan::indexer
