#include "tests/support/scan_faults.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace chartscan::testing {
namespace {

using imaging::Image;

// One direction: neighbours `step` bytes apart, lines `line` bytes apart.
void blur_lines(Image& image, const std::vector<double>& kernel, int step, int line, int length, int lines) {
  const int reach = static_cast<int>(kernel.size()) / 2;
  std::vector<double> copy(static_cast<std::size_t>(length));
  for (int l = 0; l < lines; ++l) {
    std::uint8_t* at = image.pixels.data() + static_cast<std::size_t>(l) * line;
    for (int i = 0; i < length; ++i) copy[static_cast<std::size_t>(i)] = at[static_cast<std::size_t>(i) * step];
    for (int i = 0; i < length; ++i) {
      double sum = 0;
      for (int k = -reach; k <= reach; ++k)
        sum += kernel[static_cast<std::size_t>(k + reach)] * copy[static_cast<std::size_t>(std::clamp(i + k, 0, length - 1))];
      at[static_cast<std::size_t>(i) * step] = static_cast<std::uint8_t>(std::clamp(std::lround(sum), 0L, 255L));
    }
  }
}

}  // namespace

void add_streak(Image& image, double at, int width_px, int levels_darker) {
  const int left = static_cast<int>(at * image.width);
  for (int y = 0; y < image.height; ++y)
    for (int i = left * image.channels; i < std::min(image.width, left + width_px) * image.channels; ++i)
      image.row(y)[i] = static_cast<std::uint8_t>(std::clamp(image.row(y)[i] - levels_darker, 0, 255));
}

Image blurred(const Image& image, double sigma_px) {
  Image out = imaging::to_gray(image);
  const int reach = static_cast<int>(std::ceil(3 * sigma_px));
  std::vector<double> kernel;
  double sum = 0;
  for (int k = -reach; k <= reach; ++k) sum += kernel.emplace_back(std::exp(-k * k / (2 * sigma_px * sigma_px)));
  for (double& weight : kernel) weight /= sum;
  blur_lines(out, kernel, 1, out.width, out.width, out.height);
  blur_lines(out, kernel, out.width, 1, out.height, out.width);
  return out;
}

Image cropped(const Image& image, double left_inches, double top_inches) {
  const int left = static_cast<int>(left_inches * image.dpi_x), top = static_cast<int>(top_inches * image.dpi_y);
  Image out = imaging::blank_image(image.width - left, image.height - top, image.channels);
  out.dpi_x = image.dpi_x;
  out.dpi_y = image.dpi_y;
  for (int y = 0; y < out.height; ++y)
    std::copy_n(image.row(y + top) + left * image.channels, out.width * out.channels, out.row(y));
  return out;
}

}  // namespace chartscan::testing
