#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/letters.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

// Standard deviations of Leptonica's count of ascenders over descenders. Capitals and digits can lead one count astray, but
// hardly that of the page and of the page turned over: on the sample scans the mean of both was 5 and more for prose, lists
// and tables, and 3 at most for the wrong way up (a tracing with few words).
constexpr float kMinMean = 5.0f;
constexpr float kMinEach = 2.5f;

float up_vote(Pix* page) {
  l_float32 vote = 0;
  return pixUpDownDetect(page, &vote, 0, 0, 0) == 0 && std::isfinite(vote) ? vote : 0;
}

// Turned back by the skew about its centre. Ink stays black or white.
Image straightened(const Image& ink, Degrees skew) {
  if (skew.value == 0) return ink;
  Image straight = blank_image(ink.width, ink.height, 1, 0);
  straight.dpi_x = ink.dpi_x;
  straight.dpi_y = ink.dpi_y;
  const cv::Mat turn = cv::getRotationMatrix2D({ink.width / 2.0f, ink.height / 2.0f}, -skew.value, 1);
  cv::warpAffine(view_of(ink), view_of(straight), turn, {ink.width, ink.height}, cv::INTER_NEAREST, cv::BORDER_CONSTANT, cv::Scalar(0));
  return straight;
}

}  // namespace

Orientation find_orientation(const Lettering& lettering, Degrees skew) {
  if (lettering.axis == TextAxis::Unknown || lettering.ink.empty()) return {};
  const int turn = lettering.axis == TextAxis::Across ? 90 : 0;  // clockwise; now the lines run along
  const Image print = only_print(turned(straightened(lettering.ink, skew), turn));
  const PixPtr page = bilevel_pix_of(view_of(print));
  if (!page) return {turn, false};
  const PixPtr over(pixRotate180(nullptr, page.get()));
  if (!over) return {turn, false};
  const float up = up_vote(page.get()), down = up_vote(over.get());
  const bool agree = (up > 0) != (down > 0);
  const bool sure = agree && std::min(std::abs(up), std::abs(down)) >= kMinEach && std::abs(up - down) / 2 >= kMinMean;
  return {up - down >= 0 ? turn : turn + 180, sure};
}

}  // namespace chartscan::imaging
