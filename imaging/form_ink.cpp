#include "imaging/form_ink.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "imaging/clean.h"
#include "imaging/form_print.h"

namespace chartscan::imaging {
namespace {

// Gray levels; the working image is evened out: paper is white. Rules may be thin and faint; strokes are taken darker, so that
// small print does not run together.
constexpr std::uint8_t kInkLevel = 255 - 40, kStrokeLevel = 255 - 85;
constexpr double kThickestRule = 0.06;       // inch
constexpr double kShortestBorder = 0.3;      // inch: shorter uprights may be sides of a check box
constexpr double kLikelyRule = 1;            // inch: shorter ones are looked at again
constexpr double kRuleGap = 0.05;            // inch: a pen stroke through a rule, a slope of a row or two must not part it
constexpr double kSpeck = 0.012;             // inch: smaller both ways is dust
constexpr std::size_t kMostPieces = 40'000;  // a dense page of print has 8,000

// Unbroken ink along a row of pixels.
struct Run {
  int y = 0, x0 = 0, x1 = 0;
};

Image thresholded(const Image& working, std::uint8_t level) {
  Image ink = blank_image(working.width, working.height);
  ink.dpi_x = working.dpi_x, ink.dpi_y = working.dpi_y;
  const std::uint8_t* from = working.pixels.data();
  std::uint8_t* to = ink.pixels.data();
  for (std::size_t i = 0; i < ink.pixels.size(); ++i) to[i] = from[i] < level ? 255 : 0;
  return ink;
}

// Runs of at least `shortest` pixels; a gap of up to `dropped` does not break one.
std::vector<Run> runs_of(const Image& ink, int shortest, std::ptrdiff_t dropped) {
  std::vector<Run> runs;
  for (int y = 0; y < ink.height; ++y) {
    const std::uint8_t *row = ink.row(y), *end = row + ink.width, *from = nullptr, *to = nullptr;
    const auto keep = [&] {
      if (from && to - from >= shortest) runs.push_back({y, static_cast<int>(from - row), static_cast<int>(to - row)});
    };
    const auto next = [&](const std::uint8_t* at, int level) {
      const void* found = at < end ? std::memchr(at, level, static_cast<std::size_t>(end - at)) : nullptr;
      return found ? static_cast<const std::uint8_t*>(found) : end;
    };
    for (const std::uint8_t* at = next(row, 255); at != end; at = next(to, 255)) {
      if (!from || at - to > dropped) {
        keep();
        from = at;
      }
      to = next(at, 0);
    }
    keep();
  }
  return runs;
}

// Runs that touch, or nearly.
std::vector<std::vector<Run>> grouped(const std::vector<Run>& runs, int gap) {
  std::vector<std::vector<Run>> groups;
  const auto touches = [&](const std::vector<Run>& group, const Run& run) {
    for (auto other = group.rbegin(); other != group.rend() && run.y - other->y <= 2; ++other)
      if (run.x0 - other->x1 <= gap && other->x0 - run.x1 <= gap) return true;
    return false;
  };
  for (const Run& run : runs) {  // rows from above
    std::vector<Run> joined;
    std::erase_if(groups, [&](std::vector<Run>& group) {
      if (!touches(group, run)) return false;
      const auto middle = joined.insert(joined.end(), group.begin(), group.end());
      std::inplace_merge(joined.begin(), middle, joined.end(), [](const Run& a, const Run& b) { return a.y < b.y; });
      return true;
    });
    joined.push_back(run);
    groups.push_back(std::move(joined));
  }
  return groups;
}

// The rule in a group of runs: a flourish that the pen drew along a rule, touching it, is shorter and is left out.
Box rule_in(const std::vector<Run>& group) {
  const int top = group.front().y;
  std::vector<int> dark(static_cast<std::size_t>(group.back().y - top) + 1);
  for (const Run& run : group) dark[static_cast<std::size_t>(run.y - top)] += run.x1 - run.x0;
  const auto longest = std::max_element(dark.begin(), dark.end());
  auto first = longest, last = longest;
  const auto belongs = [&](int count) { return 2 * count > *longest; };
  while (first != dark.begin() && belongs(*std::prev(first))) --first;
  while (last != dark.end() && belongs(*last)) ++last;
  Box rule{std::numeric_limits<int>::max(), top + static_cast<int>(first - dark.begin()), 0,
           top + static_cast<int>(last - dark.begin())};
  for (const Run& run : group) {
    if (run.y < rule.y0 || run.y >= rule.y1) continue;
    rule.x0 = std::min(rule.x0, run.x0);
    rule.x1 = std::max(rule.x1, run.x1);
  }
  return rule;
}

// Serifs of small print that run together: ink stands on most of it.
bool is_foot_of_letters(const Image& ink, const Box& rule) {
  const Box above = clipped({rule.x0, rule.y0 - 3, rule.x1, rule.y0 - 2}, ink);
  return 100 * ink_in(ink, above) > 25 * above.width();
}

std::vector<Box> rules_of(const FormInk& form) {
  std::vector<Box> found;
  for (const std::vector<Run>& group : grouped(runs_of(form.ink, form.px(kShortestRule), 2), form.px(kRuleGap))) {
    const Box rule = rule_in(group);
    if (rule.height() <= form.px(kThickestRule) && !(rule.width() < form.px(kLikelyRule) && is_foot_of_letters(form.ink, rule)))
      found.push_back(rule);
  }
  std::ranges::sort(found, {}, &Box::y0);
  return found;
}

// Ink straight down, column by column: how far it reaches down from above at each x.
std::vector<Box> uprights_of(const FormInk& form) {
  const Image& ink = form.ink;
  const int shortest = form.px(kShortestUpright), thickest = form.px(kThickestRule);
  std::vector<std::uint16_t> depth(static_cast<std::size_t>(ink.width), 0);
  std::vector<Run> columns;  // y is the column here, x0..x1 the rows
  const std::vector<std::uint8_t> paper(static_cast<std::size_t>(ink.width), 0);
  for (int y = 0; y <= ink.height; ++y) {
    const std::uint8_t* row = y < ink.height ? ink.row(y) : paper.data();
    for (int x = 0; x < ink.width; ++x)
      if (!row[x] && depth[static_cast<std::size_t>(x)] >= shortest)
        columns.push_back({x, y - depth[static_cast<std::size_t>(x)], y});
    for (int x = 0; x < ink.width; ++x)
      depth[static_cast<std::size_t>(x)] = row[x] ? static_cast<std::uint16_t>(depth[static_cast<std::size_t>(x)] + 1) : 0;
  }
  std::ranges::sort(columns, {}, [](const Run& run) { return std::pair(run.y, run.x0); });
  std::vector<Box> found;
  for (const std::vector<Run>& group : grouped(columns, form.px(kRuleGap))) {
    const Box lying = rule_in(group);
    if (lying.height() <= thickest) found.push_back({lying.y0, lying.x0, lying.y1, lying.x1});
  }
  return found;
}

// Takes rules out where nothing crosses them.
void take_out(Image& strokes, const Image& ink, const Box& rule, bool upright) {
  const int margin = 1;
  const Box box = clipped(grown(rule, margin), ink);
  const auto inked = [&](int x, int y) { return x >= 0 && y >= 0 && x < ink.width && y < ink.height && ink.row(y)[x]; };
  if (!upright) {
    for (int x = box.x0; x < box.x1; ++x) {
      const bool crossed = (inked(x, box.y0 - 1) && inked(x, box.y0 - 2)) || (inked(x, box.y1) && inked(x, box.y1 + 1));
      if (!crossed)
        for (int y = box.y0; y < box.y1; ++y) strokes.row(y)[x] = 0;
    }
    return;
  }
  for (int y = box.y0; y < box.y1; ++y) {
    const bool crossed = (inked(box.x0 - 1, y) && inked(box.x0 - 2, y)) || (inked(box.x1, y) && inked(box.x1 + 1, y));
    if (!crossed) std::fill(strokes.row(y) + box.x0, strokes.row(y) + box.x1, std::uint8_t{0});
  }
}

class Sets {
 public:
  std::uint32_t add() {
    parent_.push_back(static_cast<std::uint32_t>(parent_.size()));
    return parent_.back();
  }
  std::uint32_t find(std::uint32_t at) {
    while (parent_[at] != at) at = parent_[at] = parent_[parent_[at]];
    return at;
  }
  void join(std::uint32_t a, std::uint32_t b) {
    a = find(a), b = find(b);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }
  std::size_t size() const { return parent_.size(); }

