// Inside this room: the ink of a page at the resolution at which letters are counted, and the pieces of it that have a
// letter's size.
#pragma once

#include <vector>

#include "imaging/image.h"

namespace chartscan::imaging {

inline constexpr double kLetterDpi = 150;      // at most: letters of 6 pt still stand apart
inline constexpr double kLargestLetter = 0.2;  // inch

Image letter_gray_of(const Image& gray, double noise);  // its dpi_x tells the resolution
Image letter_ink_of(const Image& letter_gray, double noise);  // 255 on 0

struct Letter {
  float x = 0, y = 0;  // centre, pixels of the ink
  float size = 0;      // longer side
};
std::vector<Letter> letters_of(const Image& ink);

// The ink without rules, frames, pictures and dust: what is left is print as it stands on the line.
Image only_print(const Image& ink);

}  // namespace chartscan::imaging
