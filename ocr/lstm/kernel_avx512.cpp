// Sixteen lanes; products by vpdpbusd (Vnni) or in tiles by tdpbusd (Amx). Everything else is common to both.
#include <immintrin.h>

#include "ocr/lstm/kernel_math.h"

namespace chartscan::ocr::lstm {
namespace {

struct Sixteen {
  static constexpr int kWidth = 16;
  using Floats = __m512;
  using Doubles = __m512d;
  using Integers = __m512i;

  static __m512 floats(float x) { return _mm512_set1_ps(x); }
  static __m512d doubles(double x) { return _mm512_set1_pd(x); }
  static __m512i integers(std::int32_t x) { return _mm512_set1_epi32(x); }
  static __m512 load(const float* at) { return _mm512_loadu_ps(at); }
  static __m512i load(const std::int32_t* at) { return _mm512_loadu_si512(at); }
  static void store(float* at, __m512 x) { _mm512_storeu_ps(at, x); }
  static void store(std::int32_t* at, __m512i x) { _mm512_storeu_si512(at, x); }
  static void store_levels(Level* at, __m512i x) { _mm_storeu_si128(reinterpret_cast<__m128i*>(at), _mm512_cvtepi32_epi8(x)); }
  static __m512 add(__m512 a, __m512 b) { return _mm512_add_ps(a, b); }
  static __m512d add(__m512d a, __m512d b) { return _mm512_add_pd(a, b); }
  static __m512i add(__m512i a, __m512i b) { return _mm512_add_epi32(a, b); }
  static __m512 sub(__m512 a, __m512 b) { return _mm512_sub_ps(a, b); }
  static __m512d sub(__m512d a, __m512d b) { return _mm512_sub_pd(a, b); }
  static __m512 mul(__m512 a, __m512 b) { return _mm512_mul_ps(a, b); }
  static __m512d mul(__m512d a, __m512d b) { return _mm512_mul_pd(a, b); }
  static __m512 min(__m512 a, __m512 b) { return _mm512_min_ps(a, b); }
  static __m512 max(__m512 a, __m512 b) { return _mm512_max_ps(a, b); }
  static __m512i max(__m512i a, __m512i b) { return _mm512_max_epi32(a, b); }
  static __m512 abs(__m512 x) { return _mm512_andnot_ps(floats(-0.0F), x); }
  static __m512 with_sign_of(__m512 sign, __m512 x) { return _mm512_or_ps(_mm512_and_ps(floats(-0.0F), sign), x); }
  // By the sign alone: -0 counts as negative, which no function used here tells from 0.
  static __m512 where_negative(__m512 x, __m512 then, __m512 otherwise) {
    return _mm512_mask_blend_ps(_mm512_movepi32_mask(_mm512_castps_si512(x)), otherwise, then);
  }
  static float largest_of(__m512 x) { return _mm512_reduce_max_ps(x); }
  static __m512i truncated(__m512 x) { return _mm512_cvttps_epi32(x); }
  static __m512 to_floats(__m512i x) { return _mm512_cvtepi32_ps(x); }
  // A point is 64 bits: value and step by one load.
  static void gather(const TablePoint* table, __m512i index, __m512& value, __m512& step) {
    const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512 low = _mm512_castpd_ps(points(table, _mm512_castsi512_si256(index)));
    const __m512 high = _mm512_castpd_ps(points(table, _mm512_extracti64x4_epi64(index, 1)));
    value = _mm512_permutex2var_ps(low, even, high);
    step = _mm512_permutex2var_ps(low, _mm512_add_epi32(even, integers(1)), high);
  }
  // A gather keeps what its mask leaves out, so it waits for its target's last value. GCC would leave there whatever the register
  // held, the end of another chain: a tenth of all time. The empty statement keeps the zeros it believes unused.
  static __m512d points(const TablePoint* table, __m256i index) {
    __m512d none = _mm512_setzero_pd();
    __mmask8 all = 0xFF;
    asm("" : "+v"(none), "+Yk"(all));
    return _mm512_mask_i32gather_pd(none, all, index, table, 8);
  }
  static __m512d power_of_two(__m512d shifted) {
    const __m512i bits = _mm512_slli_epi64(_mm512_castpd_si512(shifted), 52);
    return _mm512_castsi512_pd(_mm512_add_epi64(bits, _mm512_set1_epi64(std::int64_t{1023} << 52)));
  }
  static __m512 exp(__m512 x) {
    const __m256 low = _mm512_cvtpd_ps(exp_of<Sixteen>(_mm512_cvtps_pd(_mm512_castps512_ps256(x))));
    const __m256 high = _mm512_cvtpd_ps(exp_of<Sixteen>(_mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1))));
    return _mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1);
  }
};

