// The seam between a page and its lines: where print stands, line by line, in the order a person reads. What the lines say is
// line_recognizer.h's. One thread at a time; each worker owns one.
#pragma once

#include <memory>
#include <vector>

#include "core/geometry.h"
#include "core/result.h"
#include "imaging/image.h"

namespace chartscan::ocr {

// A line, or a piece of one that a wide gap parts from the rest. The box has room for ascenders and descenders, whether there are
// any or not, and a little paper.
struct FoundLine {
  Box box;         // pixels of the page image
  int turn = 0;    // clockwise, that makes its letters upright: 0, 90, 180, 270
  int number = 0;  // from 1; pieces of one line share it
};

class LineFinder {
 public:
  virtual ~LineFinder() = default;
  virtual std::string name() const = 0;  // with version
  // `gray`: a page upright and straight, dark on light.
  virtual Result<std::vector<FoundLine>> find(const imaging::Image& gray, int dpi) = 0;
};

// Tesseract's layout analysis.
std::unique_ptr<LineFinder> make_tesseract_layout();

}  // namespace chartscan::ocr
