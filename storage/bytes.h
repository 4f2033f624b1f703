// Numbers as bytes: big-endian where byte order must be number order (keys), varints where most numbers are small (values).
// Readers never go past the end: they return false instead.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chartscan::storage {

template <typename Unsigned>
void put_be(std::string& out, Unsigned value) {
  for (int shift = 8 * (static_cast<int>(sizeof value) - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

template <typename Unsigned>
bool take_be(std::string_view& in, Unsigned& value) {
  if (in.size() < sizeof value) return false;
  value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) value = static_cast<Unsigned>(value << 8 | static_cast<std::uint8_t>(in[i]));
  in.remove_prefix(sizeof value);
  return true;
}

inline void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

inline bool take_varint(std::string_view& in, std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(in.front());
    in.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return shift < 63 || byte <= 1;
  }
  return false;
}

// Small negative numbers stay small: 0, -1, 1, -2 -> 0, 1, 2, 3.
inline void put_signed(std::string& out, std::int64_t value) {
  put_varint(out, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

inline bool take_signed(std::string_view& in, std::int64_t& value) {
  std::uint64_t zigzag = 0;
  if (!take_varint(in, zigzag)) return false;
  value = static_cast<std::int64_t>((zigzag >> 1) ^ (~(zigzag & 1) + 1));
  return true;
}

}  // namespace chartscan::storage
