// A convolution, its activation and the pooling that follows it, in one stage. Activations never fall, so the largest of a block
// is found among the sums, and one activation is computed where the network's definition has nine.
//
// A window is laid out column by column, each column filled up to whole groups of four levels. A strip that holds, for every x,
// one column of a window therefore has the window of x as a slice, and the product reads overlapping slices instead of copies.
#pragma once

#include "ocr/lstm/stages.h"

namespace chartscan::ocr::lstm {

struct ConvolutionShape {
  int half_x = 0, half_y = 0;  // half the window
  int pool_x = 1, pool_y = 1;  // size of a pooled block
};

class Convolution final : public Stage {
 public:
  Convolution(const ConvolutionShape& shape, Activation activation, const Matrix& matrix, const KernelSet& kernels);
  void run(const Levels& in, Levels& out, Scratch& scratch) const override;

 private:
  struct Line;
  void pool_row(const Line& line, int pooled_y, int first, int count, Scratch& scratch) const;
  void row_sums(const Line& line, int y, int first, int last, std::int32_t* sums, Scratch& scratch) const;
  void windows_at(const Line& line, int y, int first, int last, std::int32_t* sums, Scratch& scratch) const;
  void strip_at(const Line& line, int y, int first, int last, std::int32_t* sums, Scratch& scratch) const;
  int columns() const { return 2 * shape_.half_x + 1; }
  int rows() const { return 2 * shape_.half_y + 1; }

  ConvolutionShape shape_;
  Activation activation_;
  int depth_, outputs_;
  std::size_t column_;  // levels to a column, filled up
  PackedMatrix matrix_;
  const KernelSet& kernels_;
};

}  // namespace chartscan::ocr::lstm
