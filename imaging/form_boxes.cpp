// A box is told by its outline: four straight sides with corners, or a ring, each of the size people tick, however a mark goes
// over it. Letters fail at the sides (H, E, U), the corners (D, O) or their company (a round O among letters). What is inside
// the outline, and beside it, says whether it is filled.
#include "imaging/form_boxes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "imaging/form_box_labels.h"
#include "imaging/form_outline.h"

namespace chartscan::imaging {
namespace {

// Inches.
constexpr double kSmallest = 0.075, kLargest = 0.235;  // side of a box; 6 to 14 pt and what scanning adds
constexpr double kSurelyBox = 0.1;                     // capitals of 10 pt and less are smaller
constexpr double kLargestMarked = 0.6;                 // with a mark that goes beyond it
constexpr double kShortestBlank = 0.13, kLongestBlank = 0.44, kThickestBlank = 0.03;

constexpr double kSideCovered = 0.86;  // of a side that is ink
constexpr double kRingCovered = 0.92;
constexpr double kLinedUpCovered = 0.88;                    // of an outline where one is expected
constexpr double kRoundedCovered = 0.95;                    // sides of a box with round corners
constexpr double kEmptyShare = 0.02, kFilledShare = 0.055;  // ink inside the outline
constexpr double kStruckInside = 0.1, kBlotted = 0.45;
constexpr double kSolid = 0.97;    // a bullet, where nothing on the page is empty
constexpr double kOneBlock = 2.5;  // boxes of one list stand no farther apart
constexpr std::size_t kMostBoxes = 600;

enum class Shape { Square, Rounded, Round, Brackets, Blank };

struct Found {
  Box box;
  Shape shape = Shape::Square;
  Box reach;           // of all ink that hangs together with the box
  double stroke = 0;   // length of what is there beside the outline, in sides
  double inside = 0;   // share of ink inside
  double outline = 1;  // 0..1, how surely it is one
};

bool is_about(double value, double wanted, double tolerance) { return std::abs(value - wanted) <= tolerance * wanted; }

class Finder {
 public:
  Finder(const FormInk& form, const PageText& text) : form_(form), text_(text), outline_(form.strokes), labels_(form, text) {}

  std::vector<FormCue> find() {
    for (const Piece& piece : form_.pieces) {
      if (found_.size() > kMostBoxes) return {};
      look_at(piece);
    }
    drop_letters();
    find_marked_over();
    find_brackets();
    find_blanks();
    drop_bullets();
    drop_overlapping();
    return cues();
  }

 private:
  int px(double inches) const { return form_.px(inches); }
  bool is_box_size(double side) const { return side >= px(kSmallest) && side <= px(kLargest); }

  void look_at(const Piece& piece) {
    const Box& box = piece.box;
    const int width = box.width(), height = box.height();
    if (!is_box_size(std::min(width, height)) || std::max(width, height) > px(kLargestMarked)) return;
    if (piece.word != 0 && has_letters_beside(piece)) return;
    if (is_about(width, height, 0.2) && is_box_size(std::max(width, height))) {
      if (const double sides = outline_.square(box);
          sides >= kSideCovered && outline_.corners(box) >= 3 && !crowded(box, Shape::Square))
        return add(piece, box, Shape::Square, sides);
      if (is_about(width, height, 0.12) && outline_.corners(box) <= 1 && !crowded(box, Shape::Round))
        if (const double met = outline_.ring(box); met >= kRingCovered) return add(piece, box, Shape::Round, met);
      if (const double sides = outline_.square(box);
          sides >= kRoundedCovered && is_about(width, height, 0.12) && !crowded(box, Shape::Rounded))
        return add(piece, box, Shape::Rounded, sides);
    }
    if (piece.print) return;
    // A mark that goes beyond the box hangs together with it: look for the sides among the runs of the piece.
    if (const auto inner = square_in(box)) add(piece, *inner, Shape::Square, outline_.square(*inner));
  }

