#include <algorithm>
#include <cmath>

#include "imaging/clean.h"

namespace chartscan::imaging {

namespace {

constexpr double kLetterShort = 8.5, kLetterLong = 11;  // inches
constexpr double kSmallestSide = 1.5, kLargestSide = 36;  // inches: an insurance card, a fold of ECG paper
constexpr double kScannerLowest = 130;  // paper read at 72 or 96 dpi is rare; software that writes 72 or 96 is not

double guessed(const Image& image) {
  const double shorter = std::min(image.width, image.height), longer = std::max(image.width, image.height);
  const double dpi = std::min(shorter / kLetterShort, longer / kLetterLong);  // legal is longer, A4 too
  constexpr double kNear = 0.06;  // A4, trimmed edges, overscan
  for (const double usual : {75, 100, 150, 200, 240, 300, 400, 600, 1200})
    if (std::abs(dpi - usual) <= kNear * usual) return usual;
  return std::clamp(dpi, 30.0, 1200.0);
}

bool believable(const Image& image) {
  const double x = image.dpi_x, y = image.dpi_y;
  if (x <= 0 || y <= 0 || x > 3 * y || y > 3 * x) return false;  // fax at standard resolution has 204 x 98
  const double width = image.width / x, height = image.height / y;
  if (std::min(width, height) < kSmallestSide || std::max(width, height) > kLargestSide) return false;
  const bool screen_default = x == y && (x == 72 || x == 96);
  return !screen_default || guessed(image) < kScannerLowest;
}

}  // namespace

Resolution believable_resolution(const Image& image) {
  if (believable(image)) return {static_cast<double>(image.dpi_x), static_cast<double>(image.dpi_y)};
  const double dpi = guessed(image);
  return {dpi, dpi};
}

int believable_dpi(const Image& image) { return static_cast<int>(std::lround(believable_resolution(image).x)); }

}  // namespace chartscan::imaging
