#include "imaging/letters.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

// Inches.
constexpr double kSmallestLetter = 0.04;  // the x of 6 pt; dots and dust are smaller

constexpr double kDust = 0.021;  // the dot of an i is larger at 9 pt
constexpr int kMuchDust = 5000;  // pieces: a page of small print has 1,000 dots

constexpr int kSlimmest = 6;  // an l is that many times as tall as it is wide, a rule more

// Noise, gray levels.
constexpr double kNoisy = 6;        // from here on it is smoothed
constexpr double kNoiseLeft = 0.2;  // after shrinking and smoothing
constexpr double kNoiseStep = 4;    // ink is darker than its surroundings by that many times the noise

void wipe(Image& ink, const cv::Mat& labels, const std::vector<std::uint8_t>& is_dust) {
  for (int y = 0; y < ink.height; ++y) {
    const int* label = labels.ptr<int>(y);
    std::uint8_t* at = ink.row(y);
    for (int x = 0; x < ink.width; ++x)
      if (is_dust[static_cast<std::size_t>(label[x])]) at[x] = 0;
  }
}

}  // namespace

Image letter_gray_of(const Image& gray, double noise) {
  const double dpi = believable_dpi(gray);
  const double scale = dpi > kLetterDpi * 1.1 ? kLetterDpi / dpi : 1;
  Image small = blank_image(std::max(1, static_cast<int>(std::lround(gray.width * scale))),
                            std::max(1, static_cast<int>(std::lround(gray.height * scale))));
  small.dpi_x = small.dpi_y = static_cast<int>(std::lround(dpi * scale));
  cv::Mat out = view_of(small);
  if (scale < 0.7)
    cv::resize(view_of(gray), out, out.size(), 0, 0, cv::INTER_AREA);
  else if (scale < 1)
    cv::resize(view_of(gray), out, out.size(), 0, 0, cv::INTER_LINEAR);  // a quarter of the time, and no pixel is left out
  else
    view_of(gray).copyTo(out);
  if (noise > kNoisy) cv::GaussianBlur(out, out, {5, 5}, noise > 3 * kNoisy ? 1.4 : 1);
  return small;
}

Image letter_ink_of(const Image& gray, double noise) {
  Image ink = blank_image(gray.width, gray.height);
  ink.dpi_x = ink.dpi_y = gray.dpi_x;
  const double left = noise > kNoisy ? noise * kNoiseLeft : noise;
  ink_of(view_of(gray), ink.dpi_x / 5, std::max(kInkStep, kNoiseStep * left)).copyTo(view_of(ink));
  return ink;
}

std::vector<Letter> letters_of(Image& ink) {
  cv::Mat labels, stats, centres;
  const int count = cv::connectedComponentsWithStats(view_of(ink), labels, stats, centres, 8, CV_32S);
  std::vector<Letter> letters;
  std::vector<std::uint8_t> is_dust(static_cast<std::size_t>(count), 0);
  int dust = 0;
  for (int label = 1; label < count; ++label) {  // the first is the paper
    const int* row = stats.ptr<int>(label);
    const int width = row[cv::CC_STAT_WIDTH], height = row[cv::CC_STAT_HEIGHT];
    const int longer = std::max(width, height), shorter = std::min(width, height);
    if (longer <= kDust * ink.dpi_x) ++dust, is_dust[static_cast<std::size_t>(label)] = 1;
    if (longer < kSmallestLetter * ink.dpi_x || longer > kLargestLetter * ink.dpi_x || longer > kSlimmest * shorter) continue;
    const auto half = [](int begin, int length) { return static_cast<float>(begin) + static_cast<float>(length) / 2; };
    letters.push_back({half(row[cv::CC_STAT_LEFT], width), half(row[cv::CC_STAT_TOP], height), static_cast<float>(width),
                       static_cast<float>(height)});
  }
  if (dust > kMuchDust) wipe(ink, labels, is_dust);
  return letters;
}

}  // namespace chartscan::imaging
