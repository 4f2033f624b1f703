// Patch codes: four bars along an edge, two of them wide, read from the edge inwards. The page is averaged along each edge
// into columns as narrow as a bar's end is crooked, and each column is read on its own; neighbours must then agree over an
// inch. Print, tables and barcodes never keep four such bars with bare paper on both sides for that long.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/marks.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

// Inches.
constexpr double kColumn = 0.06;        // width of a column along the edge
constexpr double kStep = 0.01;          // length of a sample across the bars
constexpr double kNarrow = 0.08, kWide = 0.20;
constexpr double kNarrowSlack = 0.035;  // printers and copiers thicken bars and thin spaces
constexpr double kWideSlack = 0.045;
constexpr double kBetweenNarrowAndWide = 0.14;
constexpr double kWideSlackInked = 0.027;  // once the thickening is known from the spaces: two modules of a barcode are 0.16
constexpr double kQuietBefore = 0.10, kQuietAfter = 0.15;
constexpr double kReach = 4.5;          // how far from the edge the code may begin; the middle of the page is nobody's edge
constexpr double kShortest = 1.0;       // length of the bars, two in the standard
constexpr double kSteepest = 0.09;      // inch of depth an inch of edge: 5 degrees

constexpr double kLeastContrast = 0.2;  // of white, bars against paper
constexpr int kMissing = 2;             // columns in a row that may be unreadable (a staple, a pen stroke)

struct Code {
  const char* name;
  const char* bars;
};
constexpr std::array kCodes{Code{"1", "WWNN"}, Code{"2", "WNNW"}, Code{"3", "WNWN"}, Code{"4", "NWWN"}, Code{"6", "NNWW"}, Code{"T", "NWNW"}};

struct Reading {
  int code = 0;                 // index into kCodes
  double start = 0, end = 0;    // inches from the edge
};

struct Run {
  bool dark = false;
  int start = 0, length = 0;  // samples
};

// Dark and light runs of one column from the edge inwards.
std::vector<Run> runs_of(const std::uint8_t* samples, int count) {
  const auto [darkest, lightest] = std::minmax_element(samples, samples + count);
  if (*lightest - *darkest < kLeastContrast * 255) return {};
  const int middle = (*lightest + *darkest) / 2;
  std::vector<Run> runs;
  for (int i = 0; i < count; ++i) {
    const bool dark = samples[i] < middle;
    if (runs.empty() || runs.back().dark != dark) runs.push_back({dark, i, 0});
    ++runs.back().length;
  }
  return runs;
}

std::optional<int> code_of(const std::array<const Run*, 7>& seven) {
  char bars[5] = {};
  double wide_sum = 0, space_sum = 0;
  for (std::size_t i = 0; i < seven.size(); ++i) {
    const double thick = seven[i]->length * kStep;
    if (i % 2 == 1) {
      if (std::abs(thick - kNarrow) > kNarrowSlack) return std::nullopt;
      space_sum += thick;
      continue;
    }
    const bool wide = thick > kBetweenNarrowAndWide;
    if (std::abs(thick - (wide ? kWide : kNarrow)) > (wide ? kWideSlack : kNarrowSlack)) return std::nullopt;
    bars[i / 2] = wide ? 'W' : 'N';
    if (wide) wide_sum += thick;
  }
  const double thickening = kNarrow - space_sum / 3;
  if (std::abs(wide_sum / 2 - thickening - kWide) > kWideSlackInked) return std::nullopt;  // of codes that have two wide bars
  for (std::size_t code = 0; code < kCodes.size(); ++code)
    if (std::strcmp(kCodes[code].bars, bars) == 0) return static_cast<int>(code);
  return std::nullopt;
}

// The code nearest the edge in one column.
std::optional<Reading> read_column(const std::uint8_t* samples, int count) {
  const std::vector<Run> runs = runs_of(samples, count);
  for (std::size_t first = 0; first + 7 <= runs.size(); ++first) {
    if (!runs[first].dark || runs[first].start * kStep > kReach) continue;
    // Bare paper before the first bar; the edge of the image itself is as good.
    if (first > 1 && runs[first - 1].length * kStep < kQuietBefore) continue;
    const std::size_t after = first + 7;
    if (after < runs.size() && after + 1 < runs.size() && runs[after].length * kStep < kQuietAfter) continue;
    std::array<const Run*, 7> seven{};
    for (std::size_t i = 0; i < seven.size(); ++i) seven[i] = &runs[first + i];
    if (const std::optional<int> code = code_of(seven))
      return Reading{*code, runs[first].start * kStep, (seven[6]->start + seven[6]->length) * kStep};
  }
  return std::nullopt;
}

struct Stretch {
  int code = -1, first = 0, last = 0;  // columns
  double start = 0, end = 0;           // inches from the edge, over all its columns
  double length() const { return code < 0 ? 0 : (last - first + 1) * kColumn; }
};

