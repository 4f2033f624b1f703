#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <numeric>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

// Sizes on paper, in millimetres.
constexpr double kMargin = 3;            // along the edges: shadows, lid, torn corners; no print
constexpr double kSpeck = 0.35;          // at most this in both directions: dust, noise; the dot of an i is larger at 8 pt
constexpr double kInkWindow = 6;         // surroundings an ink pixel is compared with
constexpr double kLetterGap = 1.6;       // letters and strokes closer than this belong together
constexpr double kSmallestMark = 2.2;    // a lone digit; dust is smaller
constexpr double kHoleSmallest = 4, kHoleLargest = 9.5, kHoleReach = 22;  // punch holes, and how far from the edge
constexpr double kFoldThickness = 1.6;   // a fold or the shadow of a paper edge is thinner than this ...
constexpr double kFoldLength = 0.6;      // ... and longer than this share of the page

constexpr double kFoldTilt = 0.06;       // rise over length: a sheet is fed crooked
constexpr int kMostFolds = 3;            // a letter has two or three; more of them are the rules of a form
constexpr double kHoleRound = 0.55;      // share of a hole's rim that is ink; its shadow lies on one side only

constexpr int kGroupShrink = 4;

// Levels of gray under the paper.
constexpr double kMeantInk = 50;         // darker: ink; lighter: ink only with sharp edges (show-through is soft)
constexpr double kSharpEdge = 0.42;      // steepest step to the next pixel over the depth of the mark
constexpr double kNoisy = 4;             // noise from here on is smoothed before anything is called ink
constexpr double kNoiseAfterBlur = 0.35;
constexpr double kNoiseStep = 5;         // ink is darker than its surroundings by that many times the noise
constexpr double kMarkInk = 0.35;        // square millimetres of ink in the smallest mark

struct Component {
  cv::Rect box;
  int area = 0;  // ink pixels
};

int px(double millimetres, double dpi) { return std::max(1, static_cast<int>(std::lround(millimetres / 25.4 * dpi))); }

std::array<std::uint32_t, 256> histogram_of(const cv::Mat& gray) {
  // Two counters in turn: neighbours are mostly equal, and a counter that was just written is slow to write again.
  std::array<std::array<std::uint32_t, 256>, 2> counts{};
  for (int y = 0; y < gray.rows; ++y) {
    const std::uint8_t* at = gray.ptr(y);
    for (int x = 0; x < gray.cols; ++x) ++counts[static_cast<std::size_t>(x & 1)][at[x]];
  }
  for (std::size_t level = 0; level < 256; ++level) counts[0][level] += counts[1][level];
  return counts[0];
}

// The level below which `share` of the counted pixels lie.
int level_at(const std::array<std::uint32_t, 256>& histogram, double share) {
  const auto total = std::accumulate(histogram.begin(), histogram.end(), std::uint64_t{0});
  std::uint64_t wanted = static_cast<std::uint64_t>(share * static_cast<double>(total)), seen = 0;
  for (int level = 0; level < 256; ++level)
    if ((seen += histogram[static_cast<std::size_t>(level)]) > wanted) return level;
  return 255;
}

// The lightest level that many pixels have: bare paper, whatever is printed on it and however black the lid is.
int paper_level(const cv::Mat& gray) {
  const auto histogram = histogram_of(gray);
  const int low = level_at(histogram, 0.005), high = level_at(histogram, 0.995);
  const int middle = (low + high) / 2;
  int best = high;
  std::uint64_t best_count = 0;
  for (int level = middle; level < 256; ++level) {
    std::uint64_t count = 0;
    for (int near = std::max(0, level - 2); near <= std::min(255, level + 2); ++near) count += histogram[static_cast<std::size_t>(near)];
    if (count > best_count) best_count = count, best = level;
  }
  return best;
}

