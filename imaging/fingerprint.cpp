#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

constexpr int kGrid = 32;   // cells a side the page is averaged to: an eighth of an inch and more a cell
constexpr int kBits = 64;

}  // namespace

// Where the ink is, coarsely: the page inside the box of its ink, averaged to a grid, and the signs of its low
// frequencies. Anchored to the ink and not to the paper, so that the sheet may lie elsewhere on the glass.
std::uint64_t fingerprint(const Image& working) {
  if (working.width < kGrid || working.height < kGrid) return 0;
  const cv::Mat page = view_of(working);
  cv::Mat ink = ink_of(page, std::max(page.cols, page.rows) / 40, 60);
  cv::medianBlur(ink, ink, 3);
  cv::Mat grid;
  cv::resize(ink, grid, {kGrid, kGrid}, 0, 0, cv::INTER_AREA);
  grid.convertTo(grid, CV_32F);
  cv::GaussianBlur(grid, grid, {5, 5}, 1.0);
  cv::Mat spectrum;
  cv::dct(grid, spectrum);

  // The 64 lowest frequencies in zigzag order without the mean.
  std::array<float, kBits> values{};
  std::size_t taken = 0;
  for (int sum = 1; taken < kBits; ++sum)
    for (int row = 0; row <= sum && taken < kBits; ++row) values[taken++] = spectrum.at<float>(row, sum - row);
  std::array<float, kBits> sorted = values;
  std::nth_element(sorted.begin(), sorted.begin() + kBits / 2, sorted.end());
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kBits; ++i) bits |= static_cast<std::uint64_t>(values[i] > sorted[kBits / 2]) << i;
  return bits;
}

}  // namespace chartscan::imaging
