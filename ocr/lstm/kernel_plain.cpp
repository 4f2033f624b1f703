// Plain C++: any processor, and what the other kernels are compared with.
#include <bit>
#include <cmath>

#include "ocr/lstm/kernel_math.h"

namespace chartscan::ocr::lstm {
namespace {

struct One {
  static constexpr int kWidth = 1;
  using Floats = float;
  using Integers = std::int32_t;

  static float floats(float x) { return x; }
  static double doubles(double x) { return x; }
  static std::int32_t integers(std::int32_t x) { return x; }
  static float load(const float* at) { return *at; }
  static std::int32_t load(const std::int32_t* at) { return *at; }
  static void store(float* at, float x) { *at = x; }
  static void store(std::int32_t* at, std::int32_t x) { *at = x; }
  static void store_levels(Level* at, std::int32_t x) { *at = static_cast<Level>(x); }
  template <typename T>
  static T add(T a, T b) {
    return a + b;
  }
  template <typename T>
  static T sub(T a, T b) {
    return a - b;
  }
  template <typename T>
  static T mul(T a, T b) {
    return a * b;
  }
  static float min(float a, float b) { return a < b ? a : b; }
  static float max(float a, float b) { return a > b ? a : b; }
  static std::int32_t max(std::int32_t a, std::int32_t b) { return a > b ? a : b; }
  static float abs(float x) { return std::fabs(x); }
  static float with_sign_of(float sign, float x) { return std::copysign(x, sign); }
  static float where_negative(float x, float then, float otherwise) { return x < 0 ? then : otherwise; }
  static float largest_of(float x) { return x; }
  static std::int32_t truncated(float x) { return static_cast<std::int32_t>(x); }
  static float to_floats(std::int32_t x) { return static_cast<float>(x); }
  static void gather(const TablePoint* table, std::int32_t index, float& value, float& step) {
    value = table[index].value;
    step = table[index].step;
  }
  static double power_of_two(double shifted) {
    return std::bit_cast<double>((std::bit_cast<std::uint64_t>(shifted) << 52) + (std::uint64_t{1023} << 52));
  }
  static float exp(float x) { return static_cast<float>(exp_of<One, double>(x)); }
};

void product(const PackedMatrix& matrix, int first, int blocks, const LevelRows& rows, std::int32_t* sums) {
  for (int row = 0; row < rows.count; ++row) {
    const Level* levels = rows.at + static_cast<std::size_t>(row) * rows.stride;
    for (int block = first; block < first + blocks; ++block, sums += kLane) {
      const std::int8_t* weights = matrix.bytes.data() + static_cast<std::size_t>(block) * matrix.block;
      for (int output = 0; output < kLane; ++output) sums[output] = matrix.bias[static_cast<std::size_t>(block * kLane + output)];
      for (int input = 0; input < matrix.inputs; input += 4, weights += 4 * kLane)
        for (int output = 0; output < kLane; ++output)
          for (int k = 0; k < 4; ++k) sums[output] += levels[input + k] * weights[output * 4 + k];
    }
  }
}

}  // namespace

const KernelSet kPlainKernels{Kernel::Plain,  4, product, step_cells<One, product, 16>, Math<One>::activate, Math<One>::softmax,
                              Math<One>::pool};

}  // namespace chartscan::ocr::lstm
