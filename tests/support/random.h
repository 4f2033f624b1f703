// Small seeded random numbers that are the same on every machine and with every standard library (std's distributions are not).
#pragma once

#include <cstdint>

namespace chartscan::testing {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {  // splitmix64
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  int below(int limit) { return static_cast<int>(next() % static_cast<std::uint64_t>(limit)); }
  double uniform() { return static_cast<double>(next() >> 11) * (1.0 / 9007199254740992.0); }  // [0,1)
  double between(double low, double high) { return low + (high - low) * uniform(); }

  // Near enough to gaussian, variance 1, without a libm call: the sum of eight 8-bit numbers.
  double normal() {
    const std::uint64_t bits = next();
    int sum = 0;
    for (int i = 0; i < 8; ++i) sum += static_cast<int>(bits >> (8 * i) & 0xFF);
    return (sum - 1020) * (1.0 / 209.02);
  }

 private:
  std::uint64_t state_;
};

}  // namespace chartscan::testing
