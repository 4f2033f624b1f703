#include "imaging/form_writing.h"

#include <algorithm>
#include <cmath>

#include "imaging/form_answers.h"

namespace chartscan::imaging {
namespace {

// Inches.
constexpr double kDust = 0.03;
constexpr double kLongestPiece = 5, kHighestPiece = 1.6;  // of a pen; tracings, pictures and frames are larger
constexpr double kAcross = 0.16, kDown = 0.02;            // strokes of one line of writing
constexpr double kNarrowest = 0.22, kLowest = 0.05, kHighest = 0.9;

constexpr double kHighestLine = 0.5;
constexpr double kLongestDash = 0.13, kThickestDash = 0.035;
constexpr double kEdge = 0.1;
constexpr double kShaded = 0.42;  // share of ink; in writing with a thick pen 0.35
constexpr double kAround = 0.25, kShadedAround = 0.36;
constexpr double kThickPen = 0.034;  // mean stroke: headlines are thicker
constexpr int kMostBorders = 3;      // of cells that one group of strokes reaches over
constexpr std::size_t kFewestStrokes = 8;
constexpr std::size_t kMostUnread = 5000;              // pieces: more is a picture
constexpr double kWriting = 0.6, kSureWriting = 0.75;  // chance that a group is a pen's

double logistic(double odds) { return 1 / (1 + std::exp(-odds)); }

bool lies_in(const Box& box, const Box& in) { return holds(in, (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2); }

// Log odds that a pen drew a group: joined strokes, larger than print, of shapes that stand nowhere else, not set on one line. A
// logistic regression over 1,400 groups of strokes on drawn forms.
double writing_odds(const PenTrace& pen, double print_height) {
  return -4.9 + 3.5 * std::min(1.0, pen.longest_piece / 0.3) + std::min(1.0, pen.width / 0.6) +
         4.5 * std::clamp((pen.height / print_height - 1) / 1.5, 0.0, 1.0) - 0.3 * std::clamp(pen.print_odds, -6.0, 6.0) -
         3.0 * pen.evenness;
}

// What else is neither print nor form: shades of pictures, curves on graph paper, single large letters, the edge of the sheet.
bool is_drawn_otherwise(const FormInk& form, const std::vector<const Piece*>& group, const PenTrace& pen) {
  const Box& box = pen.box;
  if (group.size() == 1 && 4 * box.width() < 5 * box.height()) return true;
  if (ink_share(form.strokes, box) > kShaded || ink_share(form.ink, grown(box, form.px(kAround))) > kShadedAround) return true;
  double ink = 0, outline = 0;
  for (const Piece* piece : group) ink += piece->ink, outline += piece->edge;
  if (2 * ink > outline * form.px(kThickPen)) return true;
  const int edge = form.px(kEdge);
  if (box.y0 < edge || box.x0 < edge || box.x1 > form.ink.width - edge || box.y1 > form.ink.height - edge) return true;
  return std::ranges::count_if(form.uprights, [&](const Box& upright) {
           return upright.height() > 2 * box.height() && upright.x0 > box.x0 && upright.x1 < box.x1 &&
                  2 * (std::min(upright.y1, box.y1) - std::max(upright.y0, box.y0)) > box.height();
         }) > kMostBorders;
}

// Lines of writing that touch: many strokes, each no higher than a line.
bool is_written_lines(const FormInk& form, const std::vector<const Piece*>& group) {
  const auto low = std::ranges::count_if(group, [&](const Piece* piece) { return piece->box.height() < form.px(kHighestLine); });
  return group.size() >= kFewestStrokes && low * 10 >= static_cast<long>(group.size()) * 9;
}

}  // namespace

std::vector<FormCue> find_handwriting(const FormInk& form, const PageText& text, const std::vector<Barcode>& barcodes,
                                      const std::vector<FormCue>& cues) {
  std::vector<Box> taken;
  for (const FormCue& cue : cues) {
    if (cue.kind == CueKind::CheckBox)
      taken.push_back(grown(cue.box, cue.box.width() / 2));
    else if (cue.kind == CueKind::Stamp || (cue.kind == CueKind::Signature && cue.state != CueState::Absent))
      taken.push_back(cue.box);
  }
  for (const Barcode& code : barcodes) taken.push_back(grown(code.box, form.px(0.1)));
  std::vector<const Piece*> pieces;
  for (const Piece& piece : form.pieces) {
    const int width = piece.box.width(), height = piece.box.height();
    if (piece.print || std::max(width, height) < form.px(kDust) || width > form.px(kLongestPiece) ||
        height > form.px(kHighestPiece))
      continue;
    if (piece.stroke_width() > form.px(kThickestPen)) continue;
    if (width <= form.px(kLongestDash) && height <= form.px(kThickestDash)) continue;  // dotted lines join what stands on them
    if (std::ranges::any_of(taken, [&](const Box& box) { return lies_in(piece.box, box); })) continue;
    pieces.push_back(&piece);
  }
  std::vector<FormCue> found;
  if (pieces.size() > kMostUnread) return found;
  for (const auto& group : groups_of(pieces, form.px(kAcross), form.px(kDown))) {
    const PenTrace pen = trace_of(form, group, text);
    if (pen.width < kNarrowest || pen.height < kLowest || (pen.height > kHighest && !is_written_lines(form, group))) continue;
    if (is_drawn_otherwise(form, group, pen)) continue;
    const double chance = logistic(writing_odds(pen, form.print_height / form.dpi));
    if (chance < kWriting) continue;
    found.push_back({CueKind::Handwriting,
                     chance >= kSureWriting ? CueState::Present : CueState::Unsure,
                     pen.box,
                     chance,
                     {},
                     {},
                     WrittenBy::Pen});
  }
  return found;
}

}  // namespace chartscan::imaging
