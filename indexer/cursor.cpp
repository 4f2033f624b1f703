#include "indexer/cursor.h"

#include <algorithm>
#include <cmath>

namespace chartscan::indexer {
namespace {

constexpr double kK1 = 1.2;
constexpr double kB = 0.75;
constexpr std::uint32_t kTitleZone = 16;  // positions: a letterhead and the title below it

// A place in one list; shared by words and phrases.
class ListPosition {
 public:
  explicit ListPosition(ListPtr list) : list_(std::move(list)) {}

  std::uint64_t page() const { return at_ < list_->size() ? list_->pages[at_] : Cursor::kEnd; }
  std::span<const Place> places() const { return list_->places_of(at_); }
  std::uint32_t length() const { return list_->lengths[at_]; }
  std::size_t size() const { return list_->size(); }

  // Gallops: near targets are cheap, far ones logarithmic.
  void seek(std::uint64_t page) {
    const auto& pages = list_->pages;
    std::size_t step = 1, low = at_;
    while (low + step < pages.size() && pages[low + step] < page) low += step, step *= 2;
    const auto end = pages.begin() + static_cast<std::ptrdiff_t>(std::min(low + step + 1, pages.size()));
    at_ = static_cast<std::size_t>(
        std::lower_bound(pages.begin() + static_cast<std::ptrdiff_t>(std::min(low, pages.size())), end, page) - pages.begin());
  }

 private:
  ListPtr list_;
  std::size_t at_ = 0;
};

class WordCursor final : public Cursor {
 public:
  WordCursor(ListPtr list, const Ranking& ranking) : list_(std::move(list)), ranking_(ranking), idf_(ranking.idf(list_.size())) {}
  std::uint64_t page() const override { return list_.page(); }
  void seek(std::uint64_t page) override { list_.seek(page); }
  double score() const override { return ranking_.weight(idf_, list_.places(), list_.length()); }
  std::size_t cost() const override { return list_.size(); }

 private:
  ListPosition list_;
  Ranking ranking_;
  double idf_;
};

class FilterCursor final : public Cursor {
 public:
  explicit FilterCursor(ListPtr list) : list_(std::move(list)) {}
  std::uint64_t page() const override { return list_.page(); }
  void seek(std::uint64_t page) override { list_.seek(page); }
  double score() const override { return 0; }
  std::size_t cost() const override { return list_.size(); }

 private:
  ListPosition list_;
};

// Moves all to the first page at or after `page` on which every one of them stands.
template <typename Parts>
std::uint64_t align(Parts& parts, std::uint64_t page) {
  for (std::size_t agreed = 0, i = 0; agreed < parts.size(); i = (i + 1) % parts.size()) {
    parts[i]->seek(page);
    const std::uint64_t found = parts[i]->page();
    if (found == Cursor::kEnd) return Cursor::kEnd;
    agreed = found == page ? agreed + 1 : 1;
    page = found;
  }
  return page;
}

class AndCursor final : public Cursor {
 public:
  explicit AndCursor(std::vector<CursorPtr> parts) : parts_(std::move(parts)) {
    std::stable_sort(parts_.begin(), parts_.end(), [](const CursorPtr& a, const CursorPtr& b) { return a->cost() < b->cost(); });
    page_ = align(parts_, 0);
  }
  std::uint64_t page() const override { return page_; }
  void seek(std::uint64_t page) override {
    if (page > page_) page_ = align(parts_, page);
  }
  double score() const override {
    double sum = 0;
    for (const CursorPtr& part : parts_) sum += part->score();
    return sum;
  }
  std::size_t cost() const override { return parts_.front()->cost(); }

 private:
  std::vector<CursorPtr> parts_;
  std::uint64_t page_ = kEnd;
};

class OrCursor final : public Cursor {
 public:
  explicit OrCursor(std::vector<CursorPtr> parts) : parts_(std::move(parts)) { settle(); }
  std::uint64_t page() const override { return page_; }
  void seek(std::uint64_t page) override {
    if (page <= page_) return;
    for (const CursorPtr& part : parts_) {
      if (part->page() < page) part->seek(page);
    }
    settle();
  }
  double score() const override {
    double sum = 0;
    for (const CursorPtr& part : parts_) {
      if (part->page() == page_) sum += part->score();
    }
    return sum;
  }
  std::size_t cost() const override {
    std::size_t sum = 0;
    for (const CursorPtr& part : parts_) sum += part->cost();
    return sum;
  }

 private:
  void settle() {
    page_ = kEnd;
    for (const CursorPtr& part : parts_) page_ = std::min(page_, part->page());
  }

