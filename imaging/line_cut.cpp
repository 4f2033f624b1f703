#include "imaging/line_cut.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "imaging/pixels.h"

namespace chartscan::imaging {
namespace {

constexpr double kAir = 0.16;          // of the line's height, above and below
constexpr double kSideAir = 0.08;      // the same at its ends: in more bare paper recognisers see letters
constexpr double kFinest = 2.0;        // of the working resolution: recognisers shrink lines to 36 pixels, more is lost again
constexpr double kPaperShare = 0.80;   // of a line's pixels are paper, or darker than it: the paper's level is there
constexpr double kInkShare = 0.02;     // and its ink is at least as dark as this share of them
constexpr int kLeastContrast = 30;     // gray levels; less is no print, and stretching makes noise of it

// Paper to white and ink to black, by the line's own levels.
void even_out(cv::Mat& line) {
  std::array<int, 256> count{};
  for (int y = 0; y < line.rows; ++y)
    for (int x = 0; x < line.cols; ++x) ++count[line.at<std::uint8_t>(y, x)];
  const auto level_of = [&](double share) {
    int sum = 0;
    for (int level = 0; level < 256; ++level)
      if ((sum += count[static_cast<std::size_t>(level)]) >= share * static_cast<double>(line.total())) return level;
    return 255;
  };
  const int ink = level_of(kInkShare), paper = level_of(kPaperShare);
  if (paper - ink < kLeastContrast) return;
  line.convertTo(line, CV_8U, 255.0 / (paper - ink), -255.0 * ink / (paper - ink));
}

}  // namespace

LineCut cut_line(const Image& delivered, const Geometry& geometry, const Box& line) {
  const int air = static_cast<int>(std::ceil(kAir * line.height())), side = static_cast<int>(std::ceil(kSideAir * line.height()));
  const Box box{std::max(0, line.x0 - side), std::max(0, line.y0 - air), std::min(geometry.working.width, line.x1 + side),
                std::min(geometry.working.height, line.y1 + air)};
  const double finer = std::clamp(1 / std::max(geometry.scale_x, geometry.scale_y), 1.0, kFinest);
  LineCut cut;
  cut.gray = blank_image(static_cast<int>(std::ceil(box.width() * finer)), static_cast<int>(std::ceil(box.height() * finer)));
  cut.to_working = Affine{1 / finer, 0, static_cast<double>(box.x0), 0, 1 / finer, static_cast<double>(box.y0)};
  // OpenCV counts pixel centres, Geometry counts pixel edges: half a pixel apart on both sides.
  const Affine edges = (geometry.to_delivered() * cut.to_working);
  const Affine map = Affine{1, 0, -0.5, 0, 1, -0.5} * (edges * Affine{1, 0, 0.5, 0, 1, 0.5});
  const cv::Matx23d matrix(map.a, map.b, map.c, map.d, map.e, map.f);
  cv::Mat out = view_of(cut.gray);
  const auto warp = [&](const cv::Mat& from, cv::Mat to) {
    cv::warpAffine(from, to, matrix, to.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, cv::Scalar::all(255));
  };
  if (delivered.channels == 1) {
    warp(view_of(delivered), out);
  } else {
    cv::Mat colour(out.size(), CV_8UC3);
    warp(view_of(delivered), colour);
    cv::cvtColor(colour, out, cv::COLOR_RGB2GRAY);
  }
  even_out(out);
  const double dpi = geometry.dpi_x * geometry.scale_x * finer;
  cut.gray.dpi_x = cut.gray.dpi_y = static_cast<int>(std::lround(dpi));
  return cut;
}

}  // namespace chartscan::imaging
