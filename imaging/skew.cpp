// The tilt of a page from the edges of its print: tops and bottoms of letters stand on common lines when they are projected
// along the lines of text, and nowhere else (Postl's projection profile). Edges are taken to a fraction of a pixel from the
// gray page, so that the last step, a straight line through the edges of each line of print, sees what a pixel hides.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "imaging/clean.h"

namespace chartscan::imaging {

namespace {

constexpr double kRange = 16.5;      // degrees: beyond what is promised, so that a best angle at the edge has neighbours
constexpr double kCoarseStep = 0.5;  // degrees; at kCoarseBin a line of half a page's width shows over two steps
constexpr float kCoarseBin = 4;      // pixels at 150 dpi
constexpr float kFineBin = 1;
constexpr std::size_t kCoarseEdges = 15'000;  // of a sort: more of them add nothing to the coarse sweep
constexpr std::size_t kClimbingEdges = 30'000;
constexpr std::size_t kMostEdges = 120'000;
constexpr std::size_t kFewestEdges = 150;
constexpr double kStripWidth = 300;   // pixels: two inches
constexpr float kCrest = 4;           // times the mean
constexpr double kFewestOfPiece = 8;  // edges
constexpr double kMargin = 0.08;      // inch: along the image's edges stand shadows, not print
// What a sharpness is divided by before it is believed. Text has 17 times the usual sharpness at its angle and more (one line
// alone: 7, text tilted by 18 degrees: 8, by 20: 3); where no lines of letters are seen, strokes of a drawing at any angle reach
// 20, handwriting 8.
constexpr double kOfText = 1.7;
constexpr double kOfDrawing = 8;
constexpr double kToRadians = std::numbers::pi / 180;

// Edges of one sort (where ink begins, or where it ends, going down the page), in pixels from the middle of the page. `along`
// runs with the lines of text, `down` from line to line.
struct Edges {
  std::vector<float> along, down;

  std::size_t size() const { return along.size(); }
  void add(float u, float v) {
    along.push_back(u);
    down.push_back(v);
  }
  Edges thinned(std::size_t most) const {
    const std::size_t every = std::max<std::size_t>(1, (size() + most - 1) / most);
    Edges some;
    for (std::size_t i = 0; i < size(); i += every) some.add(along[i], down[i]);
    return some;
  }
};

struct BothEdges {
  Edges tops, bottoms;
};

// Where the level passes half way between ink and paper, in pixels from `ink` towards `paper`: 0.5 = on the border of the two.
float crossing(float before_ink, float ink, float paper, float after_paper) {
  const float dark = std::min(before_ink, ink), light = std::max(paper, after_paper), half = (dark + light) / 2;
  if (ink >= half) return ink > before_ink ? -(ink - half) / (ink - before_ink) : 0;
  if (paper >= half) return (half - ink) / (paper - ink);
  return after_paper > paper ? 1 + (half - paper) / (after_paper - paper) : 1;
}

// Reads along lines of text that run across the image, or down it, without turning the image.
class Page {
 public:
  Page(const Lettering& print, TextAxis axis) : ink_(print.ink), gray_(print.gray), across_(axis == TextAxis::Across) {}

  BothEdges edges() const {
    BothEdges found;
    const int margin = std::max(3, static_cast<int>(kMargin * ink_.dpi_x));
    const int step = across_ ? 1 : ink_.width;  // from a pixel to the next one down the text
    for (int y = margin; y < ink_.height - margin; ++y) {
      const std::uint8_t* ink = ink_.row(y);
      const std::uint8_t* gray = gray_.row(y);
      for (int x = margin; x < ink_.width - margin; ++x) {
        const bool here = ink[x] != 0;
        if (here == (ink[x + step] != 0)) continue;
        const std::uint8_t* at = gray + x;
        if (here)
          add(found.bottoms, x, y, crossing(at[-step], at[0], at[step], at[2 * step]));
        else
          add(found.tops, x, y, 1 - crossing(at[2 * step], at[step], at[0], at[-step]));
      }
    }
    return found;
  }

 private:
  void add(Edges& edges, int x, int y, float beyond) const {
    const float u = static_cast<float>(across_ ? y - ink_.height / 2 : x - ink_.width / 2);
    const float v = static_cast<float>(across_ ? x - ink_.width / 2 : y - ink_.height / 2);
    edges.add(u, v + beyond);
  }

