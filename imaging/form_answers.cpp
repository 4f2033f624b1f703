#include "imaging/form_answers.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "imaging/form_print.h"

namespace chartscan::imaging {
namespace {

// Inches.
constexpr double kDust = 0.03;         // shorter is no stroke
constexpr double kHighestWord = 0.25;  // what is higher is a stamp, not a line of print
constexpr double kRestOfRule = 0.025;
constexpr double kStrokeGap = 0.12;  // strokes closer than this are one trace
constexpr double kBaseLine = 0.014;  // letters of one printed line end no farther apart

constexpr double kLegible = 2.2;  // heights of print: what was read like print and is so much larger was written legibly

constexpr double kSure = 0.78;  // below it the state is unsure

double logistic(double odds) { return 1 / (1 + std::exp(-odds)); }

bool is_inside(const Box& box, const Box& area) { return holds(area, (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2); }

// What taking out an uneven rule leaves of it.
bool is_rest_of_a_rule(const FormInk& form, const Box& box) {
  if (box.height() > form.px(kRestOfRule)) return false;
  return std::ranges::any_of(form.rules, [&](const Box& rule) {
    return box.x0 >= rule.x0 - 4 && box.x1 <= rule.x1 + 4 && box.y0 <= rule.y1 + 3 && box.y1 >= rule.y0 - 3;
  });
}

std::vector<const Piece*> strokes_in(const FormInk& form, const FormPlace& place, const std::vector<Box>& not_pen) {
  const Box& area = place.area;
  std::vector<const Piece*> found;
  for (const Piece& piece : form.pieces) {
    if (!overlap(piece.box, area) || (piece.print && piece.box.height() < kLegible * form.print_height)) continue;
    if (std::max(piece.box.width(), piece.box.height()) < form.px(kDust) || piece.stroke_width() > form.px(kThickestPen) ||
        is_rest_of_a_rule(form, piece.box))
      continue;
    if (!place.rule.empty() && piece.box.y0 >= place.rule.y0 - 1) continue;  // a caption; what a pen drew begins above
    // A tall signature may reach over its room; what only reaches into it belongs elsewhere.
    const Box both{std::max(piece.box.x0, area.x0), std::max(piece.box.y0, area.y0), std::min(piece.box.x1, area.x1),
                   std::min(piece.box.y1, area.y1)};
    if (!is_inside(piece.box, area) && 2.0 * both.width() * both.height() < 1.0 * piece.box.width() * piece.box.height())
      continue;
    if (std::ranges::any_of(not_pen, [&](const Box& box) { return is_inside(piece.box, box); })) continue;
    found.push_back(&piece);
  }
  return found;
}

template <typename Value>
int median_of(const std::vector<const Piece*>& pieces, Value value) {
  std::vector<int> values;
  for (const Piece* piece : pieces) values.push_back(value(*piece));
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double read_in(const std::vector<const Piece*>& pieces, const PageText& text, const Box& box) {
  double covered = 0, all = 0;
  for (const Piece* piece : pieces) all += piece->edge;
  for (const Word& word : text.words) {
    if (!overlap(word.box, box) || std::ranges::count_if(word.text, [](unsigned char c) { return std::isalnum(c); }) < 2)
      continue;
    double under = 0;
    for (const Piece* piece : pieces)
      if (is_inside(piece->box, word.box)) under += piece->edge;
    covered += under * word.confidence;
  }
  return all > 0 ? std::min(1.0, covered / all) : 0;
}

}  // namespace

// Print stands on its base line, letter by letter, in one or two heights.
double alignment_of(const FormInk& form, const std::vector<const Piece*>& pieces) {
  if (pieces.size() < 3) return 0;
  const int foot = median_of(pieces, [](const Piece& piece) { return piece.box.y1; });
  const int height = median_of(pieces, [](const Piece& piece) { return piece.box.height(); });
  const auto stands = std::ranges::count_if(pieces, [&](const Piece* piece) {
    return std::abs(piece->box.y1 - foot) <= form.px(kBaseLine) && piece->box.height() < 2 * height &&
           piece->box.width() < 2 * height;
  });
  return static_cast<double>(stands) / static_cast<double>(pieces.size());
}

double evenness_of(const std::vector<const Piece*>& pieces) {
  if (pieces.size() < 3) return 0;
  const int foot = median_of(pieces, [](const Piece& piece) { return piece.box.y1; });
  const int height = median_of(pieces, [](const Piece& piece) { return piece.box.height(); });
  const auto even = std::ranges::count_if(pieces, [&](const Piece* piece) {
    return std::abs(piece->box.y1 - foot) <= 1 && std::abs(piece->box.height() - height) <= std::max(1, height * 6 / 100);
  });
  return static_cast<double>(even) / static_cast<double>(pieces.size());
}

std::vector<std::vector<const Piece*>> groups_of(std::vector<const Piece*> pieces, int across, int down) {
  std::ranges::sort(pieces, {}, [](const Piece* piece) { return piece->box.x0; });
  std::vector<std::size_t> group(pieces.size());
  std::iota(group.begin(), group.end(), std::size_t{0});
  const auto root = [&](std::size_t at) {
    while (group[at] != at) at = group[at] = group[group[at]];
    return at;
  };
  std::vector<std::size_t> open;  // those that a later piece may still touch
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Box& box = pieces[i]->box;
    std::erase_if(open, [&](std::size_t k) { return pieces[k]->box.x1 + across < box.x0; });
    for (const std::size_t k : open)
      if (box.y0 <= pieces[k]->box.y1 + down && pieces[k]->box.y0 <= box.y1 + down) group[root(i)] = root(k);
    open.push_back(i);
  }
  std::vector<std::vector<const Piece*>> groups;
  std::vector<std::size_t> number(pieces.size(), pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::size_t& at = number[root(i)];
    if (at == pieces.size()) at = groups.size(), groups.emplace_back();
    groups[at].push_back(pieces[i]);
  }
  return groups;
}

PenTrace trace_of(const FormInk& form, const std::vector<const Piece*>& pieces, const PageText& text) {
  PenTrace trace;
  if (pieces.empty()) return trace;
  long edge = 0;
  int widest = 0;
  for (const Piece* piece : pieces) {
    trace.box = united(trace.box, piece->box);
    edge += piece->edge;
    widest = std::max(widest, piece->box.width());
  }
  trace.width = trace.box.width() / form.dpi;
  trace.height = trace.box.height() / form.dpi;
  trace.length = static_cast<double>(edge) / 2.4 / form.dpi;  // an edge has two sides, and slants are counted longer
  trace.longest_piece = widest / form.dpi;
  trace.pieces = static_cast<int>(pieces.size());
  trace.alignment = alignment_of(form, pieces);
  trace.read = read_in(pieces, text, trace.box);
  trace.evenness = evenness_of(pieces);
  Letters letters;
  for (const Piece* piece : pieces) letters.count(*piece);
  trace.print_odds = letters.print_odds(form);
  return trace;
}

PenTrace pen_in(const FormInk& form, const FormPlace& place, const PageText& text, const std::vector<Box>& not_pen) {
  PenTrace longest;
  for (const auto& group : groups_of(strokes_in(form, place, not_pen), form.px(kStrokeGap), form.px(kStrokeGap)))
    if (PenTrace trace = trace_of(form, group, text); trace.length > longest.length) longest = trace;
  return longest;
}

double signed_odds(const PenTrace& pen) {
  if (pen.pieces == 0) return -6;
  double odds = -4.0;
  odds += 6.0 * std::min(1.0, pen.width / 0.5) + 2.5 * std::min(1.0, pen.length / 1.2) + 1.5 * std::min(1.0, pen.height / 0.12);
  odds += 1.5 * std::min(1.0, pen.longest_piece / 0.4);
  if (pen.pieces >= 4) odds -= 5 * std::max(0.0, pen.alignment - 0.4) * (pen.longest_piece < 0.3 ? 1.5 : 0.5);
  if (pen.pieces >= 4 && pen.alignment >= 0.85 && pen.longest_piece < 0.25)
    odds -= 6;  // a word of letters that nobody could read
  odds -= 4 * std::max(0.0, pen.read - 0.4);
  if (pen.pieces >= 4) odds -= 0.6 * std::clamp(pen.print_odds, 0.0, 10.0);  // print that nobody could read
  return std::clamp(odds, -6.0, 6.0);
}

namespace {

std::vector<Box> with(std::vector<Box> boxes, const std::vector<Box>& more) {
  boxes.insert(boxes.end(), more.begin(), more.end());
  return boxes;
}

FormCue cue_of(CueKind kind, const FormPlace& place, double odds, const PenTrace& pen) {
  FormCue cue;
  cue.kind = kind;
  const double present = logistic(odds);
  cue.state = present >= kSure ? CueState::Present : present <= 1 - kSure ? CueState::Absent : CueState::Unsure;
  cue.confidence = std::max(present, 1 - present);
  cue.box = cue.state == CueState::Absent ? place.area : united(place.area, pen.box);
  cue.label = place.label;
  if (cue.state != CueState::Absent) cue.written = WrittenBy::Pen;
  return cue;
}

}  // namespace

FormCue signature_at(const FormInk& form, const FormPlace& place, const PageText& text, const std::vector<Box>& not_pen) {
  const PenTrace pen = pen_in(form, place, text, with(not_pen, place.words));
  FormCue cue = cue_of(CueKind::Signature, place, signed_odds(pen), pen);
  // Somebody may have signed under a stamp.
  const bool stamped = std::ranges::any_of(
      not_pen, [&](const Box& box) { return box.height() > form.px(kHighestWord) && overlap(box, place.area); });
  if (stamped && cue.state == CueState::Absent) cue.state = CueState::Unsure, cue.confidence = 0.5;
  return cue;
}

FormCue date_at(const FormInk& form, const FormPlace& place, const PageText& text, const std::vector<Box>& not_pen) {
  // Print counts as well as pen here: digits that were surely read.
  for (const Word& word : text.words) {
    const bool digits = std::ranges::count_if(word.text, [](unsigned char c) { return std::isdigit(c); }) >= 2;
    if (!digits || !is_sure_print(word) || !is_inside(word.box, place.area)) continue;
    FormCue cue{CueKind::Date, CueState::Present, place.area, word.confidence, place.label, {}, WrittenBy::Print};
    return cue;
  }
  const PenTrace pen = pen_in(form, place, text, with(not_pen, place.words));
  const double odds = std::clamp(-3.0 + 5 * std::min(1.0, pen.length / 0.8) + 2.5 * std::min(1.0, pen.width / 0.35), -6.0, 6.0);
  FormCue cue = cue_of(CueKind::Date, place, odds, pen);
  if (cue.state == CueState::Present && pen.alignment > 0.7 && pen.read > 0.5) cue.written = WrittenBy::Unknown;
  return cue;
}

}  // namespace chartscan::imaging