 private:
  std::vector<std::uint32_t> parent_;
};

}  // namespace

// Edge: two ends of each run, and what of it has paper above or below.
std::vector<Piece> pieces_of(const Image& strokes, int smallest) {
  const std::vector<Run> runs = runs_of(strokes, 1, 0);
  Sets sets;
  std::vector<int> under(runs.size(), 0);  // pixels with ink above or below
  std::size_t above = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    sets.add();
    while (above < i && runs[above].y < runs[i].y - 1) ++above;
    for (std::size_t k = above; k < i && runs[k].y == runs[i].y - 1 && runs[k].x0 <= runs[i].x1; ++k) {
      if (runs[k].x1 < runs[i].x0) continue;
      sets.join(static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(k));
      const int shared = std::max(0, std::min(runs[k].x1, runs[i].x1) - std::max(runs[k].x0, runs[i].x0));
      under[i] += shared, under[k] += shared;
    }
    while (above < i && runs[above].y == runs[i].y - 1 && runs[above].x1 < runs[i].x0) ++above;
  }
  std::vector<std::int32_t> number(runs.size(), -1);
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::uint32_t root = sets.find(static_cast<std::uint32_t>(i));
    if (number[root] < 0) number[root] = static_cast<std::int32_t>(pieces.size()), pieces.emplace_back();
    Piece& piece = pieces[static_cast<std::size_t>(number[root])];
    const int length = runs[i].x1 - runs[i].x0;
    piece.box = united(piece.box, {runs[i].x0, runs[i].y, runs[i].x1, runs[i].y + 1});
    piece.ink += length;
    piece.edge += 2 + std::max(0, 2 * length - under[i]);
  }
  std::erase_if(pieces, [&](const Piece& piece) { return piece.box.width() < smallest && piece.box.height() < smallest; });
  return pieces;
}

