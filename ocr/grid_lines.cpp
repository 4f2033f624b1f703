#include "ocr/grid_lines.h"

#include <algorithm>
#include <cstddef>

namespace chartscan::ocr {
namespace {

constexpr int kFewCells = 500;          // more than a page of prose or a table of results has: those layout analysis takes in its stride
constexpr std::size_t kCellsInRow = 8;  // fewer are words parted by wide blanks, or columns of prose
constexpr double kTallestRow = 1.5, kLowestRow = 0.6;  // of the median row's height: a row is one line of print
constexpr double kLowPiece = 0.55;      // of its row's height: a dash, a speck
constexpr double kLowShare = 0.25;      // of a row's pieces may be so low
constexpr double kOtherShare = 0.1;     // of a grid's pieces may stand in rows that are none of its own: a heading, a sum
constexpr double kRoom = 0.2;           // below and above, in heights of the row's print; a grid's rules are near
constexpr int kPaperAside = 2;          // pixels

struct Row {
  int top = 0, bottom = 0;  // of its print
  std::vector<Box> pieces;  // left to right
};

// Print with nothing beside it from one clear row of pixels to the next. Scattered print leaves none clear: one tall row.
std::vector<Row> rows_of(std::vector<Box> pieces) {
  std::ranges::sort(pieces, {}, &Box::y0);
  std::vector<Row> rows;
  for (const Box& piece : pieces) {
    if (rows.empty() || piece.y0 >= rows.back().bottom) rows.push_back({piece.y0, piece.y1, {}});
    rows.back().bottom = std::max(rows.back().bottom, piece.y1);
    rows.back().pieces.push_back(piece);
  }
  for (Row& row : rows) std::ranges::sort(row.pieces, {}, &Box::x0);
  return rows;
}

int median_height(const std::vector<Row>& rows) {
  std::vector<int> heights;  // of rows, once for each piece
  for (const Row& row : rows) heights.insert(heights.end(), row.pieces.size(), row.bottom - row.top);
  const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  return *middle;
}

bool is_row_of_cells(const Row& row, int height) {
  const int high = row.bottom - row.top;
  if (row.pieces.size() < kCellsInRow || high > kTallestRow * height || high < kLowestRow * height) return false;
  const auto low = std::ranges::count_if(row.pieces, [&](const Box& piece) { return piece.height() < kLowPiece * high; });
  return static_cast<double>(low) <= kLowShare * static_cast<double>(row.pieces.size());
}

// The end of the rows that are a grid together, from `first` on; `first` when they are too few.
std::size_t end_of_grid(const std::vector<Row>& rows, std::size_t first, int height) {
  std::size_t own = 0, other = 0, end = first;
  for (std::size_t i = first; i < rows.size(); ++i) {
    const bool fits = is_row_of_cells(rows[i], height);
    (fits ? own : other) += rows[i].pieces.size();
    if (static_cast<double>(other) > kOtherShare * static_cast<double>(own)) break;
    if (fits) end = i + 1;
  }
  return own >= kFewCells ? end : first;
}

std::vector<FoundLine> cells_of(const std::vector<Row>& rows, std::size_t first, std::size_t last, Size page) {
  std::vector<FoundLine> cells;
  for (std::size_t i = first; i < last; ++i) {
    const int room = std::max(1, static_cast<int>((rows[i].bottom - rows[i].top) * kRoom));
    const int top = std::max(0, rows[i].top - room), bottom = std::min(page.height, rows[i].bottom + room);
    for (const Box& piece : rows[i].pieces)
      cells.push_back({{std::max(0, piece.x0 - kPaperAside), top, std::min(page.width, piece.x1 + kPaperAside), bottom}, 0,
                       static_cast<int>(i - first) + 1});
  }
  return cells;
}

}  // namespace

std::vector<Stretch> stretches_of(const imaging::Image& gray, const imaging::PrintPieces& pieces) {
  std::vector<Stretch> stretches{{0, gray.height, {}}};
  if (pieces.size() <= kFewCells) return stretches;
  const std::vector<Row> rows = rows_of(imaging::find_print_pieces(gray, pieces.dpi, imaging::PieceDetail::Exact).boxes);
  if (rows.empty()) return stretches;
  const int height = median_height(rows);
  for (std::size_t first = 0; first < rows.size();) {
    const std::size_t last = end_of_grid(rows, first, height);
    if (last == first) {
      ++first;
      continue;
    }
    const int top = first == 0 ? 0 : (rows[first - 1].bottom + rows[first].top) / 2;
    const int bottom = last == rows.size() ? gray.height : (rows[last - 1].bottom + rows[last].top) / 2;
    stretches.back().bottom = top;
    if (stretches.back().bottom <= stretches.back().top) stretches.pop_back();
    stretches.push_back({top, bottom, cells_of(rows, first, last, gray.size())});
    if (bottom < gray.height) stretches.push_back({bottom, gray.height, {}});
    first = last;
  }
  return stretches;
}

}  // namespace chartscan::ocr