// Noise that differs from pixel to pixel (Immerkaer's mask), as a median, so that print does not count. A quarter of the
// page, in bands over its height, is plenty for a median.
double noise_of(const cv::Mat& gray) {
  constexpr int kBand = 16, kEvery = 64;  // rows
  const cv::Mat mask = (cv::Mat_<float>(3, 3) << 1, -2, 1, -2, 4, -2, 1, -2, 1);
  std::array<std::uint32_t, 2048> histogram{};
  cv::Mat response;
  for (int top = 0; top + 3 <= gray.rows; top += kEvery) {
    const int rows = std::min(kBand, gray.rows - top);
    cv::filter2D(gray.rowRange(top, top + rows), response, CV_16S, mask);
    for (int y = 1; y + 1 < response.rows; ++y)
      for (const std::int16_t* at = response.ptr<std::int16_t>(y), *end = at + response.cols; at != end; ++at)
        ++histogram[static_cast<std::size_t>(std::min(2047, std::abs(static_cast<int>(*at))))];
  }
  const auto total = std::accumulate(histogram.begin(), histogram.end(), std::uint64_t{0});
  std::uint64_t seen = 0;
  std::size_t median = 0;
  while (median + 1 < histogram.size() && (seen += histogram[median]) * 2 < total) ++median;
  constexpr double kMedianToSigma = 1 / 0.6745, kMaskGain = 6;
  return static_cast<double>(median) * kMedianToSigma / kMaskGain;
}

// How steep the edges of print are: of every fall from paper to ink along a row, the steepest step's share of it; as a median.
// In focus an edge is one or two pixels wide at 200 dpi, whatever the contrast.
double sharpness_of(const cv::Mat& gray, double contrast) {
  constexpr int kEveryRow = 6, kFewestFalls = 60;
  constexpr double kWholeFall = 0.5;  // of the contrast: a lesser fall may be noise
  constexpr int kSteps = 100;
  std::array<std::uint32_t, kSteps + 1> histogram{};
  const int whole = std::max(20, static_cast<int>(kWholeFall * contrast * 255));
  std::uint32_t falls = 0;
  for (int y = 0; y < gray.rows; y += kEveryRow) {
    const std::uint8_t* level = gray.ptr(y);
    int fall = 0, steepest = 0;
    for (int x = 1; x < gray.cols; ++x) {
      const int step = level[x - 1] - level[x];
      if (step > 0) {
        fall += step;
        steepest = std::max(steepest, step);
        continue;
      }
      if (fall >= whole) ++falls, ++histogram[static_cast<std::size_t>(kSteps * steepest / fall)];
      fall = steepest = 0;
    }
  }
  if (falls < kFewestFalls) return 0;
  std::uint32_t seen = 0;
  int median = 0;
  while (median < kSteps && (seen += histogram[static_cast<std::size_t>(median)]) * 2 < falls) ++median;
  return static_cast<double>(median) / kSteps;
}

// Calls `visit` for every 8-connected component; its box and ink.
template <typename Visit>
cv::Mat each_component(const cv::Mat& mask, Visit visit) {
  cv::Mat labels, stats, centres;
  const int count = cv::connectedComponentsWithStats(mask, labels, stats, centres, 8, CV_32S);
  for (int label = 1; label < count; ++label) {
    const int* row = stats.ptr<int>(label);
    visit(label, Component{{row[cv::CC_STAT_LEFT], row[cv::CC_STAT_TOP], row[cv::CC_STAT_WIDTH], row[cv::CC_STAT_HEIGHT]}, row[cv::CC_STAT_AREA]});
  }
  return labels;
}

// Thin, nearly from edge to edge, and straight: its ink is no more than its length times its thickness.
bool is_fold(const cv::Rect& box, const cv::Mat& ink, double dpi) {
  const auto line = [&](int length, int thickness, int page) {
    if (length < kFoldLength * page || thickness > px(kFoldThickness, dpi) + kFoldTilt * length) return false;
    return cv::countNonZero(ink(box)) <= static_cast<double>(length) * px(kFoldThickness, dpi);
  };
  return line(box.width, box.height, ink.cols) || line(box.height, box.width, ink.rows);
}

