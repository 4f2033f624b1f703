// One line of a page, cut from the delivered pixels at their full resolution: upright, straight, gray, evenly lit; resampled once.
#pragma once

#include "core/geometry.h"
#include "imaging/image.h"

namespace chartscan::imaging {

struct LineCut {
  Image gray;     // dark on light, with a little paper around; it says its dpi
  Affine to_working;  // pixels of `gray` -> working image
  Box on_working(const Box& box) const { return to_working.bounds_of(box); }
};

// `line` in working pixels. The delivered image must be the one that `geometry` was made for.
LineCut cut_line(const Image& delivered, const Geometry& geometry, const Box& line);

}  // namespace chartscan::imaging
