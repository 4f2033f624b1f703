#include "core/geometry.h"

namespace chartscan {

Affine Affine::inverse() const {
  const double det = a * e - b * d;
  const double ia = e / det, ib = -b / det, id = -d / det, ie = a / det;
  return {ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)};
}

Box Affine::bounds_of(const Box& box) const {
  const auto p = (*this)(box.x0, box.y0), q = (*this)(box.x1, box.y0), r = (*this)(box.x0, box.y1), s = (*this)(box.x1, box.y1);
  const auto [x_low, x_high] = std::minmax({p[0], q[0], r[0], s[0]});
  const auto [y_low, y_high] = std::minmax({p[1], q[1], r[1], s[1]});
  constexpr double kRounding = 1e-6;  // keeps exact edges exact
  return {static_cast<int>(std::floor(x_low + kRounding)), static_cast<int>(std::floor(y_low + kRounding)),
          static_cast<int>(std::ceil(x_high - kRounding)), static_cast<int>(std::ceil(y_high - kRounding))};
}

Affine operator*(const Affine& s, const Affine& f) {
  return {s.a * f.a + s.b * f.d, s.a * f.b + s.b * f.e, s.a * f.c + s.b * f.f + s.c,
          s.d * f.a + s.e * f.d, s.d * f.b + s.e * f.e, s.d * f.c + s.e * f.f + s.f};
}

// Centre the delivered page on the origin, scale, turn by the right angle, undo the skew, centre in the working image.
Affine Geometry::to_working() const {
  const Affine centre{1, 0, -delivered.width / 2.0, 0, 1, -delivered.height / 2.0};
  const Affine scale{scale_x, 0, 0, 0, scale_y, 0};
  Affine turn;
  switch (rotation) {
    case 90: turn = {0, -1, 0, 1, 0, 0}; break;
    case 180: turn = {-1, 0, 0, 0, -1, 0}; break;
    case 270: turn = {0, 1, 0, -1, 0, 0}; break;
    default: break;
  }
  // A counter-clockwise skew is undone by turning clockwise on the screen (y points down).
  const double radians = skew.value * 3.14159265358979323846 / 180;
  const Affine straighten{std::cos(radians), -std::sin(radians), 0, std::sin(radians), std::cos(radians), 0};
  const Affine place{1, 0, working.width / 2.0, 0, 1, working.height / 2.0};
  return place * (straighten * (turn * (scale * centre)));
}

Affine Geometry::to_delivered() const { return to_working().inverse(); }

}  // namespace chartscan
