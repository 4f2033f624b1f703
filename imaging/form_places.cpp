// A place is a line that its printed label (beside, below or above it) calls one for signing, or one captioned with who
// signs: a signer's office or credentials, or anybody where a line for the date stands beside it; or a cell that its own
// words, or the head of its column, call so.
#include "imaging/form_places.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "imaging/form_labels.h"

namespace chartscan::imaging {
namespace {

// Inches.
constexpr double kShortestLine = 0.9;  // room for initials is shorter, and initials are no signature
constexpr double kShortestDate = 0.6;
constexpr double kLabelGap = 1.2;      // from the label to the rule beside it
constexpr double kLabelBelow = 0.32;   // from the rule down to the top of a label below it
constexpr double kLabelAbove = 0.75;   // from a label above down to the rule: people sign between
constexpr double kCaptionDrop = 0.09;  // words farther down are text that goes on, not a caption
constexpr double kRoomAbove = 0.25;    // that must be free there
constexpr double kCaptionRow = 0.12;   // words of the caption's first row begin no farther apart; text below it is no caption
constexpr double kSameRow = 0.3;       // a label beside stands with its foot this close above the rule
constexpr double kShortestCaptioned = 1.5, kLongestCaptioned = 4.5;  // of a rule that only its caption calls a place to sign
constexpr double kLongestToSign = 6;                                 // whatever its caption says
constexpr double kCaptionIndent = 0.2;                               // a caption begins under the beginning of its rule
constexpr double kDateBeside = 1.5;                                  // from the rule to the one for the date
constexpr double kDateRow = 0.15;                                    // and how much higher or lower that may be
constexpr double kOnTheRule = 0.03;
constexpr double kFlourish = 0.12;      // a pen's own straight line stands so close above the rule
constexpr double kWritingHeight = 0.5;  // people sign over the line about so high
constexpr double kPenDescends = 0.06;   // strokes that cross the rule
constexpr double kNarrowestArea = 0.32;
constexpr double kLowestSignCell = 0.3, kHighestCell = 1.3, kLowestRow = 0.2;
constexpr double kWidestDash = 0.13, kThickestDash = 0.035, kDashGap = 0.1, kHiddenDash = 0.6, kHiddenByPen = 2.5;
constexpr std::size_t kFewestDashes = 10;

constexpr int kCellWords = 8;  // a cell with more words holds text, not a label
constexpr int kMostRows = 12;
constexpr int kCoveredCaption = 2;  // words that can still be read of a caption that a pen went over
constexpr double kRowsToFill = 1.2;
constexpr std::size_t kPrintLetters = 2;

struct Line {
  Box rule;
  Label beside, below, above;
  bool beside_is_close = false;
  bool print_above = false;  // it underlines something
  int sure_below = 0;        // words right below it that were surely read
  int below_drop = 0;        // down to the first row of words below it, pixels
  int writing_from = 0;      // where the pen may begin
};

int middle_x(const Box& box) { return (box.x0 + box.x1) / 2; }
int middle_y(const Box& box) { return (box.y0 + box.y1) / 2; }

// A flourish close above the rule it was written on, straight and long enough to be taken for a rule of its own.
bool is_flourish(const Box& stroke, const Box& rule, const FormInk& form) {
  const int above = rule.y0 - stroke.y1;
  return 5 * stroke.width() < 4 * rule.width() && stroke.x0 >= rule.x0 && stroke.x1 <= rule.x1 && above >= -form.px(kOnTheRule) &&
         above <= form.px(kFlourish);
}

// Dots and dashes in a row, evenly set: printed lines as well.
struct DashRow {
  Box box, last;  // of all, and of the last one: lines may climb a little
  std::size_t dashes = 0;