// ---- Vnni ---------------------------------------------------------------------------------------------------------------------

// `rows` rows by `blocks` blocks of sixteen outputs, their sums in registers.
template <int rows, int blocks>
void registers_product(const PackedMatrix& matrix, int first, const Level* levels, std::size_t stride, std::int32_t* sums,
                       std::size_t sums_stride) {
  const std::int8_t* weights = matrix.bytes.data() + static_cast<std::size_t>(first) * matrix.block;
  __m512i sum[rows][blocks];
  for (int block = 0; block < blocks; ++block) {
    const __m512i bias = Sixteen::load(matrix.bias.data() + (first + block) * kLane);
    for (int row = 0; row < rows; ++row) sum[row][block] = bias;
  }
  for (int input = 0; input < matrix.used; input += 4, weights += 4 * kLane) {
    __m512i weight[blocks];
    for (int block = 0; block < blocks; ++block)
      weight[block] = _mm512_loadu_si512(weights + static_cast<std::size_t>(block) * matrix.block);
    for (int row = 0; row < rows; ++row) {
      std::int32_t four;
      __builtin_memcpy(&four, levels + static_cast<std::size_t>(row) * stride + input, sizeof four);
      const __m512i level = _mm512_set1_epi32(four);
      for (int block = 0; block < blocks; ++block) sum[row][block] = _mm512_dpbusd_epi32(sum[row][block], level, weight[block]);
    }
  }
  for (int row = 0; row < rows; ++row)
    for (int block = 0; block < blocks; ++block)
      _mm512_storeu_si512(sums + static_cast<std::size_t>(row) * sums_stride + block * kLane, sum[row][block]);
}

template <int most_rows, int blocks>
void blocks_product(const PackedMatrix& matrix, int first, const LevelRows& rows, std::int32_t* sums, std::size_t sums_stride) {
  int row = 0;
  const auto levels = [&] { return rows.at + static_cast<std::size_t>(row) * rows.stride; };
  const auto to = [&] { return sums + static_cast<std::size_t>(row) * sums_stride; };
  for (; row + most_rows <= rows.count; row += most_rows)
    registers_product<most_rows, blocks>(matrix, first, levels(), rows.stride, to(), sums_stride);
  for (; row + 2 <= rows.count; row += 2) registers_product<2, blocks>(matrix, first, levels(), rows.stride, to(), sums_stride);
  for (; row < rows.count; ++row) registers_product<1, blocks>(matrix, first, levels(), rows.stride, to(), sums_stride);
}

void vnni_product(const PackedMatrix& matrix, int first, int blocks, const LevelRows& rows, std::int32_t* sums) {
  const std::size_t stride = static_cast<std::size_t>(blocks) * kLane;
  int block = 0;
  for (; block + 4 <= blocks; block += 4) blocks_product<6, 4>(matrix, first + block, rows, sums + block * kLane, stride);
  for (; block + 2 <= blocks; block += 2) blocks_product<8, 2>(matrix, first + block, rows, sums + block * kLane, stride);
  for (; block < blocks; ++block) blocks_product<12, 1>(matrix, first + block, rows, sums + block * kLane, stride);
}

// ---- Amx ----------------------------------------------------------------------------------------------------------------------

constexpr int kTileRows = 16, kTileBytes = 64;

void barrier() { asm volatile("" ::: "memory"); }

struct alignas(64) TileShapes {
  std::uint8_t palette = 1, start = 0, unused[14] = {};
  std::uint16_t bytes[16] = {};
  std::uint8_t rows[16] = {};
};

// Tiles 0 to 3 hold sums and 4 levels, of `rows` rows; 5 to 7 hold weights, always sixteen groups of inputs. (GCC wants their
// numbers as plain digits, and does not see that tiles read and write memory: hence the barriers.)
void set_tiles(int rows) {
  TileShapes shapes;
  for (int tile = 0; tile <= 7; ++tile) {
    shapes.bytes[tile] = kTileBytes;
    shapes.rows[tile] = static_cast<std::uint8_t>(tile >= 5 ? kTileRows : rows);
  }
  barrier();
  _tile_loadconfig(&shapes);
}

