// What a scanner makes of a Paper: pixels with a known skew, turn and damage. The same paper and scan give the same pixels.
#pragma once

#include <cstdint>

#include "core/geometry.h"
#include "tests/support/paper.h"

namespace chartscan::testing {

enum class Tone { Bitonal, Gray, Color };
enum class Lid { White, Black };  // what the scanner sees beside the paper

struct Scan {
  int dpi = 300;
  Tone tone = Tone::Gray;
  Degrees skew{0};        // counter-clockwise positive, of the page once it is upright
  int rotation = 0;       // clockwise turn that will make the delivered page upright: 0, 90, 180, 270
  double ink = 1;         // 1 = black print, 0.25 = faint
  int paper_level = 255;  // gray level of the bare paper
  double softness = 0;    // 0 = print as drawn, 1 = a scanner's lens
  double noise = 0;       // gaussian, standard deviation in gray levels
  double speckle = 0;     // share of pixels hit by salt or pepper
  double shadow = 0;      // uneven light: the right lower corner is darker by this share
  Lid lid = Lid::White;
  double overscan = 0;  // inches scanned beyond each edge of the paper
  int threshold = 150;  // for bitonal
  std::uint64_t seed = 1;
};

imaging::Image scanned(const Paper& paper, const Scan& scan);

// Where a rectangle of the paper lies in the image `scanned` returns: the smallest upright box around it, in pixels.
Box scanned_box(const Rect& on_paper, PaperSize paper, const Scan& scan);

imaging::Image turned_clockwise(const imaging::Image& image, int degrees);  // 0, 90, 180, 270

}  // namespace chartscan::testing