  bool goes_on_with(const Box& dash, int gap) const {
    const int between = dash.x0 - box.x1;
    const bool level = std::abs(dash.y1 - last.y1) <= 2 || std::abs(dash.y0 - last.y0) <= 2;
    return between >= 0 && between <= gap && level && std::abs(dash.width() - last.width()) <= std::max(2, last.width() / 2);
  }
};

// Strokes of a pen may hide a good part of a line: what is level and alike on either side is one.
std::vector<DashRow> joined(std::vector<DashRow> rows, const FormInk& form) {
  std::erase_if(rows, [](const DashRow& row) { return row.dashes < 3; });
  std::ranges::sort(rows, {}, [](const DashRow& row) { return row.box.x0; });
  std::vector<DashRow> whole;
  for (const DashRow& row : rows) {
    const auto before = std::ranges::find_if(whole, [&](const DashRow& other) {
      const Box begin{row.box.x0, row.box.y0, row.box.x0 + row.last.width(), row.box.y1};
      return other.goes_on_with(begin, form.px(kHiddenByPen));
    });
    if (before == whole.end()) {
      whole.push_back(row);
      continue;
    }
    before->box = united(before->box, row.box);
    before->last = row.last;
    before->dashes += row.dashes;
  }
  return whole;
}

std::vector<Box> dotted_lines(const FormInk& form) {
  std::vector<DashRow> rows, ended;
  std::vector<const Piece*> dashes;
  for (const Piece& piece : form.pieces)
    if (piece.box.width() <= form.px(kWidestDash) && piece.box.height() <= form.px(kThickestDash)) dashes.push_back(&piece);
  std::ranges::sort(dashes, {}, [](const Piece* piece) { return piece->box.x0; });
  for (const Piece* dash : dashes) {
    DashRow* best = nullptr;
    for (DashRow& row : rows) {
      const int gap = form.px(row.dashes >= kFewestDashes / 2 ? kHiddenDash : kDashGap);
      if (row.goes_on_with(dash->box, gap) && (!best || row.dashes > best->dashes)) best = &row;
    }
    if (!best) {
      std::erase_if(rows, [&](const DashRow& row) {
        const bool over = dash->box.x0 - row.box.x1 > form.px(kHiddenDash);
        if (over) ended.push_back(row);
        return over;
      });
      rows.push_back({dash->box, dash->box, 1});
      continue;
    }
    best->box = united(best->box, dash->box);
    best->last = dash->box;
    ++best->dashes;
  }
  ended.insert(ended.end(), rows.begin(), rows.end());
  std::vector<Box> lines;
  for (const DashRow& row : joined(std::move(ended), form))
    if (row.dashes >= kFewestDashes && row.box.width() >= form.px(kShortestDate) &&
        row.box.height() <= form.px(2 * kThickestDash))
      lines.push_back(row.box);
  return lines;
}

class Finder {
 public:
  Finder(const FormInk& form, const PageText& text) : form_(form), text_(text) {
    for (const Box& rule : form.rules)
      if (rule.width() >= form.px(kShortestDate)) rules_.push_back(rule);
    for (const Box& line : dotted_lines(form)) rules_.push_back(line);
    const std::vector<Box> all = rules_;
    std::erase_if(rules_, [&](const Box& box) {
      return std::ranges::any_of(all, [&](const Box& rule) { return is_flourish(box, rule, form) && !is_top_of_a_cell(rule); });
    });
  }

  FormPlaces find() {
    find_electronic();
    if (names_places()) {
      find_cells();
      for (const Box& rule : rules_) lines_.push_back(with_labels(rule));
      for (const Line& line : lines_)
        if (is_for_signing(line)) add_line(line);
    } else {
      for (const Box& rule : rules_)
        if (rule.width() >= px(kShortestCaptioned) && rule.width() <= px(kLongestCaptioned)) lines_.push_back(with_labels(rule));
    }
    for (const Line& line : lines_)
      if (is_unnamed(line)) places_.unnamed.push_back({area_over(line), line.rule, {}, line.below.boxes});
    return std::move(places_);
  }

 private:
  int px(double inches) const { return form_.px(inches); }

  // Set apart, of a length for names, and nothing that could be read says what it is for.
  bool is_unnamed(const Line& line) const {
    const Box& rule = line.rule;
    if (rule.width() < px(kShortestCaptioned) || rule.width() > px(kLongestCaptioned) || is_top_of_a_cell(rule) ||
        is_end_of_a_cell(rule))
      return false;
    if (line.print_above || line.beside.words > 0 || line.below.entry || line.below.date || line.sure_below > kCoveredCaption)
      return false;
    const auto alike = std::ranges::count_if(rules_, [&](const Box& other) {  // lined paper, rows to fill in
      return std::abs(other.x0 - rule.x0) < px(0.1) && std::abs(other.x1 - rule.x1) < px(0.1) &&
             std::abs(other.y0 - rule.y0) < px(kRowsToFill);
    });
    return alike < 3 && !is_known(places_.to_sign, area_over(line)) && !is_known(places_.dates, area_over(line));
  }

