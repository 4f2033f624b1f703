// Words in a row and words near each other: pages that have all of them, then their places, rarest words first.
#include <algorithm>

#include "indexer/neighbours.h"
#include "indexer/term_cursor.h"

namespace chartscan::indexer {
namespace {

// The first page at or after `page` on which all of `rarest_first` stand. `leap` passes over pages that cannot matter: it gives the
// first at or after one that may.
template <typename Leap>
PageNo first_common(std::span<PlaceCursor* const> rarest_first, PageNo page, const Leap& leap) {
  for (;;) {
    page = leap(page);
    if (page == PageCursor::kEnd) return page;
    const PageNo begun = page;
    for (PlaceCursor* const cursor : rarest_first) {
      if (cursor->page() < page) cursor->seek(page);
      if (cursor->page() == page) continue;
      page = cursor->page();
      if (cursor != rarest_first.front()) break;
    }
    if (page == begun) return page;
  }
}

// Pages on which all words stand; kinds of closeness are told apart by find_places.
class CloseCursor : public PageCursor {
 public:
  CloseCursor(Walk& walk, std::vector<PlaceCursorPtr> words, bool ranked) : walk_(walk), words_(std::move(words)) {
    for (const PlaceCursorPtr& word : words_) {
      order_.push_back(word.get());
      if (ranked) idf_ += word->idf();
    }
    std::stable_sort(order_.begin(), order_.end(), [](auto* a, auto* b) { return a->cost() < b->cost(); });
  }
  void seek(PageNo page) override {
    if (page > page_) find(page);
  }
  double score() override { return idf_ == 0 ? 0 : walk_.score(idf_, weight_, page_); }
  std::uint64_t cost() const override { return order_.front()->cost(); }
  double ceiling(PageNo from, PageNo& last) override {
    double least = kMostSaturation;
    last = kEnd;
    for (PlaceCursor* const word : bounding()) {
      PageNo word_last = from;
      least = std::min(least, word->saturation_ceiling(from, word_last));
      last = std::min(last, word_last);
    }
    return idf_ * least;
  }
  double highest() const override { return idf_ * kMostSaturation; }
  // The words that bound it must themselves stand often enough.
  void require(double score) override {
    required_ = score;
    if (idf_ == 0) return;
    for (PlaceCursor* const word : bounding()) word->require(score * (word->idf() / idf_) / kRounding);
  }

 protected:
  void find(PageNo page) {
    const auto leap = [this](PageNo from) { return required_ < 0 ? from : this->leap(from); };
    const std::size_t first = std::min<std::size_t>(2, order_.size());
    for (;; ++page) {
      page = first_common(std::span(order_).first(first), page, leap);
      if (page == kEnd) break;
      if (!rarest_can_stand() || !all_stand_on(page, std::span(order_).subspan(first))) continue;
      if (required_ >= 0 && !can_reach(page)) continue;
      weight_ = weigh();
      if (weight_ > 0) break;
    }
    page_ = page;
  }

  // Whether the places of the two rarest words allow it; the others are not looked for yet.
  virtual bool rarest_can_stand() { return true; }
  // What the occurrences on the page where all words stand weigh; 0: there is none.
  virtual std::uint32_t weigh() = 0;
  // At most so much, by how often words stand on the page at hand; UINT32_MAX: that does not tell.
  virtual std::uint32_t most_weight() = 0;
  // Words none of which can stand on a page less often than the whole does.
  virtual std::span<PlaceCursor* const> bounding() const = 0;

  const std::vector<PlaceCursorPtr>& words() const { return words_; }
  const std::vector<PlaceCursor*>& rarest_first() const { return order_; }

 private:
  static bool all_stand_on(PageNo page, std::span<PlaceCursor* const> words) {
    return std::ranges::all_of(words, [&](PlaceCursor* word) { return word->has(page); });
  }

  PageNo leap(PageNo page) {
    while (page != kEnd && page > good_until_) {
      PageNo last = page;
      if (can_exceed(ceiling(page, last), required_)) {
        good_until_ = last;
        return page;
      }
      page = last == kEnd ? kEnd : last + 1;
    }
    return page;
  }

  // Whether the page could rank high enough if the words stood together every time; cheaper than their places.
  bool can_reach(PageNo page) {
    const std::uint32_t weight = most_weight();
    return weight == UINT32_MAX || walk_.may_exceed(required_, idf_, weight, page);
  }

  Walk& walk_;
  std::vector<PlaceCursorPtr> words_;
  std::vector<PlaceCursor*> order_;
  double idf_ = 0;
  double required_ = -1;
  PageNo good_until_ = 0;
  std::uint32_t weight_ = 0;
};

class PhraseCursor final : public CloseCursor {
 public:
  PhraseCursor(Walk& walk, std::vector<PlaceCursorPtr> phrase, bool ranked)
      : CloseCursor(walk, std::move(phrase), ranked), filter_(walk, pairs_of(words())) {
    rarest_first().front()->only_where(filter_);
    // Each last word counts once. It has a place of its own for each word before it, unless it has several spellings.
    if (words().back()->is_united()) {
      bounding_ = {words().back().get()};
    } else {
      for (const PlaceCursorPtr& word : words()) bounding_.push_back(word.get());
    }
    find(0);
  }

 private:
  static std::vector<NeighbourFilter::Pair> pairs_of(const std::vector<PlaceCursorPtr>& words) {
    std::vector<NeighbourFilter::Pair> pairs;
    for (std::size_t i = 1; i < words.size(); ++i) pairs.emplace_back(words[i - 1]->term(), words[i]->term());
    return pairs;
  }

