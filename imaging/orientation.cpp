#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>

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

}  // namespace

Orientation find_orientation(const Image& gray, TextAxis axis) {
  if (axis == TextAxis::Unknown || gray.width < 64 || gray.height < 64) return {};
  const int turn = axis == TextAxis::Across ? 90 : 0;  // clockwise; now the lines run along
  const Image print = only_print(turned(letter_ink_of(gray), turn));
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