// The longest stretch of neighbouring columns that read the same code at the same depth, give or take a crooked feed.
Stretch longest_stretch(const std::vector<std::optional<Reading>>& columns) {
  Stretch best, now;
  double depth = 0;
  for (int column = 0; column < static_cast<int>(columns.size()); ++column) {
    const std::optional<Reading>& reading = columns[static_cast<std::size_t>(column)];
    if (!reading) continue;
    const int gap = column - now.last;
    const bool goes_on = now.code == reading->code && gap <= kMissing + 1 && std::abs(reading->start - depth) <= gap * kColumn * kSteepest + 1.5 * kStep;
    if (!goes_on) now = {reading->code, column, column, reading->start, reading->end};
    now.last = column;
    now.start = std::min(now.start, reading->start);
    now.end = std::max(now.end, reading->end);
    depth = reading->start;
    if (now.length() > best.length()) best = now;
  }
  return best;
}

// The longer one; of one code that is in reach of two opposite edges, the reading from the nearer edge.
bool is_better(const Stretch& found, const Stretch& best) {
  if (best.code < 0 || std::abs(found.length() - best.length()) > 0.2 * best.length()) return found.length() > best.length();
  return found.start < best.start;
}

// The page at about kStep a pixel where it is finer: whole steps are cheap, and all four edges are read from it.
cv::Mat coarse(const cv::Mat& page, Resolution& dpi) {
  const auto steps = [](double per_inch) { return std::max(1, static_cast<int>(per_inch * kStep + 0.01)); };
  const int across = steps(dpi.x), down = steps(dpi.y);
  if (across == 1 && down == 1) return page;
  const cv::Size size(page.cols / across, page.rows / down);
  cv::Mat small;
  cv::resize(page(cv::Rect(0, 0, size.width * across, size.height * down)), small, size, 0, 0, cv::INTER_AREA);
  dpi = {dpi.x / across, dpi.y / down};
  return small;
}

// Rows of the result are columns at the edge: row 0 at the left (or upper) end, sample 0 at the left or upper edge.
cv::Mat averaged(const cv::Mat& page, Resolution dpi, bool upright_bars) {
  const auto size = [](int pixels, double per_inch, double inches) { return std::max(1, static_cast<int>(pixels / per_inch / inches)); };
  cv::Mat across;
  if (upright_bars) {  // bars run down the page: edge at the left or right
    cv::resize(page, across, {std::max(8, size(page.cols, dpi.x, kStep)), size(page.rows, dpi.y, kColumn)}, 0, 0, cv::INTER_AREA);
  } else {
    cv::resize(page, across, {size(page.cols, dpi.x, kColumn), std::max(8, size(page.rows, dpi.y, kStep))}, 0, 0, cv::INTER_AREA);
    cv::transpose(across, across);
  }
  return across;
}

cv::Mat from_edge(const cv::Mat& across, bool far_edge) {
  cv::Mat edge;
  if (far_edge) cv::flip(across, edge, 1);
  else edge = across;
  return edge.colRange(0, std::min(edge.cols, static_cast<int>((kReach + 1) / kStep)));
}

Box box_of(const Stretch& stretch, const Image& gray, Resolution dpi, bool upright_bars, bool from_far_edge) {
  const double depth_dpi = upright_bars ? dpi.x : dpi.y, edge_dpi = upright_bars ? dpi.y : dpi.x;
  const int depth_size = upright_bars ? gray.width : gray.height, edge_size = upright_bars ? gray.height : gray.width;
  int near = static_cast<int>(stretch.start * depth_dpi), far = std::min(depth_size, static_cast<int>(std::ceil(stretch.end * depth_dpi)));
  if (from_far_edge) {
    const int swapped = depth_size - far;
    far = depth_size - near;
    near = swapped;
  }
  const int first = static_cast<int>(stretch.first * kColumn * edge_dpi);
  const int last = std::min(edge_size, static_cast<int>(std::ceil((stretch.last + 1) * kColumn * edge_dpi)));
  return upright_bars ? Box{near, first, far, last} : Box{first, near, last, far};
}

}  // namespace

std::vector<Barcode> find_patch_code(const Image& gray) {
  if (gray.channels != 1 || gray.width < 64 || gray.height < 64) return {};
  const Resolution dpi = believable_resolution(gray);
  Resolution coarse_dpi = dpi;
  const cv::Mat page = coarse(view_of(gray), coarse_dpi);
  Stretch best;
  Box box;
  for (const bool upright_bars : {false, true}) {
    const cv::Mat across = averaged(page, coarse_dpi, upright_bars);
    for (const bool from_far_edge : {false, true}) {
      const cv::Mat edge = from_edge(across, from_far_edge);
      std::vector<std::optional<Reading>> columns;
      for (int row = 0; row < edge.rows; ++row) columns.push_back(read_column(edge.ptr(row), edge.cols));
      const Stretch found = longest_stretch(columns);
      if (found.length() < kShortest || !is_better(found, best)) continue;
      best = found;
      box = box_of(found, gray, dpi, upright_bars, from_far_edge);
    }
  }
  if (best.code < 0) return {};
  const std::string name = kCodes[static_cast<std::size_t>(best.code)].name;
  return {{"PATCH " + name, "Patch" + name, box}};
}

}  // namespace chartscan::imaging
