#include "indexer/spelling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "indexer/rows.h"

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

// The letter that a pair of letters is exchanged with; 0: none.
char single_for(char first, char second) {
  for (const auto& [pair, single] : kDoubles)
    if (pair[0] == first && pair[1] == second) return single;
  return 0;
}

enum class Weighing { Edits, Confusions };

// Costs of turning one word into a growing or shrinking text: row i after i bytes of the text, cell j after j bytes of the word. Only cells
// near the diagonal are kept up: whoever leaves it by more than the limit has paid more than that.
class Distances {
 public:
  Distances(std::string_view word, int limit, Weighing weighing)
      : word_(word), limit_(limit), weighing_(weighing), costs_(exchange_costs()), width_(word.size() + 2) {
    for (std::size_t j = 0; j <= word.size(); ++j) {
      word_singles_.push_back(j < 2 ? '\0' : single_for(word[j - 2], word[j - 1]));
      cells_.push_back(std::min(static_cast<int>(j) * edit(), limit_ + 1));
    }
    cells_.push_back(limit_ + 1);
    least_.push_back(0);
  }

  // Moves to `text`, which stays readable until the next move, keeping the rows of the `shared` bytes with which it begins as the last
  // one did. Returns how many bytes of `text` were read when every continuation was out of reach; text.size() + 1 when that did not happen.
  std::size_t move_to(std::string_view text, std::size_t shared) {
    text_ = text;
    depth_ = std::min(shared, depth_);
    while (depth_ < text.size()) {
      add_row();
      // A pair of letters for one reaches over the row before.
      const bool reached = least_[depth_] <= limit_ || (weighing_ == Weighing::Confusions && least_[depth_ - 1] + kConfusion <= limit_);
      if (!reached) return depth_;
    }
    return text.size() + 1;
  }

  std::size_t shared_with(std::string_view text) const {
    return static_cast<std::size_t>(std::mismatch(text.begin(), text.end(), text_.begin(), text_.end()).first - text.begin());
  }

  // Of the whole text it was moved to; above the limit: out of reach.
  int cost() const { return depth_ == text_.size() && is_near(depth_, word_.size()) ? row(depth_)[word_.size()] : limit_ + 1; }

 private:
  int edit() const { return weighing_ == Weighing::Edits ? 1 : kEdit; }
  bool is_near(std::size_t i, std::size_t j) const { return (i > j ? i - j : j - i) <= static_cast<std::size_t>(limit_); }
  const int* row(std::size_t i) const { return cells_.data() + i * width_; }

  void add_row() {
    const std::size_t i = depth_++;  // of the letter taken in
    if (least_.size() == depth_) {
      least_.push_back(0);
      cells_.resize(cells_.size() + width_);
    }
    const bool confusions = weighing_ == Weighing::Confusions;
    const int far = limit_ + 1, step = edit();
    const int* const above = row(i);
    int* const cells = cells_.data() + depth_ * width_;
    const char letter = text_[i], single = confusions && i > 0 ? single_for(text_[i - 1], letter) : '\0';
    const std::uint8_t* const exchanges = costs_[static_cast<unsigned char>(letter)].data();
    const auto band = static_cast<std::size_t>(limit_);
    const std::size_t first = depth_ > band ? depth_ - band : 0, last = std::min(depth_ + band, word_.size());
    if (first > 0 && first <= width_) cells[first - 1] = far;
    int least = far;
    for (std::size_t j = first; j <= last; ++j) {
      int cost = above[j] + step;
      if (j > 0) {
        const char wanted = word_[j - 1];
        const int exchange = confusions ? exchanges[static_cast<unsigned char>(wanted)] : letter != wanted;
        cost = std::min({cost, cells[j - 1] + step, above[j - 1] + exchange});
        if (single != 0 && single == wanted) cost = std::min(cost, row(i - 1)[j - 1] + kConfusion);
        if (confusions && word_singles_[j] == letter && j > 1) cost = std::min(cost, above[j - 2] + kConfusion);
      }
      cells[j] = std::min(cost, far);
      least = std::min(least, cells[j]);
    }
    if (last + 1 < width_) cells[last + 1] = far;
    least_[depth_] = least;
  }