  const Image& ink_;
  const Image& gray_;
  bool across_;
};

// How many edges fall on each line across the page when they are projected along a slope.
class Profile {
 public:
  Profile(int width, int height, float bin) : per_bin_(1 / bin) {
    const double reach = height / 2.0 + width / 2.0 * std::tan(kRange * kToRadians) + 4 * bin;
    middle_ = static_cast<float>(std::ceil(reach / bin));
    counts_.resize(static_cast<std::size_t>(2 * middle_) + 3);
  }

  void project(const Edges& edges, float slope) {
    std::fill(counts_.begin(), counts_.end(), 0.0f);
    const float* along = edges.along.data();
    const float* down = edges.down.data();
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const float at = (down[i] + along[i] * slope) * per_bin_ + middle_;
      const auto bin = static_cast<std::size_t>(at);
      const float part = at - static_cast<float>(bin);
      counts_[bin] += 1 - part;
      counts_[bin + 1] += part;
    }
  }

  // Steps between neighbours: blind to how dense the print is as a whole.
  double sharpness() const {
    double sum = 0;
    for (std::size_t i = 1; i < counts_.size(); ++i) {
      const double step = counts_[i] - counts_[i - 1];
      sum += step * step;
    }
    return sum;
  }

  const std::vector<float>& counts() const { return counts_; }
  float place(float v) const { return v * per_bin_ + middle_; }

 private:
  float per_bin_, middle_ = 0;
  std::vector<float> counts_;
};

double score(const BothEdges& edges, Profile& profile, double slope) {
  profile.project(edges.tops, static_cast<float>(slope));
  const double tops = profile.sharpness();
  profile.project(edges.bottoms, static_cast<float>(slope));
  return tops + profile.sharpness();
}

struct Sweep {
  double angle = 0;       // degrees
  double confidence = 0;  // best over the median
};

Sweep coarse_sweep(const BothEdges& all, int width, int height) {
  const BothEdges edges{all.tops.thinned(kCoarseEdges), all.bottoms.thinned(kCoarseEdges)};
  Profile profile(width, height, kCoarseBin);
  std::vector<double> scores;
  Sweep best;
  double highest = 0;
  for (double angle = -kRange; angle <= kRange + 1e-9; angle += kCoarseStep) {
    scores.push_back(score(edges, profile, std::tan(angle * kToRadians)));
    if (scores.back() > highest) highest = scores.back(), best.angle = angle;
  }
  std::ranges::nth_element(scores, scores.begin() + static_cast<std::ptrdiff_t>(scores.size() / 2));
  const double usual = scores[scores.size() / 2];
  best.confidence = usual > 0 ? highest / usual : 0;
  return best;
}

// To the top of ever finer profiles: each looks over what the one before could not tell apart.
double climb(const BothEdges& all, int width, int height, double angle) {
  const BothEdges edges{all.tops.thinned(kClimbingEdges), all.bottoms.thinned(kClimbingEdges)};
  struct Level {
    float bin;
    double step;  // degrees
    int around;   // steps
  };
  for (const Level& level : {Level{2, 0.125, 4}, Level{1, 0.04, 4}}) {
    Profile profile(width, height, level.bin);
    double highest = 0, best = angle;
    for (int i = -level.around; i <= level.around; ++i) {
      const double here = angle + i * level.step, sharp = score(edges, profile, std::tan(here * kToRadians));
      if (sharp > highest) highest = sharp, best = here;
    }
    angle = best;
  }
  return angle;
}

// Straight lines through the edges of pieces of lines of print. Pieces are short, so that columns whose lines do not meet
// stay apart.
class Pieces {
 public:
  Pieces(const Edges& edges, int width, int height) : profile_(width, height, kFineBin), width_(width) {
    strips_.resize(static_cast<std::size_t>(std::max(1, static_cast<int>(std::lround(width / kStripWidth)))));
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const auto strip =
          static_cast<std::size_t>((edges.along[i] / static_cast<float>(width_) + 0.5f) * static_cast<float>(strips_.size()));
      strips_[std::min(strip, strips_.size() - 1)].add(edges.along[i], edges.down[i]);
    }
  }

  struct Rise {
    double slope, weight;
  };
  // What is left of each piece's slope once all are projected along `slope`.
  void add_rises(double slope, double reach, std::vector<Rise>& rises) {
    for (const Edges& strip : strips_) add_rises(strip, slope, reach, rises);
  }

