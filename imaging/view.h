// Images for people: the page upright and straight in its own colours, unfiltered, at the size a screen asks for.
#pragma once

#include <cstdint>
#include <vector>

#include "core/geometry.h"
#include "imaging/image.h"

namespace chartscan::imaging {

// `delivered` as the geometry straightened it for reading: boxes in working pixels lie on this image. `max_width` > 0: shrunk to that
// width, which is cheaper than shrinking it afterwards.
Image upright_copy(const Image& delivered, const Geometry& geometry, int max_width = 0);

// The same as JPEG, as screens get it.
std::vector<std::uint8_t> screen_picture(const Image& delivered, const Geometry& geometry, int max_width);

// Part of an image; what of the box lies outside is left out.
Image cropped(const Image& image, const Box& box);

// Where a box of an image of size `before` lies once that is turned clockwise by 0, 90, 180 or 270 degrees.
Box turned_box(const Box& box, int clockwise, Size before);

// Shrunk to `width` keeping its proportions; never enlarged.
Image scaled_to_width(const Image& image, int width);

}  // namespace chartscan::imaging
