// Pixels in memory. 8 bits a channel; 1 channel = gray (0 black, 255 white), 3 = RGB. Rows are packed without padding.
#pragma once

#include <cstdint>
#include <vector>

#include "core/geometry.h"

namespace chartscan::imaging {

struct Image {
  int width = 0, height = 0, channels = 1;
  int dpi_x = 0, dpi_y = 0;  // 0 = the file does not say
  std::vector<std::uint8_t> pixels;

  bool empty() const { return pixels.empty(); }
  Size size() const { return {width, height}; }
  const std::uint8_t* row(int y) const { return pixels.data() + static_cast<std::size_t>(y) * width * channels; }
  std::uint8_t* row(int y) { return pixels.data() + static_cast<std::size_t>(y) * width * channels; }
};

Image blank_image(int width, int height, int channels = 1, std::uint8_t level = 255);
Image to_gray(const Image& image);
bool shows_colours(const Image& image);  // in a thousandth of the pixels the channels are further apart than noise

// Gray twin with square pixels, shrunk to `dpi` where the image has more (believable_resolution); never enlarged. It says
// its dpi. What the measurements of clean.h are made on.
Image gray_at_most(const Image& image, int dpi);

// Turned clockwise by 0, 90, 180 or 270 degrees.
Image turned(const Image& image, int clockwise);

}  // namespace chartscan::imaging
