#include "imaging/print_pieces.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "imaging/pixels.h"

namespace chartscan::imaging {
namespace {

constexpr int kCountingDpi = 100;
constexpr int kInk = 150;             // gray level; thin print is pale when shrunk
constexpr double kWordGap = 0.09;     // inch: wider than between words of 12 pt, narrower than between columns
constexpr double kRule = 0.5;         // inch: a straight run so long is no letter
constexpr double kSearch = 0.25;      // inch around the wanted place of a cut
constexpr double kClosest = 0.1;      // inch between two cuts

int px(double inch, double dpi) { return std::max(1, static_cast<int>(inch * dpi)); }

cv::Mat print_of(const cv::Mat& page, double dpi) {
  cv::Mat ink = page < kInk, across, down;
  cv::morphologyEx(ink, across, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_RECT, {px(kRule, dpi), 1}));
  cv::morphologyEx(ink, down, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_RECT, {1, px(kRule, dpi)}));
  cv::Mat rules = across | down;
  if (dpi > kCountingDpi) cv::dilate(rules, rules, {});  // the edges of a rule that is not quite straight
  ink -= rules;
  cv::morphologyEx(ink, ink, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_RECT, {px(kWordGap, dpi), 1}));
  return ink;
}

}  // namespace

PrintPieces find_print_pieces(const Image& gray, int dpi, PieceDetail detail) {
  PrintPieces pieces{{}, gray.height, dpi};
  const double shrink = detail == PieceDetail::Counting && dpi > kCountingDpi ? static_cast<double>(kCountingDpi) / dpi : 1;
  cv::Mat page = view_of(gray);
  if (shrink < 1) cv::resize(page, page, {}, shrink, shrink, cv::INTER_AREA);
  cv::Mat labels, boxes, centres;
  const int found = cv::connectedComponentsWithStats(print_of(page, dpi * shrink), labels, boxes, centres, 8, CV_32S);
  const auto back = [&](int at, int end) { return std::min(end, static_cast<int>(std::lround(at / shrink))); };
  for (int i = 1; i < found; ++i) {
    const int left = boxes.at<int>(i, cv::CC_STAT_LEFT), top = boxes.at<int>(i, cv::CC_STAT_TOP);
    pieces.boxes.push_back({back(left, gray.width), back(top, gray.height), back(left + boxes.at<int>(i, cv::CC_STAT_WIDTH), gray.width),
                            back(top + boxes.at<int>(i, cv::CC_STAT_HEIGHT), gray.height)});
  }
  return pieces;
}

std::vector<int> cuts_between(const PrintPieces& pieces, int most_pieces) {
  if (pieces.size() <= most_pieces) return {};
  std::vector<int> ends(static_cast<std::size_t>(pieces.height) + 1), cover(ends.size());
  for (const Box& box : pieces.boxes) {
    ++ends[static_cast<std::size_t>(box.y1)];
    for (int y = box.y0 + 1; y < box.y1; ++y) ++cover[static_cast<std::size_t>(y)];
  }
  const int bands = (pieces.size() + most_pieces - 1) / most_pieces;
  std::vector<int> cuts;
  int above = 0;
  for (int y = 0; y <= pieces.height && static_cast<int>(cuts.size()) + 1 < bands; ++y) {
    above += ends[static_cast<std::size_t>(y)];
    if (above < pieces.size() * (static_cast<int>(cuts.size()) + 1) / bands) continue;
    const int from = std::max(1, y - px(kSearch, pieces.dpi)), to = std::min(pieces.height - 1, y + px(kSearch, pieces.dpi));
    if (from >= to) break;
    const int cut = static_cast<int>(std::min_element(cover.begin() + from, cover.begin() + to) - cover.begin());
    if (!cuts.empty() && cut <= cuts.back() + px(kClosest, pieces.dpi)) break;
    cuts.push_back(cut);
  }
  return cuts;
}

}  // namespace chartscan::imaging
