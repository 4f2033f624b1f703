#include "imaging/form_box_labels.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <vector>

namespace chartscan::imaging {
namespace {

// Inches.
constexpr double kLabelGap = 0.4;  // from the box to its words
constexpr double kWordGap = 0.2;   // within a label

// What an engine read where the box is: "O", "[x".
bool belongs_to(const Box& word, const Box& box) {
  const int inside = std::min(word.x1, box.x1) - std::max(word.x0, box.x0);
  return inside * 2 > word.width() && word.x1 < box.x1 + box.width() / 2 && word.x0 > box.x0 - box.width() / 2;
}

// "X_No" and "]Yes" were read in one with the mark.
std::string without_marks(const std::string& text) {
  const auto mark = text.find_last_of("_])|");
  const auto rest = mark == std::string::npos ? std::string() : text.substr(mark + 1);
  return rest.empty() ? text : rest;
}

}  // namespace

bool BoxLabels::is_sure(const Box& box) const {
  return any(box) && std::ranges::any_of(text_.words, [&](const Word& word) {
           const int gap = std::max(word.box.x0 - box.x1, box.x0 - word.box.x1);
           return is_sure_print(word) && gap >= 0 && gap <= form_.px(kLabelGap) &&
                  std::abs((word.box.y0 + word.box.y1) - (box.y0 + box.y1)) < box.height();
         });
}

std::optional<BoxLabel> BoxLabels::beside(const Box& box, Side side, Much much) const {
  const int middle = (box.y0 + box.y1) / 2, reach = std::max(form_.px(0.05), box.height() / 2);
  std::vector<const Word*> line;
  for (const Word& word : text_.words) {
    if (std::abs((word.box.y0 + word.box.y1) / 2 - middle) > reach || belongs_to(word.box, box)) continue;
    if (std::ranges::none_of(word.text, [](unsigned char c) { return std::isalnum(c); })) continue;
    line.push_back(&word);
  }
  std::ranges::sort(
      line, [&](const Word* a, const Word* b) { return side == Side::Right ? a->box.x0 < b->box.x0 : a->box.x1 > b->box.x1; });
  BoxLabel words;
  int edge = side == Side::Right ? box.x1 : box.x0;
  bool first = true;
  for (const Word* word : line) {
    const int gap = side == Side::Right ? word->box.x0 - edge : edge - word->box.x1;
    if (gap < -word->box.width() * 3 / 4) continue;
    if (gap > form_.px(first ? kLabelGap : kWordGap)) break;
    if (first) words.gap = gap;
    const std::string said = without_marks(word->text);
    words.text = side == Side::Right || first ? words.text + (first ? "" : " ") + said : said + " " + words.text;
    edge = side == Side::Right ? word->box.x1 : word->box.x0;
    first = false;
    if (much == Much::Any) break;
  }
  if (first) {
    const bool left = side == Side::Right && much == Much::Any;
    return left ? beside(box, Side::Left, Much::Any) : std::nullopt;
  }
  return words;
}

}  // namespace chartscan::imaging
