// Which way the lines of text run, from single letters: the nearest neighbour of a letter stands on its own line, whatever
// rules, frames and pictures the page has (O'Gorman's docstrum). On 150 sample scans, tables and cards among them, at least
// 16 letters spoke for the right way for each that spoke for the wrong one.
#include <algorithm>
#include <cmath>
#include <vector>

#include "imaging/clean.h"
#include "imaging/letters.h"

namespace chartscan::imaging {

namespace {

constexpr std::size_t kFewestVotes = 20;  // letters; a page with fewer has no text to speak of
constexpr int kMajority = 4;      // to one
constexpr float kReach = 2;       // of the letter's size: farther away is no neighbour

// Letters sorted into squares as wide as the largest letter reaches.
class Neighbours {
 public:
  Neighbours(const std::vector<Letter>& letters, const Image& page)
      : cell_(std::max(8, static_cast<int>(kReach * kLargestLetter * page.dpi_x))),
        columns_(page.width / cell_ + 1),
        rows_(page.height / cell_ + 1),
        cells_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_)) {
    for (const Letter& letter : letters) cells_[at(column(letter), row(letter))].push_back(&letter);
  }

  const Letter* nearest(const Letter& letter) const {
    const Letter* found = nullptr;
    float best = kReach * letter.size() * kReach * letter.size();
    for (int y = std::max(0, row(letter) - 1); y <= std::min(rows_ - 1, row(letter) + 1); ++y)
      for (int x = std::max(0, column(letter) - 1); x <= std::min(columns_ - 1, column(letter) + 1); ++x)
        for (const Letter* other : cells_[at(x, y)]) {
          const float dx = other->x - letter.x, dy = other->y - letter.y, distance = dx * dx + dy * dy;
          if (other == &letter || distance >= best) continue;
          best = distance;
          found = other;
        }
    return found;
  }

 private:
  int column(const Letter& letter) const { return static_cast<int>(letter.x) / cell_; }
  int row(const Letter& letter) const { return static_cast<int>(letter.y) / cell_; }
  std::size_t at(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(x);
  }

  int cell_, columns_, rows_;
  std::vector<std::vector<const Letter*>> cells_;
};

TextAxis axis_of(const std::vector<Letter>& letters, const Image& ink) {
  const Neighbours neighbours(letters, ink);
  int along = 0, across = 0;
  for (const Letter& letter : letters) {
    const Letter* next = neighbours.nearest(letter);
    if (!next) continue;
    const float dx = std::abs(next->x - letter.x), dy = std::abs(next->y - letter.y);
    along += dx > 2 * dy;
    across += dy > 2 * dx;
  }
  if (static_cast<std::size_t>(std::max(along, across)) < kFewestVotes) return TextAxis::Unknown;
  if (along >= kMajority * across) return TextAxis::Along;
  if (across >= kMajority * along) return TextAxis::Across;
  return TextAxis::Unknown;
}

}  // namespace

Lettering find_lettering(const Image& gray, double noise) {
  if (gray.width < 64 || gray.height < 64) return {};
  Image page = letter_gray_of(gray, noise);
  Image ink = letter_ink_of(page, noise);
  std::vector<Letter> letters = letters_of(ink);
  const TextAxis axis = axis_of(letters, ink);
  return {std::move(page), std::move(ink), std::move(letters), axis};
}

}  // namespace chartscan::imaging