  // An O, D or 0 inside a longer word, however far apart its letters stand.
  bool is_letter(const Box& box) const {
    const int x = (box.x0 + box.x1) / 2, y = (box.y0 + box.y1) / 2;
    return std::ranges::any_of(text_.words, [&](const Word& word) {
      if (!holds(word.box, x, y) || word.text.size() < 2 || word.box.height() > 2 * box.height()) return false;
      const double at = static_cast<double>(x - word.box.x0) / word.box.width() * static_cast<double>(word.text.size());
      const char letter = word.text[std::min(word.text.size() - 1, static_cast<std::size_t>(at))];
      return word.text.size() <= 6 && std::string_view("oO0DQCGaec").find(letter) != std::string_view::npos &&
             word.box.width() > 2 * box.width();
    });
  }

  // Paper all around but for a mark that goes over the edge: no thick part of a blot or of a bold letter.
  bool stands_alone(const Box& box) const {
    const int far = std::max(2, box.width() / 8);
    const Box outer = clipped(grown(box, far), form_.strokes), inner = clipped(grown(box, 1), form_.strokes);
    const int around = outer.width() * outer.height() - inner.width() * inner.height();
    return (ink_in(form_.strokes, outer) - ink_in(form_.strokes, inner)) * 100 < around * 40;
  }

  // People set boxes higher than small letters; what is not, and is no clear square, is an o, an a, a bowl of a joined hand.
  bool is_small_letter(const Piece& piece, const Box& box, Shape shape) const {
    if (box.height() * 100 > form_.print_height * 120) return false;
    return piece.print || shape != Shape::Square || box != piece.box || outline_.corners(box) < 4;
  }

  enum class Ground { Free, MarkedOver };

  void add(const Piece& piece, const Box& box, Shape shape, double outline, Ground around = Ground::Free) {
    if (is_small_letter(piece, box, shape) || is_between_letters(box)) return;
    if ((around == Ground::Free && !stands_alone(box)) || lies_on_a_rule(box) ||
        (is_letter(box) && (shape != Shape::Square || box.width() < px(kSurelyBox) || outline_.corners(box) < 4)))
      return;
    Found found{box, shape, piece.box, 0, 0, outline};
    const double side = (box.width() + box.height()) / 2.0;
    found.inside = inside_of(box, shape);
    found.stroke = piece.edge / 2.4 / side - (shape == Shape::Round ? 3.1 : 4);
    found_.push_back(found);
  }

  double inside_of(const Box& box, Shape shape) const {
    const Box room =
        shape == Shape::Round ? grown(box, -std::max(2, static_cast<int>(std::lround(0.27 * box.width())))) : within_sides(box);
    return ink_share(form_.strokes, room);
  }

  // Sides may be as thick as a shadow.
  Box within_sides(const Box& box) const {
    const int least = std::max(2, static_cast<int>(std::lround(0.2 * std::min(box.width(), box.height())))), most = least * 8 / 5;
    const auto thickness = [&](int x, int y, int dx, int dy) {  // the median of three walks inwards
      std::array<int, 3> depths{};
      for (int i = 0; i < 3; ++i) {
        const int along = (i + 1) * (dx ? box.height() : box.width()) / 4;
        int depth = 0;
        while (depth < most && at(x + depth * dx + (dx ? 0 : along), y + depth * dy + (dx ? along : 0))) ++depth;
        depths[static_cast<std::size_t>(i)] = depth;
      }
      std::ranges::sort(depths);
      return std::max(least, depths[1] + 1);
    };
    return {box.x0 + thickness(box.x0, box.y0, 1, 0), box.y0 + thickness(box.x0, box.y0, 0, 1),
            box.x1 - thickness(box.x1 - 1, box.y0, -1, 0), box.y1 - thickness(box.x0, box.y1 - 1, 0, -1)};
  }
  bool at(int x, int y) const {
    return x >= 0 && y >= 0 && x < form_.strokes.width && y < form_.strokes.height && form_.strokes.row(y)[x];
  }

  struct Run {
    int y, x0, x1;
  };

