#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

constexpr int kShrink = 8;
constexpr int kGrid = 32;  // cells a side; a cell is about a quarter by a third of an inch
constexpr int kBits = 64;
constexpr int kLowestDown = 2, kAcross = 4;  // frequencies 2 to 17 down the page, 0 to 3 across
constexpr double kWidth = 8.5, kHeight = 11;  // inches around the centre of the ink
constexpr double kInkDepth = 60;              // gray levels: what a second scan of the sheet shows as well

}  // namespace

// Where the ink is, coarsely: the signs of the low frequencies of its density. Anchored to the centre of the ink and not
// to the paper, so that the sheet may lie elsewhere on the glass.
std::uint64_t fingerprint(const Image& working) {
  if (working.width < kGrid || working.height < kGrid) return 0;
  const cv::Mat page = view_of(working);
  cv::Mat ink, small;
  cv::threshold(page, ink, 255 - kInkDepth, 255, cv::THRESH_BINARY_INV);
  cv::resize(ink, small, {page.cols / kShrink, page.rows / kShrink}, 0, 0, cv::INTER_AREA);
  const cv::Moments moments = cv::moments(small);
  if (moments.m00 <= 0) return 0;
  const double dpi = believable_dpi(working) / static_cast<double>(kShrink);
  const cv::Size window(static_cast<int>(kWidth * dpi), static_cast<int>(kHeight * dpi));
  const cv::Matx23d centre(1, 0, window.width / 2.0 - moments.m10 / moments.m00, 0, 1, window.height / 2.0 - moments.m01 / moments.m00);
  cv::Mat centred, grid, spectrum;
  cv::warpAffine(small, centred, centre, window, cv::INTER_LINEAR, cv::BORDER_CONSTANT, cv::Scalar(0));
  cv::resize(centred, grid, {kGrid, kGrid}, 0, 0, cv::INTER_AREA);
  grid.convertTo(grid, CV_32F);
  cv::dct(grid, spectrum);

  // Frequencies down the page tell pages of print apart (line lengths, paragraphs); those across hardly differ.
  std::array<float, kBits> values{};
  for (int i = 0; i < kBits; ++i) values[static_cast<std::size_t>(i)] = spectrum.at<float>(kLowestDown + i / kAcross, i % kAcross);
  std::array<float, kBits> sorted = values;
  std::nth_element(sorted.begin(), sorted.begin() + kBits / 2, sorted.end());
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kBits; ++i) bits |= static_cast<std::uint64_t>(values[i] > sorted[kBits / 2]) << i;
  return bits;
}

}  // namespace chartscan::imaging