  const std::string word_;
  std::string_view text_;  // of the last move
  int limit_;
  Weighing weighing_;
  const std::array<std::array<std::uint8_t, 256>, 256>& costs_;
  std::size_t width_;        // of a row: a cell more than the word has, and one that is always far
  std::string word_singles_;  // of the two letters before each place of the word
  std::vector<int> cells_;   // rows, as many as were ever needed
  std::vector<int> least_;   // of each row
  std::size_t depth_ = 0;    // the newest row that counts
};

// The smallest text behind everything that begins with `text`, which has a byte below 255 (terms are UTF-8).
std::string behind_all(std::string text) {
  text.back() = static_cast<char>(static_cast<unsigned char>(text.back()) + 1);
  return text;
}

struct NearTerm {
  std::string term;  // without the space's prefix
  int cost = 0;
};

// The stored terms within reach, in order: what a term shares with the one before says which rows still hold, and where to leap.
Status find_stored(IndexReader& reader, std::string_view space, Distances& distances, int limit, std::vector<NearTerm>& found) {
  TRY(const auto table, reader.stored_terms(space));
  std::size_t shared = 0;
  for (std::size_t i = table->lower_bound(space); i < table->size();) {
    const std::string_view term = table->term(i);
    if (!term.starts_with(space)) break;
    const std::string_view text = term.substr(space.size());
    const std::size_t read = distances.move_to(text, shared), length = std::min<std::size_t>(space.size() + read, 255);
    if (read > text.size() && distances.cost() <= limit) found.push_back({std::string(text), distances.cost()});
    i = read <= text.size() ? table->behind(i, length) : i + 1;
    shared = i < table->size() && table->shared[i] > space.size() ? table->shared[i] - space.size() : 0;
  }
  return {};
}

// Those of pages that are in no segment yet.
Status find_fresh(IndexReader& reader, std::string_view space, Distances& distances, int limit, std::vector<NearTerm>& found) {
  return reader.walk_fresh(space, [&](std::string_view term, std::uint64_t) -> std::optional<std::string> {
    const std::string_view text = term.substr(space.size());
    const std::size_t read = distances.move_to(text, distances.shared_with(text));
    if (read <= text.size()) return std::string(space) + behind_all(std::string(text.substr(0, read)));
    if (distances.cost() <= limit) found.push_back({std::string(text), distances.cost()});
    return "";
  });
}

// Each term once, in order.
Result<std::vector<NearTerm>> terms_within(IndexReader& reader, std::string_view space, std::string_view word, int limit, Weighing weighing) {
  std::vector<NearTerm> found;
  Distances distances(word, limit, weighing);
  TRY_STATUS(find_stored(reader, space, distances, limit, found));
  const auto fresh = static_cast<std::ptrdiff_t>(found.size());
  TRY_STATUS(find_fresh(reader, space, distances, limit, found));
  std::ranges::inplace_merge(found, found.begin() + fresh, {}, &NearTerm::term);
  const auto twice = std::ranges::unique(found, {}, &NearTerm::term);
  found.erase(twice.begin(), twice.end());
  return found;
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
  TRY(std::vector<NearTerm> found, terms_within(reader, "", word, limit, Weighing::Confusions));
  for (NearTerm& near : found) {
    const bool another_number = number && std::all_of(near.term.begin(), near.term.end(), is_digit);
    if (near.term != word && !another_number && near.term.size() > 1) similar.push_back({std::move(near.term), near.cost});
  }
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
  TRY(std::vector<NearTerm> found, terms_within(reader, space, word, edits, Weighing::Edits));
  std::vector<std::string> near;
  for (NearTerm& each : found) near.push_back(std::move(each.term));
  return near;
}

bool is_near(std::string_view a, std::string_view b, int edits) {
  Distances distances(a, edits, Weighing::Edits);
  distances.move_to(b, 0);
  return distances.cost() <= edits;
}

}  // namespace chartscan::indexer
