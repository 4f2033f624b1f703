// Where the ink of a line's image is: what the steps of a network say about places is good to a few pixels, the ink says the rest.
#pragma once

#include <cstdint>
#include <vector>

#include "core/geometry.h"
#include "imaging/image.h"

namespace chartscan::ocr::lstm {

class LineInk {
 public:
  // White print on black counts as ink too. Memory is kept for the next line. Single specks do not count.
  void measure(const imaging::Image& gray);

  struct Gap {
    int begin = 0, end = 0;  // columns; equal where only a cut was found
  };
  // Between two words: the widest run of columns without ink in [from, to); a cut at `likely` where there is none.
  Gap widest_gap(int from, int to, int likely) const;
  // Between two characters: the middle of the run without ink nearest to `likely`; else the column with least.
  int cut(int from, int to, int likely) const;
  // The ink of the columns [from, to) in the rows of `within`; all of it where there is none. Ink at the upper or lower edge that
  // stands apart is of the lines above and below.
  Box tight(int from, int to, const Box& within);
  static constexpr std::size_t kBlock = 32;  // pixels: rows are padded to it
  Box all() const { return {0, 0, size_.width, size_.height}; }

 private:
  const std::uint8_t* row(int y) const { return ink_.data() + static_cast<std::size_t>(y) * stride_; }
  bool inked(int x) const { return columns_[static_cast<std::size_t>(x)] >= least_; }
  bool inked_row(int y, const Box& box) const;
  bool inked_column(int x, const Box& box) const;
  Gap rows_of(const Box& box);

  Size size_;
  std::size_t stride_ = 0;
  std::vector<std::uint8_t> marks_;     // 1 = not paper; with a row of paper above and below
  std::vector<std::uint8_t> ink_;       // 1 = and no speck
  std::vector<std::uint16_t> columns_;  // pixels of ink
  struct Band {
    int begin = 0, end = 0;  // rows
    int ink = 0;             // pixels
  };
  std::vector<Band> bands_;  // of a box
  int least_ = 1;            // pixels that make a column or row inked
};

}  // namespace chartscan::ocr::lstm
