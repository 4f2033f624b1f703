// Words as the outside sees them: on the image that was delivered, line by line.
#pragma once

#include <string_view>
#include <vector>

#include "core/geometry.h"
#include "core/page.h"

namespace chartscan::exchange {

struct DeliveredWord {
  std::string_view text;  // of the PageText it was made from
  Box box;                // pixels of the delivered image, inside it
  double confidence = 0;
};

struct DeliveredLine {
  Box box;
  std::vector<DeliveredWord> words;  // never empty
};

std::vector<DeliveredLine> delivered_lines(const PageText& text, const Geometry& geometry);

// A box of the working image on the delivered one: the smallest upright box around it.
Box delivered_box(const Box& working, const Geometry& geometry, const Affine& to_delivered);

}  // namespace chartscan::exchange
