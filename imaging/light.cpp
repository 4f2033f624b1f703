#include "imaging/light.h"

#include <algorithm>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace chartscan::imaging {
namespace {

constexpr double kEvenPaper = 245;  // gray level: paper that is everywhere lighter needs no evening out
constexpr int kBackgroundShrink = 8;
constexpr int kBackgroundReach = 9;  // shrunk pixels: 0.36 inch at 200 dpi, wider than any stroke
constexpr int kDarkestPaper = 80;    // gray level: darker surroundings are a lid or a photograph, no paper to compare with

constexpr double kRowPaper = 0.93;      // of a row's pixels are darker: paper, and margins at least, in every row that has some
constexpr int kFoldReach = 37;          // shrunk pixels: 1.5 inches at 200 dpi, wider than any fold
constexpr double kFoldShadow = 0.94;    // of the rows around: darker is a shadow
constexpr std::size_t kThinnestFold = 3;  // shrunk pixels
constexpr double kDeepestShadow = 0.3;  // darker is no shadow

// Gray levels of a page whose paper is white and whose ink is black.
constexpr int kInk = 110;            // darker: ink of this side
constexpr int kMark = 232;           // darker: a mark of any kind
constexpr int kNearInk = 5;          // pixels across: soft edges of ink reach two pixels to either side
constexpr double kMuch = 0.004;      // share of pixels in marks far from ink: less is no show-through
constexpr double kSharpStep = 0.75;  // of a mark's depth, from one pixel to the next but one: print reaches it, what shines through does not

// The paper's brightness from place to place: the lightest of each neighbourhood, smoothed. Shrunk.
cv::Mat background_of(const cv::Mat& small) {
  cv::Mat light;
  const cv::Mat reach = cv::getStructuringElement(cv::MORPH_RECT, {kBackgroundReach, kBackgroundReach});
  cv::morphologyEx(small, light, cv::MORPH_CLOSE, reach, {-1, -1}, 1, cv::BORDER_REPLICATE);
  cv::blur(light, light, {kBackgroundReach, kBackgroundReach}, {-1, -1}, cv::BORDER_REPLICATE);
  return light;
}

// How much darker each row is than the rows around it; 1 where it is not. `page`: divided by its background.
std::vector<float> shadows_of_rows(const cv::Mat& page) {
  std::vector<float> paper(static_cast<std::size_t>(page.rows)), shadow(paper.size(), 1.0f);
  std::vector<std::uint8_t> row(static_cast<std::size_t>(page.cols));
  const auto nth = static_cast<std::ptrdiff_t>(kRowPaper * (page.cols - 1));
  for (int y = 0; y < page.rows; ++y) {
    std::copy_n(page.ptr(y), page.cols, row.begin());
    std::nth_element(row.begin(), row.begin() + nth, row.end());
    paper[static_cast<std::size_t>(y)] = std::max<float>(1, row[static_cast<std::size_t>(nth)]);
  }
  std::vector<float> around;
  for (int y = 0; y < page.rows; ++y) {
    const int from = std::max(0, y - kFoldReach / 2), to = std::min(page.rows, y + kFoldReach / 2 + 1);
    around.assign(paper.begin() + from, paper.begin() + to);
    const auto usual = around.begin() + static_cast<std::ptrdiff_t>(around.size() * 3 / 4);
    std::nth_element(around.begin(), usual, around.end());
    const float share = paper[static_cast<std::size_t>(y)] / *usual;
    if (share < kFoldShadow && share > kDeepestShadow) shadow[static_cast<std::size_t>(y)] = share;
  }
  // A rule that runs right across is no shadow: it is thin.
  for (std::size_t from = 0, to = 0; from < shadow.size(); from = to + 1) {
    for (to = from; to < shadow.size() && shadow[to] < 1;) ++to;
    if (to - from < kThinnestFold) std::fill(shadow.begin() + static_cast<std::ptrdiff_t>(from), shadow.begin() + static_cast<std::ptrdiff_t>(to), 1.0f);
  }
  return shadow;
}

// Darkens the background by what darkens whole rows of the page.
void add_shadows(cv::Mat& background, const cv::Mat& small) {
  cv::Mat even;
  cv::divide(small, background, even, 255);
  const std::vector<float> shadow = shadows_of_rows(even);
  for (int y = 0; y < background.rows; ++y)
    if (const float share = shadow[static_cast<std::size_t>(y)]; share < 1) background.row(y) *= share;
}

// How deep a mark is and how steep its edges are, where no ink is near.
struct Mark {
  int darkest = 255, step = 0;
  bool is_soft() const { return step < kSharpStep * (255 - darkest); }
};

std::vector<Mark> marks_of(const cv::Mat& page, const cv::Mat& near_ink, const cv::Mat& labels, int count) {
  std::vector<Mark> marks(static_cast<std::size_t>(count));
  for (int y = 1; y + 1 < page.rows; ++y) {
    const std::uint8_t *above = page.ptr(y - 1), *row = page.ptr(y), *below = page.ptr(y + 1);
    const std::uint8_t *ink_above = near_ink.ptr(y - 1), *ink = near_ink.ptr(y), *ink_below = near_ink.ptr(y + 1);
    const int* label = labels.ptr<int>(y);
    for (int x = 1; x + 1 < page.cols; ++x) {
      if (label[x] == 0 || ink[x - 1] || ink[x + 1] || ink_above[x] || ink_below[x]) continue;
      Mark& mark = marks[static_cast<std::size_t>(label[x])];
      mark.darkest = std::min<int>(mark.darkest, row[x]);
      mark.step = std::max({mark.step, std::abs(row[x + 1] - row[x - 1]), std::abs(below[x] - above[x])});
    }
  }
  return marks;
}

}  // namespace

void even_out_light(cv::Mat& page) {
  cv::Mat small;
  const cv::Size size(std::max(1, page.cols / kBackgroundShrink), std::max(1, page.rows / kBackgroundShrink));
  cv::resize(page, small, size, 0, 0, cv::INTER_AREA);
  cv::Mat background = background_of(small);
  cv::max(background, kDarkestPaper, background);
  add_shadows(background, small);
  cv::Mat across = background.t(), small_across = small.t();
  add_shadows(across, small_across);
  background = across.t();
  double darkest = 0;
  cv::minMaxLoc(background, &darkest, nullptr);
  if (darkest >= kEvenPaper) return;
  cv::resize(background, background, page.size(), 0, 0, cv::INTER_LINEAR);
  cv::divide(page, background, page, 255);
}

void wipe_show_through(cv::Mat& page) {
  cv::Mat ink, marks, labels;
  cv::threshold(page, ink, kInk, 255, cv::THRESH_BINARY_INV);
  cv::dilate(ink, ink, cv::getStructuringElement(cv::MORPH_RECT, {kNearInk, kNearInk}));
  cv::threshold(page, marks, kMark, 255, cv::THRESH_BINARY_INV);
  marks.setTo(0, ink);
  if (cv::countNonZero(marks) < kMuch * static_cast<double>(page.total())) return;
  const int count = cv::connectedComponents(marks, labels, 8, CV_32S);
  const std::vector<Mark> found = marks_of(page, ink, labels, count);
  for (int y = 0; y < page.rows; ++y)
    for (int x = 0; x < page.cols; ++x)
      if (const int label = labels.at<int>(y, x); label != 0 && found[static_cast<std::size_t>(label)].is_soft()) page.at<std::uint8_t>(y, x) = 255;
}

}  // namespace chartscan::imaging