  // Nothing on most pages: most of the search is left out there.
  bool names_places() const {
    return !rules_.empty() && std::ranges::any_of(text_.words, [](const Word& word) {
      Label label;
      read_into(label, word);
      return label.sign || label.witness || label.cross || label.signer || label.date;
    });
  }

  void find_electronic() {
    for (std::size_t i = 0; i + 1 < text_.words.size(); ++i) {
      const Word &word = text_.words[i], &next = text_.words[i + 1];
      const std::string first = letters_of(word.text), second = letters_of(next.text);
      const bool way = first == "electronically" || first == "digitally";
      const bool done = second == "signed" || second == "authenticated" || second == "verified" || second == "approved";
      const std::string said =
          word.text.substr(std::min(word.text.size(), word.text.find_first_not_of('_')));  // it stands on a line
      const bool typed = said == "/s/" || said == "/S/" || said == "/s/." || said == "/5/";
      if (!(way && done) && !typed && first != "esigned") continue;
      FormPlace place{word.box, {}, word.text, {}};
      for (std::size_t k = i + 1; k < text_.words.size() && k <= i + 6 && text_.words[k].line == word.line; ++k) {
        if (text_.words[k].box.x0 - place.area.x1 > 2 * word.box.height()) break;  // another column
        place.area = united(place.area, text_.words[k].box);
        if (k <= i + 2 && !typed) place.label += " " + text_.words[k].text;
      }
      places_.electronic.push_back(std::move(place));
    }
  }

  // --- cells -------------------------------------------------------------------------------------------------------------

  // The closed cell around a point, without its borders.
  std::optional<Box> cell_around(int x, int y) const {
    Box cell{-1, -1, -1, -1};
    const int slack = px(0.05);
    for (const Box& rule : form_.rules) {
      if (rule.x0 > x + slack || rule.x1 < x - slack) continue;
      if (rule.y1 <= y && rule.y1 > cell.y0) cell.y0 = rule.y1;
      if (rule.y0 > y && (cell.y1 < 0 || rule.y0 < cell.y1)) cell.y1 = rule.y0;
    }
    if (cell.y0 < 0 || cell.y1 < 0 || cell.height() > px(kHighestCell) || cell.height() < px(0.1)) return std::nullopt;
    for (const Box& upright : form_.uprights) {  // stems of high letters and pen strokes end before
      if (upright.y0 > cell.y0 + slack || upright.y1 < cell.y1 - slack) continue;
      if (upright.x1 <= x && upright.x1 > cell.x0) cell.x0 = upright.x1;
      if (upright.x0 > x && (cell.x1 < 0 || upright.x0 < cell.x1)) cell.x1 = upright.x0;
    }
    if (cell.x0 < 0 || cell.x1 < 0 || cell.width() < px(kNarrowestArea)) return std::nullopt;
    return cell;
  }

  Label words_in(const Box& cell) const {
    Label label;
    for (const Word& word : text_.words)
      if (holds(cell, middle_x(word.box), middle_y(word.box))) read_into(label, word);
    return label;
  }

  // Rooms of neighbouring rows touch a little.
  static bool is_known(const std::vector<FormPlace>& places, const Box& area) {
    return std::ranges::any_of(places, [&](const FormPlace& place) {
      const Box both{std::max(place.area.x0, area.x0), std::max(place.area.y0, area.y0), std::min(place.area.x1, area.x1),
                     std::min(place.area.y1, area.y1)};
      if (both.empty()) return false;
      const auto size = [](const Box& box) { return static_cast<double>(box.width()) * box.height(); };
      return size(both) > 0.3 * std::min(size(place.area), size(area));
    });
  }

  void find_cells() {
    for (const Word& word : text_.words) {
      const std::string letters = letters_of(word.text);
      const bool sign = is_sign_word(letters), date = is_date_word(letters);
      if (!sign && !date) continue;
      const auto cell = cell_around(middle_x(word.box), middle_y(word.box));
      if (!cell) continue;
      const Label label = words_in(*cell);
      if (label.words > kCellWords || label.electronic || (sign && !label.names_a_signature()) ||
          (date && !label.asks_the_date()))
        continue;
      if (cell->height() >= px(kLowestSignCell)) {
        add_cell(*cell, word, sign);
      } else {
        cells_below(*cell, label, sign);
      }
    }
    keep_dates_beside_signatures();
  }

