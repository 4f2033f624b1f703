#include "imaging/form_stamps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>

#include "imaging/form_answers.h"

namespace chartscan::imaging {
namespace {

// Inches.
constexpr double kFrameWidth = 0.6, kFrameHeight = 0.28, kFrameWidest = 4.5;
constexpr double kStampLetter = 0.09, kHighestStampLetter = 0.6;
constexpr double kStampGap = 0.25;
constexpr double kSmallestRing = 0.35, kWidestRing = 2.6;  // radius, across
constexpr int kFewestLetters = 2;                          // not print, of a height: fewer are no stamp
constexpr int kTrials = 500;                               // three points of a ring are met within some hundred of them
constexpr std::size_t kMostLarge = 15;                     // pieces: more are a picture
constexpr double kThickStroke = 0.018;                     // thinner ink is no stamp's: pens, small print

constexpr double kStampPrint = 1.7;  // heights of small letters: stamps are set in capitals, and larger
constexpr double kBold = 0.12;       // stroke by height: 0.094 to 0.117 in hands, 0.123 and more in stamps
constexpr double kTilt = 0.045;      // rise per run of a line that no page was printed with: 2.6 degrees
constexpr double kTiltSure = 0.08;
constexpr std::size_t kMostUnread = 5000;  // pieces: more is a picture

constexpr std::array kStampWords = {"received",  "copy",   "faxed",    "scanned", "entered",   "filed",    "void",
                                    "paid",      "posted", "mailed",   "draft",   "urgent",    "original", "duplicate",
                                    "completed", "noted",  "approved", "denied",  "cancelled", "canceled", "reviewed",
                                    "verified",  "rush",   "closed",   "recd"};

bool lies_in(const Box& box, const Box& in) { return holds(in, (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2); }

std::string plain(const std::string& word) {
  std::string out;
  for (const char c : word)
    if (std::isalpha(static_cast<unsigned char>(c))) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool is_upper(const std::string& word) {
  return std::ranges::none_of(word, [](char c) { return c >= 'a' && c <= 'z'; }) &&
         std::ranges::count_if(word, [](char c) { return c >= 'A' && c <= 'Z'; }) >= 3;
}

// How a row of letters lies: the line through their middles, heads or feet.
struct Lie {
  double slope = 0;     // rise per run, y down
  double residual = 1;  // mean distance of the feet from the line, in letter heights
  double height = 0;    // pixels
};

enum class Through { Middles, Heads, Feet };

double height_of(const Box& box, Through through) {
  return through == Through::Middles ? (box.y0 + box.y1) / 2.0 : through == Through::Heads ? box.y0 : box.y1;
}

Lie lie_of(const std::vector<const Piece*>& letters, Through through) {
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, sh = 0;
  for (const Piece* piece : letters) {
    const double x = (piece->box.x0 + piece->box.x1) / 2.0, y = height_of(piece->box, through);
    ++n, sx += x, sy += y, sxx += x * x, sxy += x * y, sh += piece->box.height();
  }
  Lie lie;
  const double spread = n * sxx - sx * sx;
  if (n < 3 || spread <= 0) return lie;
  lie.slope = (n * sxy - sx * sy) / spread;
  lie.height = sh / n;
  const double at = (sy - lie.slope * sx) / n;
  double off = 0;
  for (const Piece* piece : letters)
    off += std::abs(height_of(piece->box, through) - at - lie.slope * (piece->box.x0 + piece->box.x1) / 2.0);
  lie.residual = off / n / lie.height;
  return lie;
}

class StampFinder {
 public:
  StampFinder(const FormInk& form, const PageText& text, const std::vector<Barcode>& barcodes)
      : form_(form), text_(text), barcodes_(barcodes) {}

  std::vector<FormCue> find() {
    tilted_rows();
    stamp_words();
    frames();
    rings();
    join();
    take_in_arcs();
    std::vector<FormCue> cues;
    for (const Seed& seed : seeds_) {
      if (seed.chance < 0.5) continue;
      FormCue cue{CueKind::Stamp,
                  seed.chance >= 0.75 ? CueState::Present : CueState::Unsure,
                  clipped(grown(seed.box, 2), form_.ink),
                  seed.chance,
                  {},
                  {},
                  WrittenBy::Print};
      for (const Word& word : text_.words)
        if (lies_in(word.box, cue.box) && is_sure_print(word)) cue.label += (cue.label.empty() ? "" : " ") + word.text;
      cues.push_back(std::move(cue));
    }
    return cues;
  }

 private:
  struct Seed {
    Box box;
    double chance = 0;
    bool frame = false;
  };

  int px(double inches) const { return form_.px(inches); }
  bool in_barcode(const Box& box) const {
    return std::ranges::any_of(barcodes_, [&](const Barcode& code) { return overlap(grown(code.box, px(0.1)), box); });
  }

  // Letters of one height in a straight row that is tilted against the page. Read or not: engines read tilted words as well.
  void tilted_rows() {
    find_rows(form_.pieces, false);
    thick_ = thick_pieces();
    find_rows(thick_, true);
  }

  // `of_one_height`: others between them belong to what the letters were set upon.
  void find_rows(const std::vector<Piece>& pieces, bool of_one_height) {
    std::vector<const Piece*> letters;
    for (const Piece& piece : pieces) {
      const int width = piece.box.width(), height = piece.box.height();
      if (height < px(kStampLetter) || height > px(kHighestStampLetter) || width > 2 * height || width * 6 < height ||
          in_barcode(piece.box))
        continue;
      letters.push_back(&piece);
    }
    if (letters.size() > kMostUnread) return;
    for (const auto& group : groups_of(letters, px(0.09), 0)) {
      if (group.size() < 4 || group.size() > 60) continue;
      for (const auto& row : rows_of(group, of_one_height)) {
        if (row.size() < 4) continue;
        Box box;
        for (const Piece* piece : row) box = united(box, piece->box);
        if (of_one_height && !is_bold_and_straight(row)) continue;
        if (const double chance = chance_of(row, box); chance > 0)
          seeds_.push_back({grown(box, static_cast<int>(lie_of(row, Through::Middles).height * 0.3)), chance, false});
      }
    }
  }

  // What a pen or a small fount drew is thinner than a stamp's letters: without it they stand alone, whatever they were set upon.
  std::vector<Piece> thick_pieces() const {
    const auto may_hold_letters = [&](const Piece& piece) { return !piece.print && piece.box.height() >= px(kStampLetter); };
    if (std::ranges::count_if(form_.pieces, may_hold_letters) < kFewestLetters) return {};
    const Image& strokes = form_.strokes;
    Image thick = blank_image(strokes.width, strokes.height);
    const cv::Mat from(strokes.height, strokes.width, CV_8U, const_cast<std::uint8_t*>(strokes.pixels.data()));
    cv::Mat to(thick.height, thick.width, CV_8U, thick.pixels.data());
    const int side = std::max(3, px(kThickStroke));
    cv::erode(from, to, cv::getStructuringElement(cv::MORPH_RECT, {side, side}));
    if (cv::countNonZero(to) == 0) return {};
    cv::dilate(to, to, cv::getStructuringElement(cv::MORPH_RECT, {side + 2, side + 2}));
    cv::bitwise_and(to, from, to);
    return pieces_of(thick, px(kStampLetter) / 2);
  }

  // That a row of letters is a stamp's; 0 when it is not.
  double chance_of(const std::vector<const Piece*>& row, const Box& box) const {
    const Lie lie = lie_of(row, Through::Middles), heads = lie_of(row, Through::Heads), feet = lie_of(row, Through::Feet);
    if (lie.height < kStampPrint * form_.print_height || box.width() < 2 * lie.height) return 0;
    if (std::abs(lie.slope) > 1 || lie.residual > 0.1 || !alike(row, lie.height)) return 0;
    if (std::abs(lie.slope) < kTilt)
      return std::max(heads.residual, feet.residual) < 0.06 && lies_over_others(row, box) ? 0.8 : 0;
    // Small letters among capitals shift the middles; heads and feet of a tilted word of capitals lie alike.
    if (std::abs(heads.slope - feet.slope) > std::max(kTilt, std::abs(lie.slope) / 4) ||
        std::min(std::abs(heads.slope), std::abs(feet.slope)) < kTilt)
      return 0;
    if (std::max(heads.residual, feet.residual) > 0.1) return 0;
    return std::abs(lie.slope) >= kTiltSure ? 0.85 : row.size() >= 6 ? 0.78 : 0.6;
  }

  // As bold as stamps are, and on one line: the more so the less it is tilted, for hands climb a little.
  bool is_bold_and_straight(const std::vector<const Piece*>& row) const {
    const Lie lie = lie_of(row, Through::Middles);
    double bold = 0;
    for (const Piece* piece : row) bold += piece->stroke_width();
    return bold >= kBold * lie.height * static_cast<double>(row.size()) &&
           lie.residual < (std::abs(lie.slope) < 0.11 ? 0.035 : 0.05);
  }

  // Small print between and behind the letters: no heading stands like that.
  bool lies_over_others(const std::vector<const Piece*>& row, const Box& box) const {
    if (row.front() < thick_.data() || row.front() >= thick_.data() + thick_.size()) return false;
    const bool read = std::ranges::any_of(
        text_.words, [&](const Word& word) { return is_sure_print(word) && word.text.size() >= 4 && lies_in(box, word.box); });
    if (read) return false;
    const int low = px(0.04), high = box.height() * 6 / 10;
    const auto others = std::ranges::count_if(form_.pieces, [&](const Piece& piece) {
      return lies_in(piece.box, box) && piece.box.height() >= low && piece.box.height() < high &&
             std::ranges::none_of(row, [&](const Piece* letter) { return overlap(letter->box, piece.box); });
    });
    return others >= 3;
  }

  // Letters of one word next to each other, parted from a line above or below by their height.
  static std::vector<std::vector<const Piece*>> rows_of(const std::vector<const Piece*>& group, bool of_one_height) {
    std::vector<std::vector<const Piece*>> rows;
    for (const Piece* piece : group) {  // from left to right
      std::vector<const Piece*>* best = nullptr;
      double least = 0.5;
      for (auto& row : rows) {
        const Box& last = row.back()->box;
        const double off = std::abs((piece->box.y0 + piece->box.y1) - (last.y0 + last.y1)) / 2.0 / std::max(1, last.height());
        const bool near = piece->box.x0 - last.x1 < 2 * last.height();
        const bool alike =
            !of_one_height || (piece->box.height() * 10 > last.height() * 7 && piece->box.height() * 7 < last.height() * 10);
        if (near && alike && off < least) least = off, best = &row;
      }
      if (best)
        best->push_back(piece);
      else
        rows.push_back({piece});
    }
    return rows;
  }

  static bool alike(const std::vector<const Piece*>& row, double height) {
    const auto close =
        std::ranges::count_if(row, [&](const Piece* piece) { return std::abs(piece->box.height() - height) < 0.25 * height; });
    return close * 10 >= static_cast<long>(row.size()) * 8;
  }

  // Words that stamps say, in capitals larger than the page's print.
  void stamp_words() {
    std::vector<int> heights;
    for (const Word& word : text_.words) heights.push_back(word.box.height());
    if (heights.empty()) return;
    const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
    std::nth_element(heights.begin(), middle, heights.end());
    for (const Word& word : text_.words) {
      const std::string said = plain(word.text);
      if (!is_upper(word.text) || word.confidence < 0.5 ||
          std::ranges::none_of(kStampWords, [&](const char* known) { return said == known; }))
        continue;
      if (word.box.height() < *middle * 13 / 10 || has_neighbours(word)) continue;
      seeds_.push_back({word.box, 0.7, false});
    }
  }

  // Other words on its line: a heading or a sentence.
  bool has_neighbours(const Word& word) const {
    return std::ranges::any_of(text_.words, [&](const Word& other) {
      if (&other == &word || other.confidence < 0.5 || other.text.size() < 2) return false;
      const int middle = (other.box.y0 + other.box.y1) / 2;
      const int gap = std::max(other.box.x0 - word.box.x1, word.box.x0 - other.box.x1);
      return middle > word.box.y0 && middle < word.box.y1 && gap < word.box.height() * 3 / 2 &&
             other.box.height() * 10 > word.box.height() * 8;
    });
  }

  // Rings and tilted frames: large, hollow, in one piece, with letters inside.
  void frames() {
    const std::vector<Seed> words = seeds_;
    for (const Piece& piece : form_.pieces) {
      const Box& box = piece.box;
      if (piece.print || box.width() < px(kFrameWidth) || box.height() < px(kFrameHeight) || box.width() > px(kFrameWidest) ||
          box.height() > px(kFrameWidest))
        continue;
      if (piece.ink * 4 > box.width() * box.height() || in_barcode(box)) continue;
      const auto inside = std::ranges::count_if(form_.pieces, [&](const Piece& other) {
        return &other != &piece && lies_in(other.box, box) && other.box.height() > px(0.05) &&
               other.box.height() < box.height() / 2;
      });
      if (inside < 3 || !encloses(box)) continue;
      const bool says = std::ranges::any_of(words, [&](const Seed& seed) { return lies_in(seed.box, box); });
      seeds_.push_back({box, says ? 0.95 : is_tilted(box) ? 0.7 : 0.45, true});
    }
  }

  // Rings that hang together with what they were set upon: circles through three points of a large piece that are met all around.
  void rings() {
    std::vector<const Piece*> large;
    for (const Piece& piece : form_.pieces) {
      const Box& box = piece.box;
      if (std::min(box.width(), box.height()) >= px(2 * kSmallestRing) && box.width() <= px(kFrameWidest) &&
          box.height() <= px(kFrameWidest) && !in_barcode(box))
        large.push_back(&piece);
    }
    if (large.size() > kMostLarge) return;
    const std::vector<Seed> words = seeds_;
    for (const Piece* piece : large) {
      const Box ring = ring_in(piece->box);
      if (ring.empty()) continue;
      const bool says = std::ranges::any_of(words, [&](const Seed& seed) { return overlap(seed.box, ring); });
      seeds_.push_back({ring, says ? 0.95 : 0.55, true});
    }
  }

  Box ring_in(const Box& area) const {
    std::vector<std::pair<int, int>> ink;
    for (int y = area.y0; y < area.y1; y += 2)
      for (int x = area.x0; x < area.x1; ++x)
        if (form_.strokes.row(y)[x]) ink.emplace_back(x, y);
    if (ink.size() < 100) return {};
    std::uint32_t chance = 12345;  // the same ring is found every time
    const auto pick = [&] {
      chance = chance * 1664525 + 1013904223;
      return ink[(chance >> 8) % ink.size()];
    };
    for (int trial = 0; trial < kTrials; ++trial) {
      const auto [ax, ay] = pick();
      const auto [bx, by] = pick();
      const auto [cx, cy] = pick();
      const double d = 2.0 * ((bx - ax) * (cy - ay) - (cx - ax) * (by - ay));
      if (std::abs(d) < 1000) continue;
      const double b2 = std::pow(bx - ax, 2) + std::pow(by - ay, 2), c2 = std::pow(cx - ax, 2) + std::pow(cy - ay, 2);
      const double ux = ((cy - ay) * b2 - (by - ay) * c2) / d, uy = ((bx - ax) * c2 - (cx - ax) * b2) / d,
                   radius = std::hypot(ux, uy);
      if (radius < px(kSmallestRing) || 2 * radius > px(kWidestRing)) continue;
      if (is_ring(ax + ux, ay + uy, radius)) {
        const int x = static_cast<int>(ax + ux), y = static_cast<int>(ay + uy), r = static_cast<int>(radius) + 2;
        return clipped({x - r, y - r, x + r, y + r}, form_.ink);
      }
    }
    return {};
  }

  bool is_ring(double x, double y, double radius) const {
    constexpr int kDirections = 64;
    int met = 0, inside = 0;  // on the ring, and where there should be none
    for (int i = 0; i < kDirections; ++i) {
      const double angle = i * 6.283185307179586 / kDirections, c = std::cos(angle), s = std::sin(angle);
      const auto inked = [&](double r) {
        const int at_x = static_cast<int>(std::lround(x + c * r)), at_y = static_cast<int>(std::lround(y + s * r));
        return at_x >= 0 && at_y >= 0 && at_x < form_.strokes.width && at_y < form_.strokes.height &&
               form_.strokes.row(at_y)[at_x];
      };
      met += inked(radius) || inked(radius - 1) || inked(radius + 1) || inked(radius - 2) || inked(radius + 2);
      inside += inked(radius * 0.75);
      if (i - met > kDirections / 12) return false;
    }
    return met * 100 >= kDirections * 92 && inside * 100 < kDirections * 60;
  }

  // From its border inwards ink is met in nearly every direction before the middle is near.
  bool encloses(const Box& box) const {
    constexpr int kDirections = 48;
    const double cx = (box.x0 + box.x1) / 2.0, cy = (box.y0 + box.y1) / 2.0;
    int met = 0;
    for (int i = 0; i < kDirections; ++i) {
      const double angle = i * 6.283185307179586 / kDirections, c = std::cos(angle) * box.width() / 2,
                   s = std::sin(angle) * box.height() / 2;
      bool found = false;
      for (double reach = 1.4; reach > 0.6 && !found; reach -= 0.01) {
        const int x = static_cast<int>(cx + c * reach), y = static_cast<int>(cy + s * reach);
        found = holds(box, x, y) && x > 0 && y > 0 && x < form_.ink.width && y < form_.ink.height && form_.strokes.row(y)[x];
      }
      met += found;
    }
    return met * 100 >= kDirections * 92;
  }

  // A frame that stands straight fills the corners of its box; a tilted one touches it elsewhere.
  bool is_tilted(const Box& box) const {
    const int cut = std::max(2, std::min(box.width(), box.height()) / 12);
    int empty = 0;
    for (const Box& corner : {Box{box.x0, box.y0, box.x0 + cut, box.y0 + cut}, Box{box.x1 - cut, box.y0, box.x1, box.y0 + cut},
                              Box{box.x0, box.y1 - cut, box.x0 + cut, box.y1}, Box{box.x1 - cut, box.y1 - cut, box.x1, box.y1}})
      empty += ink_in(form_.strokes, corner) == 0;
    return empty >= 2;
  }

  // A rule or a letter cuts a ring in parts: thin, high pieces that reach into the stamp belong to it.
  void take_in_arcs() {
    for (Seed& seed : seeds_) {
      if (seed.chance < 0.5) continue;
      for (int round = 0; round < 3; ++round) {
        for (const Piece& piece : form_.pieces) {
          const Box& box = piece.box;
          if (piece.print || !overlap(box, seed.box) || piece.ink * 5 > box.width() * box.height() || box.height() < px(0.2))
            continue;
          const Box whole = united(seed.box, box);
          if (whole.width() <= px(kWidestRing) && whole.height() <= px(kWidestRing) && whole.width() * 2 < 3 * seed.box.width())
            seed.box = whole;
        }
      }
    }
  }

  // What lies together is one stamp, and the surer for it.
  void join() {
    for (bool again = true; again;) {
      again = false;
      for (std::size_t i = 0; i < seeds_.size() && !again; ++i) {
        for (std::size_t k = i + 1; k < seeds_.size() && !again; ++k) {
          if (!overlap(grown(seeds_[i].box, px(kStampGap)), seeds_[k].box)) continue;
          seeds_[i].box = united(seeds_[i].box, seeds_[k].box);
          seeds_[i].chance = std::min(0.98, 1 - (1 - seeds_[i].chance) * (1 - seeds_[k].chance * 0.7));
          seeds_.erase(seeds_.begin() + static_cast<std::ptrdiff_t>(k));
          again = true;
        }
      }
    }
  }

  const FormInk& form_;
  const PageText& text_;
  const std::vector<Barcode>& barcodes_;
  std::vector<Piece> thick_;  // see thick_pieces
  std::vector<Seed> seeds_;
};

}  // namespace

std::vector<FormCue> find_stamps(const FormInk& form, const PageText& text, const std::vector<Barcode>& barcodes) {
  return StampFinder(form, text, barcodes).find();
}

}  // namespace chartscan::imaging
