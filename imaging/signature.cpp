// Places to sign and whether somebody did. A place is a ruled line that its printed label (beside it or below it) calls one
// for signing, or one captioned with who signs: a signer's office or credentials, or anybody where a line for the date
// stands beside it. It is signed when strokes that are not confidently read print stand on it.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

// Inches.
constexpr double kShortestRule = 0.9;  // room for initials is shorter, and initials are no signature
constexpr double kThickestRule = 0.06;
constexpr double kSolidRule = 0.45;   // unbroken length that makes it a rule and not a row of letters
constexpr double kLabelGap = 1.2;     // from the label to the rule beside it
constexpr double kLabelBelow = 0.32;  // from the rule down to the top of a label below it
constexpr double kCaptionRow = 0.12;  // words of the caption's first row begin no farther apart; text below it is no caption
constexpr double kSameRow = 0.3;      // a label beside stands with its foot this close above the rule
constexpr double kShortestCaptioned = 1.5, kLongestCaptioned = 4.5;  // of a rule that only its caption calls a place to sign
constexpr double kCaptionIndent = 0.2;                               // a caption begins under the beginning of its rule
constexpr double kDateBeside = 1.5;                                  // from the rule to the one for the date
constexpr double kDateRow = 0.15;                                    // and how much higher or lower that may be
constexpr double kFlourish = 0.12;                                   // a pen's own straight line stands so close above the rule
constexpr double kWritingHeight = 0.5;                               // people sign over the line about so high
constexpr double kPenDescends = 0.06;                                // strokes that cross the rule
constexpr double kStrokeGap = 0.06;                                  // strokes closer than this are one signature
constexpr double kSmallestWidth = 0.32, kSmallestHeight = 0.07;      // of a signature; a printed X beside the line is narrower

constexpr double kInkDepth = 40;           // gray levels under the paper
constexpr double kSignedShare = 0.004;     // of the writing area; drawn signatures have 0.008 to 0.05, empty lines under 0.001
constexpr double kPrintConfidence = 0.75;  // words read this surely are print, not pen
constexpr std::size_t kPrintLetters = 2;

int px(double inches, double dpi) { return std::max(1, static_cast<int>(std::lround(inches * dpi))); }

std::string letters_of(const std::string& word) {
  std::string letters;
  for (const char c : word)
    if (c >= 'a' && c <= 'z')
      letters += c;
    else if (c >= 'A' && c <= 'Z')
      letters += static_cast<char>(c - 'A' + 'a');
  return letters;
}

template <std::size_t N>
bool is_one_of(const std::string& letters, const std::array<const char*, N>& words) {
  return std::ranges::any_of(words, [&](const char* word) { return letters == word; });
}

constexpr std::array kSignWords = {"signature", "signatures", "signatory", "signed", "sign", "signer"};
constexpr std::array kCredentials = {"md", "do", "np", "pa", "rn", "lpn", "dpm", "dds", "phd", "pharmd", "crna", "aprn", "cnm"};
constexpr std::array kOffices = {"physician", "surgeon",        "doctor",    "provider",  "clinician",  "practitioner",
                                 "nurse",     "pharmacist",     "therapist", "attending", "prescriber", "notary",
                                 "guardian",  "representative", "principal", "declarant"};
constexpr std::array kEntries = {"date",         "time",    "print",  "printed",   "name", "phone",  "telephone",
                                 "relationship", "dob",     "birth",  "address",   "city", "state",  "zip",
                                 "mrn",          "account", "number", "insurance", "ssn",  "license"};

// What the words of a label say together.
struct Label {
  bool sign = false, witness = false, cross = false, signer = false, entry = false, date = false, electronic = false;
  int words = 0, start = 0;
  bool names_a_signature() const { return !electronic && (sign || ((witness || cross) && !entry)); }
  bool names_a_signer() const { return !electronic && signer && !entry; }
  bool names_somebody() const { return !electronic && words > 0 && !entry; }
  bool asks_the_date() const { return date && words <= 4; }
};

void read_into(Label& label, const Word& word) {
  const std::string letters = letters_of(word.text);
  if (letters.empty()) return;
  label.start = label.words == 0 ? word.box.x0 : std::min(label.start, word.box.x0);
  ++label.words;
  label.sign |= is_one_of(letters, kSignWords);
  label.witness |= letters.starts_with("witness");
  label.cross |= letters == "x";
  const bool capital = word.text.front() >= 'A' && word.text.front() <= 'Z';  // "do" is a word, "DO" a doctor
  label.signer |= is_one_of(letters, kOffices) || (capital && is_one_of(letters, kCredentials));
  label.entry |= is_one_of(letters, kEntries);
  label.date |= letters == "date" || letters.starts_with("datetime");
  label.electronic |= letters.starts_with("electronic") || letters.starts_with("digital");
}

cv::Mat ink_under(const cv::Mat& page) {
  cv::Mat ink;
  cv::threshold(page, ink, 255 - kInkDepth, 255, cv::THRESH_BINARY_INV);  // the working image is evened out: paper is white
  return ink;
}

