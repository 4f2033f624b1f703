// Eight lanes. Levels and weights are widened to 16 bits: vpmaddubsw would saturate sums of two products, vpmaddwd is exact.
#include <immintrin.h>

#include "ocr/lstm/kernel_math.h"

namespace chartscan::ocr::lstm {
namespace {

struct Eight {
  static constexpr int kWidth = 8;
  using Floats = __m256;
  using Doubles = __m256d;
  using Integers = __m256i;

  static __m256 floats(float x) { return _mm256_set1_ps(x); }
  static __m256d doubles(double x) { return _mm256_set1_pd(x); }
  static __m256i integers(std::int32_t x) { return _mm256_set1_epi32(x); }
  static __m256 load(const float* at) { return _mm256_loadu_ps(at); }
  static __m256i load(const std::int32_t* at) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)); }
  static void store(float* at, __m256 x) { _mm256_storeu_ps(at, x); }
  static void store(std::int32_t* at, __m256i x) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), x); }
  static void store_levels(Level* at, __m256i x) {
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(at), _mm_packus_epi16(words, words));
  }
  static __m256 add(__m256 a, __m256 b) { return _mm256_add_ps(a, b); }
  static __m256d add(__m256d a, __m256d b) { return _mm256_add_pd(a, b); }
  static __m256i add(__m256i a, __m256i b) { return _mm256_add_epi32(a, b); }
  static __m256 sub(__m256 a, __m256 b) { return _mm256_sub_ps(a, b); }
  static __m256d sub(__m256d a, __m256d b) { return _mm256_sub_pd(a, b); }
  static __m256 mul(__m256 a, __m256 b) { return _mm256_mul_ps(a, b); }
  static __m256d mul(__m256d a, __m256d b) { return _mm256_mul_pd(a, b); }
  static __m256 min(__m256 a, __m256 b) { return _mm256_min_ps(a, b); }
  static __m256 max(__m256 a, __m256 b) { return _mm256_max_ps(a, b); }
  static __m256i max(__m256i a, __m256i b) { return _mm256_max_epi32(a, b); }
  static __m256 abs(__m256 x) { return _mm256_andnot_ps(floats(-0.0F), x); }
  static __m256 with_sign_of(__m256 sign, __m256 x) { return _mm256_or_ps(_mm256_and_ps(floats(-0.0F), sign), x); }
  // By the sign alone: -0 counts as negative, which no function used here tells from 0.
  static __m256 where_negative(__m256 x, __m256 then, __m256 otherwise) { return _mm256_blendv_ps(otherwise, then, x); }
  static float largest_of(__m256 x) {
    float lanes[8];
    store(lanes, x);
    float largest = lanes[0];
    for (const float lane : lanes) largest = lane > largest ? lane : largest;
    return largest;
  }
  static __m256i truncated(__m256 x) { return _mm256_cvttps_epi32(x); }
  static __m256 to_floats(__m256i x) { return _mm256_cvtepi32_ps(x); }
  // A point is 64 bits: value and step by one load.
  static void gather(const TablePoint* table, __m256i index, __m256& value, __m256& step) {
    const __m256i mixed = _mm256_permute4x64_epi64(index, 0xD8);  // so that the shuffles restore the order
    const __m256 low = _mm256_castpd_ps(points(table, _mm256_castsi256_si128(mixed)));
    const __m256 high = _mm256_castpd_ps(points(table, _mm256_extracti128_si256(mixed, 1)));
    value = _mm256_shuffle_ps(low, high, 0x88);
    step = _mm256_shuffle_ps(low, high, 0xDD);
  }
  // Into zeros, for the reason told in kernel_avx512.cpp.
  static __m256d points(const TablePoint* table, __m128i index) {
    __m256d none = _mm256_setzero_pd();
    __m256d all = _mm256_castsi256_pd(_mm256_set1_epi64x(-1));
    asm("" : "+x"(none), "+x"(all));
    return _mm256_mask_i32gather_pd(none, reinterpret_cast<const double*>(table), index, all, 8);
  }
  static __m256d power_of_two(__m256d shifted) {
    const __m256i bits = _mm256_slli_epi64(_mm256_castpd_si256(shifted), 52);
    return _mm256_castsi256_pd(_mm256_add_epi64(bits, _mm256_set1_epi64x(std::int64_t{1023} << 52)));
  }
  static __m256 exp(__m256 x) {
    const __m128 low = _mm256_cvtpd_ps(exp_of<Eight>(_mm256_cvtps_pd(_mm256_castps256_ps128(x))));
    const __m128 high = _mm256_cvtpd_ps(exp_of<Eight>(_mm256_cvtps_pd(_mm256_extractf128_ps(x, 1))));
    return _mm256_insertf128_ps(_mm256_castps128_ps256(low), high, 1);
  }
};

