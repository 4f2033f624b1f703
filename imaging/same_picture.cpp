#include "imaging/same_picture.h"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

constexpr int kShift = 2;               // pixels of the drawing: a picture that does not quite fill its page
constexpr int kBlock = 8;               // pixels: a line of print is as high
constexpr double kSameBlock = 22;       // gray levels between the means of a block; a word of print makes 30 and more
constexpr double kSmallestDrawing = 4 * kBlock;

cv::Mat blocks_of(const cv::Mat& gray) {
  cv::Mat blocks;
  cv::resize(gray, blocks, {gray.cols / kBlock, gray.rows / kBlock}, 0, 0, cv::INTER_AREA);
  return blocks;
}

// Between the means of the blocks once `a` is moved by (dx, dy) over `b`.
cv::Mat differences(const cv::Mat& a, const cv::Mat& b, int dx, int dy) {
  const cv::Rect inner(kShift, kShift, (b.cols - 2 * kShift) / kBlock * kBlock, (b.rows - 2 * kShift) / kBlock * kBlock);
  cv::Mat difference;
  cv::absdiff(blocks_of(a(inner + cv::Point(dx, dy))), blocks_of(b(inner)), difference);
  return difference;
}

}  // namespace

bool shows_the_same(const Image& picture, const Image& drawing) {
  if (picture.empty() || drawing.channels != 1 || std::min(drawing.width, drawing.height) < kSmallestDrawing) return false;
  const Image gray = to_gray(picture);
  cv::Mat small;
  cv::resize(view_of(gray), small, {drawing.width, drawing.height}, 0, 0, cv::INTER_AREA);
  const cv::Mat page = view_of(drawing);
  // Each block may be moved on its own: drawing programs round the edges of a shrunk picture by up to a pixel, here and there.
  cv::Mat least = differences(small, page, 0, 0);
  for (int dy = -kShift; dy <= kShift; ++dy)
    for (int dx = -kShift; dx <= kShift; ++dx) cv::min(least, differences(small, page, dx, dy), least);
  double most = 0;
  cv::minMaxLoc(least, nullptr, &most);
  return most <= kSameBlock;
}

}  // namespace chartscan::imaging
