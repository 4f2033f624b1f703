// Into how many separate pieces the print of a page falls: a line of prose is one, each cell of a table is one, each speck is one.
#pragma once

#include <vector>

#include "core/geometry.h"
#include "imaging/image.h"

namespace chartscan::imaging {

struct PrintPieces {
  std::vector<Box> boxes;  // of their ink, pixels of the page; in no order
  int height = 0, dpi = 0;  // of the page

  int size() const { return static_cast<int>(boxes.size()); }
};

// Counting: enough to part pieces from each other, boxes to a hundredth of an inch. Exact: boxes as sharp as the page.
enum class PieceDetail { Counting, Exact };

// `gray` is a page upright, dark on white; rules are no print.
PrintPieces find_print_pieces(const Image& gray, int dpi, PieceDetail detail);

// Rows where the page can be cut into bands of at most about `most_pieces` pieces each, through as little print as possible; empty
// when it has no more than that.
std::vector<int> cuts_between(const PrintPieces& pieces, int most_pieces);

}  // namespace chartscan::imaging