  std::vector<Run> sides_in(const Box& area) const {
    std::vector<Run> sides;
    for (int y = area.y0; y < area.y1; ++y) {
      const std::uint8_t* row = form_.strokes.row(y);
      for (int x = area.x0; x < area.x1;) {
        if (!row[x]) {
          ++x;
          continue;
        }
        const int from = x;
        while (x < area.x1 && row[x]) ++x;
        if (x - from >= px(kSmallest) * 8 / 10) sides.push_back({y, from, x});
      }
    }
    return sides;
  }

  std::optional<Box> square_in(const Box& area) const {
    const std::vector<Run> sides = sides_in(area);
    std::optional<Box> best;
    double best_score = 0;
    for (std::size_t i = 0; i < sides.size(); ++i) {
      for (std::size_t k = i + 1; k < sides.size(); ++k) {
        const Box box{std::max(sides[i].x0, sides[k].x0), sides[i].y, std::min(sides[i].x1, sides[k].x1), sides[k].y + 1};
        if (!is_box_size(box.width()) || !is_about(box.height(), box.width(), 0.15)) continue;
        if (std::abs(sides[i].x0 - sides[k].x0) > box.width() / 2 || std::abs(sides[i].x1 - sides[k].x1) > box.width() / 2)
          continue;
        const double score = outline_.square(box) + 0.1 * outline_.corners(box) + 0.001 * box.width();
        if (outline_.square(box) < 0.95 || outline_.corners(box) < 4 || score <= best_score) continue;
        best = box, best_score = score;
      }
    }
    return best;
  }

  static bool encloses(const Box& ring, const Box& box) {
    return ring.x0 <= box.x0 && ring.y0 <= box.y0 && ring.x1 >= box.x1 && ring.y1 >= box.y1;
  }

  // Of a word, printed or written: a box may stand before it, but not as close as its letters stand.
  bool has_letters_beside(const Piece& piece) const {
    const Box& box = piece.box;
    const int near =
        box.width() * (outline_.square(box) >= kRoundedCovered ? 22 : 35) / 100;  // no letter has four straight sides
    return std::ranges::any_of(form_.pieces, [&](const Piece& other) {
      if (&other == &piece || !(other.print || other.word == piece.word) || encloses(other.box, box) || other.box.y1 < box.y0 ||
          other.box.y0 > box.y1)
        return false;
      return 2 * other.box.height() >= box.height() && std::max(other.box.x0 - box.x1, box.x0 - other.box.x1) <= near;
    });
  }

  // Part of a line that goes on: what is left of a rule under letters that stand on it, a border of cells.
  bool lies_on_a_rule(const Box& box) const {
    return std::ranges::any_of(form_.rules,
                               [&](const Box& rule) {
                                 if (rule.x0 > box.x0 || rule.x1 < box.x1 || rule.width() < 2 * box.width()) return false;
                                 return std::min(std::abs(rule.y0 - box.y0), std::abs(rule.y1 - box.y1)) <= 3;
                               }) ||
           std::ranges::any_of(form_.uprights, [&](const Box& upright) {  // bars of a code as well
             if (upright.y0 > box.y0 || upright.y1 < box.y1 || upright.height() < 2 * box.height()) return false;
             return std::min(std::abs(upright.x0 - box.x0), std::abs(upright.x1 - box.x1)) <= 3;
           });
  }

  // Letters of the same height stand close on either side.
  bool crowded(const Box& box, Shape shape) const {
    const int near = box.width() * (shape == Shape::Round ? 36 : 30) / 100;
    return std::ranges::any_of(form_.pieces, [&](const Piece& other) {
      if (other.box == box || other.box.y1 < box.y0 || other.box.y0 > box.y1 || !is_about(other.box.height(), box.height(), 0.3))
        return false;
      const int gap = other.box.x0 >= box.x1 ? other.box.x0 - box.x1 : box.x0 >= other.box.x1 ? box.x0 - other.box.x1 : -1;
      return gap >= 0 && gap <= near;
    });
  }

