#include "imaging/print_pieces.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "imaging/pixels.h"

namespace chartscan::imaging {
namespace {

constexpr int kCountingDpi = 100;     // enough to part cells from each other
constexpr int kInk = 150;             // gray level; thin print is pale when shrunk
constexpr double kWordGap = 0.09;     // inch: wider than between words of 12 pt, narrower than between columns
constexpr double kRule = 0.5;         // inch: a straight run so long is no letter
constexpr double kSearch = 0.25;      // inch around the wanted place of a cut

int px(double inch) { return std::max(1, static_cast<int>(inch * kCountingDpi)); }

cv::Mat print_of(const cv::Mat& page) {
  cv::Mat ink = page < kInk, rules;
  for (const cv::Size along : {cv::Size(px(kRule), 1), cv::Size(1, px(kRule))}) {
    cv::morphologyEx(ink, rules, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_RECT, along));
    ink -= rules;
  }
  cv::morphologyEx(ink, ink, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_RECT, {px(kWordGap), 1}));
  return ink;
}

}  // namespace

std::vector<int> cuts_between_pieces(const Image& gray, int dpi, int most_pieces) {
  const double shrink = dpi > kCountingDpi ? static_cast<double>(kCountingDpi) / dpi : 1;
  cv::Mat page;
  cv::resize(view_of(gray), page, {}, shrink, shrink, cv::INTER_AREA);
  cv::Mat labels, boxes, centres;
  const int pieces = cv::connectedComponentsWithStats(print_of(page), labels, boxes, centres, 8, CV_32S) - 1;
  if (pieces <= most_pieces) return {};

  std::vector<int> ends(static_cast<std::size_t>(page.rows) + 1), cover(static_cast<std::size_t>(page.rows) + 1);
  for (int i = 1; i <= pieces; ++i) {
    const int top = boxes.at<int>(i, cv::CC_STAT_TOP), bottom = top + boxes.at<int>(i, cv::CC_STAT_HEIGHT);
    ++ends[static_cast<std::size_t>(bottom)];
    for (int y = top + 1; y < bottom; ++y) ++cover[static_cast<std::size_t>(y)];
  }
  const int bands = (pieces + most_pieces - 1) / most_pieces;
  std::vector<int> cuts;
  int above = 0;
  for (int y = 0; y <= page.rows; ++y) {
    above += ends[static_cast<std::size_t>(y)];
    if (above < pieces * (static_cast<int>(cuts.size()) + 1) / bands || static_cast<int>(cuts.size()) + 1 >= bands) continue;
    const int from = std::max(1, y - px(kSearch)), to = std::min(page.rows - 1, y + px(kSearch));
    if (from >= to) break;
    const int best = static_cast<int>(std::min_element(cover.begin() + from, cover.begin() + to) - cover.begin());
    const int cut = static_cast<int>(best / shrink);
    if (cut > 0 && cut < gray.height && (cuts.empty() || cut > cuts.back() + dpi / 10)) cuts.push_back(cut);
    else break;
  }
  return cuts;
}

}  // namespace chartscan::imaging
