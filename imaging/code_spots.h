// Inside this room: where on a page could a barcode be? A cheap look at the texture, so that the readers, which are dear, see
// only a few small cuttings. Bars and modules are half dark, half light, and change all the time; print is mostly paper.
#pragma once

#include <vector>

#include "core/geometry.h"

namespace cv {
class Mat;
}

namespace chartscan::imaging {

struct CodeSpot {
  Box box;          // pixels, quiet zone included
  double busy = 0;  // steps from dark to light an inch, right and down added: many for small modules, few for large letters
};

// Everything that has the texture of a linear or square code, largest first; then what only a coarser look shows, again
// largest first: codes with large modules, and some of the former once more. Headings in bold, pictures and dark tables are
// found as well: a spot is a place to look, not a code.
std::vector<CodeSpot> find_code_spots(const cv::Mat& gray, double dpi);

}  // namespace chartscan::imaging
