// What a kernel does besides products, written once over a vector type `V` of as many floats as its processor takes at a time.
// Each kernel's file instantiates it with a V of its own, in an unnamed namespace: the same operations per element everywhere, and
// nothing the linker could share between files compiled for different processors (so no function of the standard library either).
//
// V has: kWidth, types Floats and Integers, and static functions named as used below.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ocr/lstm/kernels.h"
#include "ocr/lstm/tables.h"

namespace chartscan::ocr::lstm {

// e^x = 2^k e^r, |r| <= ln 2 / 2, in doubles: Taylor's terms to r^10 leave 3e-13, so that the result as a float is nearly always
// the nearest. For -86 <= x <= 0.
namespace exponent {
inline constexpr double kLog2E = 1.4426950408889634;
inline constexpr double kLn2High = 0x1.62e42fefa3800p-1;  // few enough bits that k times it is exact
inline constexpr double kLn2Low = 0x1.ef35793c76730p-45;
inline constexpr double kRounder = 0x1.8p52;              // added, it leaves the nearest integer in the lowest bits
inline constexpr double kTerms[] = {1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6,
                                    0.5,           1.0,          1.0};
}  // namespace exponent

// V's exponential for halves of doubles: D is V::Doubles.
template <class V, class D>
D exp_of(D x) {
  const D shifted = V::add(V::mul(x, V::doubles(exponent::kLog2E)), V::doubles(exponent::kRounder));
  const D k = V::sub(shifted, V::doubles(exponent::kRounder));
  const D r = V::sub(V::sub(x, V::mul(k, V::doubles(exponent::kLn2High))), V::mul(k, V::doubles(exponent::kLn2Low)));
  D sum = V::doubles(exponent::kTerms[0]);
  for (int term = 1; term < 11; ++term) sum = V::add(V::mul(sum, r), V::doubles(exponent::kTerms[term]));
  return V::mul(sum, V::power_of_two(shifted));
}

template <class V>
struct Math {
  using F = typename V::Floats;
  using I = typename V::Integers;

  // Of |x|: table[i] + (table[i + 1] - table[i]) * (256 |x| - i), 1 from the last point on.
  static F interpolate(const float* table, F x) {
    const F at = V::mul(V::abs(x), V::floats(kPointsPerUnit));
    const F last = V::floats(kTablePoints - 1);
    const I index = V::truncated(V::min(at, V::floats(kTablePoints - 2)));
    const F below = V::gather(table, index);
    const F above = V::gather(table + 1, index);
    const F value = V::add(below, V::mul(V::sub(above, below), V::sub(at, V::to_floats(index))));
    return V::where_less(at, last, value, V::floats(1));
  }

  static F tanh(const Tables& tables, F x) { return V::with_sign_of(x, interpolate(tables.tanh, x)); }

  static F logistic(const Tables& tables, F x) {
    const F value = interpolate(tables.logistic, x);
    return V::where_less(x, V::floats(0), V::sub(V::floats(1), value), value);
  }

  static I level(F x) {
    const F scaled = V::mul(x, V::floats(127));
    const F rounded = V::min(V::add(V::abs(scaled), V::floats(0.5F)), V::floats(127));
    return V::add(V::truncated(V::with_sign_of(scaled, rounded)), V::integers(kZeroLevel));
  }

  static F value(const std::int32_t* sums, const float* scales) { return V::mul(V::to_floats(V::load(sums)), V::load(scales)); }

