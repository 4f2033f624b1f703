#include "imaging/unread.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace chartscan::imaging {
namespace {

constexpr int kCell = 4;               // pixels: how coarsely the places of words are kept
constexpr std::size_t kFewestLetters = 3;
constexpr std::size_t kMostUnread = 2000;  // letters; more are no print
constexpr float kGap = 1.1f;           // of the larger letter: from one letter of a row to the next
constexpr float kRise = 0.45f;         // of the larger letter: how much higher or lower the next one stands
constexpr float kAlike = 2.6f;         // times: a capital beside a small letter, and no more
constexpr float kDescent = 0.3f;       // of the height of its capitals: room below the baseline, whether letters reach there or not

// Where words stand, in cells.
class Coverage {
 public:
  Coverage(const PageText& text, int width, int height)
      : columns_(width / kCell + 1), rows_(height / kCell + 1), cells_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_)) {
    for (const Word& word : text.words) {
      const int x0 = column(word.box.x0), x1 = column(word.box.x1), y1 = row(word.box.y1);
      for (int y = row(word.box.y0); y <= y1; ++y) std::fill(at(x0, y), at(x1, y) + 1, true);
    }
  }

  bool holds(const Letter& letter) { return *at(column(static_cast<int>(letter.x)), row(static_cast<int>(letter.y))); }

 private:
  int column(int x) const { return std::clamp(x / kCell, 0, columns_ - 1); }
  int row(int y) const { return std::clamp(y / kCell, 0, rows_ - 1); }
  std::vector<char>::iterator at(int x, int y) {
    return cells_.begin() + static_cast<std::ptrdiff_t>(y) * columns_ + x;
  }

  int columns_, rows_;
  std::vector<char> cells_;
};

std::vector<Letter> unread(std::span<const Letter> letters, const PageText& text) {
  float width = 0, height = 0;
  for (const Letter& letter : letters) width = std::max(width, letter.x), height = std::max(height, letter.y);
  Coverage read(text, static_cast<int>(width) + 1, static_cast<int>(height) + 1);
  std::vector<Letter> left;
  for (const Letter& letter : letters)
    if (!read.holds(letter)) left.push_back(letter);
  return left;
}

bool next_to_each_other(const Letter& left, const Letter& right) {
  const float larger = std::max(left.size(), right.size()), smaller = std::min(left.size(), right.size());
  const float gap = right.x - right.width / 2 - (left.x + left.width / 2);
  return gap <= kGap * larger && std::abs(left.y - right.y) <= kRise * larger && larger <= kAlike * smaller;
}

// Letters joined to rows, each to the nearest ones on its right.
std::vector<std::vector<Letter>> rows_of(std::vector<Letter> letters) {
  std::ranges::sort(letters, {}, &Letter::x);
  std::vector<std::size_t> row(letters.size());
  std::iota(row.begin(), row.end(), std::size_t{0});
  const auto root = [&](std::size_t of) {
    while (row[of] != of) of = row[of] = row[row[of]];
    return of;
  };
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const float reach = letters[i].x + letters[i].size() * kAlike * (kGap + 1);
    for (std::size_t j = i + 1; j < letters.size() && letters[j].x <= reach; ++j)
      if (next_to_each_other(letters[i], letters[j])) row[root(j)] = root(i);
  }
  std::vector<std::vector<Letter>> rows(letters.size());
  for (std::size_t i = 0; i < letters.size(); ++i) rows[root(i)].push_back(letters[i]);
  std::erase_if(rows, [](const std::vector<Letter>& of) { return of.size() < kFewestLetters; });
  return rows;
}

float baseline_of(const std::vector<Letter>& row) {
  std::vector<float> bottoms;
  for (const Letter& letter : row) bottoms.push_back(letter.y + letter.height / 2);
  std::ranges::nth_element(bottoms, bottoms.begin() + static_cast<std::ptrdiff_t>(bottoms.size() / 2));
  return bottoms[bottoms.size() / 2];
}

Box around(const std::vector<Letter>& row) {
  float x0 = row.front().x, x1 = x0, y0 = row.front().y, y1 = y0;
  for (const Letter& letter : row) {
    x0 = std::min(x0, letter.x - letter.width / 2), x1 = std::max(x1, letter.x + letter.width / 2);
    y0 = std::min(y0, letter.y - letter.height / 2), y1 = std::max(y1, letter.y + letter.height / 2);
  }
  const float baseline = baseline_of(row);
  y1 = std::max(y1, baseline + kDescent * (baseline - y0));
  return {static_cast<int>(std::floor(std::max(0.0f, x0))), static_cast<int>(std::floor(std::max(0.0f, y0))), static_cast<int>(std::ceil(x1)),
          static_cast<int>(std::ceil(y1))};
}

}  // namespace

std::vector<Box> unread_lines(std::span<const Letter> letters, const PageText& text, std::size_t most) {
  std::vector<Letter> left = unread(letters, text);
  if (left.size() < kFewestLetters || left.size() > kMostUnread) return {};
  std::vector<Box> boxes;
  for (const std::vector<Letter>& row : rows_of(std::move(left))) {
    const Box box = around(row);
    if (box.width() > box.height()) boxes.push_back(box);  // a pile of marks is no line
  }
  if (boxes.size() > most) return {};
  std::ranges::sort(boxes, [](const Box& a, const Box& b) { return a.y0 != b.y0 ? a.y0 < b.y0 : a.x0 < b.x0; });
  return boxes;
}

std::vector<Letter> letters_on_working(std::span<const Letter> delivered, Size of, const Geometry& geometry) {
  if (of.width <= 0 || of.height <= 0) return {};
  const float scale_x = static_cast<float>(geometry.delivered.width) / static_cast<float>(of.width);
  const float scale_y = static_cast<float>(geometry.delivered.height) / static_cast<float>(of.height);
  const bool lies = geometry.rotation % 180 != 0;
  const Affine to_working = geometry.to_working();
  std::vector<Letter> letters;
  letters.reserve(delivered.size());
  for (const Letter& letter : delivered) {
    const auto [x, y] = to_working(letter.x * scale_x, letter.y * scale_y);
    const auto width = letter.width * scale_x * static_cast<float>(geometry.scale_x), height = letter.height * scale_y * static_cast<float>(geometry.scale_y);
    letters.push_back({static_cast<float>(x), static_cast<float>(y), lies ? height : width, lies ? width : height});
  }
  return letters;
}

}  // namespace chartscan::imaging