constexpr int kRowsInRegisters = 4;  // by two vectors of outputs: with six, GCC spills

void widen(const Level* levels, int count, std::int16_t* words) {
  for (int at = 0; at < count; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(levels + at));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(words + at), _mm256_cvtepu8_epi16(bytes));
  }
}

// Sixteen outputs of `count` rows, whose words lie `stride` apart.
template <int count>
void block_product(const std::int16_t* weights, const std::int32_t* bias, int inputs, const std::int16_t* words,
                   std::size_t stride, std::int32_t* sums, std::size_t sums_stride) {
  __m256i low[count], high[count];
  for (int row = 0; row < count; ++row) {
    low[row] = Eight::load(bias);
    high[row] = Eight::load(bias + 8);
  }
  for (int input = 0; input < inputs; input += 2, weights += 2 * kLane) {
    const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights));
    const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights + kLane));
    for (int row = 0; row < count; ++row) {
      std::int32_t pair;
      __builtin_memcpy(&pair, words + static_cast<std::size_t>(row) * stride + input, sizeof pair);
      const __m256i levels = _mm256_set1_epi32(pair);
      low[row] = _mm256_add_epi32(low[row], _mm256_madd_epi16(first, levels));
      high[row] = _mm256_add_epi32(high[row], _mm256_madd_epi16(second, levels));
    }
  }
  for (int row = 0; row < count; ++row) {
    std::int32_t* to = sums + static_cast<std::size_t>(row) * sums_stride;
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), low[row]);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 8), high[row]);
  }
}

template <int count>
void rows_product(const PackedMatrix& matrix, int first, int blocks, const Level* levels, std::size_t stride,
                  std::int32_t* sums) {
  const int wide = (matrix.inputs + 15) / 16 * 16;
  alignas(32) std::int16_t words[count * (kMostOutputs + 16)];
  for (int row = 0; row < count; ++row) widen(levels + static_cast<std::size_t>(row) * stride, matrix.inputs, words + row * wide);
  for (int block = 0; block < blocks; ++block)
    block_product<count>(matrix.words.data() + static_cast<std::size_t>(first + block) * matrix.block,
                         matrix.bias.data() + static_cast<std::ptrdiff_t>(first + block) * kLane, matrix.inputs, words,
                         static_cast<std::size_t>(wide), sums + block * kLane, static_cast<std::size_t>(blocks) * kLane);
}

void product(const PackedMatrix& matrix, int first, int blocks, const LevelRows& rows, std::int32_t* sums) {
  using Rows = void (*)(const PackedMatrix&, int, int, const Level*, std::size_t, std::int32_t*);
  constexpr Rows kRest[] = {nullptr, rows_product<1>, rows_product<2>, rows_product<3>};
  int row = 0;
  const auto levels = [&] { return rows.at + static_cast<std::size_t>(row) * rows.stride; };
  const auto to = [&] { return sums + static_cast<std::ptrdiff_t>(row) * blocks * kLane; };
  for (; row + kRowsInRegisters <= rows.count; row += kRowsInRegisters)
    rows_product<kRowsInRegisters>(matrix, first, blocks, levels(), rows.stride, to());
  if (row < rows.count) kRest[rows.count - row](matrix, first, blocks, levels(), rows.stride, to());
}

}  // namespace

const KernelSet kAvx2Kernels{
    Kernel::Avx2, 2, product, step_cells<Eight, product, 16>, Math<Eight>::activate, Math<Eight>::softmax, Math<Eight>::pool};

}  // namespace chartscan::ocr::lstm