// Round, of a punch's size, near an edge: its rim is dark for the most part, and what lies in the corners around it is paper.
bool is_hole(const cv::Rect& box, const cv::Mat& ink, double dpi) {
  const double longer = std::max(box.width, box.height), shorter = std::min(box.width, box.height);
  if (longer < px(kHoleSmallest, dpi) || longer > px(kHoleLargest, dpi) || shorter < 0.75 * longer) return false;
  const int to_edge = std::min({box.x, box.y, ink.cols - box.x - box.width, ink.rows - box.y - box.height});
  if (to_edge > px(kHoleReach, dpi)) return false;
  const cv::Mat hole = ink(box);
  const double middle_x = (box.width - 1) / 2.0, middle_y = (box.height - 1) / 2.0;
  const auto is_ink = [&](double share, double angle) {
    const int x = static_cast<int>(std::lround(middle_x * (1 + share * std::cos(angle))));
    const int y = static_cast<int>(std::lround(middle_y * (1 + share * std::sin(angle))));
    return hole.at<std::uint8_t>(std::clamp(y, 0, hole.rows - 1), std::clamp(x, 0, hole.cols - 1)) != 0;
  };
  constexpr int kAngles = 48;
  int rim = 0;
  for (int i = 0; i < kAngles; ++i) {
    const double angle = 2 * std::numbers::pi * i / kAngles;
    const auto near_rim = {0.82, 0.88, 0.94};  // groups are cut at a quarter of the size: the box is not exact
    rim += std::ranges::any_of(near_rim, [&](double share) { return is_ink(share, angle); });
  }
  int corners = 0;
  for (int i = 0; i < 4; ++i) corners += is_ink(1.35, std::numbers::pi / 4 * (2 * i + 1));
  return rim >= kHoleRound * kAngles && corners == 0;
}

bool all_paper(const std::uint8_t* eight_pixels) {
  std::uint64_t word = 0;
  std::memcpy(&word, eight_pixels, sizeof word);
  return word == 0;
}

void clear_lid(cv::Mat& ink, const cv::Mat& page, int paper) {
  cv::Mat lid = lid_of(page, paper);
  if (cv::countNonZero(lid) == 0) return;
  cv::resize(lid, lid, ink.size(), 0, 0, cv::INTER_NEAREST);
  ink.setTo(0, lid);
}

// How much a group of ink looks like something a person or a printer put there: from 1 it is content.
double content_of(const cv::Mat& gray, const cv::Mat& ink, const cv::Rect& box, int paper, double dpi) {
  const double size = std::max(box.width, box.height) / (kSmallestMark / 25.4 * dpi);
  const cv::Mat pixels = gray(box), mask = ink(box);
  const double per_mm = dpi / 25.4;
  const double amount = cv::countNonZero(mask) / (kMarkInk * per_mm * per_mm);

  std::array<std::uint32_t, 256> under{};
  int steepest = 0;
  for (int y = 0; y < box.height; ++y) {
    const std::uint8_t* value = pixels.ptr(y);
    const std::uint8_t* is_ink = mask.ptr(y);
    for (int x = 0; x < box.width; ++x) {
      if (!is_ink[x]) continue;
      ++under[value[x]];
      if (x + 1 < box.width) steepest = std::max(steepest, std::abs(value[x] - value[x + 1]));
      if (y + 1 < box.height) steepest = std::max(steepest, std::abs(value[x] - pixels.at<std::uint8_t>(y + 1, x)));
    }
  }
  const double depth = std::max(1, paper - level_at(under, 0.1));
  const double meant = depth >= kMeantInk ? depth / kMeantInk : std::min(1.2, steepest / depth / kSharpEdge);
  return std::min({size, amount, meant});
}

}  // namespace

