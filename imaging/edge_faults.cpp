// What the making of the image left behind: a line of dirty glass or a dead sensor, which stands in the same column of every
// row, on bare paper too; and print that the image's edge cuts through.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "imaging/clean.h"

namespace chartscan::imaging {

namespace {

constexpr double kMargin = 0.3;                  // inch: along the sides stand shadows of the paper's own edge
constexpr double kReach = 0.035;                 // inch to either side: a streak is thinner, its surroundings lie beyond
constexpr int kEveryRow = 4;                     // a streak is in all of them
constexpr double kLeastStep = 10;                // gray levels: what a streak differs from its surroundings at least ...
constexpr double kNoiseStep = 2.5;               // ... and in noise
constexpr double kBarePaper = 40;                // gray levels under the paper's level at most: shadows too are paper
constexpr double kBare = 0.25;                   // share of the rows that must have it on both sides
constexpr double kDown = 0.9;                    // share of those; a rule of a form ends at its margins, a fold leaves the column
constexpr double kEndDown = 0.7;                 // the same of the rows nearest the top and the bottom, where no form has print
constexpr double kEnd = 0.25;                    // inch
constexpr int kFewestInkRows = 120;              // a light streak shows only where it parts ink ...
constexpr double kParted = 0.97;                 // ... and parts all of it
constexpr std::ptrdiff_t kMostLightColumns = 8;  // more: the gaps of bars, which are printed

constexpr double kCutInk = 60;          // gray levels under the paper: print, and no shadow
constexpr double kLongestStroke = 0.2;  // inch along the edge: longer is a shadow or a frame
constexpr double kRuleLength = 0.3;     // inch inwards at the same place: a rule that runs off the sheet as printed
constexpr double kDeep = 0.025;         // inch inwards: a speck ends sooner
constexpr double kCell = 0.1;           // inch: what a stroke at the edge stands for

// Rows of one column: over the whole height, near the top, near the bottom.
struct Rows {
  int all = 0, top = 0, bottom = 0;
  void add(bool in_top, bool in_bottom) { ++all, top += in_top, bottom += in_bottom; }
};

// Share of the rows with bare paper on both sides that are darker in between.
double dark_share(const Rows& dark, const Rows& bare, int rows) {
  const auto of = [](int part, int whole) { return whole == 0 ? 0.0 : static_cast<double>(part) / whole; };
  const double down = of(dark.all, bare.all);
  const bool ends = std::min(of(dark.top, bare.top), of(dark.bottom, bare.bottom)) >= kEndDown;
  return down >= kDown && ends && bare.all >= kBare * rows ? down : 0;
}

void find_streak(const Image& gray, double dpi, double noise, int paper, EdgeFaults& found) {
  const int margin = static_cast<int>(kMargin * dpi), reach = std::max(3, static_cast<int>(kReach * dpi)),
            end = static_cast<int>(kEnd * dpi);
  if (gray.width < 3 * margin || gray.height < 8 * end) return;
  const int step = static_cast<int>(std::max(kLeastStep, kNoiseStep * noise)), dark_from = paper / 2;
  const int bare_from = paper - static_cast<int>(std::max(kBarePaper, kNoiseStep * noise));
  std::vector<Rows> dark(static_cast<std::size_t>(gray.width)), bare(dark.size());
  std::vector<int> parted(dark.size(), 0), in_ink(dark.size(), 0);
  int rows = 0;
  for (int y = 0; y < gray.height; y += kEveryRow) {
    const std::uint8_t* level = gray.row(y);
    const bool top = y < end, bottom = y >= gray.height - end;
    ++rows;
    for (int x = margin; x < gray.width - margin; ++x) {
      const int left = level[x - reach], right = level[x + reach], here = level[x];
      const auto at = static_cast<std::size_t>(x);
      const int darker = std::min(left, right);
      if (darker >= bare_from) {
        bare[at].add(top, bottom);
        if (darker - here >= step) dark[at].add(top, bottom);
      } else if (std::max(left, right) < dark_from)
        ++in_ink[at], parted[at] += here - std::max(left, right) >= step;
    }
  }
  const auto light = [&](std::size_t x) { return in_ink[x] >= kFewestInkRows && parted[x] >= kParted * in_ink[x]; };
  std::ptrdiff_t light_columns = 0;
  for (std::size_t x = 0; x < dark.size(); ++x) light_columns += light(x);
  for (std::size_t x = 0; x < dark.size(); ++x) {
    double down = dark_share(dark[x], bare[x], rows);
    if (light(x) && light_columns <= kMostLightColumns) down = std::max(down, static_cast<double>(parted[x]) / in_ink[x]);
    if (down <= found.streak) continue;
    found.streak = down;
    found.streak_at = (static_cast<double>(x) + 0.5) / gray.width;
  }
}

// One edge of the image, read along it and inwards.
class Border {
 public:
  Border(const Image& gray, int side, int ink_below) : gray_(gray), side_(side), ink_below_(ink_below) {}

  int length() const { return side_ < 2 ? gray_.width : gray_.height; }
  bool ink(int along, int inwards) const {
    const int x = side_ < 2 ? along : side_ == 2 ? inwards : gray_.width - 1 - inwards;
    const int y = side_ == 0 ? inwards : side_ == 1 ? gray_.height - 1 - inwards : along;
    return gray_.row(y)[x] < ink_below_;
  }
  bool goes_on(int from, int to, int inwards) const {  // ink between, a little to the sides of it too
    for (int along = std::max(0, from - 2); along < std::min(length(), to + 2); ++along)
      if (ink(along, inwards)) return true;
    return false;
  }

 private:
  const Image& gray_;
  int side_, ink_below_;
};

// Inches of one edge at which strokes of print end in the image's border.
double cut_along(const Border& border, double dpi) {
  const int deep = std::max(3, static_cast<int>(kDeep * dpi)), rule = static_cast<int>(kRuleLength * dpi);
  std::vector<char> cells(static_cast<std::size_t>(border.length() / (kCell * dpi)) + 1, 0);
  for (int from = 0; from < border.length();) {
    if (!border.ink(from, 1)) {
      ++from;
      continue;
    }
    int to = from;
    while (to < border.length() && border.ink(to, 1)) ++to;
    bool stroke = to - from >= 2 && to - from <= kLongestStroke * dpi;
    for (int inwards = 2; stroke && inwards <= deep; ++inwards) stroke = border.goes_on(from, to, inwards);
    if (stroke) {
      int on = 0;
      for (int inwards = 0; inwards < rule; ++inwards) on += border.goes_on(from, to, inwards);
      if (on < rule * 9 / 10) cells[static_cast<std::size_t>((from + to) / 2 / (kCell * dpi))] = 1;
    }
    from = to;
  }
  return static_cast<double>(std::ranges::count(cells, 1)) * kCell;
}

}  // namespace

EdgeFaults find_edge_faults(const Image& gray, const PageMeasures& measures) {
  EdgeFaults found;
  if (gray.width < 64 || gray.height < 64) return found;
  const double dpi = believable_dpi(gray);
  const int paper = static_cast<int>(std::lround(measures.paper_level * 255));
  find_streak(gray, dpi, measures.noise, paper, found);
  const int ink_below = static_cast<int>(paper - std::max(kCutInk, 5 * measures.noise));
  if (static_cast<int>(kRuleLength * dpi) >= std::min(gray.width, gray.height)) return found;
  for (int side = 0; side < 4; ++side) found.cut_off = std::max(found.cut_off, cut_along(Border(gray, side, ink_below), dpi));
  return found;
}

}  // namespace chartscan::imaging
