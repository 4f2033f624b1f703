// Into how many separate pieces the print of a page falls: a line of prose is one, each cell of a table is one, each speck is one.
#pragma once

#include <vector>

#include "imaging/image.h"

namespace chartscan::imaging {

// Rows where the page can be cut into bands of at most about `most_pieces` pieces each, through as little print as possible; empty
// when it has no more than that. `gray` is a page upright, dark on white; rules are no print.
std::vector<int> cuts_between_pieces(const Image& gray, int dpi, int most_pieces);

}  // namespace chartscan::imaging
