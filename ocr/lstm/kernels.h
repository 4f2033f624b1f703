// The inner loops of the forward pass, once for every Kernel. Inside ocr/lstm only.
//
// Numbers are kept as Tesseract 5.3 (Debian: TFloat = float) keeps them, and every kernel does the same operations on an element
// in the same order, without contraction to fused products; so all give its values, bit for bit:
//   value between layers   level - 128, a level being a byte; stands for (level - 128) / 127         src/lstm/networkio.cpp
//   product                integers, exact; + 127 * bias; as float times the row's scale              src/arch/intsimdmatrix.cpp
//   tanh, logistic         4096 points 1/256 apart, linear between them, by symmetry for x < 0        src/lstm/functions.h
//   cell                   state = clip(state * forget + input * gate, 100); out = tanh(state) * output    src/lstm/lstm.cpp
//   to a level             trunc(|127 x| + 0.5), sign restored, clipped to 127                        networkio.cpp, helpers.h
//
// A level is unsigned because the processors' byte products (vpdpbusd, tdpbusd) want one unsigned factor; 128 * (sum of a row's
// weights) is taken back with the bias, exactly.
//
// Why not a library: oneDNN 2.6 and Highway 1.0 (Debian 12) were looked at. oneDNN's int8 products saturate 16-bit sums before
// VNNI, its LSTM cell quantises otherwise, and its kernel cannot be chosen a call; Highway has no byte dot product and no tiles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ocr/lstm/aligned.h"
#include "ocr/lstm/kernel.h"
#include "ocr/lstm/layer_reader.h"

namespace chartscan::ocr::lstm {

using Level = std::uint8_t;
inline constexpr int kZeroLevel = 128;

inline constexpr int kLane = 16;           // outputs are computed sixteen at a time
inline constexpr int kMostRows = 64;       // sequences that go through a recurrent layer side by side
inline constexpr int kSlack = 64;          // bytes that may be read, and are ignored, beyond the last row of levels
inline constexpr int kMostOutputs = 4096;  // of a layer
inline constexpr float kMostState = 100;

// A matrix in the order its kernel reads it: blocks of sixteen outputs, in each the inputs in groups (4 bytes, or 2 words), in
// each group output by output. Inputs are filled up with zeros to whole groups, for tiles to 64.
struct PackedMatrix {
  int outputs = 0;                    // filled up to a multiple of kLane
  int inputs = 0;                     // filled up to whole groups
  int used = 0;                       // inputs that are no filling, up to a multiple of 4
  std::size_t block = 0;              // elements of `bytes` or `words` a block of outputs
  AlignedVector<std::int8_t> bytes;   // all but Avx2
  AlignedVector<std::int16_t> words;  // Avx2
  AlignedVector<std::int32_t> bias;   // 127 * bias - 128 * sum of the row
  AlignedVector<float> scales;
};

enum class Activation { Logistic, PositiveClip, SymmetricClip, Tanh, Relu, Linear };

// Rows of levels, `stride` bytes apart.
struct LevelRows {
  const Level* at = nullptr;
  std::size_t stride = 0;
  int count = 0;
};

// One step of `rows.count` sequences. The matrix has, for every sixteen cells, their cell inputs, input gates, forget gates and
// output gates, sixteen each. `state` has `matrix.outputs / 4` floats a sequence; as many levels are written from `out` on. Rows
// may be read up to the next multiple of sixteen.
struct CellStep {
  const PackedMatrix& matrix;
  LevelRows rows;
  float* state;
  Level* out;
  std::size_t out_stride;
  std::int32_t* sums;  // room for kMostRows * 4 * kLane
};

// Sums of `count` blocks, each `width` by `height` pixels of `outputs` sums: row by row, each as long as all blocks. The largest
// of each output go to pooled[block * outputs + output].
struct PooledSums {
  const std::int32_t* at;
  int outputs, count, width, height;
};

struct KernelSet {
  Kernel kernel;
  int group;  // inputs to a group: `inputs` of a packed matrix is a multiple of it
  // Sums of blocks `first` .. `first + blocks` for any number of rows: sums[row * blocks * 16 + output].
  void (*product)(const PackedMatrix& matrix, int first, int blocks, const LevelRows& rows, std::int32_t* sums);
  void (*cell_step)(const CellStep& step);
  // levels[row * outputs + output] for sums of all blocks; `outputs` as the layer has them.
  void (*activate)(Activation activation, const PackedMatrix& matrix, const std::int32_t* sums, int rows, int outputs,
                   Level* levels);
  // probabilities[row * outputs + output], as SoftmaxInPlace computes them.
  void (*softmax)(const PackedMatrix& matrix, const std::int32_t* sums, int rows, int outputs, float* probabilities);
  void (*pool)(const PooledSums& sums, std::int32_t* pooled);
};

const KernelSet& kernel_set(Kernel kernel);

// A matrix for `set`; of an LSTM the four gates interleaved as cell_step wants them.
PackedMatrix pack(const Matrix& matrix, const KernelSet& set);
PackedMatrix pack_gates(const std::vector<Matrix>& gates, const KernelSet& set);

// Of each set its own file, compiled for its instructions.
extern const KernelSet kPlainKernels;
#if defined(__x86_64__)
extern const KernelSet kAvx2Kernels, kVnniKernels, kAmxKernels;
#endif

}  // namespace chartscan::ocr::lstm
