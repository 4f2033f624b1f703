#include "indexer/vocabulary.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>


namespace chartscan::indexer {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kConfusions{
    {{"0", "o"}, {"1", "l"}, {"1", "i"}, {"l", "i"}, {"5", "s"}, {"8", "b"}, {"rn", "m"}, {"cl", "d"}, {"vv", "w"}}};
constexpr int kMaxConfusions = 3;           // in one word
constexpr std::size_t kMaxVariants = 1024;  // spellings looked up for one word
constexpr std::size_t kMinConfusable = 3;   // letters: shorter words are one confusion away from everything
constexpr std::size_t kMinEditable = 4;
constexpr std::size_t kTwoEdits = 8;

// Levenshtein distances of one word to a growing or shrinking text: row i holds the distances after i bytes of the text.
class Distances {
 public:
  Distances(std::string_view word, int limit) : word_(word), limit_(limit) {
    rows_.emplace_back(word.size() + 1);
    for (std::size_t i = 0; i <= word.size(); ++i) rows_[0][i] = static_cast<int>(i);
  }

  // Moves to `text`, keeping the rows of the beginning it shares with the last one. Returns how many bytes of `text` were
  // read when every continuation was out of reach; text.size() + 1 when that did not happen.
  std::size_t move_to(std::string_view text) {
    const auto [differ, _] = std::mismatch(text.begin(), text.end(), text_.begin(), text_.end());
    std::size_t shared = static_cast<std::size_t>(differ - text.begin());
    shared = std::min(shared, rows_.size() - 1);
    rows_.resize(shared + 1);
    text_ = text;
    for (std::size_t i = shared; i < text.size(); ++i) {
      add_row(text[i]);
      if (*std::min_element(rows_.back().begin(), rows_.back().end()) > limit_) return i + 1;
    }
    return text.size() + 1;
  }

  bool within() const { return rows_.size() == text_.size() + 1 && rows_.back().back() <= limit_; }

 private:
  void add_row(char c) {
    const std::vector<int>& above = rows_.back();
    std::vector<int> row(above.size());
    row[0] = above[0] + 1;
    for (std::size_t i = 1; i < row.size(); ++i) {
      row[i] = std::min({above[i] + 1, row[i - 1] + 1, above[i - 1] + (word_[i - 1] == c ? 0 : 1)});
    }
    rows_.push_back(std::move(row));
  }

  std::string word_, text_;
  int limit_;
  std::vector<std::vector<int>> rows_;
};

// The smallest text behind everything that begins with `text`, which has a byte below 255 (terms are UTF-8).
std::string behind_all(std::string text) {
  text.back() = static_cast<char>(static_cast<unsigned char>(text.back()) + 1);
  return text;
}

// Spellings one confusion away from `word`.
void add_confusions(const std::string& word, std::set<std::string>& out) {
  const auto exchange = [&](std::string_view from, std::string_view to) {
    for (std::size_t at = word.find(from); at != std::string::npos && out.size() < kMaxVariants; at = word.find(from, at + 1)) {
      out.insert(std::string(word).replace(at, from.size(), to));
    }
  };
  for (const auto& [a, b] : kConfusions) {
    exchange(a, b);
    exchange(b, a);
  }
  // "S24" is often read as "$24", and the dollar sign is no part of a term.
  if (word.size() > 2 && word[0] == 's' && word[1] >= '0' && word[1] <= '9') out.insert(word.substr(1));
}

// The known spellings with the fewest confusions.
Result<std::vector<std::string>> confused_spellings(IndexReader& index, const std::string& word) {
  std::vector<std::string> known;
  std::set<std::string> seen{word}, round{word};
  for (int i = 0; i < kMaxConfusions && known.empty() && seen.size() < kMaxVariants; ++i) {
    std::set<std::string> variants;
    for (const std::string& spelling : round) add_confusions(spelling, variants);
    round.clear();
    for (const std::string& spelling : variants) {
      if (!seen.insert(spelling).second) continue;
      round.insert(spelling);
      TRY(const std::uint64_t pages, index.frequency(spelling));
      if (pages > 0) known.push_back(spelling);
    }
  }
  return known;
}

bool has_digit(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<std::vector<std::string>> near_terms(IndexReader& index, std::string_view space, std::string_view word, int edits) {
  std::vector<std::string> near;
  Distances distances(word, edits);
  TRY_STATUS(index.walk(space, [&](std::string_view term, std::uint64_t) -> std::optional<std::string> {
    if (space.empty() && layout::is_field_term(term)) return behind_all(std::string(term.substr(0, 1)));
    const std::string_view text = term.substr(space.size());
    const std::size_t read = distances.move_to(text);
    if (read <= text.size()) return std::string(space) + behind_all(std::string(text.substr(0, read)));
    if (distances.within()) near.emplace_back(text);
    return "";
  }));
  return near;
}

bool is_near(std::string_view a, std::string_view b, int edits) {
  Distances distances(a, edits);
  distances.move_to(b);
  return distances.within();
}

Result<std::vector<std::string>> likely_spellings(IndexReader& index, const std::string& word) {
  if (word.size() < kMinConfusable) return std::vector<std::string>();
  TRY(std::vector<std::string> spellings, confused_spellings(index, word));
  if (has_digit(word) || word.size() < kMinEditable) return spellings;
  const int most = word.size() >= kTwoEdits ? 2 : 1;
  for (int edits = 1; edits <= most && spellings.empty(); ++edits) {
    TRY(spellings, near_terms(index, "", word, edits));
  }
  return spellings;
}

}  // namespace chartscan::indexer
