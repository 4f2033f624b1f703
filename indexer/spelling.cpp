#include "indexer/spelling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace chartscan::indexer {
namespace {

constexpr int kEdit = 2, kConfusion = 1, kNever = 100;
constexpr std::size_t kMaxSimilar = 20'000;  // spellings of one word
constexpr double kKept = 0.75;               // of a score for each step of cost

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Pairs that scanners and engines exchange, both ways.
constexpr std::string_view kPairs =
    "0o 1l 1i li 5s 8b 6b 6g 9g 9q 2z 7t 4a ec nu hb ao tf fl ij ri vy gq uv co ce kx rt ae eo oq 0q 0d 0c 3e 8s 11 mn hn ft ";
constexpr std::array<std::pair<std::string_view, char>, 7> kDoubles{{{"rn", 'm'}, {"cl", 'd'}, {"vv", 'w'}, {"nn", 'm'}, {"ii", 'u'}, {"li", 'h'}, {"ri", 'n'}}};

// Cost of reading one letter for another.
const std::array<std::array<std::uint8_t, 256>, 256>& exchange_costs() {
  static const auto costs = [] {
    std::array<std::array<std::uint8_t, 256>, 256> made{};
    for (std::size_t a = 0; a < 256; ++a) {
      for (std::size_t b = 0; b < 256; ++b) {
        const bool digits = is_digit(static_cast<char>(a)) && is_digit(static_cast<char>(b));
        made[a][b] = a == b ? 0 : digits ? kNever : kEdit;
      }
    }
    for (std::size_t i = 0; i + 1 < kPairs.size(); i += 3) {
      const auto a = static_cast<unsigned char>(kPairs[i]), b = static_cast<unsigned char>(kPairs[i + 1]);
      if (a != b) made[a][b] = made[b][a] = kConfusion;
    }
    return made;
  }();
  return costs;
}

bool is_double(char first, char second, char single) {
  return std::any_of(kDoubles.begin(), kDoubles.end(), [&](const auto& entry) { return entry.first[0] == first && entry.first[1] == second && entry.second == single; });
}

enum class Weighing { Edits, Confusions };

// Costs of turning one word into a growing or shrinking text: row i after i bytes of the text, cell j after j bytes of the word.
class Distances {
 public:
  Distances(std::string_view word, int limit, Weighing weighing) : word_(word), limit_(limit), weighing_(weighing), rows_(1, Row(word.size() + 1)) {
    for (std::size_t j = 0; j <= word.size(); ++j) rows_[0][j] = static_cast<int>(j) * edit();
  }

  // Moves to `text`, keeping the rows of the beginning it shares with the last one. Returns how many bytes of `text` were
  // read when every continuation was out of reach; text.size() + 1 when that did not happen.
  std::size_t move_to(std::string_view text) {
    const auto [differ, _] = std::mismatch(text.begin(), text.end(), text_.begin(), text_.end());
    const std::size_t shared = std::min(static_cast<std::size_t>(differ - text.begin()), depth_);
    text_ = text;
    depth_ = shared;
    for (std::size_t i = shared; i < text.size(); ++i) {
      const int least = add_row();
      // A pair of letters for one reaches over the row before.
      if (least > limit_ && (weighing_ == Weighing::Edits || *std::ranges::min_element(rows_[depth_ - 1]) + kConfusion > limit_)) return i + 1;
    }
    return text.size() + 1;
  }

  // Of the whole text it was moved to; above the limit: out of reach.
  int cost() const { return depth_ == text_.size() ? rows_[depth_].back() : limit_ + 1; }

 private:
  using Row = std::vector<int>;

  int edit() const { return weighing_ == Weighing::Edits ? 1 : kEdit; }
  int exchange(char a, char b) const {
    if (weighing_ == Weighing::Edits) return a == b ? 0 : 1;
    return exchange_costs()[static_cast<unsigned char>(a)][static_cast<unsigned char>(b)];
  }

