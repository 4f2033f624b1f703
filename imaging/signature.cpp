// Places to sign and whether somebody did. A place is a ruled line that its printed label (beside it or below it) calls one
// for signing; it is signed when strokes that are not confidently read print stand on it.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

// Inches.
constexpr double kShortestRule = 0.9;     // room for initials is shorter, and initials are no signature
constexpr double kThickestRule = 0.06;
constexpr double kSolidRule = 0.45;       // unbroken length that makes it a rule and not a row of letters
constexpr double kLabelGap = 1.2;         // from the label to the rule beside it
constexpr double kLabelBelow = 0.32;      // from the rule down to the top of a label below it
constexpr double kSameRow = 0.3;          // a label beside stands with its foot this close above the rule
constexpr double kWritingHeight = 0.5;    // people sign over the line about so high
constexpr double kPenDescends = 0.06;     // strokes that cross the rule
constexpr double kStrokeGap = 0.06;       // strokes closer than this are one signature
constexpr double kSmallestWidth = 0.32, kSmallestHeight = 0.07;  // of a signature; a printed X beside the line is narrower

constexpr double kInkDepth = 40;          // gray levels under the paper
constexpr double kSignedShare = 0.004;    // of the writing area; drawn signatures have 0.008 to 0.05, empty lines under 0.001
constexpr double kPrintConfidence = 0.75; // words read this surely are print, not pen
constexpr std::size_t kPrintLetters = 2;

int px(double inches, double dpi) { return std::max(1, static_cast<int>(std::lround(inches * dpi))); }

std::string letters_of(const std::string& word) {
  std::string letters;
  for (const char c : word)
    if (c >= 'a' && c <= 'z') letters += c;
    else if (c >= 'A' && c <= 'Z') letters += static_cast<char>(c - 'A' + 'a');
  return letters;
}

// What the words of a label say together.
struct Label {
  bool sign = false, witness = false, cross = false, other = false;
  bool names_a_signature() const { return sign || ((witness || cross) && !other); }
};

void read_into(Label& label, const std::string& word) {
  const std::string letters = letters_of(word);
  for (const char* start : {"signature", "signatory", "signed", "sign", "signer"}) label.sign |= letters == start;
  label.sign |= letters.starts_with("signature");
  label.witness |= letters.starts_with("witness");
  label.cross |= letters == "x";
  for (const char* other : {"date", "time", "print", "printed", "name", "phone", "relationship", "dob"}) label.other |= letters == other;
}

cv::Mat ink_under(const cv::Mat& page) {
  cv::Mat ink;
  cv::threshold(page, ink, 255 - kInkDepth, 255, cv::THRESH_BINARY_INV);  // the working image is evened out: paper is white
  return ink;
}

std::vector<Box> rules_of(const cv::Mat& ink, double dpi) {
  cv::Mat closed, rules, labels, stats, centres;
  cv::morphologyEx(ink, closed, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));
  cv::morphologyEx(closed, rules, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_RECT, {px(kSolidRule, dpi), 1}));
  // A pen stroke through the rule, a dropped pixel or a slope of a row or two must not part it.
  cv::dilate(rules, rules, cv::getStructuringElement(cv::MORPH_RECT, {px(0.05, dpi), 3}));
  const int count = cv::connectedComponentsWithStats(rules, labels, stats, centres, 8, CV_32S);
  std::vector<Box> found;
  for (int label = 1; label < count; ++label) {
    const int* row = stats.ptr<int>(label);
    const Box box{row[cv::CC_STAT_LEFT], row[cv::CC_STAT_TOP] + 1, row[cv::CC_STAT_LEFT] + row[cv::CC_STAT_WIDTH],
                  row[cv::CC_STAT_TOP] + row[cv::CC_STAT_HEIGHT] - 1};
    if (box.width() >= px(kShortestRule, dpi) && box.height() <= px(kThickestRule, dpi)) found.push_back(box);
  }
  return found;
}

// Where the rule to the left on the same row ends: words before that belong to that one.
int previous_end(const Box& rule, const std::vector<Box>& rules, double dpi) {
  int end = 0;
  for (const Box& other : rules)
    if (other.x1 <= rule.x0 && std::abs(other.y0 - rule.y0) < px(kSameRow, dpi)) end = std::max(end, other.x1);
  return end;
}

// Reads the labels of a rule; `writing_from` is where the pen may begin.
bool is_for_signing(const Box& rule, const std::vector<Box>& rules, const PageText& text, double dpi, int& writing_from) {
  Label beside, below;
  writing_from = rule.x0;
  const int row_start = std::max(previous_end(rule, rules, dpi), rule.x0 - px(4 * kLabelGap, dpi));
  int nearest = 0;
  for (const Word& word : text.words) {
    const Box& box = word.box;
    const int middle = (box.x0 + box.x1) / 2;
    const int foot = rule.y0 - box.y1;
    if (middle > row_start && foot >= -px(0.12, dpi) && foot <= px(kSameRow, dpi)) {
      const bool left = middle < rule.x0 + px(0.1, dpi);
      const bool on_rule = !left && middle < rule.x1 && word.confidence >= kPrintConfidence && letters_of(word.text).starts_with("sign");
      if (left || on_rule) {  // a cell of a table: the label stands over its own rule
        read_into(beside, word.text);
        nearest = std::max(nearest, box.x1);
        if (on_rule) writing_from = std::max(writing_from, box.x1);
      }
    }
    const int drop = box.y0 - rule.y1;
    if (drop >= -px(0.03, dpi) && drop <= px(kLabelBelow, dpi) && middle > rule.x0 && middle < rule.x1) read_into(below, word.text);
  }
  const bool close = nearest >= rule.x0 - px(kLabelGap, dpi);
  return (close && beside.names_a_signature()) || below.names_a_signature();
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
    if (row[cv::CC_STAT_WIDTH] - gap >= px(kSmallestWidth, dpi) && row[cv::CC_STAT_HEIGHT] - gap >= px(kSmallestHeight, dpi)) return true;
  }
  return false;
}

}  // namespace

std::vector<SignatureSpot> find_signatures(const Image& working, const PageText& text) {
  std::vector<SignatureSpot> spots;
  const bool mentioned = std::ranges::any_of(text.words, [](const Word& word) {
    Label label;
    read_into(label, word.text);
    return label.names_a_signature();
  });
  if (!mentioned || working.channels != 1 || working.empty()) return spots;
  const double dpi = believable_dpi(working);
  const cv::Mat ink = ink_under(view_of(working));
  const std::vector<Box> rules = rules_of(ink, dpi);
  for (const Box& rule : rules) {
    int from = rule.x0;
    if (!is_for_signing(rule, rules, text, dpi, from)) continue;
    const Box area{from, std::max(0, rule.y0 - px(kWritingHeight, dpi)), rule.x1, std::min(working.height, rule.y1 + px(kPenDescends, dpi))};
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
