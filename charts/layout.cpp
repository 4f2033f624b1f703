#include "charts/layout.h"

#include <algorithm>
#include <numeric>

#include "charts/fuzzy.h"

namespace chartscan::charts {
namespace {

constexpr double kCellGap = 1.7;      // gap that parts cells, in word heights; a blank is 0.3 to 0.7 of one
constexpr double kTall = 2.5;         // above so many median heights a "word" is often a ruling or a border read as a letter
constexpr double kThin = 4;           // so many times higher than wide: a border, whatever letter it was taken for
constexpr double kDoubtful = 0.5;     // a tall "word" read with less confidence is no word
constexpr double kRowOverlap = 0.5;   // share of the lower word's height that two words of a row have in common

bool in_token(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80); }

// Borders and rulings span rows and would tie them together.
bool is_ruling(const Word& word, int median_height) {
  if (word.box.height() <= kTall * median_height) return false;
  return word.confidence < kDoubtful || word.box.height() > kThin * word.box.width() || std::none_of(word.text.begin(), word.text.end(), in_token);
}

// Neighbouring words of one OCR line: they share a row even where the page is a little askew.
struct Run {
  std::vector<const Word*> words;
  Box box;
};

std::vector<Run> runs_of(const PageText& text, int median_height) {
  const auto tall = [&](const Word& word) { return word.box.height() > kTall * median_height; };
  std::vector<Run> runs;
  const Word* last = nullptr;
  for (const Word& word : text.words) {
    if (word.text.empty() || word.box.empty() || is_ruling(word, median_height)) continue;
    const bool goes_on = last && last->line == word.line && !tall(word) && !tall(*last) && word.box.x0 >= last->box.x0 &&
                         word.box.x0 - last->box.x1 < kCellGap * std::max(word.box.height(), last->box.height());
    if (!goes_on) runs.emplace_back();
    runs.back().words.push_back(&word);
    runs.back().box = united(runs.back().box, word.box);
    last = &word;
  }
  return runs;
}

// A row is opened by its topmost run and takes every run that overlaps it enough.
std::vector<std::vector<const Word*>> rows_of(const PageText& text, int median_height) {
  std::vector<Run> runs = runs_of(text, median_height);
  std::stable_sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.box.y0 + a.box.y1 < b.box.y0 + b.box.y1; });
  std::vector<std::vector<const Word*>> rows;
  std::vector<Box> boxes;
  for (const Run& run : runs) {
    std::size_t row = rows.size();
    for (std::size_t i = rows.size() > 3 ? rows.size() - 3 : 0; i < rows.size(); ++i) {
      const int common = std::min(boxes[i].y1, run.box.y1) - std::max(boxes[i].y0, run.box.y0);
      if (common > kRowOverlap * std::min(boxes[i].height(), run.box.height())) row = i;
    }
    if (row == rows.size()) {
      rows.emplace_back();
      boxes.push_back(run.box);
    } else if (run.box.height() > boxes[row].height() && run.box.height() <= 2 * boxes[row].height()) {
      boxes[row] = run.box;  // a comma or dash that opened the row does not narrow it
    }
    rows[row].insert(rows[row].end(), run.words.begin(), run.words.end());
  }
  for (auto& row : rows)
    std::stable_sort(row.begin(), row.end(), [](const Word* a, const Word* b) { return a->box.x0 < b->box.x0; });
  return rows;
}

// Cuts a word at its punctuation. Marks between digits or letters that belong together (dates, 7-digit groups) also cut:
// whoever reads dates or numbers looks at `joined` and the marks.
void add_tokens(const Word& word, int row, int cell, std::vector<Token>& tokens) {
  const std::string& text = word.text;
  const double step = static_cast<double>(word.box.width()) / static_cast<double>(text.size());
  std::string marks;
  bool first = true;
  for (std::size_t i = 0; i < text.size();) {
    if (!in_token(text[i])) {
      const bool apostrophe = (text[i] == '\'') && i > 0 && in_token(text[i - 1]) && i + 1 < text.size() && in_token(text[i + 1]);
      if (!apostrophe) {
        marks += text[i];
        if (!tokens.empty() && !first) tokens.back().after += text[i];
      }
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && (in_token(text[end]) ||
                                 (text[end] == '\'' && end + 1 < text.size() && in_token(text[end + 1]))))
      ++end;
    Token token;
    token.text = text.substr(i, end - i);
    token.folded = fold(token.text);
    token.box = {word.box.x0 + static_cast<int>(step * static_cast<double>(i)), word.box.y0,
                 word.box.x0 + static_cast<int>(step * static_cast<double>(end)), word.box.y1};
    token.confidence = word.confidence;
    token.row = row;
    token.cell = cell;
    token.before = marks;
    token.joined = !first;
    tokens.push_back(std::move(token));
    marks.clear();
    first = false;
    i = end;
  }
  // A mark that stands alone (":", "#") belongs to the token before it on the row.
  if (first && !marks.empty() && !tokens.empty() && tokens.back().row == row) tokens.back().after += marks;
}

}  // namespace

Layout lay_out(const PageText& text) {
  Layout layout;
  std::vector<int> heights;
  for (const Word& word : text.words) {
    heights.push_back(word.box.height());
    layout.content = united(layout.content, word.box);
  }
  if (heights.empty()) return layout;
  std::nth_element(heights.begin(), heights.begin() + static_cast<long>(heights.size() / 2), heights.end());
  layout.median_height = std::max(1, heights[heights.size() / 2]);

  for (const auto& row : rows_of(text, layout.median_height)) {
    const Word* last = nullptr;
    for (const Word* word : row) {
      const int height = std::max(layout.median_height, std::min(word->box.height(), last ? last->box.height() : word->box.height()));
      if (!last || word->box.x0 - last->box.x1 > kCellGap * height) {
        const int at = static_cast<int>(layout.tokens.size());
        layout.cells.push_back({at, at, layout.rows, {}});
      }
      add_tokens(*word, layout.rows, static_cast<int>(layout.cells.size()) - 1, layout.tokens);
      layout.cells.back().last = static_cast<int>(layout.tokens.size());
      layout.cells.back().box = united(layout.cells.back().box, word->box);
      last = word;
    }
    ++layout.rows;
  }
  return layout;
}

std::string printed(const Layout& layout, int first, int last) {
  std::string out;
  for (int i = first; i < last; ++i) {
    const Token& token = layout.tokens[static_cast<std::size_t>(i)];
    if (i > first && !token.joined) out += ' ';
    if (i > first && token.joined && out.ends_with(token.before) == false) out += token.before;
    out += token.text;
    if (i + 1 < last) out += token.after;
  }
  return out;
}

Box box_of(const Layout& layout, int first, int last) {
  Box box;
  for (int i = first; i < last; ++i) box = united(box, layout.tokens[static_cast<std::size_t>(i)].box);
  return box;
}

double confidence_of(const Layout& layout, int first, int last) {
  double sum = 0;
  for (int i = first; i < last; ++i) sum += layout.tokens[static_cast<std::size_t>(i)].confidence;
  return last > first ? sum / (last - first) : 0;
}

bool has_letter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isalpha(c) || c >= 0x80; });
}
bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}
bool is_upper(std::string_view text) {
  bool letter = false;
  for (const unsigned char c : text) {
    if (std::islower(c)) return false;
    letter = letter || std::isalpha(c);
  }
  return letter;
}

}  // namespace chartscan::charts
