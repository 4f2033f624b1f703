// What a kernel does besides products, written once over a vector type `V` of as many floats as its processor takes at a time.
// Each kernel's file instantiates it with a V of its own, in an unnamed namespace: the same operations per element everywhere,
// and nothing the linker could share between files compiled for different processors (so no function of the standard library
// either).
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
inline constexpr double kRounder = 0x1.8p52;  // added, it leaves the nearest integer in the lowest bits
inline constexpr double kTerms[] = {1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120,
                                    1.0 / 24,      1.0 / 6,      0.5,         1.0,        1.0};
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

  // Of |x|, given as points: value[i] + step[i] * (points - i).
  static F interpolate(const TablePoint* table, F points) {
    const F at = V::min(points, V::floats(kTablePoints - 1));
    const I index = V::truncated(at);
    F value, step;
    V::gather(table, index, value, step);
    return V::add(value, V::mul(step, V::sub(at, V::to_floats(index))));
  }

  // Both of x / 256: the factor is exact, and taken into the scales.
  static F tanh(const Tables& tables, F points) { return V::with_sign_of(points, interpolate(tables.tanh, V::abs(points))); }

  static F logistic(const Tables& tables, F points) {
    const F value = interpolate(tables.logistic, V::abs(points));
    return V::where_negative(points, V::sub(V::floats(1), value), value);
  }

  static I level(F x) {
    const F scaled = V::mul(x, V::floats(127));
    const F rounded = V::min(V::add(V::abs(scaled), V::floats(0.5F)), V::floats(127));
    return V::add(V::truncated(V::with_sign_of(scaled, rounded)), V::integers(kZeroLevel));
  }

  static F value(const std::int32_t* sums, const float* scales) { return V::mul(V::to_floats(V::load(sums)), V::load(scales)); }

  static F points(F x) { return V::mul(x, V::floats(kPointsPerUnit)); }

  // Sixteen cells of `rows` sequences, scales being of points: sums[row * 64 + gate * 16 + cell]. In two passes, so that in
  // each the rows' chains of operations are short and overlap.
  static void cells(const Tables& tables, const float* scales, const std::int32_t* sums, int rows, float* state,
                    std::size_t state_stride, Level* out, std::size_t out_stride) {
    for (int row = 0; row < rows; ++row) {
      const std::int32_t* of_row = sums + row * 4 * kLane;
      float* states = state + static_cast<std::size_t>(row) * state_stride;
      for (int cell = 0; cell < kLane; cell += V::kWidth) {
        const F input = tanh(tables, value(of_row + cell, scales + cell));
        const F input_gate = logistic(tables, value(of_row + kLane + cell, scales + kLane + cell));
        const F forget = logistic(tables, value(of_row + 2 * kLane + cell, scales + 2 * kLane + cell));
        const F kept = V::add(V::mul(V::load(states + cell), forget), V::mul(input, input_gate));
        V::store(states + cell, V::min(V::max(kept, V::floats(-kMostState)), V::floats(kMostState)));
      }
    }
    for (int row = 0; row < rows; ++row) {
      const std::int32_t* of_row = sums + row * 4 * kLane + 3 * kLane;
      for (int cell = 0; cell < kLane; cell += V::kWidth) {
        const F output_gate = logistic(tables, value(of_row + cell, scales + 3 * kLane + cell));
        const F kept = V::load(state + static_cast<std::size_t>(row) * state_stride + cell);
        V::store_levels(out + static_cast<std::size_t>(row) * out_stride + cell,
                        level(V::mul(tanh(tables, points(kept)), output_gate)));
      }
    }
  }

  static F activated(const Tables& tables, Activation activation, F x) {
    switch (activation) {
      case Activation::Logistic: return logistic(tables, points(x));
      case Activation::PositiveClip: return V::min(V::max(x, V::floats(0)), V::floats(1));
      case Activation::SymmetricClip: return V::min(V::max(x, V::floats(-1)), V::floats(1));
      case Activation::Tanh: return tanh(tables, points(x));
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
        V::store_levels(levels + output,
                        level(activated(points, activation, value(sums + output, matrix.scales.data() + output))));
      if (output == outputs) continue;
      Level last[V::kWidth];
      V::store_levels(last, level(activated(points, activation, value(sums + output, matrix.scales.data() + output))));
      for (int index = 0; output + index < outputs; ++index) levels[output + index] = last[index];
    }
  }

  // Sums and quotients as Tesseract orders them, four rows at once: a sum of floats waits for every addition.
  static constexpr int kRowsAtOnce = 4;

  static void softmax(const PackedMatrix& matrix, const std::int32_t* sums, int rows, int outputs, float* probabilities) {
    float lanes[kRowsAtOnce][kMostOutputs + kLane];
    for (int row = 0; row < rows; row += kRowsAtOnce) {
      const int count = rows - row < kRowsAtOnce ? rows - row : kRowsAtOnce;
      float totals[kRowsAtOnce] = {};
      for (int lane = 0; lane < kRowsAtOnce; ++lane)
        exponentials(matrix, sums + (row + (lane < count ? lane : 0)) * matrix.outputs, outputs, lanes[lane]);
      for (int output = 0; output < outputs; ++output)
        for (int lane = 0; lane < kRowsAtOnce; ++lane) totals[lane] += lanes[lane][output];
      for (int lane = 0; lane < count; ++lane)
        for (int output = 0; output < outputs; ++output)
          probabilities[(row + lane) * outputs + output] = lanes[lane][output] / totals[lane];
    }
  }

  static void exponentials(const PackedMatrix& matrix, const std::int32_t* sums, int outputs, float* lane) {
    for (int output = 0; output < matrix.outputs; output += V::kWidth)
      V::store(lane + output, value(sums + output, matrix.scales.data() + output));
    for (int output = outputs; output < matrix.outputs; ++output) lane[output] = lane[0];
    F most = V::load(lane);
    for (int output = V::kWidth; output < matrix.outputs; output += V::kWidth) most = V::max(most, V::load(lane + output));
    const F largest = V::floats(V::largest_of(most));
    for (int output = 0; output < matrix.outputs; output += V::kWidth) {
      const F below = V::sub(V::load(lane + output), largest);
      V::store(lane + output, V::exp(V::min(V::max(below, V::floats(-86)), V::floats(0))));
    }
  }

  static void pool(const PooledSums& sums, std::int32_t* pooled) {
    const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(sums.count) * sums.width * sums.outputs;
    for (int block = 0; block < sums.count; ++block) {
      const std::int32_t* of_block = sums.at + static_cast<std::ptrdiff_t>(block) * sums.width * sums.outputs;
      for (int output = 0; output < sums.outputs; output += V::kWidth, pooled += V::kWidth) {
        I most = V::load(of_block + output);
        for (int y = 0; y < sums.height; ++y)
          for (int x = 0; x < sums.width; ++x) most = V::max(most, V::load(of_block + y * row + x * sums.outputs + output));
        V::store(pooled, most);
      }
    }
  }
};

