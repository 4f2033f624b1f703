// Boxes, angles and the map between a page as delivered and the same page upright and straight.
// Pixels: x to the right, y down, origin in the upper left corner. Boxes are half open: [x0,x1) x [y0,y1).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

namespace chartscan {

struct Box {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;

  int width() const { return x1 - x0; }
  int height() const { return y1 - y0; }
  bool empty() const { return x1 <= x0 || y1 <= y0; }
  bool operator==(const Box&) const = default;
};

inline Box united(const Box& a, const Box& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

struct Degrees {
  double value = 0;
  auto operator<=>(const Degrees&) const = default;
};

struct Size {
  int width = 0, height = 0;
  bool operator==(const Size&) const = default;
};

// x' = a*x + b*y + c;  y' = d*x + e*y + f
struct Affine {
  double a = 1, b = 0, c = 0, d = 0, e = 1, f = 0;

  std::array<double, 2> operator()(double x, double y) const { return {a * x + b * y + c, d * x + e * y + f}; }
  Affine inverse() const;
  Box bounds_of(const Box& box) const;  // the smallest upright box around the mapped corners
};
Affine operator*(const Affine& second, const Affine& first);  // first, then second

// What was done to the delivered image to make it upright and straight. Nothing is resampled here: the geometry
// accumulates and the pixels are touched once, when the working image is made.
struct Geometry {
  Size delivered;      // pixels as delivered
  int dpi_x = 0;       // as delivered; 0 = not known
  int dpi_y = 0;
  int rotation = 0;    // clockwise turn applied to make the page upright: 0, 90, 180, 270
  Degrees skew;        // skew found on the upright page, counter-clockwise positive; the correction turns it back
  Size working;        // pixels of the upright, straight working image
  double scale_x = 1;  // working pixels per delivered pixel, along the delivered image's own axes
  double scale_y = 1;

  Affine to_working() const;    // delivered -> working
  Affine to_delivered() const;  // working -> delivered
};

}  // namespace chartscan
