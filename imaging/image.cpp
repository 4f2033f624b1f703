#include "imaging/image.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

Image blank_image(int width, int height, int channels, std::uint8_t level) {
  Image image{width, height, channels};
  image.pixels.assign(static_cast<std::size_t>(width) * height * channels, level);
  return image;
}

Image to_gray(const Image& image) {
  if (image.channels == 1) return image;
  Image gray = blank_image(image.width, image.height);
  gray.dpi_x = image.dpi_x;
  gray.dpi_y = image.dpi_y;
  cv::Mat to = view_of(gray);
  cv::cvtColor(view_of(image), to, cv::COLOR_RGB2GRAY);
  return gray;
}

bool shows_colours(const Image& image) {
  if (image.channels != 3) return false;
  constexpr int kNoise = 6, kEach = 3;  // levels; every so many-th pixel and row is looked at
  int looked_at = 0, coloured = 0;
  for (int y = 0; y < image.height; y += kEach) {
    const std::uint8_t* pixel = image.row(y);
    for (int x = 0; x < image.width; x += kEach, pixel += 3 * kEach) {
      ++looked_at;
      const auto [low, high] = std::minmax({pixel[0], pixel[1], pixel[2]});
      if (high - low > kNoise) ++coloured;
    }
  }
  return coloured * 1000LL > looked_at;
}

Image gray_at_most(const Image& image, int dpi) {
  const Resolution has = believable_resolution(image);
  const double target = std::min({static_cast<double>(dpi), has.x, has.y});
  const int width = std::max(1, static_cast<int>(std::lround(image.width * target / has.x)));
  const int height = std::max(1, static_cast<int>(std::lround(image.height * target / has.y)));

  // Colour is shrunk before it is made gray: less to convert, the same result within rounding.
  Image small = blank_image(width, height, image.channels);
  cv::Mat to = view_of(small);
  cv::resize(view_of(image), to, {width, height}, 0, 0, cv::INTER_AREA);
  small.dpi_x = small.dpi_y = static_cast<int>(std::lround(target));
  return small.channels == 1 ? small : to_gray(small);
}

Image turned(const Image& image, int clockwise) {
  if (clockwise == 0) return image;
  const bool quarter = clockwise != 180;
  Image out = blank_image(quarter ? image.height : image.width, quarter ? image.width : image.height, image.channels);
  out.dpi_x = quarter ? image.dpi_y : image.dpi_x;
  out.dpi_y = quarter ? image.dpi_x : image.dpi_y;
  cv::Mat to = view_of(out);
  cv::rotate(view_of(image), to,
             clockwise == 90 ? cv::ROTATE_90_CLOCKWISE : clockwise == 180 ? cv::ROTATE_180 : cv::ROTATE_90_COUNTERCLOCKWISE);
  return out;
}

}  // namespace chartscan::imaging
