#include "imaging/form_print.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "imaging/form_answers.h"

namespace chartscan::imaging {
namespace {

constexpr double kLikelyPrint = 0.45;  // confidence of a word beside one that is sure
constexpr int kTellingLetters = 4;
constexpr double kSetApart = 0.8, kJoined = 0.45;  // pieces a letter

constexpr int kGrid = 16;                          // a shape is brought to so many columns and rows
constexpr double kLowest = 0.035, kHighest = 0.3;  // inch: dots say nothing, what is higher is no letter
constexpr double kThinnest = 0.4, kWidest = 2.2;   // of the height: bars are alike whoever drew them
constexpr double kAlike = 0.15;                    // of the ink of both: what one has where the other has none
constexpr std::size_t kMostCompared = 400;         // shapes of one size: on a page with more, enough are seen

constexpr int kFewestLetters = 60;        // of print that a page must have for its shapes to be asked
constexpr double kRepeats = 0.6;          // and share of them with a twin
constexpr double kTwinsOfAHand = 0.25;    // share of a hand's letters that have one all the same
constexpr double kByShape = 1;            // log odds from which shapes overrule the engine
constexpr double kCompany = 0.55;         // of a neighbour's log odds
constexpr double kThickestPrint = 0.034;  // inch, mean stroke: headlines are thicker, pens are not
constexpr double kLeastLikely = 0.2;      // confidence of words that may be print
constexpr double kOrdinaryLetter = 0.07;  // inch: where a page has too little print to tell

struct Shape {
  std::array<std::uint8_t, kGrid * kGrid> dark{};
  int total = 0;
  Piece* piece = nullptr;
};

// Darkness over the grid, interpolated between pixels.
Shape shape_of(Piece& piece, const Image& working) {
  Shape shape;
  shape.piece = &piece;
  const Box& box = piece.box;
  std::array<int, kGrid> columns{}, part{};
  const double step_x = static_cast<double>(box.width() - 1) / (kGrid - 1),
               step_y = static_cast<double>(box.height() - 1) / (kGrid - 1);
  for (int i = 0; i < kGrid; ++i) {
    const double x = box.x0 + i * step_x;
    columns[static_cast<std::size_t>(i)] = static_cast<int>(x);
    part[static_cast<std::size_t>(i)] = static_cast<int>(256 * (x - std::floor(x)));
  }
  for (int k = 0; k < kGrid; ++k) {
    const double y = box.y0 + k * step_y;
    const int top = static_cast<int>(y), down = static_cast<int>(256 * (y - top)), bottom = std::min(top + 1, working.height - 1);
    const std::uint8_t *above = working.row(top), *below = working.row(bottom);
    for (int i = 0; i < kGrid; ++i) {
      const int x = columns[static_cast<std::size_t>(i)], next = std::min(x + 1, working.width - 1),
                across = part[static_cast<std::size_t>(i)];
      const int upper = above[x] * (256 - across) + above[next] * across,
                lower = below[x] * (256 - across) + below[next] * across;
      const int dark = 255 - ((upper * (256 - down) + lower * down) >> 16);
      shape.dark[static_cast<std::size_t>(k * kGrid + i)] = static_cast<std::uint8_t>(dark);
      shape.total += dark;
    }
  }
  return shape;
}

bool are_alike(const Shape& a, const Shape& b) {
  int apart = 0;
  for (std::size_t i = 0; i < a.dark.size(); ++i) apart += std::abs(a.dark[i] - b.dark[i]);
  return apart < kAlike * (a.total + b.total);
}

// Finds for each piece whether another one on the page has its very shape.
void find_twins(FormInk& form, const Image& working) {
  std::vector<Shape> shapes;
  for (Piece& piece : form.pieces) {
    const int width = piece.box.width(), height = piece.box.height();
    if (height < form.px(kLowest) || height > form.px(kHighest) || width < kThinnest * height || width > kWidest * height)
      continue;
    shapes.push_back(shape_of(piece, working));
    piece.twin = Twin::None;
  }
  const auto size = [](const Shape& shape) { return std::pair(shape.piece->box.height(), shape.piece->box.width()); };
  std::ranges::sort(shapes, [&](const Shape& a, const Shape& b) { return size(a) < size(b); });
  for (Shape& one : shapes) {
    if (one.piece->twin == Twin::Found) continue;
    const auto [height, width] = size(one);
    for (int h = height - 1; h <= height + 1 && one.piece->twin != Twin::Found; ++h) {
      auto at = std::ranges::lower_bound(shapes, std::pair(h, width - 1), {}, size);
      for (std::size_t seen = 0; at != shapes.end() && seen < kMostCompared && size(*at) <= std::pair(h, width + 1);
           ++at, ++seen) {
        if (&*at == &one || !are_alike(one, *at)) continue;
        one.piece->twin = at->piece->twin = Twin::Found;
        break;
      }
    }
  }
}

// Words that are surely print, and those between or beside such words on their line: "R." before "Calloway", "Parent" before
// "/ guardian". Print stands together.
std::vector<bool> print_words(const PageText& text) {
  std::vector<bool> sure(text.words.size());
  for (std::size_t i = 0; i < text.words.size(); ++i) sure[i] = is_sure_print(text.words[i]);
  std::vector<bool> print = sure;
  const auto beside = [&](std::size_t a, std::size_t b) {
    const Word &one = text.words[a], &other = text.words[b];
    const int gap = std::max(one.box.x0 - other.box.x1, other.box.x0 - one.box.x1);
    return sure[b] && one.line == other.line && gap < 3 * other.box.height() / 2 && one.box.height() < 2 * other.box.height();
  };
  const auto may_be = [](const Word& word) {  // "O" and "[]" are what boxes are read as
    const auto letters = std::ranges::count_if(word.text, [](unsigned char c) { return std::isalnum(c) || c >= 0x80; });
    return word.confidence >= kLikelyPrint && (letters >= 3 || (word.text.size() == 2 && letters == 1 && word.text[1] == '.'));
  };
  for (std::size_t i = 0; i < text.words.size(); ++i)
    if (!sure[i] && may_be(text.words[i]))
      print[i] = (i > 0 && beside(i, i - 1)) || (i + 1 < text.words.size() && beside(i, i + 1));
  return print;
}

// A hand joins letters that a press sets apart: words in far fewer pieces than the page's words are mostly in.
// `known`: words whose shapes are those of print, run together by a poor scan.
void unmark_joined(FormInk& form, const PageText& text, std::vector<std::pair<int, int>>& words, const std::vector<bool>& known) {
  std::vector<double> shares;
  for (std::size_t w = 0; w < words.size(); ++w) {
    words[w].first = static_cast<int>(std::ranges::count_if(text.words[w].text, [](unsigned char c) { return std::isalnum(c); }));
    if (words[w].first >= kTellingLetters && words[w].second > 0)
      shares.push_back(static_cast<double>(words[w].second) / words[w].first);
  }
  if (shares.size() < 12) return;
  const auto middle = shares.begin() + static_cast<std::ptrdiff_t>(shares.size() / 2);
  std::nth_element(shares.begin(), middle, shares.end());
  if (*middle < kSetApart) return;
  for (Piece& piece : form.pieces) {
    if (!piece.print || piece.word == 0) continue;
    const auto& [letters, pieces] = words[piece.word - 1u];
    if (letters >= kTellingLetters && pieces < kJoined * letters && !known[piece.word - 1u]) piece.print = false;
  }
}

// Median height of the letters that are print.
int height_of_print(const std::vector<Piece>& pieces, int otherwise) {
  std::vector<int> heights;
  for (const Piece& piece : pieces)
    if (piece.print) heights.push_back(piece.box.height());
  if (heights.size() < 20) return otherwise;
  const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  return *middle;
}

class Marker {
 public:
  Marker(FormInk& form, const PageText& text) : form_(form), text_(text), pieces_(text.words.size()) {}

