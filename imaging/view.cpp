#include "imaging/view.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "imaging/decode.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

Image upright_copy(const Image& delivered, const Geometry& geometry, int max_width) {
  if (geometry.working == Size{} || delivered.empty()) return scaled_to_width(delivered, max_width);
  const Size whole = geometry.working;
  const double fit = max_width > 0 && max_width < whole.width ? static_cast<double>(max_width) / whole.width : 1;
  Image out = fit < 1 ? blank_image(max_width, std::max(1, static_cast<int>(whole.height * fit + 0.5)), delivered.channels)
                      : blank_image(whole.width, whole.height, delivered.channels);
  Affine map = Affine{fit, 0, 0, 0, fit, 0} * geometry.to_working();
  // A plain warp samples two pixels each way: shrink first, so that thin strokes survive. For a screen by a whole factor, which costs a
  // tenth; the warp does the rest.
  constexpr double kShrinkFirst = 0.75, kShrinkForScreen = 0.5;
  const double shrink = std::min(geometry.scale_x, geometry.scale_y) * fit;
  Image small;
  if (shrink < (fit < 1 ? kShrinkForScreen : kShrinkFirst)) {
    const int width = fit < 1 ? static_cast<int>(delivered.width / std::floor(1 / shrink)) : static_cast<int>(delivered.width * shrink + 0.5);
    small = scaled_to_width(delivered, std::max(1, width));
    map = map * Affine{static_cast<double>(delivered.width) / small.width, 0, 0, 0, static_cast<double>(delivered.height) / small.height, 0};
  }
  cv::warpAffine(view_of(small.empty() ? delivered : std::as_const(small)), view_of(out), cv::Matx23d(map.a, map.b, map.c, map.d, map.e, map.f),
                 cv::Size(out.width, out.height), cv::INTER_LINEAR, cv::BORDER_CONSTANT, cv::Scalar::all(255));
  return out;
}

std::vector<std::uint8_t> screen_picture(const Image& delivered, const Geometry& geometry, int max_width) {
  constexpr int kQuality = 80;
  return encode_jpeg(upright_copy(delivered, geometry, max_width), kQuality, JpegEffort::Fast);
}

Image cropped(const Image& image, const Box& box) {
  const cv::Rect part = cv::Rect(box.x0, box.y0, box.width(), box.height()) & cv::Rect(0, 0, image.width, image.height);
  if (box.empty() || part.empty()) return {};
  Image out = blank_image(part.width, part.height, image.channels);
  cv::Mat to = view_of(out);
  view_of(image)(part).copyTo(to);
  return out;
}

Image scaled_to_width(const Image& image, int width) {
  if (width <= 0 || width >= image.width) return image;
  const int height = std::max(1, static_cast<int>(static_cast<double>(image.height) * width / image.width + 0.5));
  Image out = blank_image(width, height, image.channels);
  cv::resize(view_of(image), view_of(out), cv::Size(width, height), 0, 0, cv::INTER_AREA);
  return out;
}

Box turned_box(const Box& box, int clockwise, Size before) {
  switch (clockwise) {
    case 90: return {before.height - box.y1, box.x0, before.height - box.y0, box.x1};
    case 180: return {before.width - box.x1, before.height - box.y1, before.width - box.x0, before.height - box.y0};
    case 270: return {box.y0, before.width - box.x1, box.y1, before.width - box.x0};
    default: return box;
  }
}

}  // namespace chartscan::imaging
