// Inside this room: the ink of a page at the resolution at which letters are counted, and the pieces of it that have a
// letter's size.
#pragma once

#include <vector>

#include "imaging/clean.h"

namespace chartscan::imaging {

inline constexpr double kLetterDpi = 150;      // at most: letters of 6 pt still stand apart
inline constexpr double kLargestLetter = 0.2;  // inch

Image letter_gray_of(const Image& gray, double noise);        // its dpi_x tells the resolution
Image letter_ink_of(const Image& letter_gray, double noise);  // 255 on 0

std::vector<Letter> letters_of(Image& ink);  // of a page strewn with specks, the ink is rid of them

}  // namespace chartscan::imaging