// Unbroken ink along a row of pixels.
struct Run {
  int y = 0, x0 = 0, x1 = 0;
};

// From `shortest` pixels on; a dropped pixel or two do not break a run.
std::vector<Run> long_runs(const cv::Mat& ink, int shortest) {
  constexpr std::ptrdiff_t kDropped = 2;
  std::vector<Run> runs;
  for (int y = 0; y < ink.rows; ++y) {
    const std::uint8_t *row = ink.ptr(y), *end = row + ink.cols, *from = nullptr, *to = nullptr;
    const auto keep = [&] {
      if (from && to - from >= shortest) runs.push_back({y, static_cast<int>(from - row), static_cast<int>(to - row)});
    };
    const auto next = [&](const std::uint8_t* at, int level) {
      const void* found = at < end ? std::memchr(at, level, static_cast<std::size_t>(end - at)) : nullptr;
      return found ? static_cast<const std::uint8_t*>(found) : end;
    };
    for (const std::uint8_t* at = next(row, 255); at != end; at = next(to, 255)) {
      if (!from || at - to > kDropped) {
        keep();
        from = at;
      }
      to = next(at, 0);
    }
    keep();
  }
  return runs;
}

// Runs that touch, or nearly: a pen stroke through a rule and a slope of a row or two must not part it.
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

// A flourish close above the rule it was written on, straight and long enough to be taken for a rule of its own.
bool is_flourish(const Box& stroke, const Box& rule, double dpi) {
  const int above = rule.y0 - stroke.y1;
  return 5 * stroke.width() < 4 * rule.width() && stroke.x0 >= rule.x0 && stroke.x1 <= rule.x1 && above >= 0 &&
         above <= px(kFlourish, dpi);
}

std::vector<Box> rules_of(const cv::Mat& ink, double dpi) {
  std::vector<Box> found;
  for (const std::vector<Run>& group : grouped(long_runs(ink, px(kSolidRule, dpi)), px(0.05, dpi))) {
    const Box rule = rule_in(group);
    if (rule.width() >= px(kShortestRule, dpi) && rule.height() <= px(kThickestRule, dpi)) found.push_back(rule);
  }
  const std::vector<Box> all = found;
  std::erase_if(found, [&](const Box& box) {
    return std::ranges::any_of(all, [&](const Box& rule) { return is_flourish(box, rule, dpi); });
  });
  return found;
}

// Where the rule to the left on the same row ends: words before that belong to that one.
int previous_end(const Box& rule, const std::vector<Box>& rules, double dpi) {
  int end = 0;
  for (const Box& other : rules)
    if (other.x1 <= rule.x0 && std::abs(other.y0 - rule.y0) < px(kSameRow, dpi)) end = std::max(end, other.x1);
  return end;
}

struct Line {
  Box rule;
  Label beside, below;
  bool beside_is_close = false;
  bool print_above = false;  // it underlines something
  int writing_from = 0;      // where the pen may begin
};

// A border goes down from an end of the rule: the words below stand in a cell of their own and are no caption.
bool is_top_of_a_cell(const cv::Mat& ink, const Box& rule, double dpi) {
  const int top = rule.y1 + 2, bottom = std::min(ink.rows, rule.y1 + px(0.15, dpi)), near = px(0.03, dpi);
  for (const int end : {rule.x0, rule.x1}) {
    const int from = std::max(0, end - near), to = std::min(ink.cols, end + near);
    int dark = 0;
    for (int y = top; y < bottom; ++y)
      dark += std::any_of(ink.ptr(y) + from, ink.ptr(y) + to, [](std::uint8_t at) { return at != 0; });
    if (bottom > top && dark * 10 >= (bottom - top) * 9) return true;
  }
  return false;
}

Line with_labels(const Box& rule, const std::vector<Box>& rules, const PageText& text, const cv::Mat& ink, double dpi) {
  Line line{.rule = rule, .writing_from = rule.x0};
  const int row_start = std::max(previous_end(rule, rules, dpi), rule.x0 - px(4 * kLabelGap, dpi));
  const bool cell = is_top_of_a_cell(ink, rule, dpi);
  int nearest = 0;
  std::vector<const Word*> below;
  for (const Word& word : text.words) {
    const Box& box = word.box;
    const int middle = (box.x0 + box.x1) / 2;
    const int foot = rule.y0 - box.y1;
    const bool surely = word.confidence >= kPrintConfidence;
    const bool over_or_under = middle > rule.x0 && middle < rule.x1;
    if (middle > row_start && foot >= -px(0.12, dpi) && foot <= px(kSameRow, dpi)) {
      const bool left = middle < rule.x0 + px(0.1, dpi);
      const bool on_rule = !left && middle < rule.x1 && surely && letters_of(word.text).starts_with("sign");
      if (left || on_rule) {  // a cell of a table: the label stands over its own rule
        read_into(line.beside, word);
        nearest = std::max(nearest, box.x1);
        if (on_rule) line.writing_from = std::max(line.writing_from, box.x1);
      }
      line.print_above |= over_or_under && surely && foot > -px(0.03, dpi) && letters_of(word.text).size() > kPrintLetters;
    }
    const int drop = box.y0 - rule.y1;
    if (!cell && drop >= -px(0.03, dpi) && drop <= px(kLabelBelow, dpi) && over_or_under) below.push_back(&word);
  }
  const auto first = std::ranges::min_element(below, {}, [](const Word* word) { return word->box.y0; });
  for (const Word* word : below)
    if (word->box.y0 <= (*first)->box.y0 + px(kCaptionRow, dpi)) read_into(line.below, *word);
  line.below.cross = false;  // an X stands before the line to sign on, never below it
  line.beside_is_close = nearest >= rule.x0 - px(kLabelGap, dpi);
  return line;
}

