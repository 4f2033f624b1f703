#include "imaging/form_outline.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "imaging/form_ink.h"

namespace chartscan::imaging {
namespace {

constexpr double kCornerSquare = 0.07;  // of the side: from the corner in to the first ink; a circle has 0.146

}  // namespace

double Outline::square(const Box& box) const {
  const int width = box.width(), height = box.height(), deep = 1 + std::max(width, height) * 6 / 100;
  const int cut_x = width / 4, cut_y = height / 4;
  double least = 1;
  least = std::min(least, along({box.x0 + cut_x, box.y0 - 1, box.x1 - cut_x, box.y0 + deep}, true));
  least = std::min(least, along({box.x0 + cut_x, box.y1 - deep, box.x1 - cut_x, box.y1 + 1}, true));
  least = std::min(least, along({box.x0 - 1, box.y0 + cut_y, box.x0 + deep, box.y1 - cut_y}, false));
  least = std::min(least, along({box.x1 - deep, box.y0 + cut_y, box.x1 + 1, box.y1 - cut_y}, false));
  return least;
}

int Outline::corners(const Box& box) const {
  const int far = std::max(1, static_cast<int>(kCornerSquare * (box.width() + box.height()) / 2.0));
  int square = 0;
  for (const auto& [x, y, dx, dy] : {std::array{box.x0, box.y0, 1, 1}, std::array{box.x1 - 1, box.y0, -1, 1},
                                     std::array{box.x0, box.y1 - 1, 1, -1}, std::array{box.x1 - 1, box.y1 - 1, -1, -1}}) {
    bool met = false;
    for (int step = 0; step <= far && !met; ++step) met = at(x + dx * step, y + dy * step);
    square += met;
  }
  return square;
}

double Outline::ring(const Box& box) const {
  constexpr int kDirections = 40;
  const double cx = (box.x0 + box.x1 - 1) / 2.0, cy = (box.y0 + box.y1 - 1) / 2.0, rx = box.width() / 2.0,
               ry = box.height() / 2.0;
  int met = 0;
  for (int i = 0; i < kDirections; ++i) {
    const double angle = i * 2 * 3.14159265358979323846 / kDirections, c = std::cos(angle), s = std::sin(angle);
    for (const double depth : {0.98, 0.92, 0.86, 0.8}) {
      if (!at(static_cast<int>(std::lround(cx + c * rx * depth)), static_cast<int>(std::lround(cy + s * ry * depth)))) continue;
      ++met;
      break;
    }
  }
  return static_cast<double>(met) / kDirections;
}

// Share of columns (or rows) of the strip with ink in them.
double Outline::along(const Box& wanted, bool columns) const {
  const Box strip = clipped(wanted, ink_);
  if (strip.empty()) return 0;
  int met = 0;
  const int length = columns ? strip.width() : strip.height();
  for (int i = 0; i < length; ++i) {
    bool inked = false;
    for (int k = 0; k < (columns ? strip.height() : strip.width()) && !inked; ++k)
      inked = columns ? ink_.row(strip.y0 + k)[strip.x0 + i] : ink_.row(strip.y0 + i)[strip.x0 + k];
    met += inked;
  }
  return static_cast<double>(met) / length;
}

}  // namespace chartscan::imaging
