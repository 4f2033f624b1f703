#include "ocr/lstm/line_ink.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace chartscan::ocr::lstm {
namespace {

// The level between ink and paper by Otsu's rule (1979): the one that parts the two groups of pixels furthest. Every second pixel of
// every second row tells.
int ink_level(const imaging::Image& gray) {
  std::array<std::int64_t, 256> count{};
  for (int y = 0; y < gray.height; y += 2)
    for (int x = 0; x < gray.width; x += 2) ++count[gray.row(y)[x]];
  std::int64_t all = 0, sum = 0;
  for (std::size_t level = 0; level < count.size(); ++level)
    all += count[level], sum += count[level] * static_cast<std::int64_t>(level);
  double best = -1;
  int found = 0;
  std::int64_t below = 0, below_sum = 0;
  for (std::size_t level = 0; level + 1 < count.size(); ++level) {
    below += count[level];
    below_sum += count[level] * static_cast<std::int64_t>(level);
    const std::int64_t above = all - below;
    if (below == 0 || above == 0) continue;
    const double apart = static_cast<double>(sum - below_sum) / static_cast<double>(above) -
                         static_cast<double>(below_sum) / static_cast<double>(below);
    const double value = static_cast<double>(below) * static_cast<double>(above) * apart * apart;
    if (value > best) best = value, found = static_cast<int>(level);
  }
  return found + 1;
}

}  // namespace

void LineInk::measure(const imaging::Image& gray) {
  gray_ = &gray;
  dark_ = ink_level(gray);
  columns_.assign(static_cast<std::size_t>(gray.width), 0);
  const auto dark = static_cast<std::uint8_t>(std::min(dark_, 255));
  for (int y = 0; y < gray.height; ++y) {
    const std::uint8_t* row = gray.row(y);
    for (std::size_t x = 0; x < columns_.size(); ++x)
      columns_[x] = static_cast<std::uint16_t>(columns_[x] + (row[x] < dark ? 1 : 0));
  }
}

LineInk::Gap LineInk::widest_gap(int from, int to, int likely) const {
  from = std::max(from, 0), to = std::min(to, gray_->width);
  Gap widest{likely, likely};
  for (int x = from; x < to; ++x) {
    if (inked(x)) continue;
    const int begin = x;
    while (x < to && !inked(x)) ++x;
    if (x - begin > widest.end - widest.begin) widest = {begin, x};
  }
  return widest;
}

int LineInk::cut(int from, int to, int likely) const {
  from = std::max(from, 0), to = std::min(to, gray_->width);
  int nearest = -1, lightest = likely;
  for (int x = from; x < to; ++x) {
    if (columns_[static_cast<std::size_t>(x)] < columns_[static_cast<std::size_t>(std::clamp(lightest, 0, gray_->width - 1))])
      lightest = x;
    if (inked(x)) continue;
    const int begin = x;
    while (x < to && !inked(x)) ++x;
    const int middle = (begin + x) / 2;
    if (nearest < 0 || std::abs(middle - likely) < std::abs(nearest - likely)) nearest = middle;
  }
  return nearest >= 0 ? nearest : lightest;
}

Box LineInk::tight(int from, int to) const {
  from = std::clamp(from, 0, gray_->width), to = std::clamp(to, from, gray_->width);
  Box box{from, 0, to, gray_->height};
  while (box.x0 < box.x1 && !inked(box.x0)) ++box.x0;
  while (box.x0 < box.x1 && !inked(box.x1 - 1)) --box.x1;
  if (box.x0 == box.x1) return {from, 0, to, gray_->height};
  const auto light = [this, &box](int y) {
    const std::uint8_t* row = gray_->row(y);
    return std::all_of(row + box.x0, row + box.x1, [this](std::uint8_t level) { return level >= dark_; });
  };
  while (box.y0 + 1 < box.y1 && light(box.y0)) ++box.y0;
  while (box.y0 + 1 < box.y1 && light(box.y1 - 1)) --box.y1;
  return box;
}

}  // namespace chartscan::ocr::lstm
