// Where the ink of a line's image is: what the steps of a network say about places is good to a few pixels, the ink says the rest.
#pragma once

#include <cstdint>
#include <vector>

#include "core/geometry.h"
#include "imaging/image.h"

namespace chartscan::ocr::lstm {

class LineInk {
 public:
  // Measures `gray`, which must stay while the object is asked. Memory is kept for the next line.
  void measure(const imaging::Image& gray);

  struct Gap {
    int begin = 0, end = 0;  // columns; equal where only a cut was found
  };
  // Between two words: the widest run of columns without ink in [from, to); a cut at `likely` where there is none.
  Gap widest_gap(int from, int to, int likely) const;
  // Between two characters: the middle of the run without ink nearest to `likely`; else the column with least.
  int cut(int from, int to, int likely) const;
  // The ink of the columns [from, to); the whole height of these columns where there is none.
  Box tight(int from, int to) const;

 private:
  bool inked(int x) const { return columns_[static_cast<std::size_t>(x)] > 0; }

  const imaging::Image* gray_ = nullptr;
  int dark_ = 0;                        // ink is darker
  std::vector<std::uint16_t> columns_;  // pixels of ink
};

}  // namespace chartscan::ocr::lstm
