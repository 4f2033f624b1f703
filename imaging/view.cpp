#include "imaging/view.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "imaging/pixels.h"

namespace chartscan::imaging {

Image upright_copy(const Image& delivered, const Geometry& geometry) {
  if (geometry.working == Size{} || delivered.empty()) return delivered;
  Image out = blank_image(geometry.working.width, geometry.working.height, delivered.channels);
  const Affine map = geometry.to_working();
  const cv::Matx23d matrix(map.a, map.b, map.c, map.d, map.e, map.f);
  // A plain warp samples single pixels: shrink first, so that thin strokes survive.
  const double shrink = std::min(geometry.scale_x, geometry.scale_y);
  if (shrink < 0.75) {
    Image small = scaled_to_width(delivered, static_cast<int>(delivered.width * shrink + 0.5));
    const Affine unshrink{static_cast<double>(delivered.width) / small.width, 0, 0, 0, static_cast<double>(delivered.height) / small.height, 0};
    const Affine direct = map * unshrink;
    cv::warpAffine(view_of(std::as_const(small)), view_of(out), cv::Matx23d(direct.a, direct.b, direct.c, direct.d, direct.e, direct.f),
                   cv::Size(out.width, out.height), cv::INTER_LINEAR, cv::BORDER_CONSTANT, cv::Scalar::all(255));
    return out;
  }
  cv::warpAffine(view_of(delivered), view_of(out), matrix, cv::Size(out.width, out.height), cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                 cv::Scalar::all(255));
  return out;
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
