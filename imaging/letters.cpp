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
constexpr double kLowestPrint = 0.02;     // dots and commas may stay, they vote for nothing
constexpr double kLongestPiece = 1.5;     // letters that touch

constexpr int kSlimmest = 6;  // an l is that many times as tall as it is wide, a rule more
constexpr int kFlattest = 12;

// Noise, gray levels.
constexpr double kNoisy = 6;       // from here on it is smoothed
constexpr double kNoiseLeft = 0.2;  // after shrinking and smoothing
constexpr double kNoiseStep = 4;   // ink is darker than its surroundings by that many times the noise

struct Piece {
  cv::Rect box;
  float x = 0, y = 0;
};

std::vector<Piece> pieces_of(const cv::Mat& ink, cv::Mat& labels) {
  cv::Mat stats, centres;
  const int count = cv::connectedComponentsWithStats(ink, labels, stats, centres, 8, CV_32S);
  std::vector<Piece> pieces(static_cast<std::size_t>(count));
  for (int label = 1; label < count; ++label) {
    const int* row = stats.ptr<int>(label);
    Piece& piece = pieces[static_cast<std::size_t>(label)];
    piece.box = {row[cv::CC_STAT_LEFT], row[cv::CC_STAT_TOP], row[cv::CC_STAT_WIDTH], row[cv::CC_STAT_HEIGHT]};
    piece.x = static_cast<float>(piece.box.x) + static_cast<float>(piece.box.width) / 2;
    piece.y = static_cast<float>(piece.box.y) + static_cast<float>(piece.box.height) / 2;
  }
  return pieces;  // the first is the paper
}

}  // namespace

Image letter_gray_of(const Image& gray, double noise) {
  const double dpi = believable_dpi(gray);
  const double scale = dpi > kLetterDpi * 1.1 ? kLetterDpi / dpi : 1;
  Image small = blank_image(std::max(1, static_cast<int>(std::lround(gray.width * scale))), std::max(1, static_cast<int>(std::lround(gray.height * scale))));
  small.dpi_x = small.dpi_y = static_cast<int>(std::lround(dpi * scale));
  cv::Mat out = view_of(small);
  if (scale < 1) cv::resize(view_of(gray), out, out.size(), 0, 0, cv::INTER_AREA);
  else view_of(gray).copyTo(out);
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

std::vector<Letter> letters_of(const Image& ink) {
  cv::Mat labels;
  const std::vector<Piece> pieces = pieces_of(view_of(ink), labels);
  std::vector<Letter> letters;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const int longer = std::max(pieces[i].box.width, pieces[i].box.height),
              shorter = std::min(pieces[i].box.width, pieces[i].box.height);
    if (longer < kSmallestLetter * ink.dpi_x || longer > kLargestLetter * ink.dpi_x || longer > kSlimmest * shorter) continue;
    letters.push_back({pieces[i].x, pieces[i].y, static_cast<float>(longer)});
  }
  return letters;
}

Image only_print(const Image& ink) {
  cv::Mat labels;
  const std::vector<Piece> pieces = pieces_of(view_of(ink), labels);
  std::vector<std::uint8_t> keep(pieces.size(), 0);
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const cv::Rect& box = pieces[i].box;
    const bool high_enough = box.height >= kLowestPrint * ink.dpi_x && box.height <= kLargestLetter * ink.dpi_x;
    keep[i] = high_enough && box.width <= kLongestPiece * ink.dpi_x && box.width <= kFlattest * box.height ? 255 : 0;
  }
  Image print = blank_image(ink.width, ink.height);
  for (int y = 0; y < print.height; ++y) {
    const int* label = labels.ptr<int>(y);
    for (std::uint8_t *at = print.row(y), *end = at + print.width; at != end; ++at, ++label)
      *at = keep[static_cast<std::size_t>(*label)];
  }
  return print;
}

}  // namespace chartscan::imaging
