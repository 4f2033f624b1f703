#include "charts/type_features.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>
#include <unordered_set>


namespace chartscan::charts {
namespace {

constexpr double kTitleZone = 0.3;     // of the print's height from the top
constexpr double kLargePrint = 1.2;    // of the median height
constexpr int kMostTitleTokens = 10;   // more in a cell is a sentence
constexpr int kMostHeadingTokens = 4;
constexpr int kOpeningWords = 36, kOpeningRows = 10;  // of the top of a page: its patient block and how its text opens
constexpr int kSentence = 7;                          // tokens in a cell that is a line of running text

class Collector {
 public:
  Collector(const Layout& layout, const PageLook& look) : layout_(layout), look_(look) {}

  std::vector<PageFeature> collect(const std::vector<FoundCue>& cues) {
    words_and_pairs();
    for (const Cell& cell : layout_.cells) {
      title_words(cell);
      headings(cell);
    }
    for (const FoundCue& cue : cues) add("c:" + folded(cue.first, cue.last), cue.first, cue.last);
    layout_cues();
    return std::move(features_);
  }

  std::vector<PageFeature> collect_opening() {
    int words = 0;
    for (int i = 0; i < static_cast<int>(layout_.tokens.size()) && words < kOpeningWords; ++i) {
      if (!is_word(token(i))) continue;
      add("o:" + token(i).folded, i, i + 1);
      ++words;
    }
    const auto sentence = std::ranges::find_if(layout_.cells, [](const Cell& cell) { return cell.last - cell.first >= kSentence; });
    if (sentence != layout_.cells.end() && std::islower(static_cast<unsigned char>(token(sentence->first).text.front()))) add("o:~", sentence->first, sentence->first + 1);
    for (const Cell& cell : layout_.cells)
      if (cell.row < kOpeningRows) headings(cell);
    for (PageFeature& feature : features_)
      if (feature.key.front() == 'h') feature.key.front() = 'q';
    return std::move(features_);
  }

 private:
  const Token& token(int i) const { return layout_.tokens[static_cast<std::size_t>(i)]; }

  void add(std::string key, int first = -1, int last = -1) {
    if (seen_.insert(key).second) features_.push_back({std::move(key), first, last});
  }

  std::string folded(int first, int last) const {
    std::string words;
    for (int i = first; i < last; ++i) words += (i > first ? " " : "") + token(i).folded;
    return words;
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

constexpr double kFew = 8;  // so few features of a kind are not to be believed as if they were all a page could say

// The kind is the key's first letter.
double kind_scale(char kind) {
  switch (kind) {
    case 'w': return 4.0;
    case 'p': return 3.0;
    case 't': return 1.5;
    case 'h': return 2.5;
    case 'c': return 2.0;
    case 'o': return 3.0;
    case 'q': return 2.0;
    default: return 1.0;  // of layout
  }
}

// The words of a key, behind its kind.
std::vector<std::string_view> words_of(std::string_view key) {
  std::vector<std::string_view> words;
  for (std::size_t from = 2; from < key.size();) {
    const std::size_t end = std::min(key.find(' ', from), key.size());
    words.push_back(key.substr(from, end - from));
    from = end + 1;
  }
  return words;
}

// Whose words may be known ones misread; cues have been found with letters wrong.
bool is_of_words(std::string_view key) { return key.front() != 'l' && key.front() != 'c'; }

}  // namespace

std::vector<PageFeature> page_features(const Layout& layout, const PageLook& look, const std::vector<FoundCue>& cues) { return Collector(layout, look).collect(cues); }

std::vector<PageFeature> opening_features(const Layout& layout) { return Collector(layout, {}).collect_opening(); }

KnownFeatures::KnownFeatures(const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    numbers_.emplace(key, static_cast<int>(numbers_.size()));
    if (!is_of_words(key)) continue;
    for (const std::string_view word : words_of(key)) words_.add(word);
  }
}

int KnownFeatures::number_of(const std::string& key) const {
  if (const auto found = numbers_.find(key); found != numbers_.end()) return found->second;
  if (!is_of_words(key)) return -1;
  const auto found = numbers_.find(repaired(key));
  return found == numbers_.end() ? -1 : found->second;
}

// Empty when a word is nothing known.
std::string KnownFeatures::repaired(const std::string& key) const {
  std::string out = key.substr(0, 2);
  for (const std::string_view word : words_of(key)) {
    const int known = words_.resembles(word);
    if (known < 0) return {};
    if (out.size() > 2) out += ' ';
    out += words_.word(known);
  }
  return out;
}

KnownFeatures::Found KnownFeatures::find(const std::vector<PageFeature>& features) const {
  Found found;
  std::array<int, 128> of_kind{};
  std::unordered_set<int> seen;
  for (const PageFeature& feature : features) {
    const char kind = feature.key.front();
    const int number = number_of(feature.key);
    found.words += kind == 'w';
    found.strange += kind == 'w' && number < 0;
    if (number < 0 || !seen.insert(number).second) continue;
    found.active.push_back({number, &feature, 0});
    ++of_kind[static_cast<unsigned char>(kind) & 127];
  }
  for (Active& one : found.active) {
    const char kind = one.feature->key.front();
    one.value = kind_scale(kind) / std::sqrt(kFew + of_kind[static_cast<unsigned char>(kind) & 127]);
  }
  return found;
}

}  // namespace chartscan::charts