  void mark() {
    find_words();
    const std::vector<bool> print = print_words(text_);
    Letters page;
    for (std::size_t w = 0; w < print.size(); ++w) {
      for (Piece* piece : pieces_[w]) {
        piece->print = print[w] && fits(*piece, text_.words[w].box);
        if (piece->print) page.count(*piece);
      }
    }
    form_.print_height = height_of_print(form_.pieces, form_.px(kOrdinaryLetter));
    const double repeats = page.all >= kFewestLetters ? static_cast<double>(page.twins) / page.all : 0;
    form_.repeats = repeats >= kRepeats ? std::min(0.95, repeats) : 0;
    if (form_.repeats > 0) overrule();
    std::vector<std::pair<int, int>> lettered(text_.words.size());  // letters a word has, pieces it is made of
    for (std::size_t w = 0; w < pieces_.size(); ++w)
      lettered[w].second = static_cast<int>(std::ranges::count_if(
          pieces_[w], [&](const Piece* piece) { return piece->print && piece->box.height() > text_.words[w].box.height() / 4; }));
    unmark_joined(form_, text_, lettered, repeating_words());
  }

 private:
  static bool fits(const Piece& piece, const Box& word) { return piece.box.height() <= word.height() * 5 / 4 + 3; }

  // Words are painted on a coarse grid: a page has thousands of pieces.
  void find_words() {
    constexpr int kCell = 8;
    const int columns = form_.ink.width / kCell + 1, rows = form_.ink.height / kCell + 1;
    std::vector<std::uint16_t> grid(static_cast<std::size_t>(columns) * rows, 0);
    for (std::size_t w = 0; w < text_.words.size() && w < 65'000; ++w) {
      if (text_.words[w].confidence < kLeastLikely) continue;
      const Box box = clipped(text_.words[w].box, form_.ink);
      for (int y = box.y0 / kCell; y <= (box.y1 - 1) / kCell && !box.empty(); ++y)
        for (int x = box.x0 / kCell; x <= (box.x1 - 1) / kCell; ++x)
          grid[static_cast<std::size_t>(y) * columns + x] = static_cast<std::uint16_t>(w + 1);
    }
    for (Piece& piece : form_.pieces) {
      const int x = (piece.box.x0 + piece.box.x1) / 2, y = (piece.box.y0 + piece.box.y1) / 2;
      const std::uint16_t word = grid[static_cast<std::size_t>(y / kCell) * columns + x / kCell];
      if (word == 0 || !holds(grown(text_.words[word - 1u].box, 3), x, y)) continue;
      piece.word = word;
      pieces_[word - 1u].push_back(&piece);
    }
  }