  // Sixteen cells of `rows` sequences: sums[row * 64 + gate * 16 + cell].
  static void cells(const Tables& tables, const float* scales, const std::int32_t* sums, int rows, float* state, std::size_t state_stride,
                    Level* out, std::size_t out_stride) {
    for (int row = 0; row < rows; ++row, sums += 4 * kLane, state += state_stride, out += out_stride) {
      for (int cell = 0; cell < kLane; cell += V::kWidth) {
        const F input = tanh(tables, value(sums + cell, scales + cell));
        const F input_gate = logistic(tables, value(sums + kLane + cell, scales + kLane + cell));
        const F forget = logistic(tables, value(sums + 2 * kLane + cell, scales + 2 * kLane + cell));
        const F output_gate = logistic(tables, value(sums + 3 * kLane + cell, scales + 3 * kLane + cell));
        F kept = V::add(V::mul(V::load(state + cell), forget), V::mul(input, input_gate));
        kept = V::min(V::max(kept, V::floats(-kMostState)), V::floats(kMostState));
        V::store(state + cell, kept);
        V::store_levels(out + cell, level(V::mul(tanh(tables, kept), output_gate)));
      }
    }
  }

  static F activated(const Tables& tables, Activation activation, F x) {
    switch (activation) {
      case Activation::Logistic: return logistic(tables, x);
      case Activation::PositiveClip: return V::min(V::max(x, V::floats(0)), V::floats(1));
      case Activation::SymmetricClip: return V::min(V::max(x, V::floats(-1)), V::floats(1));
      case Activation::Tanh: return tanh(tables, x);
      case Activation::Relu: return V::max(x, V::floats(0));
      case Activation::Linear: return x;
    }
    return x;
  }

  // Whole lanes are computed; of the last one only what the layer has is kept.
  static void activate(Activation activation, const PackedMatrix& matrix, const std::int32_t* sums, int rows, int outputs,
                       Level* levels) {
    const Tables& points = tables();
    for (int row = 0; row < rows; ++row, sums += matrix.outputs, levels += outputs) {
      int output = 0;
      for (; output + V::kWidth <= outputs; output += V::kWidth)
        V::store_levels(levels + output, level(activated(points, activation, value(sums + output, matrix.scales.data() + output))));
      if (output == outputs) continue;
      Level last[V::kWidth];
      V::store_levels(last, level(activated(points, activation, value(sums + output, matrix.scales.data() + output))));
      for (int index = 0; output + index < outputs; ++index) levels[output + index] = last[index];
    }
  }

  static void softmax(const PackedMatrix& matrix, const std::int32_t* sums, int rows, int outputs, float* probabilities) {
    float lane[kMostOutputs];
    for (int row = 0; row < rows; ++row, sums += matrix.outputs, probabilities += outputs) {
      for (int output = 0; output < matrix.outputs; output += V::kWidth)
        V::store(lane + output, value(sums + output, matrix.scales.data() + output));
      float largest = lane[0];
      for (int output = 1; output < outputs; ++output) largest = lane[output] > largest ? lane[output] : largest;
      for (int output = 0; output < matrix.outputs; output += V::kWidth) {
        const F below = V::sub(V::load(lane + output), V::floats(largest));
        V::store(lane + output, V::exp(V::min(V::max(below, V::floats(-86)), V::floats(0))));
      }
      float total = 0;
      for (int output = 0; output < outputs; ++output) total += lane[output];
      for (int output = 0; output < outputs; ++output) probabilities[output] = lane[output] / total;
    }
  }

  static void largest(std::int32_t* into, const std::int32_t* other, std::size_t count) {
    for (std::size_t index = 0; index < count; ++index) into[index] = into[index] > other[index] ? into[index] : other[index];
  }
};

// cell_step over any `product` of blocks.
template <class V, auto product>
void step_cells(const CellStep& step) {
  const std::size_t cells = static_cast<std::size_t>(step.matrix.outputs) / 4;
  for (std::size_t cell = 0; cell < cells; cell += kLane) {
    const int first = static_cast<int>(cell / kLane) * 4;
    product(step.matrix, first, 4, step.rows, step.sums);
    Math<V>::cells(tables(), step.matrix.scales.data() + static_cast<std::size_t>(first) * kLane, step.sums, step.rows.count,
                   step.state + cell, cells, step.out + cell, step.out_stride);
  }
}

}  // namespace chartscan::ocr::lstm
