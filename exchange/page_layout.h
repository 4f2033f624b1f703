// How a page stands on a PDF page: upright and straight, whole (a deskewed image's corners are never cut), in points.
// And the PDF operators that draw its image and its invisible words there. Pure; any thread.
#pragma once

#include <string>

#include "core/geometry.h"
#include "core/page.h"
#include "exchange/invisible_font.h"

namespace chartscan::exchange {

struct PageLayout {
  double width = 0, height = 0;  // points
  Affine place_image;            // unit square of a PDF image -> points, y up
  Affine place_working;          // working image pixels -> points, y up
};

// `picture` is used where the geometry is unknown: the image then stands as it was delivered.
PageLayout lay_out(const Geometry& geometry, Size picture);

// Draws the image resource /Im and then, invisibly, the words in the font resource /F.
std::string page_content(const PageLayout& layout, const PageText& text, InvisibleFont& font);

}  // namespace chartscan::exchange
