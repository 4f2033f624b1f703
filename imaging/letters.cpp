#include "imaging/letters.h"

#include <algorithm>

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

Image letter_ink_of(const Image& gray) {
  const cv::Mat full = view_of(gray);
  const double dpi = believable_dpi(gray);
  cv::Mat small = full;
  if (dpi > kLetterDpi * 1.1) cv::resize(full, small, {}, kLetterDpi / dpi, kLetterDpi / dpi, cv::INTER_AREA);
  Image ink = blank_image(small.cols, small.rows);
  ink.dpi_x = ink.dpi_y = static_cast<int>(std::min(dpi, kLetterDpi));
  ink_of(small, ink.dpi_x / 5).copyTo(view_of(ink));
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
