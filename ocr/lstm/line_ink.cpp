#include "ocr/lstm/line_ink.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace chartscan::ocr::lstm {
namespace {

constexpr int kTall = 24;  // rows: in lower lines a stroke may be one pixel

struct Ink {
  std::uint8_t level = 0;  // parts it from the paper
  bool light = false;      // white print on black
};

// By Otsu's rule (1979): the level that parts the two groups of pixels furthest. Ink is the smaller group. Every second pixel of
// every third row tells.
Ink ink_of(const imaging::Image& gray) {
  std::array<std::int64_t, 256> count{};
  for (int y = 0; y < gray.height; y += 3)
    for (int x = 0; x < gray.width; x += 2) ++count[gray.row(y)[x]];
  std::int64_t all = 0, sum = 0;
  for (std::size_t level = 0; level < count.size(); ++level)
    all += count[level], sum += count[level] * static_cast<std::int64_t>(level);
  double best = -1;
  Ink ink;
  std::int64_t below = 0, below_sum = 0;
  for (std::size_t level = 0; level + 1 < count.size(); ++level) {
    below += count[level];
    below_sum += count[level] * static_cast<std::int64_t>(level);
    const std::int64_t above = all - below;
    if (below == 0 || above == 0) continue;
    const double apart = static_cast<double>(sum - below_sum) / static_cast<double>(above) -
                         static_cast<double>(below_sum) / static_cast<double>(below);
    const double value = static_cast<double>(below) * static_cast<double>(above) * apart * apart;
    if (value > best) best = value, ink = {static_cast<std::uint8_t>(level + 1), below > above};
  }
  return ink;
}

constexpr std::size_t kBlock = LineInk::kBlock;

std::uint8_t differs(std::uint8_t level_of, const Ink& ink) {
  return static_cast<std::uint8_t>((level_of < ink.level) != ink.light);
}

// A block each, which the compiler takes at once.
void mark_marks(const std::uint8_t* __restrict level_of, std::uint8_t* __restrict marks, Ink ink) {
  for (std::size_t i = 0; i < kBlock; ++i) marks[i] = differs(level_of[i], ink);
}

// A mark without a neighbour is a speck.
void mark_ink(const std::uint8_t* __restrict marks, std::size_t stride, std::uint8_t* __restrict ink,
              std::uint16_t* __restrict columns) {
  const std::uint8_t *above = marks - stride, *below = marks + stride, *left = marks - 1, *right = marks + 1;
  for (std::size_t i = 0; i < kBlock; ++i)
    ink[i] = static_cast<std::uint8_t>(marks[i] & (left[i] | right[i] | above[i] | below[i]));
  for (std::size_t i = 0; i < kBlock; ++i) columns[i] = static_cast<std::uint16_t>(columns[i] + ink[i]);
}

}  // namespace

void LineInk::measure(const imaging::Image& gray) {
  size_ = gray.size();
  const auto width = static_cast<std::size_t>(gray.width), height = static_cast<std::size_t>(gray.height);
  stride_ = (width + kBlock - 1) / kBlock * kBlock;
  const std::size_t first = kBlock + stride_;  // of the marks, after a block and a row of paper
  marks_.resize(stride_ * (height + 2) + 2 * kBlock);
  std::fill_n(marks_.begin(), first, std::uint8_t{0});
  std::fill_n(marks_.rbegin(), first, std::uint8_t{0});
  ink_.resize(stride_ * height);
  columns_.assign(stride_, 0);
  const Ink ink = ink_of(gray);
  for (std::size_t y = 0; y < height; ++y) {
    const std::uint8_t* from = gray.row(static_cast<int>(y));
    std::uint8_t* to = marks_.data() + first + y * stride_;
    std::size_t x = 0;
    for (; x + kBlock <= width; x += kBlock) mark_marks(from + x, to + x, ink);
    for (; x < stride_; ++x) to[x] = x < width ? differs(from[x], ink) : std::uint8_t{0};
  }
  for (std::size_t at = 0; at < ink_.size(); at += kBlock)
    mark_ink(marks_.data() + first + at, stride_, ink_.data() + at, columns_.data() + at % stride_);
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
  while (box.x1 - box.x0 > 1 && !inked_column(box.x0, box)) ++box.x0;  // of what stood above or below only
  while (box.x1 - box.x0 > 1 && !inked_column(box.x1 - 1, box)) --box.x1;
  return box;
}

bool LineInk::inked_column(int x, const Box& box) const {
  int count = 0;
  for (int y = box.y0; y < box.y1; ++y)
    if ((count += row(y)[x]) >= least_) return true;
  return false;
}

bool LineInk::inked_row(int y, const Box& box) const {
  const std::uint8_t* ink = row(y);
  int count = 0;
  for (int x = box.x0; x < box.x1; ++x)
    if ((count += ink[x]) >= least_) return true;
  return false;
}

LineInk::Gap LineInk::rows_of(const Box& box) {
  Gap rows{box.y0, box.y1};
  while (rows.begin < rows.end && !inked_row(rows.begin, box)) ++rows.begin;
  while (rows.begin < rows.end && !inked_row(rows.end - 1, box)) --rows.end;
  if (rows.begin > 0 && rows.end < size_.height) return rows;  // nothing of the neighbours
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
  if (last - first > 1 && bands_[first].begin == 0 && bands_[first].ink < ink_of_others(first)) ++first;
  if (last - first > 1 && bands_[last - 1].end == size_.height && bands_[last - 1].ink < ink_of_others(last - 1)) --last;
  return first == last ? Gap{} : Gap{bands_[first].begin, bands_[last - 1].end};
}

}  // namespace chartscan::ocr::lstm
