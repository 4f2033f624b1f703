#include "ocr/lstm/line_ink.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace chartscan::ocr::lstm {
namespace {

constexpr int kTall = 24;  // rows: in lower lines a stroke may be one pixel
constexpr int kEdge = 1;   // rows: as far from the edge may ink begin that goes on beyond it

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
  size_ = gray.size();
  const auto width = static_cast<std::size_t>(gray.width), height = static_cast<std::size_t>(gray.height);
  const auto level = static_cast<std::uint8_t>(std::min(ink_level(gray), 255));
  dark_.resize(width * height);
  for (std::size_t i = 0; i < dark_.size(); ++i) dark_[i] = gray.pixels[i] < level ? 1 : 0;

  // A dark pixel without a dark neighbour is a speck. The outermost pixels are paper.
  ink_.assign(dark_.size(), 0);
  columns_.assign(width, 0);
  for (std::size_t y = 1; y + 1 < height; ++y) {
    const std::uint8_t *at = dark_.data() + y * width, *above = at - width, *below = at + width;
    std::uint8_t* ink = ink_.data() + y * width;
    for (std::size_t x = 1; x + 1 < width; ++x) ink[x] = at[x] & (at[x - 1] | at[x + 1] | above[x] | below[x]);
    for (std::size_t x = 0; x < width; ++x) columns_[x] = static_cast<std::uint16_t>(columns_[x] + ink[x]);
  }
  least_ = gray.height >= kTall ? 2 : 1;
}

LineInk::Gap LineInk::widest_gap(int from, int to, int likely) const {
  from = std::max(from, 0), to = std::min(to, size_.width);
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
  from = std::max(from, 0), to = std::min(to, size_.width);
  int nearest = -1, lightest = likely;
  for (int x = from; x < to; ++x) {
    if (columns_[static_cast<std::size_t>(x)] < columns_[static_cast<std::size_t>(std::clamp(lightest, 0, size_.width - 1))])
      lightest = x;
    if (inked(x)) continue;
    const int begin = x;
    while (x < to && !inked(x)) ++x;
    const int middle = (begin + x) / 2;
    if (nearest < 0 || std::abs(middle - likely) < std::abs(nearest - likely)) nearest = middle;
  }
  return nearest >= 0 ? nearest : lightest;
}

Box LineInk::tight(int from, int to, const Box& within) {
  from = std::clamp(from, 0, size_.width), to = std::clamp(to, from, size_.width);
  Box box{from, within.y0, to, within.y1};
  while (box.x0 < box.x1 && !inked(box.x0)) ++box.x0;
  while (box.x0 < box.x1 && !inked(box.x1 - 1)) --box.x1;
  if (box.x0 == box.x1) return {from, within.y0, to, within.y1};
  const Gap rows = rows_of(box);
  if (rows.begin < rows.end) box.y0 = rows.begin, box.y1 = rows.end;
  return box;
}

LineInk::Gap LineInk::rows_of(const Box& box) {
  bands_.clear();
  for (int y = box.y0; y < box.y1; ++y) {
    const std::uint8_t* ink = row(y);
    int count = 0;
    for (int x = box.x0; x < box.x1; ++x) count += ink[x];
    if (count < least_) continue;
    if (bands_.empty() || bands_.back().end < y) bands_.push_back({y, y, 0});
    bands_.back().end = y + 1;
    bands_.back().ink += count;
  }
  std::size_t first = 0, last = bands_.size();
  const auto ink_of_others = [&](std::size_t one) {
    int ink = 0;
    for (std::size_t i = first; i < last; ++i) ink += i == one ? 0 : bands_[i].ink;
    return ink;
  };
  if (last - first > 1 && bands_[first].begin <= kEdge && bands_[first].ink < ink_of_others(first)) ++first;
  if (last - first > 1 && bands_[last - 1].end >= size_.height - kEdge && bands_[last - 1].ink < ink_of_others(last - 1)) --last;
  return first == last ? Gap{} : Gap{bands_[first].begin, bands_[last - 1].end};
}

}  // namespace chartscan::ocr::lstm
