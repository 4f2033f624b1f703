// What goes wrong between paper and file, done to any page image: to drawn pages and to real scans alike. The same image,
// fault and seed give the same pixels.
#pragma once

#include <cstdint>
#include <vector>

#include "core/geometry.h"
#include "imaging/image.h"

namespace chartscan::testing {

struct Fault {
  const char* name;      // "skew 7", "noise"
  Degrees skew{0};       // counter-clockwise positive; the frame grows, white around
  int turned = 0;        // clockwise, as it was laid on the glass wrongly
  double noise = 0;      // gaussian, standard deviation in gray levels
  double speckle = 0;    // share of pixels made black or white
  double contrast = 1;   // share that is left of it, around a middle gray
  double gradient = 0;   // gray levels more at one side, as many less at the other
  bool fax = false;      // 204 x 196 dpi, black and white
  double show_through = 0;  // share of the darkness of the back, here the page itself mirrored, that is seen
  double paper = 1;         // level of coloured paper, of white
  double fold = 0;          // share of light that two folds across and a staple's corner take
};

const std::vector<Fault>& page_faults();  // those that reading is measured with; the first is none

imaging::Image degraded(const imaging::Image& page, const Fault& fault, std::uint64_t seed);

}  // namespace chartscan::testing