  // In a word that is set wide: letters of its height on either side, no boxes in a row.
  bool is_between_letters(const Box& box) const {
    bool left = false, right = false;
    for (const Piece& other : form_.pieces) {
      const Box& next = other.box;
      if (next.y1 < box.y0 || next.y0 > box.y1 || !is_about(next.height(), box.height(), 0.2) ||
          std::abs(next.y1 - box.y1) * 5 > box.height())
        continue;
      const bool before = next.x1 <= box.x0 && box.x0 - next.x1 < box.width(),
                 behind = next.x0 >= box.x1 && next.x0 - box.x1 < box.width();
      if ((!before && !behind) || outline_.square(next) >= kSideCovered) continue;
      (before ? left : right) = true;
    }
    return left && right;
  }

  // One round thing alone is an O; buttons come in twos.
  void drop_letters() {
    std::erase_if(found_, [&](const Found& one) {
      if (one.shape != Shape::Round && one.shape != Shape::Rounded) return false;
      const auto alike =
          std::ranges::count_if(found_, [&](const Found& other) { return is_about(other.box.width(), one.box.width(), 0.12); });
      return alike < 2 || !labels_.any(one.box);
    });
  }

  // Marks that leave nothing of a box's outline to itself, or join it with others: look for outlines of the sizes that are on the
  // page already; less is asked of one that stands in the column or row of another.
  void find_marked_over() {
    const std::vector<Found> known = found_;
    std::vector<const Found*> kinds;
    for (const Found& one : known)
      if (labels_.is_sure(one.box) && std::ranges::none_of(kinds, [&](const Found* other) {
            return other->shape == one.shape && is_about(one.box.width(), other->box.width(), 0.1);
          }))
        kinds.push_back(&one);
    if (kinds.empty() || kinds.size() > 3) return;
    for (const Found& one : known) {
      if (!labels_.is_sure(one.box)) continue;
      for (const Piece& piece : form_.pieces) look_along(piece, one);
    }
    for (const Piece& piece : form_.pieces) {
      const Box& area = piece.box;
      if (piece.print || is_found(area)) continue;
      for (const Found* kind : kinds) {
        if (std::max(area.width(), area.height()) * 10 > 24 * kind->box.width()) continue;
        const Box starts{area.x0 - 1, area.y0 - 1, area.x1 + 2 - kind->box.width(), area.y1 + 2 - kind->box.height()};
        if (search(piece, *kind, starts, kind->shape == Shape::Round ? 0.97 : 0.93)) break;
      }
    }
  }

  bool is_found(const Box& area) const {
    return std::ranges::any_of(found_, [&](const Found& one) { return overlap(one.box, area); });
  }

  // Ink in the column or the row of a box, as large as that at least.
  void look_along(const Piece& piece, const Found& kind) {
    const Box &area = piece.box, &box = kind.box;
    const int near_x = px(0.03), near_y = px(0.02), width = box.width(), height = box.height();
    if (area.width() * 10 < width * 8 || area.height() * 10 < height * 8 || area.width() > px(1) || area.height() > px(1.5))
      return;
    if (piece.print && !(is_about(area.width(), width, 0.08) && is_about(area.height(), height, 0.08))) return;
    if (std::abs(area.y0 - box.y0) > px(kOneBlock)) return;
    const bool column = area.x0 < box.x0 + near_x + width / 4 && area.x1 > box.x1 - near_x - width / 4;
    const bool row = area.y0 < box.y0 + near_y + height / 4 && area.y1 > box.y1 - near_y - height / 4;
    if (column) {
      for (int again = 0; again < 4; ++again)
        if (!search(piece, kind, {box.x0 - near_x, area.y0 - 1, box.x0 + near_x + 1, area.y1 + 2 - height}, kLinedUpCovered))
          break;
    } else if (row) {
      search(piece, kind, {area.x0 - 1, box.y0 - near_y, area.x1 + 2 - width, box.y0 + near_y + 1}, kLinedUpCovered);
    }
  }

