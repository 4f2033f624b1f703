// An LSTM along the rows or the columns of every line. Every row (or column) is a sequence of its own; up to kMostRows of them,
// of all lines, go through the steps side by side, the longest first, so that those still running are always the foremost.
#pragma once

#include "ocr/lstm/stages.h"

namespace chartscan::ocr::lstm {

struct Course {
  bool along_y = false;
  bool backward = false;
  bool last_only = false;  // a summary: one output a sequence
};

class Recurrent final : public Stage {
 public:
  Recurrent(const Course& course, const std::vector<Matrix>& gates, int inputs, const KernelSet& kernels);
  void run(const Levels& in, Levels& out, Scratch& scratch) const override;

 private:
  struct Sequence;
  std::vector<Sequence> sequences(const Levels& in, const Levels& out) const;
  void run_group(const Sequence* sequences, int count, const Levels& in, Levels& out, Scratch& scratch) const;

  Course course_;
  int inputs_, cells_;
  std::size_t stride_;  // of a row: levels in, levels of the step before, filled up
  PackedMatrix gates_;
  const KernelSet& kernels_;
};

}  // namespace chartscan::ocr::lstm