  std::span<PlaceCursor* const> bounding() const override { return bounding_; }

  std::uint32_t most_weight() override {
    std::uint32_t weight = UINT32_MAX;
    for (PlaceCursor* const word : bounding_) weight = std::min(weight, word->weight());
    return weight;
  }

  std::uint32_t weigh() override { return stand_in_a_row() ? weight_of(last_words_) : 0; }

  std::size_t number_of(const PlaceCursor* word) const {
    std::size_t i = 0;
    while (words()[i].get() != word) ++i;
    return i;
  }

  // The two rarest far enough from each other for the words between them, which cover one or two positions each: most pages without
  // the phrase are known by that, and places of the frequent words are not read.
  bool rarest_can_stand() override {
    std::size_t a = number_of(rarest_first()[0]), b = number_of(rarest_first()[1]);
    if (a > b) std::swap(a, b);
    const auto least = static_cast<std::uint32_t>(b - a - 1), most = 2 * least;
    const auto first = words()[a]->places(), second = words()[b]->places();
    auto found = second.begin();
    for (const Place place : first) {
      const std::uint32_t from = end_of(place) + least;
      while (found != second.end() && position_of(*found) < from) ++found;
      if (found == second.end()) return false;
      if (position_of(*found) <= from + (most - least)) return true;
    }
    return false;
  }

  // Leaves the places of the last word of every occurrence in last_words_.
  bool stand_in_a_row() {
    const auto first = words().front()->places();
    last_words_.assign(first.begin(), first.end());
    for (std::size_t i = 1; i < words().size() && !last_words_.empty(); ++i) {
      ends_.resize(last_words_.size());
      std::ranges::transform(last_words_, ends_.begin(), end_of);
      keep_at_ends(words()[i]->places());
    }
    return !last_words_.empty();
  }

  // Those of `places` that begin at one of ends_, without branches that cannot be guessed.
  void keep_at_ends(std::span<const Place> places) {
    const std::size_t highest = std::ranges::max(ends_) / 64;
    if (highest >= is_end_.size()) is_end_.resize(highest + 1);
    for (const std::uint32_t end : ends_) is_end_[end / 64] |= std::uint64_t{1} << end % 64;
    last_words_.resize(places.size());
    std::size_t kept = 0;
    for (const Place place : places) {
      const std::uint32_t position = position_of(place);
      if (position / 64 > highest) break;
      last_words_[kept] = place;
      kept += is_end_[position / 64] >> position % 64 & 1;
    }
    last_words_.resize(kept);
    for (const std::uint32_t end : ends_) is_end_[end / 64] = 0;
  }

  NeighbourFilter filter_;
  std::vector<PlaceCursor*> bounding_;
  std::vector<Place> last_words_;    // on the page
  // Scratch: where the occurrences so far end, and the same as bits.
  std::vector<std::uint32_t> ends_;
  std::vector<std::uint64_t> is_end_;
};

class NearCursor final : public CloseCursor {
 public:
  NearCursor(Walk& walk, std::vector<PlaceCursorPtr> close, std::uint32_t distance)
      : CloseCursor(walk, std::move(close), true), distance_(distance) {
    find(0);
  }

 private:
  std::span<PlaceCursor* const> bounding() const override { return {}; }

  // Each place of a word counts once at most.
  std::uint32_t most_weight() override {
    std::uint32_t weight = 0;
    for (const PlaceCursorPtr& word : words()) weight += word->weight();
    return weight;
  }

  // Slides over all places: each place that ends a stretch of at most distance_ with every word in it counts once.
  std::uint32_t weigh() override {
    gather();
    inside_.assign(words().size(), 0);
    std::size_t have = 0, begin = 0;
    std::uint32_t weight = 0;
    for (const auto& [place, word] : places_) {
      if (inside_[word]++ == 0) ++have;
      for (; position_of(place) - position_of(places_[begin].place) > distance_; ++begin)
        if (--inside_[places_[begin].word] == 0) --have;
      if (have < words().size()) continue;
      if (weight == 0 && position_of(places_[begin].place) < kTitleZone) ++weight;
      ++weight;
    }
    return weight;
  }

  struct PlaceOfWord {
    Place place;
    std::uint32_t word;
  };

  // The places of all words, in order.
  void gather() {
    places_.clear();
    for (std::uint32_t word = 0; word < words().size(); ++word) {
      merged_.clear();
      const auto places = words()[word]->places();
      auto before = places_.begin();
      for (const Place place : places) {
        for (; before != places_.end() && before->place <= place; ++before) merged_.push_back(*before);
        merged_.push_back({place, word});
      }
      merged_.insert(merged_.end(), before, places_.end());
      places_.swap(merged_);
    }
  }

  const std::uint32_t distance_;
  std::vector<PlaceOfWord> places_, merged_;
  std::vector<std::uint32_t> inside_;  // of each word, in the stretch
};

}  // namespace

PageCursorPtr phrase_cursor(Walk& walk, std::vector<PlaceCursorPtr> words, bool ranked) {
  return std::make_unique<PhraseCursor>(walk, std::move(words), ranked);
}

PageCursorPtr near_cursor(Walk& walk, std::vector<PlaceCursorPtr> words, std::uint32_t distance) {
  return std::make_unique<NearCursor>(walk, std::move(words), distance);
}

}  // namespace chartscan::indexer