  // The best outline whose left upper corner lies in `starts`, where nothing was found yet.
  bool search(const Piece& piece, const Found& kind, const Box& starts, double wanted) {
    const int width = kind.box.width(), height = kind.box.height();
    Box best;
    double best_met = 0;
    for (int y = starts.y0; y < starts.y1; ++y) {
      for (int x = starts.x0; x < starts.x1; ++x) {
        const Box box{x, y, x + width, y + height};
        const double met = kind.shape == Shape::Round ? outline_.ring(box) : outline_.square(box);
        if (met > best_met && !is_found(box)) best = box, best_met = met;
      }
    }
    if (best_met < wanted || !is_lined_up(best)) return false;
    const std::size_t before = found_.size();
    add(piece, best, kind.shape, 0.9 * best_met, piece.word == 0 && labels_.is_sure(best) ? Ground::MarkedOver : Ground::Free);
    return found_.size() > before;
  }

  // Below, above or beside another box, or as far from its label as that one is: chance finds outlines in every blot.
  bool is_lined_up(const Box& box) const {
    const auto label = labels_.any(box);
    return std::ranges::any_of(found_, [&](const Found& other) {
      if (!is_about(other.box.width(), box.width(), 0.15) || std::abs(other.box.y0 - box.y0) > px(kOneBlock)) return false;
      if (std::abs(other.box.x0 - box.x0) <= px(0.03) || std::abs(other.box.y0 - box.y0) <= px(0.02)) return true;
      const auto its = labels_.any(other.box);
      return label && its && labels_.is_sure(box) && std::abs(label->gap - its->gap) <= px(0.03);
    });
  }

  // --- brackets ------------------------------------------------------------------------------------------------------------

  // Ink anywhere in part of a row.
  bool inked(int y, int x0, int x1) const {
    const std::uint8_t* row = form_.strokes.row(y);
    return std::any_of(row + x0, row + x1, [](std::uint8_t at) { return at != 0; });
  }

  // An upright with a lip at either end; '[' has them to the right.
  bool is_bracket(const Box& box, bool opens) const {
    const int width = box.width(), height = box.height();
    if (height < px(0.08) || height > px(0.26) || width * 100 < height * 14 || width * 100 > height * 52) return false;
    const int half = std::max(1, width * 2 / 5), third = std::max(1, width / 3), lip = std::max(2, height * 14 / 100);
    const int near0 = opens ? box.x0 : box.x1 - half, near1 = opens ? box.x0 + half : box.x1;
    const int far0 = opens ? box.x1 - third : box.x0, far1 = opens ? box.x1 : box.x0 + third;
    int upright = 0, open = 0, top = 0, bottom = 0;
    for (int y = box.y0; y < box.y1; ++y) {
      upright += inked(y, near0, near1);
      const bool far = inked(y, far0, far1);
      if (y < box.y0 + lip)
        top += far;
      else if (y >= box.y1 - lip)
        bottom += far;
      else
        open += !far;
    }
    return upright * 10 >= height * 9 && open * 10 >= (height - 2 * lip) * 9 && top > 0 && bottom > 0;
  }

  // Letters of heavy print look like brackets.
  bool is_read_otherwise(const Piece& piece) const {
    if (piece.word == 0 || !piece.print) return false;
    const Word& word = text_.words[piece.word - 1u];
    return is_sure_print(word) && word.text.size() >= 4 && word.text.find_first_of("[]") == std::string::npos;
  }