  void add_cell(const Box& cell, const Word& word, bool sign) {
    if (sign && cell.width() < px(kShortestLine)) return;
    std::vector<FormPlace>& places = sign ? places_.to_sign : places_.dates;
    if (is_known(places, cell)) return;
    Box area = cell;
    const bool on_top = word.box.y1 < cell.y0 + cell.height() * 3 / 5;
    if (!on_top && word.box.x1 < cell.x0 + cell.width() / 2) area.x0 = word.box.x1;  // the label stands where the pen begins
    const Label own = label_row(cell, word);
    places.push_back({area, {}, own.text, own.boxes});
    headed_.push_back(cell);
  }

  // Of all words in a cell those that stand on the label's own row.
  Label label_row(const Box& cell, const Word& word) const {
    Label row;
    for (const Word& other : text_.words) {
      const bool level = std::abs(middle_y(other.box) - middle_y(word.box)) < word.box.height() * 3 / 4;
      if (level && other.box.height() < 2 * word.box.height() && holds(cell, middle_x(other.box), middle_y(other.box)))
        read_into(row, other);
    }
    return row;
  }

  // The head of a column: its rows are the places.
  void cells_below(const Box& head, const Label& label, bool sign) {
    if (sign && head.width() < px(kShortestLine)) return;
    Box above = head;
    for (int row = 0; row < kMostRows; ++row) {
      const auto cell = cell_around(middle_x(head), above.y1 + px(0.08));
      if (!cell || cell->y0 < above.y1 || cell->height() < px(kLowestRow) || cell->height() > px(kHighestCell)) break;
      if (std::abs(cell->x0 - head.x0) > px(0.1) || std::abs(cell->x1 - head.x1) > px(0.1)) break;
      std::vector<FormPlace>& places = sign ? places_.to_sign : places_.dates;
      if (!is_known(places, *cell)) places.push_back({*cell, {}, label.text, {}});
      headed_.push_back(*cell);
      above = *cell;
    }
    headed_.push_back(head);
  }

  // A date in a cell counts where a place to sign stands in the same row.
  void keep_dates_beside_signatures() {
    std::erase_if(places_.dates, [&](const FormPlace& date) {
      return std::ranges::none_of(places_.to_sign, [&](const FormPlace& sign) {
        return std::abs(middle_y(sign.area) - middle_y(date.area)) < px(kDateRow) && sign.area.x1 <= date.area.x0 + px(0.1);
      });
    });
  }

  // --- lines -------------------------------------------------------------------------------------------------------------

  // Where the rule to the left on the same row ends: words before that belong to that one.
  int previous_end(const Box& rule) const {
    int end = 0;
    for (const Box& other : rules_)
      if (other.x1 <= rule.x0 && std::abs(other.y0 - rule.y0) < px(kSameRow)) end = std::max(end, other.x1);
    return end;
  }

  // It stands right below another rule, nearer to that one: its caption, whatever comes after.
  bool is_caption(const Word& word, int foot) const {
    return std::ranges::any_of(rules_, [&](const Box& other) {
      if (other.width() > px(kLongestToSign)) return false;  // the end of a table, a line of lined paper
      const int drop = word.box.y0 - other.y1;
      return drop >= -px(0.03) && drop <= std::min(px(0.1), std::max(foot, px(0.05))) && middle_x(word.box) > other.x0 &&
             middle_x(word.box) < other.x1;
    });
  }

  // A border goes down from an end of the rule: the words below stand in a cell of their own and are no caption.
  bool is_top_of_a_cell(const Box& rule) const { return has_border(rule, rule.y1 + 2, rule.y1 + px(0.15)); }
  bool is_end_of_a_cell(const Box& rule) const { return has_border(rule, rule.y0 - px(0.15), rule.y0 - 2); }

  bool has_border(const Box& rule, int from_y, int to_y) const {
    const Image& ink = form_.ink;
    const int top = std::max(0, from_y), bottom = std::min(ink.height, to_y), near = px(0.03);
    for (const int end : {rule.x0, rule.x1}) {
      const int from = std::max(0, end - near), to = std::min(ink.width, end + near);
      int dark = 0;
      for (int y = top; y < bottom; ++y)
        dark += std::any_of(ink.row(y) + from, ink.row(y) + to, [](std::uint8_t at) { return at != 0; });
      if (bottom > top && dark * 10 >= (bottom - top) * 9) return true;
    }
    return false;
  }

