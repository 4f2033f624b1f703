#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

constexpr double kWorkingDpi = 150;        // the sels that look for ascenders are made for 150 to 300
constexpr float kMinUpConfidence = 4.0f;   // standard deviations of the ascender vote; with these two, 40 pages gave no error
constexpr float kMinRatio = 2.5f;          // upright vote over sideways vote
constexpr double kWorthTurning = 2.0;      // degrees of skew the vote bears

Orientation decide(Pix* page) {
  l_float32 up = 0, left = 0;
  l_int32 answer = L_TEXT_ORIENT_UNKNOWN;
  if (pixOrientDetect(page, &up, &left, 0, 0) != 0) return {};
  if (makeOrientDecision(up, left, kMinUpConfidence, kMinRatio, &answer, 0) != 0) return {};
  switch (answer) {
    case L_TEXT_ORIENT_UP: return {0, true};
    case L_TEXT_ORIENT_LEFT: return {90, true};    // its top points left
    case L_TEXT_ORIENT_DOWN: return {180, true};
    case L_TEXT_ORIENT_RIGHT: return {270, true};
    default: return {};
  }
}

// The ink turned so that whatever lines there are run straight, along or across.
PixPtr straightened(Pix* page) {
  PixPtr sideways(pixRotate90(page, 1));
  if (!sideways) return nullptr;
  float best_angle = 0, best_confidence = 0;
  for (Pix* candidate : {page, sideways.get()}) {
    l_float32 angle = 0, confidence = 0;
    if (pixFindSkewSweepAndSearch(candidate, &angle, &confidence, 4, 4, 16, 1, 0.1f) == 0 && confidence > best_confidence) {
      best_angle = angle;
      best_confidence = confidence;
    }
  }
  if (best_confidence < kMinSkewConfidence || std::abs(best_angle) < kWorthTurning) return nullptr;
  constexpr float kRadians = 3.14159265f / 180;
  return PixPtr(pixRotate(page, best_angle * kRadians, L_ROTATE_SAMPLING, L_BRING_IN_WHITE, 0, 0));
}

}  // namespace

Orientation find_orientation(const Image& gray) {
  if (gray.width < 64 || gray.height < 64) return {};
  const cv::Mat full = view_of(gray);
  const double dpi = believable_dpi(gray);
  cv::Mat small = full;
  if (dpi > kWorkingDpi * 1.1) cv::resize(full, small, {}, kWorkingDpi / dpi, kWorkingDpi / dpi, cv::INTER_AREA);
  const PixPtr page = bilevel_pix_of(ink_of(small, static_cast<int>(std::min(dpi, kWorkingDpi) / 5)));
  if (!page) return {};
  const Orientation found = decide(page.get());
  if (found.sure) return found;
  const PixPtr straight = straightened(page.get());
  return straight ? decide(straight.get()) : found;
}

}  // namespace chartscan::imaging
