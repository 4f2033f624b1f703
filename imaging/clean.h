// Measurements and the working image: upright, straight, evenly lit, at the working resolution. Each measurement
// carries a confidence; below it the page is left alone. Pixels are resampled once.
#pragma once

#include <algorithm>
#include <vector>

#include "core/geometry.h"
#include "core/page.h"
#include "imaging/image.h"

namespace chartscan::imaging {

// A piece of ink that may be a letter.
struct Letter {
  float x = 0, y = 0;           // centre, pixels of the ink
  float width = 0, height = 0;
  float size() const { return std::max(width, height); }
};

// Which way the lines of text run. Along: upright or upside down; Across: on its side.
enum class TextAxis { Unknown, Along, Across };

// The print of a page, found by its single letters, so that tables and frames do not mislead. Bears the skew of a feeder.
struct Lettering {
  Image gray;                // at most 150 dpi; it says its dpi
  Image ink;                 // the same, 255 on 0
  std::vector<Letter> letters;
  TextAxis axis = TextAxis::Unknown;
};
Lettering find_lettering(const Image& gray, double noise = 0);  // as measured, gray levels

// The tilt of the text lines, within 15 degrees either way. The same angle whichever way the page lies.
struct Skew {
  Degrees angle;          // counter-clockwise positive: text lines rise to the right
  double confidence = 0;  // how much sharper the lines of print are at this angle than at others; trust from kMinSkewConfidence
};
inline constexpr double kMinSkewConfidence = 3.0;
Skew find_skew(const Lettering& print);

struct Orientation {
  int rotation = 0;   // clockwise turn that makes the page upright: 0, 90, 180, 270; the likelier one where not sure
  bool sure = false;  // unsure is an answer
};
Orientation find_orientation(const Lettering& print, Degrees skew);  // by the shapes of single letters and digits

struct PageMeasures {
  double paper_level = 1, ink_level = 0;  // 0..1 of white
  double contrast = 0;                    // paper minus ink
  double noise = 0;                       // grey levels
  double speckle = 0;                     // share of pixels in specks
  double ink = 0;                         // share of ink pixels away from the edges, specks left out
  bool blank = false;
  double blank_confidence = 0;            // 0..1
  double sharpness = 0;                   // of the edges of print, see PageQuality; 0 = too little print to tell
};
PageMeasures measure(const Image& gray);

// Faults of the image's making: lines down the whole image and print that goes on beyond its edge.
struct EdgeFaults {
  double streak = 0, streak_at = 0;  // see PageQuality
  double cut_off = 0;
};
EdgeFaults find_edge_faults(const Image& gray, const PageMeasures& measures);  // of the page as it was delivered

// dpi of the delivered image: from the file where it says so believably, else from the page's size in pixels. Fax at
// standard resolution has twice as many dots across as down.
struct Resolution {
  double x = 0, y = 0;
};
Resolution believable_resolution(const Image& image);
int believable_dpi(const Image& image);  // across

struct CleanOptions {
  int working_dpi = 200;  // more buys no accuracy on 10 to 12 pt print and costs layout time
};

// The working image for a geometry whose rotation and skew are set; fills geometry.working and scale. Gray; light evened
// out, contrast stretched and noise filtered only where `measures` asks for it.
Image make_working_image(const Image& delivered, Geometry& geometry, const PageMeasures& measures, const CleanOptions& options);

// 64-bit perceptual hash of the upright page: equal sheets fed twice differ in a few bits, other sheets in many.
// Measured: one sheet scanned again (skew, noise, 200 or 300 dpi) up to 4 bits apart, different pages of print 12 and more,
// one form with other entries 10. Equal entries on a form can be closer: a reason to compare the texts, no proof.
// A page without ink has 0.
inline constexpr int kSameSheetBits = 6;  // at most this many bits apart: maybe the same sheet
std::uint64_t fingerprint(const Image& working);

}  // namespace chartscan::imaging
