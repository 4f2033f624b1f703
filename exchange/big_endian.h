// Bytes of formats that put the high byte first (TrueType, ICC).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chartscan::exchange {

struct BigEndian {
  std::string bytes;

  BigEndian& u16(std::uint16_t value) { return put(value, 2); }
  BigEndian& u32(std::uint32_t value) { return put(value, 4); }
  BigEndian& u64(std::uint64_t value) { return put(value, 8); }
  BigEndian& tag(std::string_view four) {
    bytes += four;
    return *this;
  }

 private:
  BigEndian& put(std::uint64_t value, int count) {
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFF);
    return *this;
  }
};

}  // namespace chartscan::exchange
