#include "ocr/reading_order.h"

#include <algorithm>
#include <cstdlib>

namespace chartscan::ocr {
namespace {

constexpr double kSameRow = 0.5;     // of a line's height between two middles: on one row
constexpr double kOnRows = 0.7;      // share of a column's pieces that must stand beside pieces of the columns before it
constexpr int kShortCell = 3;        // words, median: lines of narrow newspaper columns have 4 to 6
constexpr int kShortFirstCell = 4;   // the column before may say what its rows are about
constexpr std::size_t kFewestRows = 2;
constexpr double kOverlap = 0.2;     // of a piece's width: columns may touch, no more

// What an engine took for one line: a cell, a line of a column, a line across the page.
struct Piece {
  std::vector<Word> words;
  Box box;
  double middle() const { return (box.y0 + box.y1) / 2.0; }
};

std::vector<Piece> pieces_of(PageText text) {
  std::vector<Piece> pieces;
  int line = 0;
  for (Word& word : text.words) {
    if (pieces.empty() || line != word.line) pieces.emplace_back();
    line = word.line;
    Piece& piece = pieces.back();
    piece.box = united(piece.box, word.box);
    piece.words.push_back(std::move(word));
  }
  return pieces;
}

bool on_one_row(const Piece& a, const Piece& b) {
  return std::abs(a.middle() - b.middle()) < kSameRow * std::min(a.box.height(), b.box.height());
}

// Pieces that follow each other down the page; a step up begins the next column.
using Column = std::vector<Piece>;

std::vector<Column> columns_of(std::vector<Piece> pieces) {
  std::vector<Column> columns;
  for (Piece& piece : pieces) {
    const bool up = columns.empty() || piece.middle() < columns.back().back().middle() - kSameRow * piece.box.height();
    if (up) columns.emplace_back();
    columns.back().push_back(std::move(piece));
  }
  return columns;
}

int median(std::vector<int> counts) {
  std::ranges::nth_element(counts, counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2));
  return counts[counts.size() / 2];
}

// Does `column` stand to the right of `rows`, its short pieces on the rows of short pieces there?
bool is_next_column(const Column& rows, const Column& column) {
  std::vector<int> here, there;
  std::size_t beside = 0;
  for (const Piece& piece : column) {
    here.push_back(static_cast<int>(piece.words.size()));
    int nearest = -1;
    for (const Piece& left : rows) {
      if (!on_one_row(left, piece)) continue;
      if (left.box.x1 > piece.box.x0 + kOverlap * piece.box.width() && left.box.x0 < piece.box.x1) return false;  // one over the other
      if (left.box.x0 < piece.box.x0) nearest = std::max(nearest, static_cast<int>(left.words.size()));
    }
    if (nearest < 0) continue;
    ++beside;
    there.push_back(nearest);
  }
  return beside >= kFewestRows && static_cast<double>(beside) >= kOnRows * static_cast<double>(column.size()) &&
         median(std::move(here)) <= kShortCell && median(std::move(there)) <= kShortFirstCell;
}

// Row by row, each from left to right. A piece belongs to the row of the piece it stands beside.
Column joined(Column rows, Column column) {
  for (Piece& piece : column) {
    auto place = std::ranges::find_if(rows, [&](const Piece& left) { return on_one_row(left, piece); });
    if (place == rows.end()) {
      place = std::ranges::find_if(rows, [&](const Piece& left) { return left.middle() > piece.middle(); });
    } else {
      while (place != rows.end() && on_one_row(*place, piece) && place->box.x0 < piece.box.x0) ++place;
    }
    rows.insert(place, std::move(piece));
  }
  return rows;
}

}  // namespace

PageText in_reading_order(PageText text) {
  std::vector<Column> done;
  for (Column& column : columns_of(pieces_of(std::move(text)))) {
    if (!done.empty() && is_next_column(done.back(), column)) done.back() = joined(std::move(done.back()), std::move(column));
    else done.push_back(std::move(column));
  }
  PageText ordered;
  int line = 0;
  for (const Column& column : done) {
    const Piece* before = nullptr;
    for (const Piece& piece : column) {
      if (!before || !on_one_row(*before, piece) || piece.box.x0 < before->box.x1 - kOverlap * piece.box.width()) ++line;
      for (Word word : piece.words) {
        word.line = line;
        ordered.words.push_back(std::move(word));
      }
      before = &piece;
    }
  }
  return ordered;
}

}  // namespace chartscan::ocr
