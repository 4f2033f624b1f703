#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

constexpr int kWorkingSide = 1700;       // px of the longer side: 150 dpi letter; more buys no accuracy
constexpr float kSweepRange = 16;        // one more than promised: Leptonica discards a best angle at the edge of the sweep
constexpr float kSweepStep = 1;          // degrees
constexpr float kSearchStep = 0.01f;     // degrees
constexpr double kInkWindowShare = 1.0 / 60;  // of the longer side: about three capitals

}  // namespace

// Line projections: over the angles the sum of squared differences of neighbouring rows is largest where text lines and
// rows of pixels agree (Postl). Leptonica sweeps coarsely, then halves its way to the top.
Skew find_skew(const Image& gray) {
  if (gray.width < 64 || gray.height < 64) return {};
  const cv::Mat full = view_of(gray);
  const double shrink = std::min(1.0, static_cast<double>(kWorkingSide) / std::max(gray.width, gray.height));
  cv::Mat small = full;
  if (shrink < 1) cv::resize(full, small, {}, shrink, shrink, cv::INTER_AREA);
  const cv::Mat ink = ink_of(small, static_cast<int>(std::max(small.cols, small.rows) * kInkWindowShare));
  const PixPtr pix = bilevel_pix_of(ink);
  if (!pix) return {};

  l_float32 angle = 0, confidence = 0, score = 0;
  if (pixFindSkewSweepAndSearchScorePivot(pix.get(), &angle, &confidence, &score, 4, 2, 0, kSweepRange, kSweepStep, kSearchStep,
                                          L_SHEAR_ABOUT_CORNER) != 0)
    return {};
  if (!std::isfinite(angle) || !std::isfinite(confidence)) return {};
  // Leptonica's angle is the clockwise turn that straightens the page, which is our counter-clockwise skew.
  return {Degrees{angle}, confidence};
}

}  // namespace chartscan::imaging