bool has_date_beside(const Line& line, const std::vector<Line>& lines, double dpi) {
  return std::ranges::any_of(lines, [&](const Line& other) {
    const int gap = other.rule.x0 - line.rule.x1;
    return gap > 0 && gap < px(kDateBeside, dpi) && std::abs(other.rule.y0 - line.rule.y0) < px(kDateRow, dpi) &&
           (other.below.asks_the_date() || other.beside.asks_the_date());
  });
}

bool is_for_signing(const Line& line, const std::vector<Line>& lines, double dpi) {
  if ((line.beside_is_close && line.beside.names_a_signature()) || line.below.names_a_signature()) return true;
  const int width = line.rule.width();
  if (width < px(kShortestCaptioned, dpi) || width > px(kLongestCaptioned, dpi) || line.below.words == 0) return false;
  if (std::abs(line.below.start - line.rule.x0) > px(kCaptionIndent, dpi)) return false;
  return (line.below.names_a_signer() && !line.print_above) || (line.below.names_somebody() && has_date_beside(line, lines, dpi));
}

// The pen's pixels in the writing area: no print, no rules.
cv::Mat pen_in(const cv::Mat& ink, const Box& area, const std::vector<Box>& rules, const PageText& text) {
  cv::Mat pen = ink(cv::Rect(area.x0, area.y0, area.width(), area.height())).clone();
  const cv::Rect whole(0, 0, pen.cols, pen.rows);
  const auto clear = [&](const Box& box, int more) {
    const cv::Rect rect(box.x0 - area.x0 - more, box.y0 - area.y0 - more, box.width() + 2 * more, box.height() + 2 * more);
    const cv::Rect inside = rect & whole;
    if (!inside.empty()) pen(inside).setTo(0);
  };
  for (const Box& rule : rules) clear(rule, 2);
  for (const Word& word : text.words)
    if (word.confidence >= kPrintConfidence && letters_of(word.text).size() >= kPrintLetters) clear(word.box, 2);
  // Borders of cells: straight down through the area.
  cv::Mat uprights;
  cv::morphologyEx(pen, uprights, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_RECT, {1, std::max(3, pen.rows * 3 / 4)}));
  cv::dilate(uprights, uprights, cv::getStructuringElement(cv::MORPH_RECT, {5, 3}));
  pen.setTo(0, uprights);
  return pen;
}

// The largest group of strokes is as large as a signature.
bool has_strokes(const cv::Mat& pen, double dpi) {
  cv::Mat grouped, labels, stats, centres;
  const int gap = px(kStrokeGap, dpi) | 1;
  cv::dilate(pen, grouped, cv::getStructuringElement(cv::MORPH_RECT, {gap, gap}));
  const int count = cv::connectedComponentsWithStats(grouped, labels, stats, centres, 8, CV_32S);
  for (int label = 1; label < count; ++label) {
    const int* row = stats.ptr<int>(label);
    if (row[cv::CC_STAT_WIDTH] - gap >= px(kSmallestWidth, dpi) && row[cv::CC_STAT_HEIGHT] - gap >= px(kSmallestHeight, dpi))
      return true;
  }
  return false;
}

}  // namespace

std::vector<SignatureSpot> find_signatures(const Image& working, const PageText& text) {
  std::vector<SignatureSpot> spots;
  if (text.words.empty() || working.channels != 1 || working.empty()) return spots;
  const double dpi = believable_dpi(working);
  const cv::Mat ink = ink_under(view_of(working));
  const std::vector<Box> rules = rules_of(ink, dpi);
  std::vector<Line> lines;
  for (const Box& rule : rules) lines.push_back(with_labels(rule, rules, text, ink, dpi));
  for (const Line& line : lines) {
    if (!is_for_signing(line, lines, dpi)) continue;
    const Box& rule = line.rule;
    const Box area{line.writing_from, std::max(0, rule.y0 - px(kWritingHeight, dpi)), rule.x1,
                   std::min(working.height, rule.y1 + px(kPenDescends, dpi))};
    if (area.width() < px(kSmallestWidth, dpi) || area.empty()) continue;
    const cv::Mat pen = pen_in(ink, area, rules, text);
    SignatureSpot spot;
    spot.box = area;
    spot.ink = static_cast<double>(cv::countNonZero(pen)) / static_cast<double>(pen.total());
    spot.signed_ = spot.ink >= kSignedShare && has_strokes(pen, dpi);
    spots.push_back(spot);
  }
  return spots;
}

}  // namespace chartscan::imaging