// cell_step over any `product` of blocks, `rows_at_once` rows after each other, so that sums never leave the first cache. The
// sums of the next rows are begun before the cells of these, which do not need them: the processor works on both.
template <class V, auto product, int rows_at_once>
void step_cells(const CellStep& step) {
  const int cells = step.matrix.outputs / 4;
  const int chunks = (step.rows.count + rows_at_once - 1) / rows_at_once;
  const int parts = cells / kLane * chunks;
  const Tables& points = tables();
  const auto first_row = [&](int part) { return part % chunks * rows_at_once; };
  const auto count = [&](int part) {
    const int left = step.rows.count - first_row(part);
    return left < rows_at_once ? left : rows_at_once;
  };
  const auto sums = [&](int part) { return step.sums + part % 2 * rows_at_once * 4 * kLane; };
  const auto begin = [&](int part) {
    const Level* rows = step.rows.at + static_cast<std::size_t>(first_row(part)) * step.rows.stride;
    product(step.matrix, part / chunks * 4, 4, {rows, step.rows.stride, count(part)}, sums(part));
  };
  begin(0);
  for (int part = 0; part < parts; ++part) {
    if (part + 1 < parts) begin(part + 1);
    const int cell = part / chunks * kLane;
    const auto row = static_cast<std::size_t>(first_row(part));
    Math<V>::cells(points, step.matrix.scales.data() + 4 * cell, sums(part), count(part),
                   step.state + row * static_cast<std::size_t>(cells) + cell, static_cast<std::size_t>(cells),
                   step.out + row * step.out_stride + cell, step.out_stride);
  }
}

}  // namespace chartscan::ocr::lstm