 private:
  void add_rises(const Edges& edges, double slope, double reach, std::vector<Rise>& rises) {
    find_crests(edges, slope, reach);
    struct Sums {
      double n = 0, u = 0, v = 0, uu = 0, uv = 0;
    };
    std::vector<Sums> pieces(crests_.size());
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const float v = profile_.place(static_cast<float>(edges.down[i] + edges.along[i] * slope));
      const int crest = crest_of_[static_cast<std::size_t>(v)];
      if (crest < 0 || std::abs(v - crests_[static_cast<std::size_t>(crest)]) > reach) continue;
      Sums& piece = pieces[static_cast<std::size_t>(crest)];
      const double u = edges.along[i];
      piece.n += 1, piece.u += u, piece.v += v, piece.uu += u * u, piece.uv += u * v;
    }
    for (const Sums& piece : pieces) {
      const double spread = piece.uu - piece.u * piece.u / std::max(1.0, piece.n);
      if (piece.n >= kFewestOfPiece && spread > 0) rises.push_back({(piece.uv - piece.u * piece.v / piece.n) / spread, spread});
    }
  }

  // Where the profile is highest around: a line of print, or a rule.
  void find_crests(const Edges& edges, double slope, double reach) {
    profile_.project(edges, static_cast<float>(slope));
    const std::vector<float>& counts = profile_.counts();
    crests_.clear();
    crest_of_.assign(counts.size(), -1);
    const float mean = static_cast<float>(edges.size()) / static_cast<float>(counts.size());
    const int around = static_cast<int>(std::ceil(reach)) + 1;
    for (int i = around; i + around < static_cast<int>(counts.size()); ++i) {
      const auto here = counts.begin() + i;
      if (*here < kCrest * mean || *here < *std::max_element(here - around, here + around + 1)) continue;
      const float sum = here[-1] + here[0] + here[1];
      for (int k = -around; k <= around; ++k) crest_of_[static_cast<std::size_t>(i + k)] = static_cast<int>(crests_.size());
      crests_.push_back(static_cast<float>(i) + (here[1] - here[-1]) / sum);
    }
  }

  Profile profile_;
  int width_;
  std::vector<Edges> strips_;
  std::vector<float> crests_;  // places in the profile
  std::vector<int> crest_of_;  // of each bin; -1 = none
};

// Half of the weight lies on either side.
double weighted_median(std::vector<Pieces::Rise>& rises) {
  std::ranges::sort(rises, {}, &Pieces::Rise::slope);
  double total = 0, seen = 0;
  for (const Pieces::Rise& rise : rises) total += rise.weight;
  for (const Pieces::Rise& rise : rises)
    if ((seen += rise.weight) * 2 >= total) return rise.slope;
  return 0;
}

double refined(const BothEdges& edges, int width, int height, double angle) {
  Pieces tops(edges.tops, width, height), bottoms(edges.bottoms, width, height);
  double slope = std::tan(angle * kToRadians);
  for (const double reach : {2.0, 1.5, 1.5}) {  // bins
    std::vector<Pieces::Rise> rises;
    tops.add_rises(slope, reach, rises);
    bottoms.add_rises(slope, reach, rises);
    slope -= weighted_median(rises);
  }
  return std::atan(slope) / kToRadians;
}

Skew skew_along(const Lettering& print, TextAxis axis, double doubt) {
  const bool across = axis == TextAxis::Across;
  BothEdges edges = Page(print, axis).edges();
  if (edges.tops.size() < kFewestEdges || edges.bottoms.size() < kFewestEdges) return {};
  edges = {edges.tops.thinned(kMostEdges), edges.bottoms.thinned(kMostEdges)};
  const int width = across ? print.ink.height : print.ink.width, height = across ? print.ink.width : print.ink.height;
  const Sweep coarse = coarse_sweep(edges, width, height);
  const double angle = refined(edges, width, height, climb(edges, width, height, coarse.angle));
  // On a page on its side the lines run down the image, and a rise to the right is a shift to the right.
  return {Degrees{across ? -angle : angle}, coarse.confidence / doubt};
}

}  // namespace

Skew find_skew(const Lettering& print) {
  if (print.ink.width < 64 || print.ink.height < 64) return {};
  if (print.axis != TextAxis::Unknown) {
    const Skew found = skew_along(print, print.axis, kOfText);
    if (found.confidence >= kMinSkewConfidence) return found;
  }
  const Skew along = skew_along(print, TextAxis::Along, kOfDrawing), across = skew_along(print, TextAxis::Across, kOfDrawing);
  return across.confidence > along.confidence ? across : along;
}

}  // namespace chartscan::imaging