// The weights of four blocks are `block` bytes apart.
void four_tiles(const PackedMatrix& matrix, const std::int8_t* weights, const std::int32_t* bias, const Level* levels,
                std::size_t stride) {
  const std::size_t block = matrix.block;
  _tile_loadd(0, bias, 0);
  _tile_loadd(1, bias + kLane, 0);
  _tile_loadd(2, bias + 2 * kLane, 0);
  _tile_loadd(3, bias + 3 * kLane, 0);
  for (int input = 0; input < matrix.inputs; input += kTileBytes, levels += kTileBytes, weights += kTileBytes * kLane) {
    _tile_loadd(4, levels, stride);
    _tile_loadd(5, weights, kTileBytes);
    _tile_dpbusd(0, 4, 5);
    _tile_loadd(6, weights + block, kTileBytes);
    _tile_dpbusd(1, 4, 6);
    _tile_loadd(7, weights + 2 * block, kTileBytes);
    _tile_dpbusd(2, 4, 7);
    _tile_loadd(5, weights + 3 * block, kTileBytes);
    _tile_dpbusd(3, 4, 5);
  }
}

void one_tile(const PackedMatrix& matrix, const std::int8_t* weights, const std::int32_t* bias, const Level* levels,
              std::size_t stride) {
  _tile_loadd(0, bias, 0);
  for (int input = 0; input < matrix.inputs; input += kTileBytes, levels += kTileBytes, weights += kTileBytes * kLane) {
    _tile_loadd(4, levels, stride);
    _tile_loadd(5, weights, kTileBytes);
    _tile_dpbusd(0, 4, 5);
  }
}

// Sixteen rows, or as many as set_tiles was told.
void tile_rows(const PackedMatrix& matrix, int first, int blocks, const Level* levels, std::size_t stride, std::int32_t* sums) {
  const std::size_t sums_stride = static_cast<std::size_t>(blocks) * kLane * sizeof(std::int32_t);
  const std::int8_t* weights = matrix.bytes.data() + static_cast<std::size_t>(first) * matrix.block;
  const std::int32_t* bias = matrix.bias.data() + first * kLane;
  int block = 0;
  for (; block + 4 <= blocks; block += 4, weights += 4 * matrix.block, bias += 4 * kLane, sums += 4 * kLane) {
    four_tiles(matrix, weights, bias, levels, stride);
    _tile_stored(0, sums, sums_stride);
    _tile_stored(1, sums + kLane, sums_stride);
    _tile_stored(2, sums + 2 * kLane, sums_stride);
    _tile_stored(3, sums + 3 * kLane, sums_stride);
  }
  for (; block < blocks; ++block, weights += matrix.block, bias += kLane, sums += kLane) {
    one_tile(matrix, weights, bias, levels, stride);
    _tile_stored(0, sums, sums_stride);
  }
}

void amx_product(const PackedMatrix& matrix, int first, int blocks, const LevelRows& rows, std::int32_t* sums) {
  if (matrix.used <= kTileBytes / 4) return vnni_product(matrix, first, blocks, rows, sums);  // a tile would be mostly filling
  const auto at = [&](int row) { return sums + static_cast<std::ptrdiff_t>(row) * blocks * kLane; };
  const auto levels = [&](int row) { return rows.at + static_cast<std::size_t>(row) * rows.stride; };
  const int whole = rows.count / kTileRows * kTileRows;
  if (whole > 0) set_tiles(kTileRows);
  for (int row = 0; row < whole; row += kTileRows) tile_rows(matrix, first, blocks, levels(row), rows.stride, at(row));
  if (whole < rows.count) {
    set_tiles(rows.count - whole);
    tile_rows(matrix, first, blocks, levels(whole), rows.stride, at(whole));
  }
  _tile_release();
  barrier();
}

// Tiles are set once a step: rows are filled up to whole tiles, for which the callers of cell_step have room.
void tiles_product(const PackedMatrix& matrix, int first, int blocks, const LevelRows& rows, std::int32_t* sums) {
  barrier();
  for (int row = 0; row < rows.count; row += kTileRows)
    tile_rows(matrix, first, blocks, rows.at + static_cast<std::size_t>(row) * rows.stride, rows.stride,
              sums + static_cast<std::ptrdiff_t>(row) * blocks * kLane);
  barrier();
}

void amx_cell_step(const CellStep& step) {
  set_tiles(kTileRows);
  step_cells<Sixteen, tiles_product, kTileRows>(step);
  _tile_release();
}

}  // namespace

const KernelSet kVnniKernels{
    Kernel::Vnni,       4, vnni_product, step_cells<Sixteen, vnni_product, 12>, Math<Sixteen>::activate, Math<Sixteen>::softmax,
    Math<Sixteen>::pool};
const KernelSet kAmxKernels{Kernel::Amx,        64, amx_product, amx_cell_step, Math<Sixteen>::activate, Math<Sixteen>::softmax,
                            Math<Sixteen>::pool};

}  // namespace chartscan::ocr::lstm