  // Shapes against the engine: legible hands are read like print, and print under a pen's strokes is not.
  void overrule() {
    std::vector<double> odds(pieces_.size());
    for (std::size_t w = 0; w < odds.size(); ++w) odds[w] = hand_odds(w);
    for (std::size_t w = 0; w < odds.size(); ++w) {
      if (pieces_[w].empty()) continue;
      const double all = odds[w] + company_of(odds, w, -1) + company_of(odds, w, 1);
      const auto letters = std::ranges::count_if(text_.words[w].text, [](unsigned char c) { return std::isalnum(c); });
      if (letters < 2) continue;
      for (Piece* piece : pieces_[w])
        piece->print = (piece->print || all < -kByShape) && all < kByShape && fits(*piece, text_.words[w].box);
    }
  }

  std::vector<bool> repeating_words() const {
    std::vector<bool> found(pieces_.size());
    for (std::size_t w = 0; w < pieces_.size(); ++w) {
      Letters letters;
      for (const Piece* piece : pieces_[w]) letters.count(*piece);
      found[w] = letters.twins >= 2 && letters.print_odds(form_) > 0;
    }
    return found;
  }

  // What the words before it (or behind it) on its line say.
  double company_of(const std::vector<double>& odds, std::size_t w, int step) const {
    double sum = 0, weight = kCompany;
    for (int far = 0; far < 3; ++far, weight *= kCompany) {
      const auto next = static_cast<std::ptrdiff_t>(w) + step;
      if (next < 0 || next >= static_cast<std::ptrdiff_t>(odds.size()) || !are_neighbours(w, static_cast<std::size_t>(next)))
        break;
      w = static_cast<std::size_t>(next);
      sum += weight * std::clamp(odds[w], -5.0, 5.0);
    }
    return sum;
  }

  // Print stands together, and so does a hand.
  bool are_neighbours(std::size_t a, std::size_t b) const {
    const Box &one = text_.words[a].box, &other = text_.words[b].box;
    return text_.words[a].line == text_.words[b].line && std::max(one.x0 - other.x1, other.x0 - one.x1) < one.height();
  }

  // Log odds that a word was written by hand. A logistic regression over 29,000 words of drawn forms; what is print in hands'
  // stead weighs little where few letters can tell.
  double hand_odds(std::size_t w) const {
    const Word& word = text_.words[w];
    Letters letters;
    std::vector<const Piece*> pieces;
    Box box;
    int widest = 0;
    double ink = 0, edge = 0;
    for (const Piece* piece : pieces_[w]) {
      if (!fits(*piece, word.box)) continue;
      letters.count(*piece);
      pieces.push_back(piece);
      box = united(box, piece->box);
      widest = std::max(widest, piece->box.width());
      ink += piece->ink, edge += piece->edge;
    }
    if (pieces.empty()) return 0;
    if (2.0 * ink > edge * form_.px(kThickestPrint)) return -10;
    const bool digits = std::ranges::any_of(word.text, [](unsigned char c) { return std::isdigit(c); });
    const bool capitals = !digits && std::ranges::none_of(word.text, [](unsigned char c) { return std::islower(c); });
    return -9.3 - 0.48 * std::clamp(letters.print_odds(form_), -8.0, 8.0) +
           3.8 * std::clamp(1.0 * box.height() / form_.print_height, 0.5, 3.0) - 5 * (word.confidence - kSurePrint) -
           1.6 * alignment_of(form_, pieces) - 2.0 * evenness_of(pieces) + 3.2 * std::min(1.0, widest / (0.3 * form_.dpi)) -
           (capitals ? 4.0 : 0) - (digits ? 0.8 : 0);
  }

  FormInk& form_;
  const PageText& text_;
  std::vector<std::vector<Piece*>> pieces_;  // of each word
};

}  // namespace

void Letters::count(const Piece& piece) {
  all += piece.twin != Twin::Unknown;
  twins += piece.twin == Twin::Found;
}

double Letters::print_odds(const FormInk& form) const {
  if (form.repeats == 0) return 0;
  return twins * std::log(form.repeats / kTwinsOfAHand) + (all - twins) * std::log((1 - form.repeats) / (1 - kTwinsOfAHand));
}

void mark_print(FormInk& form, const Image& working, const PageText& text) {
  find_twins(form, working);
  Marker(form, text).mark();
}

}  // namespace chartscan::imaging