PageMeasures measure(const Image& gray) {
  PageMeasures found;
  if (gray.width < 8 || gray.height < 8) {
    found.blank = true;
    return found;
  }
  const double dpi = believable_dpi(gray);
  const int paper = paper_level(view_of(gray));
  found.paper_level = paper / 255.0;
  found.noise = noise_of(view_of(gray));

  const bool noisy = found.noise > kNoisy;
  cv::Mat page = view_of(gray);
  if (noisy) cv::GaussianBlur(view_of(gray), page = cv::Mat(), {5, 5}, 1.0);
  const double noise_left = noisy ? found.noise * kNoiseAfterBlur : found.noise;
  cv::Mat ink = ink_of(page, px(kInkWindow, dpi), std::max(kInkStep, kNoiseStep * noise_left));
  clear_lid(ink, page, paper);
  const int margin = std::min({px(kMargin, dpi), gray.width / 4, gray.height / 4});
  const cv::Rect inside(margin, margin, gray.width - 2 * margin, gray.height - 2 * margin);

  // Specks out, everything else in.
  const int speck = px(kSpeck, dpi);
  std::uint64_t speck_pixels = 0;
  std::vector<char> is_speck{0};
  const cv::Mat labels = each_component(ink, [&](int, const Component& component) {
    const bool small = component.box.width <= speck && component.box.height <= speck;
    is_speck.push_back(small);
    if (small) speck_pixels += static_cast<std::uint64_t>(component.area);
  });
  found.speckle = static_cast<double>(speck_pixels) / static_cast<double>(page.total());
  std::array<std::uint32_t, 256> under{};
  for (int y = 0; y < ink.rows; ++y) {
    const int* label = labels.ptr<int>(y);
    std::uint8_t* value = ink.ptr(y);
    const std::uint8_t* level = page.ptr(y);
    const bool counted = y >= inside.y && y < inside.y + inside.height;
    for (int x = 0; x < ink.cols; ++x) {
      if (x % 8 == 0 && x + 8 <= ink.cols && all_paper(value + x)) {
        x += 7;
        continue;
      }
      if (!label[x]) continue;
      if (is_speck[static_cast<std::size_t>(label[x])]) {
        value[x] = 0;
      } else if (counted && x >= inside.x && x < inside.x + inside.width) {
        ++under[level[x]];
      }
    }
  }
  const auto ink_pixels = std::accumulate(under.begin(), under.end(), std::uint64_t{0});
  found.ink = static_cast<double>(ink_pixels) / static_cast<double>(std::max(1, inside.area()));
  found.ink_level = ink_pixels == 0 ? found.paper_level : std::min(paper, level_at(under, 0.25)) / 255.0;
  found.contrast = found.paper_level - found.ink_level;
  found.sharpness = sharpness_of(page, found.contrast);

  // Letters and strokes that stand together make one mark. At a quarter of the size: groups are coarse anyway.
  cv::Mat grouped;
  const cv::Size quarter((ink.cols + kGroupShrink - 1) / kGroupShrink, (ink.rows + kGroupShrink - 1) / kGroupShrink);
  cv::resize(ink, grouped, quarter, 0, 0, cv::INTER_AREA);
  cv::threshold(grouped, grouped, 0, 255, cv::THRESH_BINARY);
  const int gap = std::max(3, px(kLetterGap, dpi) / kGroupShrink | 1);
  cv::dilate(grouped, grouped, cv::getStructuringElement(cv::MORPH_RECT, {gap, gap}));
  double evidence = 0, in_folds = 0;
  int folds = 0;
  each_component(grouped, [&](int, const Component& group) {
    if (evidence >= 2) return;
    const cv::Rect core(group.box.x + gap / 2, group.box.y + gap / 2, group.box.width - gap + 1, group.box.height - gap + 1);
    cv::Rect box(core.x * kGroupShrink, core.y * kGroupShrink, core.width * kGroupShrink, core.height * kGroupShrink);
    box &= cv::Rect(0, 0, gray.width, gray.height);
    if (box.empty() || is_hole(box, ink, dpi)) return;
    const bool fold = is_fold(box, ink, dpi);
    box &= inside;
    if (box.empty()) return;
    double& evidence_of = fold || is_fold(box, ink, dpi) ? in_folds : evidence;
    if (&evidence_of == &in_folds) ++folds;
    evidence_of = std::max(evidence_of, content_of(page, ink, box, paper, dpi));
  });
  if (folds > kMostFolds) evidence = std::max(evidence, in_folds);
  found.blank = evidence < 1;
  found.blank_confidence = std::min(1.0, std::abs(evidence - 1));
  return found;
}

}  // namespace chartscan::imaging