  void find_brackets() {
    std::vector<const Piece*> opening, closing;
    for (const Piece& piece : form_.pieces) {
      if (piece.box.height() > px(0.26) || piece.box.height() < px(0.08)) continue;
      if (is_read_otherwise(piece)) continue;
      if (is_bracket(piece.box, true))
        opening.push_back(&piece);
      else if (is_bracket(piece.box, false))
        closing.push_back(&piece);
    }
    std::vector<const Piece*> alone = opening;
    alone.insert(alone.end(), closing.begin(), closing.end());
    int usual_gap = 0;
    for (const Piece* left : opening) {
      for (const Piece* right : closing) {
        const int height = left->box.height(), gap = right->box.x0 - left->box.x1;
        if (!is_about(right->box.height(), height, 0.15) || std::abs(right->box.y0 - left->box.y0) > height / 6) continue;
        if (gap < height * 3 / 10 || gap > height * 8 / 5) continue;
        Found found{united(left->box, right->box), Shape::Brackets, united(left->box, right->box), 0, 0, 0.9};
        const Box room{left->box.x1 + 1, left->box.y0, right->box.x0 - 1, left->box.y1};
        found.inside = 1.3 * ink_share(form_.strokes, room);
        if (!labels_.any(found.box)) continue;
        found_.push_back(found);
        usual_gap = gap;
        std::erase(alone, left), std::erase(alone, right);
      }
    }
    if (usual_gap == 0) return;
    for (const Piece* one : alone) find_half_brackets(one->box, is_bracket(one->box, true), usual_gap);
  }

  // A mark hangs together with the other bracket: it stands where those of the page do.
  void find_half_brackets(const Box& bracket, bool opens, int gap) {
    const Box box = opens ? Box{bracket.x0, bracket.y0, bracket.x1 + gap + bracket.width(), bracket.y1}
                          : Box{bracket.x0 - gap - bracket.width(), bracket.y0, bracket.x1, bracket.y1};
    const Box room = opens ? Box{bracket.x1 + 1, box.y0, box.x1, box.y1} : Box{box.x0, box.y0, bracket.x0 - 1, box.y1};
    const Found found{box, Shape::Brackets, box, 0, ink_share(form_.strokes, room), 0.8};
    const bool lined_up = std::ranges::any_of(found_, [&](const Found& other) {
      return other.shape == Shape::Brackets &&
             (std::abs(other.box.x0 - box.x0) < px(0.05) || std::abs(other.box.y0 - box.y0) < px(0.03));
    });
    if (lined_up && found.inside >= kFilledShare && labels_.any(box)) found_.push_back(found);
  }

  // --- blanks --------------------------------------------------------------------------------------------------------------

  void find_blanks() {
    std::vector<Found> blanks;
    for (const Piece& piece : form_.pieces) {
      const Box& box = piece.box;
      if (piece.print || box.width() < px(kShortestBlank) || box.width() > px(kLongestBlank) * 3 / 2 || box.height() > px(0.35))
        continue;
      Run longest{0, 0, 0};
      for (const Run& side : sides_in(box))
        if (side.x1 - side.x0 > longest.x1 - longest.x0) longest = side;
      const int length = longest.x1 - longest.x0;
      if (length < px(kShortestBlank) || length > px(kLongestBlank)) continue;
      if (box.height() > px(kThickestBlank) && longest.y < box.y0 + box.height() / 2) continue;  // a mark stands on it, not below
      const Box room{longest.x0, longest.y - px(0.15), longest.x1, longest.y - 1};
      if (stands_in_text(room, longest.y) || lies_on_a_rule({longest.x0, longest.y, longest.x1, longest.y + 1})) continue;
      if (!has_free_end(longest) || is_part_of_a_word(piece, length)) continue;
      Found found{{longest.x0, room.y0, longest.x1, longest.y + 2}, Shape::Blank, box, 0, 0, 0.8};
      found.inside = ink_share(form_.strokes, {room.x0, room.y0, room.x1, room.y1 - 1});
      if (labels_.any(found.box)) blanks.push_back(found);
    }
    for (const Found& blank : blanks) {
      const auto alike = std::ranges::count_if(blanks, [&](const Found& other) {
        const bool row = std::abs(other.box.y1 - blank.box.y1) < 4, column = std::abs(other.box.x0 - blank.box.x0) < px(0.06);
        const bool list = std::abs(other.box.y1 - blank.box.y1) < px(kOneBlock) &&
                          std::abs(labels_.any(other.box)->gap - labels_.any(blank.box)->gap) < px(0.04);
        return is_about(other.box.width(), blank.box.width(), 0.12) && (row || column || list);
      });
      if (alike >= 2) found_.push_back(blank);
    }
  }