  bool in_a_known_cell(const Box& box) const {
    return std::ranges::any_of(headed_, [&](const Box& cell) { return holds(cell, middle_x(box), middle_y(box)); });
  }

  Line with_labels(const Box& rule) const {
    Line line{.rule = rule, .writing_from = rule.x0};
    const int row_start = std::max(previous_end(rule), rule.x0 - px(4 * kLabelGap));
    const bool cell = is_top_of_a_cell(rule);
    int nearest = 0;
    std::vector<const Word*> below, above;
    for (const Word& word : text_.words) {
      const Box& box = word.box;
      const int middle = middle_x(box), foot = rule.y0 - box.y1;
      if (foot > px(kLabelAbove + 0.3) || box.y0 - rule.y1 > px(kLabelBelow) || in_a_known_cell(box)) continue;
      const bool surely = word.confidence >= kSurePrint;
      const bool over_or_under = middle > rule.x0 && middle < rule.x1;
      if (middle > row_start && foot >= -px(0.12) && foot <= px(kSameRow)) {
        const bool left = middle < rule.x0 + px(0.1);
        const bool on_rule =
            !left && middle < rule.x1 && surely && letters_of(word.text).starts_with("sign") && !is_caption(word, foot);
        if (left || on_rule) {  // a cell of a table: the label stands over its own rule
          read_into(line.beside, word);
          nearest = std::max(nearest, box.x1);
          if (on_rule) line.writing_from = std::max(line.writing_from, box.x1);
        }
        line.print_above |= over_or_under && surely && foot > -px(0.03) && letters_of(word.text).size() > kPrintLetters;
      }
      const int drop = box.y0 - rule.y1;
      if (!cell && drop >= -px(0.03) && drop <= px(kLabelBelow) && over_or_under) below.push_back(&word);
      if (over_or_under && surely && foot > px(kRoomAbove) && foot <= px(kLabelAbove) && !is_caption(word, foot))
        above.push_back(&word);
    }
    const auto first = std::ranges::min_element(below, {}, [](const Word* word) { return word->box.y0; });
    if (!below.empty()) line.below_drop = (*first)->box.y0 - rule.y1;
    for (const Word* word : below) {
      if (word->box.y0 > (*first)->box.y0 + px(kCaptionRow)) continue;
      read_into(line.below, *word);
      line.sure_below += is_sure_print(*word) && word->box.y0 - rule.y1 <= px(kCaptionDrop);
    }
    const auto last = std::ranges::max_element(above, {}, [](const Word* word) { return word->box.y1; });
    for (const Word* word : above)
      if (word->box.y1 >= (*last)->box.y1 - px(kCaptionRow)) read_into(line.above, *word);
    line.beside.cross |= line.beside.words == 0 && has_cross_before(rule);
    if (line.beside.cross) nearest = std::max(nearest, rule.x0);
    line.below.cross = line.above.cross = false;  // an X stands before the line to sign on
    line.beside_is_close = nearest >= rule.x0 - px(kLabelGap);
    return line;
  }

  // An X before the line that no engine read: it stands alone.
  bool has_cross_before(const Box& rule) const {
    return std::ranges::any_of(form_.pieces, [&](const Piece& piece) {
      const Box& box = piece.box;
      const int gap = rule.x0 - box.x1, foot = rule.y0 - box.y1;
      if (gap < -px(0.02) || gap > px(0.2) || foot < -px(0.06) || foot > px(0.12) || box.height() < px(0.06) ||
          box.height() > px(0.2))
        return false;
      return box.width() * 10 > box.height() * 6 && box.width() * 10 < box.height() * 14 && is_cross(box);
    });
  }