  std::vector<CursorPtr> parts_;
  std::uint64_t page_ = kEnd;
};

class WithoutCursor final : public Cursor {
 public:
  WithoutCursor(CursorPtr kept, CursorPtr removed) : kept_(std::move(kept)), removed_(std::move(removed)) { settle(); }
  std::uint64_t page() const override { return kept_->page(); }
  void seek(std::uint64_t page) override {
    kept_->seek(page);
    settle();
  }
  double score() const override { return kept_->score(); }
  std::size_t cost() const override { return kept_->cost(); }

 private:
  void settle() {
    for (; kept_->page() != kEnd; kept_->next()) {
      removed_->seek(kept_->page());
      if (removed_->page() != kept_->page()) return;
    }
  }

  CursorPtr kept_, removed_;
};

class PhraseCursor final : public Cursor {
 public:
  PhraseCursor(std::vector<ListPtr> words, const Ranking* ranking) {
    if (ranking) ranking_ = *ranking;
    for (ListPtr& word : words) {
      if (ranking_) idf_ += ranking_->idf(word->size());
      words_.push_back(std::make_unique<ListPosition>(std::move(word)));
    }
    settle(0);
  }
  std::uint64_t page() const override { return page_; }
  void seek(std::uint64_t page) override {
    if (page > page_) settle(page);
  }
  double score() const override { return ranking_ ? ranking_->weight(idf_, last_words_, words_.front()->length()) : 0; }
  std::size_t cost() const override {
    std::size_t least = words_.front()->size();
    for (const auto& word : words_) least = std::min(least, word->size());
    return least;
  }

 private:
  void settle(std::uint64_t page) {
    for (page_ = align(words_, page); page_ != kEnd && !stand_in_a_row(); page_ = align(words_, page_ + 1)) {
    }
  }

  // Leaves the places of the last word of every occurrence in last_words_.
  bool stand_in_a_row() {
    const auto first = words_.front()->places();
    last_words_.assign(first.begin(), first.end());
    for (std::size_t i = 1; i < words_.size() && !last_words_.empty(); ++i) {
      ends_.clear();
      for (const Place place : last_words_) ends_.push_back(end_of(place));
      std::sort(ends_.begin(), ends_.end());  // a joined word may end behind its follower
      last_words_.clear();
      for (const Place place : words_[i]->places()) {
        if (std::binary_search(ends_.begin(), ends_.end(), position_of(place))) last_words_.push_back(place);
      }
    }
    return !last_words_.empty();
  }

  std::vector<std::unique_ptr<ListPosition>> words_;
  std::optional<Ranking> ranking_;
  double idf_ = 0;
  std::uint64_t page_ = kEnd;
  std::vector<Place> last_words_;    // on page_
  std::vector<std::uint32_t> ends_;  // scratch
};

}  // namespace

double Ranking::idf(std::size_t pages_with_word) const {
  const auto with = static_cast<double>(pages_with_word);
  const double all = std::max(collection_.pages, with);
  return std::log(1 + (all - with + 0.5) / (with + 0.5));
}

double Ranking::weight(double idf, std::span<const Place> places, std::uint32_t length) const {
  const bool in_title = !places.empty() && position_of(places.front()) < kTitleZone;
  const double count = static_cast<double>(places.size()) + (in_title ? 1 : 0);
  const double norm = kK1 * (1 - kB + kB * static_cast<double>(length) / collection_.mean_length);
  return idf * count * (kK1 + 1) / (count + norm);
}

CursorPtr word_cursor(ListPtr list, const Ranking& ranking) { return std::make_unique<WordCursor>(std::move(list), ranking); }
CursorPtr filter_cursor(ListPtr list) { return std::make_unique<FilterCursor>(std::move(list)); }
CursorPtr phrase_cursor(std::vector<ListPtr> words, const Ranking* ranking) {
  return std::make_unique<PhraseCursor>(std::move(words), ranking);
}
CursorPtr and_cursor(std::vector<CursorPtr> parts) {
  return parts.size() == 1 ? std::move(parts.front()) : std::make_unique<AndCursor>(std::move(parts));
}
CursorPtr or_cursor(std::vector<CursorPtr> parts) {
  return parts.size() == 1 ? std::move(parts.front()) : std::make_unique<OrCursor>(std::move(parts));
}
CursorPtr without_cursor(CursorPtr kept, CursorPtr removed) {
  return std::make_unique<WithoutCursor>(std::move(kept), std::move(removed));
}

}  // namespace chartscan::indexer
