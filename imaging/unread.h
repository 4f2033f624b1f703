// Print that nobody read. Layout analysis now and then drops a column or a line without a trace; what it dropped would never be
// found again. Letters that lie in no word's box tell of it.
#pragma once

#include <span>
#include <vector>

#include "core/page.h"
#include "imaging/clean.h"

namespace chartscan::imaging {

// Rows of three letters and more that stand side by side, alike in size and far from every word. Boxes around them in the
// pixels of `letters` and `text`, with a margin to cut them out by; from above. At most `most` of them: where there are more,
// the page is a picture or a pattern and none of it is print, so there are none.
std::vector<Box> unread_lines(std::span<const Letter> letters, const PageText& text, std::size_t most = 60);

// Letters of an image of the whole page as delivered, `of` its size, on the page upright and straight: pixels of the working image.
std::vector<Letter> letters_on_working(std::span<const Letter> letters, Size of, const Geometry& geometry);

}  // namespace chartscan::imaging
