#include "charts/type_features.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <unordered_set>

#include "charts/type_cues.h"

namespace chartscan::charts {
namespace {

constexpr double kTitleZone = 0.3;     // of the print's height from the top
constexpr double kLargePrint = 1.2;    // of the median height
constexpr int kMostTitleTokens = 10;   // more in a cell is a sentence
constexpr int kMostHeadingTokens = 4;

class Collector {
 public:
  Collector(const Layout& layout, const PageLook& look) : layout_(layout), look_(look) {}

  std::vector<PageFeature> collect() {
    words_and_pairs();
    for (const Cell& cell : layout_.cells) {
      title_words(cell);
      headings(cell);
    }
    layout_cues();
    return std::move(features_);
  }

 private:
  const Token& token(int i) const { return layout_.tokens[static_cast<std::size_t>(i)]; }

  void add(std::string key, int first = -1, int last = -1) {
    if (seen_.insert(key).second) features_.push_back({std::move(key), first, last});
  }

  // Numbers and single letters say little and much of it by accident.
  static bool is_word(const Token& token) { return token.text.size() >= 2 && !has_digit(token.text) && has_letter(token.text); }

  bool beside(int i) const { return token(i).row == token(i - 1).row ? token(i).cell == token(i - 1).cell : token(i).row == token(i - 1).row + 1; }

  void words_and_pairs() {
    for (int i = 0; i < static_cast<int>(layout_.tokens.size()); ++i) {
      if (!is_word(token(i))) continue;
      add("w:" + token(i).folded, i, i + 1);
      if (i > 0 && is_word(token(i - 1)) && beside(i)) add("p:" + token(i - 1).folded + " " + token(i).folded, i - 1, i + 1);
    }
  }

  void title_words(const Cell& cell) {
    if (cell.first == cell.last || cell.last - cell.first > kMostTitleTokens) return;
    if (cell.box.y0 > layout_.content.y0 + kTitleZone * layout_.content.height()) return;
    if (token(cell.last - 1).after.find(':') != std::string::npos) return;
    const bool large = cell.box.height() >= kLargePrint * layout_.median_height;
    if (!large && !is_upper(printed(layout_, cell.first, cell.last))) return;
    for (int i = cell.first; i < cell.last; ++i) {
      if (!is_word(token(i))) continue;
      add("t:" + token(i).folded, i, i + 1);
      if (i > cell.first && is_word(token(i - 1))) add("t:" + token(i - 1).folded + " " + token(i).folded, i - 1, i + 1);
    }
  }

  void headings(const Cell& cell) {
    for (int first = cell.first; first < cell.last; ++first) {
      if (!std::isupper(static_cast<unsigned char>(token(first).text.front()))) continue;
      std::string key = "h:";
      for (int i = first; i < cell.last && i < first + kMostHeadingTokens; ++i) {
        key += (i > first ? " " : "") + token(i).folded;
        if (!is_heading(layout_, first, i + 1)) continue;
        if (!has_digit(key.substr(2)) || i > first) add(key, first, i + 1);
        break;
      }
    }
  }

  // "l:words 7": the logarithm of a count; "l:colons 2": tenths of a share.
  void count(const char* name, double number) { add("l:" + std::string(name) + " " + std::to_string(static_cast<int>(std::log2(1 + number)))); }
  void share(const char* name, double part, double whole) {
    add("l:" + std::string(name) + " " + std::to_string(std::min(9, static_cast<int>(10 * part / std::max(1.0, whole)))));
  }

  void layout_cues() {
    const auto tokens = static_cast<double>(layout_.tokens.size());
    int numbers = 0, colons = 0;
    for (const Token& one : layout_.tokens) {
      numbers += has_digit(one.text);
      colons += one.after.find(':') != std::string::npos;
    }
    std::vector<int> cells_in(static_cast<std::size_t>(layout_.rows));
    for (const Cell& cell : layout_.cells) ++cells_in[static_cast<std::size_t>(cell.row)];
    const auto table_rows = std::count_if(cells_in.begin(), cells_in.end(), [](int cells) { return cells >= 3; });
    count("words", tokens);
    share("numbers", numbers, tokens);
    share("labels", 2 * colons, tokens);
    share("table", static_cast<double>(table_rows), layout_.rows);
    share("cells", static_cast<double>(layout_.cells.size()), 4.0 * layout_.rows);
    count("boxes", look_.check_boxes);
    count("signatures", look_.places_to_sign);
    if (look_.working.width > look_.working.height) add("l:landscape");
  }

  const Layout& layout_;
  const PageLook& look_;
  std::vector<PageFeature> features_;
  std::unordered_set<std::string> seen_;
};

}  // namespace

std::vector<PageFeature> page_features(const Layout& layout, const PageLook& look) { return Collector(layout, look).collect(); }

double kind_scale(char kind) {
  switch (kind) {
    case 'w': return 3.0;
    case 'p': return 3.0;
    case 't': return 1.5;
    case 'h': return 2.5;
    default: return 1.0;  // of layout
  }
}

}  // namespace chartscan::charts