  // Serifs that run together.
  bool is_part_of_a_word(const Piece& piece, int length) const {
    if (piece.word == 0) return false;
    const Word& word = text_.words[piece.word - 1u];
    return is_sure_print(word) && word.text.find('_') == std::string::npos && word.box.width() * 10 > length * 13;
  }

  // The line goes on beside the mark: what a pen wrote close to a rule does not leave such a line.
  bool has_free_end(const Run& line) const {
    const int length = std::max(2, (line.x1 - line.x0) * 12 / 100), thick = px(kThickestBlank), far = px(0.06);
    const auto is_free = [&](int x0, int x1) {
      return ink_in(form_.strokes, {x0, line.y - far - thick, x1, line.y - thick}) == 0 &&
             ink_in(form_.strokes, {x0, line.y + thick, x1, line.y + thick + far}) == 0;
    };
    return is_free(line.x0, line.x0 + length) || is_free(line.x1 - length, line.x1);
  }

  // A sure word over the blank, or words right before and behind it: it is underlined or part of a sentence.
  bool stands_in_text(const Box& room, int foot) const {
    return std::ranges::any_of(text_.words,
                               [&](const Word& word) {
                                 if (word.box.y1 < room.y0 || word.box.y0 > foot) return false;
                                 return is_sure_print(word) && word.box.x0 > room.x0 - px(0.05) &&
                                        word.box.x1 < room.x1 + px(0.05);
                               }) ||
           (is_beside(room, foot, Side::Left) && is_beside(room, foot, Side::Right));
  }

  bool is_beside(const Box& room, int foot, Side side) const {
    return std::ranges::any_of(text_.words, [&](const Word& word) {
      if (word.box.y1 < room.y0 || word.box.y0 > foot || !is_sure_print(word)) return false;
      const int gap = side == Side::Left ? room.x0 - word.box.x1 : word.box.x0 - room.x1;
      return gap >= -2 && gap < px(0.12);
    });
  }

  // Solid squares with nothing empty beside them begin the lines of a list.
  void drop_bullets() {
    const bool any_open = std::ranges::any_of(found_, [](const Found& one) { return one.inside < 0.5; });
    if (!any_open) std::erase_if(found_, [](const Found& one) { return one.inside >= kSolid; });
  }

  // Of two that share a place the surer one stays; brackets know what is between them.
  void drop_overlapping() {
    std::ranges::stable_sort(found_, [](const Found& a, const Found& b) {
      return (a.shape == Shape::Brackets ? 2 : a.outline) > (b.shape == Shape::Brackets ? 2 : b.outline);
    });
    std::vector<Found> kept;
    for (const Found& one : found_)
      if (std::ranges::none_of(kept, [&](const Found& other) { return overlap(other.box, one.box); })) kept.push_back(one);
    found_ = std::move(kept);
  }

  // --- answers ---------------------------------------------------------------------------------------------------------------

  // The ring that a pen drew around a box: ink in every direction, some way off.
  bool is_circled(const Found& one) const {
    constexpr int kDirections = 32;
    const double cx = (one.box.x0 + one.box.x1 - 1) / 2.0, cy = (one.box.y0 + one.box.y1 - 1) / 2.0,
                 half = (one.box.width() + one.box.height()) / 4.0;
    const bool round = one.shape == Shape::Round;
    int met = 0;
    for (int i = 0; i < kDirections; ++i) {
      const double angle = i * 2 * 3.14159265358979323846 / kDirections, c = std::cos(angle), s = std::sin(angle);
      const double edge = half * (round ? 1 : 1 / std::max(std::abs(c), std::abs(s)));  // of the box itself in this direction
      bool found = false;
      for (double reach = edge + std::max(2.0, 0.12 * half); reach < 2.4 * half && !found; reach += 1)
        found = at(static_cast<int>(std::lround(cx + c * reach)), static_cast<int>(std::lround(cy + s * reach)));
      met += found;
    }
    return met * 100 >= kDirections * 90;
  }