  // Ink in the middle and at the corners, none at the sides.
  bool is_cross(const Box& box) const {
    const int w = std::max(1, box.width() / 4), h = std::max(1, box.height() / 4), mx = middle_x(box), my = middle_y(box);
    const auto inked = [&](int x0, int y0) { return ink_in(form_.strokes, {x0, y0, x0 + w, y0 + h}) > 0; };
    const bool corners =
        inked(box.x0, box.y0) && inked(box.x1 - w, box.y0) && inked(box.x0, box.y1 - h) && inked(box.x1 - w, box.y1 - h);
    const Box left{box.x0, my - 1, box.x0 + w, my + 1}, right{box.x1 - w, my - 1, box.x1, my + 1};
    return corners && inked(mx - w / 2, my - h / 2) && ink_in(form_.strokes, left) == 0 && ink_in(form_.strokes, right) == 0;
  }

  // A rule without a caption of its own, under a label that begins where it begins.
  bool is_labelled_above(const Line& line) const {
    const bool captioned = line.below.words > 0 && line.below_drop < px(kCaptionDrop);
    return line.above.sign && line.above.names_a_signature() && line.above.words <= kCellWords && !captioned &&
           line.beside.words == 0 && std::abs(line.above.start - line.rule.x0) < px(kCaptionIndent) &&
           line.rule.width() <= px(kLongestCaptioned);
  }

  bool has_date_beside(const Line& line) const {
    return std::ranges::any_of(lines_, [&](const Line& other) { return is_date_of(other, line); });
  }

  bool is_date_of(const Line& date, const Line& line) const {
    const int gap = date.rule.x0 - line.rule.x1;
    return gap > 0 && gap < px(kDateBeside) && std::abs(date.rule.y0 - line.rule.y0) < px(kDateRow) &&
           (date.below.asks_the_date() || date.beside.asks_the_date());
  }

  bool is_for_signing(const Line& line) const {
    if (line.rule.width() < px(kShortestLine) || (is_top_of_a_cell(line.rule) && !is_end_of_a_cell(line.rule))) return false;
    if (line.beside_is_close && line.beside.names_a_signature()) return true;
    const bool next_to_table = is_end_of_a_cell(line.rule) && line.below_drop > px(kCaptionDrop);  // a label for what comes next
    const int width = line.rule.width();
    if (line.below.names_a_signature() && !next_to_table && width <= px(kLongestToSign)) return true;
    if (is_labelled_above(line)) return true;
    if (width < px(kShortestCaptioned) || width > px(kLongestCaptioned)) return false;
    // Ink over the caption can keep it from being read: the line for the date beside it tells as much.
    if (line.below.words == 0) return line.beside.words == 0 && !line.print_above && has_date_beside(line);
    if (std::abs(line.below.start - line.rule.x0) > px(kCaptionIndent)) return false;
    return (line.below.names_a_signer() && !line.print_above) || (line.below.names_somebody() && has_date_beside(line));
  }

  Box area_over(const Line& line) const {
    const Box& rule = line.rule;
    Box area{line.writing_from, std::max(0, rule.y0 - px(kWritingHeight)), rule.x1,
             std::min(form_.ink.height, rule.y1 + px(kPenDescends))};
    // A rule between is the end of another row's room.
    for (const Box& other : rules_)
      if (other.y1 < rule.y0 - px(0.15) && other.y1 > area.y0 && other.x0 < area.x1 && other.x1 > area.x0) area.y0 = other.y1;
    return area;
  }

  void add_line(const Line& line) {
    const Box area = area_over(line);
    if (area.width() < px(kNarrowestArea) || area.empty() || is_known(places_.to_sign, area)) return;
    const Label& label = line.beside_is_close && line.beside.names_a_signature() ? line.beside
                         : line.below.words                                      ? line.below
                                                                                 : line.above;
    std::vector<Box> words = line.below.boxes;
    words.insert(words.end(), line.beside.boxes.begin(), line.beside.boxes.end());
    places_.to_sign.push_back({area, line.rule, label.text, std::move(words)});
    for (const Line& other : lines_) {
      const Box date = area_over(other);
      if (is_date_of(other, line) && !is_known(places_.dates, date))
        places_.dates.push_back(
            {date, other.rule, other.beside.asks_the_date() ? other.beside.text : other.below.text, other.below.boxes});
    }
  }

  const FormInk& form_;
  const PageText& text_;
  std::vector<Box> rules_;  // lines to write on, dotted ones too
  std::vector<Line> lines_;
  std::vector<Box> headed_;  // cells whose words are taken
  FormPlaces places_;
};

}  // namespace

FormPlaces find_places(const FormInk& form, const PageText& text) { return Finder(form, text).find(); }

}  // namespace chartscan::imaging
