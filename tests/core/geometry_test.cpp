#include <catch2/catch.hpp>

#include "core/geometry.h"

using namespace chartscan;

namespace {
Geometry letter_at_300() {
  Geometry geometry;
  geometry.delivered = {2550, 3300};
  geometry.working = {1700, 2200};
  geometry.scale_x = geometry.scale_y = 2.0 / 3;
  return geometry;
}
}  // namespace

TEST_CASE("an upright straight page maps by its scale alone", "[core][geometry]") {
  const Affine map = letter_at_300().to_working();
  const auto corner = map(0, 0), far = map(2550, 3300);
  CHECK(corner[0] == Approx(0).margin(1e-9));
  CHECK(corner[1] == Approx(0).margin(1e-9));
  CHECK(far[0] == Approx(1700));
  CHECK(far[1] == Approx(2200));
}

TEST_CASE("a quarter turn clockwise brings the lower left corner to the upper left", "[core][geometry]") {
  Geometry geometry = letter_at_300();
  geometry.rotation = 90;
  geometry.working = {2200, 1700};
  const auto corner = geometry.to_working()(0, 3300);
  CHECK(corner[0] == Approx(0).margin(1e-9));
  CHECK(corner[1] == Approx(0).margin(1e-9));
}

TEST_CASE("a counter-clockwise skew is turned back clockwise", "[core][geometry]") {
  Geometry geometry = letter_at_300();
  geometry.skew = Degrees{5};
  // On a page skewed counter-clockwise, text rises to the right: the right end of a line stands higher (smaller y).
  const double rise = std::tan(5 * 3.14159265358979 / 180) * 1000;
  const auto left = geometry.to_working()(775, 1650), right = geometry.to_working()(1775, 1650 - rise);
  CHECK(left[1] == Approx(right[1]).margin(1e-6));
}

TEST_CASE("the way back undoes the way there for every turn", "[core][geometry]") {
  for (int rotation : {0, 90, 180, 270}) {
    Geometry geometry = letter_at_300();
    geometry.rotation = rotation;
    geometry.skew = Degrees{-3.7};
    const auto there = geometry.to_working()(123, 456);
    const auto back = geometry.to_delivered()(there[0], there[1]);
    CHECK(back[0] == Approx(123));
    CHECK(back[1] == Approx(456));
  }
}