  // Bars along the right and the lower side.
  bool has_shadow(const Found& one) const {
    const Box &box = one.box, &reach = one.reach;
    const int cut = box.width() / 4;
    return reach.x1 > box.x1 && reach.y1 > box.y1 && reach.x1 - box.x1 < box.width() &&
           ink_share(form_.strokes, {box.x1, box.y0 + cut, box.x1 + 2, box.y1}) > 0.8 &&
           ink_share(form_.strokes, {box.x0 + cut, box.y1, box.x1, box.y1 + 2}) > 0.8;
  }

  FormCue answer(const Found& one) const {
    FormCue cue;
    cue.kind = CueKind::CheckBox;
    cue.box = one.box;
    const double side = std::max(1, one.box.width());
    const double left = (one.box.x0 - one.reach.x0) / side, right = (one.reach.x1 - one.box.x1) / side;
    const double up = (one.box.y0 - one.reach.y0) / side, down = (one.reach.y1 - one.box.y1) / side;
    const double shadow = has_shadow(one) ? 0.35 : 0.15;
    const bool beyond = std::max(left, up) > 0.15 || std::max(right, down) > shadow;
    const bool struck = one.shape != Shape::Blank && left > 0.25 && right > 0.25 &&
                        (one.stroke > 7 || one.inside > kBlotted);  // a mark that was crossed out again
    double filled = (one.inside - kEmptyShare) / (kFilledShare - kEmptyShare);
    if (beyond && one.shape != Shape::Blank) filled += 0.6;
    if (struck) filled = 0.5;
    if (is_circled(one) && (!struck || one.inside < kStruckInside)) filled = 1.5;
    cue.state = filled >= 1 ? CueState::Present : filled <= 0 ? CueState::Absent : CueState::Unsure;
    cue.confidence = one.outline * (cue.state == CueState::Unsure ? 0.5 : std::min(1.0, 0.8 + 0.1 * std::abs(filled - 0.5)));
    if (cue.state == CueState::Present) cue.written = WrittenBy::Pen;
    return cue;
  }

  // A box without words counts in a row or column of its like.
  bool in_company(const Found& one) const {
    return std::ranges::count_if(found_,
                                 [&](const Found& other) {
                                   const bool lined_up = std::abs(other.box.x0 - one.box.x0) < px(0.03) ||
                                                         std::abs(other.box.y0 - one.box.y0) < px(0.03);
                                   return lined_up && other.shape == one.shape &&
                                          is_about(other.box.width(), one.box.width(), 0.1);
                                 }) >= 3 &&
           one.shape == Shape::Square && one.inside < kSolid;
  }

  std::vector<FormCue> cues() const {
    int right = 0, left = 0;
    for (const Found& one : found_) {
      const auto on_right = labels_.all(one.box, Side::Right), on_left = labels_.all(one.box, Side::Left);
      if (on_right && (!on_left || on_right->gap <= on_left->gap))
        ++right;
      else if (on_left)
        ++left;
    }
    const auto first = right >= left ? Side::Right : Side::Left, second = right >= left ? Side::Left : Side::Right;
    std::vector<FormCue> cues;
    for (const Found& one : found_) {
      FormCue cue = answer(one);
      auto label = labels_.all(one.box, first);
      if (!label) label = labels_.all(one.box, second);
      if (!label && !in_company(one)) continue;
      if (label) cue.label = label->text;
      cues.push_back(std::move(cue));
    }
    return cues;
  }

  const FormInk& form_;
  const PageText& text_;
  Outline outline_;
  BoxLabels labels_;
  std::vector<Found> found_;
};

}  // namespace

std::vector<FormCue> find_check_boxes(const FormInk& form, const PageText& text) { return Finder(form, text).find(); }

}  // namespace chartscan::imaging
