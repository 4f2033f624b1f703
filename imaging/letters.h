// Inside this room: the ink of a page at the resolution at which letters are counted, and the pieces of it that have a
// letter's size.
#pragma once

#include <vector>

#include <opencv2/core.hpp>

#include "imaging/image.h"

namespace chartscan::imaging {

inline constexpr double kLetterDpi = 150;      // at most: letters of 6 pt still stand apart
inline constexpr double kLargestLetter = 0.2;  // inch

struct LetterInk {
  cv::Mat ink;  // 255 on 0
  double dpi = 0;
};
LetterInk letter_ink_of(const Image& gray);

struct Letter {
  float x = 0, y = 0;  // centre, pixels of the ink
  float size = 0;      // longer side
};
std::vector<Letter> letters_of(const LetterInk& ink);

// The ink without rules, frames, pictures and dust: what is left is print as it stands on the line.
cv::Mat only_print(const LetterInk& ink);

}  // namespace chartscan::imaging
