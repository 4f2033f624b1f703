// Dense grids: tables of hundreds of small cells, which layout analysis reads badly and in time with their square. Their print needs
// no analysis: it stands in rows, one above the other, each cell a piece of its own. Private to this room; pure.
#pragma once

#include <vector>

#include "imaging/image.h"
#include "imaging/print_pieces.h"
#include "ocr/line_finder.h"

namespace chartscan::ocr {

// A horizontal stretch of the page, [top, bottom). A grid's has its cells as lines, row by row, numbered from 1; any other has none
// and is layout analysis' to read.
struct Stretch {
  int top = 0, bottom = 0;
  std::vector<FoundLine> cells;
};

// The page from top to bottom; a single stretch without cells where there is no dense grid on it. `gray` is upright and straight,
// `pieces` are its, counted.
std::vector<Stretch> stretches_of(const imaging::Image& gray, const imaging::PrintPieces& pieces);

}  // namespace chartscan::ocr
