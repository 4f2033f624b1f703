// How much of a box's outline is there: straight sides, corners, a ring. Inside this room.
#pragma once

#include "core/geometry.h"
#include "imaging/image.h"

namespace chartscan::imaging {

// Looks at ink, 255 on 0, which it does not own.
class Outline {
 public:
  explicit Outline(const Image& ink) : ink_(ink) {}

  double square(const Box& box) const;  // 0..1: the least covered of the four sides; corners are left out, they may be round
  int corners(const Box& box) const;    // how many are filled nearly to the point
  double ring(const Box& box) const;    // 0..1: share of directions in which a ring in the box is met

 private:
  bool at(int x, int y) const { return x >= 0 && y >= 0 && x < ink_.width && y < ink_.height && ink_.row(y)[x]; }
  double along(const Box& wanted, bool columns) const;

  const Image& ink_;
};

}  // namespace chartscan::imaging