  int add_row() {
    const std::size_t i = depth_++;  // of the letter taken in
    if (rows_.size() == depth_) rows_.emplace_back(word_.size() + 1);
    const Row& above = rows_[i];
    Row& row = rows_[depth_];
    int least = row[0] = above[0] + edit();
    for (std::size_t j = 1; j <= word_.size(); ++j) {
      int cost = std::min({above[j] + edit(), row[j - 1] + edit(), above[j - 1] + exchange(text_[i], word_[j - 1])});
      if (weighing_ == Weighing::Confusions) {
        if (i > 0 && is_double(text_[i - 1], text_[i], word_[j - 1])) cost = std::min(cost, rows_[i - 1][j - 1] + kConfusion);
        if (j > 1 && is_double(word_[j - 2], word_[j - 1], text_[i])) cost = std::min(cost, above[j - 2] + kConfusion);
      }
      row[j] = cost;
      least = std::min(least, cost);
    }
    return least;
  }

  std::string word_, text_;
  int limit_;
  Weighing weighing_;
  std::vector<Row> rows_;   // as many as were ever needed
  std::size_t depth_ = 0;   // rows_[depth_] is the newest that counts
};

// The smallest text behind everything that begins with `text`, which has a byte below 255 (terms are UTF-8).
std::string behind_all(std::string text) {
  text.back() = static_cast<char>(static_cast<unsigned char>(text.back()) + 1);
  return text;
}

// Visits the terms within reach.
template <typename Visit>
Status walk_near(IndexReader& reader, std::string_view space, Distances& distances, int limit, const Visit& visit) {
  return reader.walk(space, [&](std::string_view term, std::uint64_t) -> std::optional<std::string> {
    if (space.empty() && layout::is_field_term(term)) return behind_all(std::string(term.substr(0, 1)));
    const std::string_view text = term.substr(space.size());
    const std::size_t read = distances.move_to(text);
    if (read <= text.size()) return std::string(space) + behind_all(std::string(text.substr(0, read)));
    if (distances.cost() <= limit) visit(text, distances.cost());
    return "";
  });
}

// What stands only on pages that the asker must not see is no spelling to be told of.
Status drop_untellable(IndexReader& reader, std::vector<Similar>& similar) {
  std::vector<Similar> kept;
  for (Similar& other : similar) {
    TRY(const bool may_tell, reader.may_tell(other.term));
    if (may_tell) kept.push_back(std::move(other));
  }
  similar = std::move(kept);
  return {};
}

int allowance(std::size_t letters) { return letters < 3 ? 0 : letters < 4 ? 1 : letters < 6 ? 2 : letters < 8 ? 3 : 4; }

}  // namespace

double discount(int cost) { return std::pow(kKept, cost); }

Result<std::vector<Similar>> similar_terms(IndexReader& reader, std::string_view word) {
  std::vector<Similar> similar;
  const bool number = std::all_of(word.begin(), word.end(), is_digit);
  const int limit = number ? std::min(allowance(word.size()), kConfusion) : allowance(word.size());
  if (limit == 0) return similar;
  Distances distances(word, limit, Weighing::Confusions);
  TRY_STATUS(walk_near(reader, "", distances, limit, [&](std::string_view term, int cost) {
    const bool another_number = number && std::all_of(term.begin(), term.end(), is_digit);
    if (term != word && !another_number && term.size() > 1) similar.push_back({std::string(term), cost});
  }));
  // "S24" is often read as "$24", and the dollar sign is no part of a term.
  if (const std::string behind(word.substr(1)); word.front() == 's' && is_digit(behind.front())) {
    TRY(const std::uint64_t pages, reader.frequency(behind));
    const bool known = std::any_of(similar.begin(), similar.end(), [&](const Similar& other) { return other.term == behind; });
    if (pages > 0 && !known) similar.push_back({behind, kConfusion});
  }
  TRY_STATUS(drop_untellable(reader, similar));
  std::stable_sort(similar.begin(), similar.end(), [](const Similar& a, const Similar& b) { return a.cost < b.cost; });
  if (similar.size() > kMaxSimilar) similar.resize(kMaxSimilar);
  return similar;
}

Result<std::vector<std::string>> near_terms(IndexReader& reader, std::string_view space, std::string_view word, int edits) {
  std::vector<std::string> near;
  Distances distances(word, edits, Weighing::Edits);
  TRY_STATUS(walk_near(reader, space, distances, edits, [&](std::string_view term, int) { near.emplace_back(term); }));
  return near;
}

bool is_near(std::string_view a, std::string_view b, int edits) {
  Distances distances(a, edits, Weighing::Edits);
  distances.move_to(b);
  return distances.cost() <= edits;
}

}  // namespace chartscan::indexer