int FormInk::px(double inches) const { return std::max(1, static_cast<int>(std::lround(inches * dpi))); }

bool is_sure_print(const Word& word) {
  if (word.confidence < kSurePrint) return false;
  return std::ranges::count_if(word.text, [](unsigned char c) { return std::isalnum(c) || c >= 0x80; }) >= 2;
}

FormInk form_ink_of(const Image& working, const PageText& text) {
  FormInk form;
  form.dpi = believable_dpi(working);
  form.ink = thresholded(working, kInkLevel);
  form.rules = rules_of(form);
  form.uprights = uprights_of(form);
  form.strokes = thresholded(working, kStrokeLevel);
  for (const Box& rule : form.rules) take_out(form.strokes, form.ink, rule, false);
  for (const Box& upright : form.uprights)
    if (upright.height() >= form.px(kShortestBorder)) take_out(form.strokes, form.ink, upright, true);
  form.pieces = pieces_of(form.strokes, form.px(kSpeck));
  form.too_much = form.pieces.size() > kMostPieces;
  if (form.too_much) form.pieces.clear();
  mark_print(form, working, text);
  return form;
}

int ink_in(const Image& ink, const Box& wanted) {
  const Box box = clipped(wanted, ink);
  int count = 0;
  for (int y = box.y0; y < box.y1; ++y)
    count += static_cast<int>(std::count(ink.row(y) + box.x0, ink.row(y) + box.x1, std::uint8_t{255}));
  return count;
}

double ink_share(const Image& ink, const Box& wanted) {
  const Box box = clipped(wanted, ink);
  return box.empty() ? 0 : static_cast<double>(ink_in(ink, box)) / (static_cast<double>(box.width()) * box.height());
}

Box clipped(const Box& box, const Image& to) {
  Box cut{std::clamp(box.x0, 0, to.width), std::clamp(box.y0, 0, to.height), std::clamp(box.x1, 0, to.width),
          std::clamp(box.y1, 0, to.height)};
  cut.x1 = std::max(cut.x0, cut.x1);
  cut.y1 = std::max(cut.y0, cut.y1);
  return cut;
}

Box grown(const Box& box, int by) { return {box.x0 - by, box.y0 - by, box.x1 + by, box.y1 + by}; }

bool overlap(const Box& a, const Box& b) { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1; }

bool holds(const Box& box, int x, int y) { return x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1; }

}  // namespace chartscan::imaging
