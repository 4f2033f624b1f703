#include "indexer/term_cursor.h"

#include <algorithm>
#include <cmath>

namespace chartscan::indexer {
namespace {

class TermCursor final : public PlaceCursor {
 public:
  TermCursor(Walk& walk, std::string term, std::vector<std::unique_ptr<TermPart>> parts, double idf)
      : walk_(walk), term_(std::move(term)), parts_(std::move(parts)), idf_(idf) {
    const double mean = walk.state.collection().mean_length;
    for (const auto& part : parts_) {
      // Impacts were taken under the mean length of the segment. Under a longer one a page scores more, at most in proportion.
      part->step = kImpactStep * std::max(1.0, mean / part->part->segment.mean_length());
      cost_ += part->pages;
    }
    find(0);
  }

  void seek(PageNo page) override {
    if (page > page_) find(page);
  }
  double score() override { return walk_.score(idf_, weight(), page_); }
  std::uint64_t cost() const override { return cost_; }
  double idf() const override { return idf_; }

  double saturation_ceiling(PageNo from, PageNo& last) override {
    shallow_ = std::max(shallow_, at_);
    for (; shallow_ < parts_.size(); ++shallow_) {
      TermPart& part = *parts_[shallow_];
      if (const auto impact = part.list.block_impact(from, last)) return *impact * part.step;
    }
    last = kEnd;
    return 0;
  }

  void require(double score) override {
    for (std::size_t i = at_; i < parts_.size(); ++i) {
      const double least = idf_ > 0 ? std::floor(score / (parts_[i]->step * idf_)) : 256;
      parts_[i]->least = static_cast<unsigned>(std::clamp(least, 0.0, 256.0));
    }
  }

  std::uint32_t weight() override {
    const std::uint32_t weight = list().weight();
    check();
    return weight;
  }

  std::span<const Place> places() override {
    if (places_page_ != page_) {
      places_.clear();
      list().places(places_, [&](std::size_t chunk) { return load(chunk); });
      places_page_ = page_;
      check();
    }
    return places_;
  }

  void mark(std::vector<std::uint64_t>& bits) override {
    for (; at_ < parts_.size(); ++at_) {
      TermPart& part = *parts_[at_];
      if (part.part->segment.last / 64 >= bits.size()) bits.resize(part.part->segment.last / 64 + 1);
      const Hidden* const hidden = part.part->hidden.get();
      part.list.visit_pages([&](PageNo page) {
        if (!hidden || !hidden->has(page)) bits[page / 64] |= std::uint64_t{1} << page % 64;
      });
      check();
    }
    page_ = kEnd;
  }

  std::uint64_t count_rest() override {
    const bool whole = !moved_ && std::none_of(parts_.begin(), parts_.end(), [](const auto& part) { return part->part->hidden; });
    if (!whole) return PageCursor::count_rest();
    page_ = kEnd;
    at_ = parts_.size();
    return cost_;
  }

 private:
  void find(PageNo page) {
    moved_ = page > 0;
    for (; at_ < parts_.size(); ++at_) {
      TermPart& part = *parts_[at_];
      if (part.part->segment.last < page) continue;
      const Hidden* const hidden = part.part->hidden.get();
      part.list.seek(page, part.least);
      while (hidden && part.list.page() != kEnd && hidden->has(part.list.page())) part.list.seek(part.list.page() + 1, part.least);
      if (part.list.page() != kEnd) {
        page_ = part.list.page();
        return;
      }
      check();
    }
    page_ = kEnd;
  }

  ListReader& list() { return parts_[at_]->list; }

  void check() {
    if (at_ < parts_.size() && list().is_damaged()) walk_.fault(damaged_index("a list of pages"));
  }

  std::optional<std::string_view> load(std::size_t chunk) {
    TermPart& part = *parts_[at_];
    if (part.chunk_number != chunk) {
      auto found = find_chunk(walk_.view, *part.part, term_, chunk);
      if (!found.ok()) return walk_.fault(std::move(found).error()), std::nullopt;
      part.chunk = std::move(*found);
      part.chunk_number = chunk;
    }
    if (!part.chunk) return std::nullopt;
    return part.chunk->bytes;
  }

  Walk& walk_;
  const std::string term_;
  std::vector<std::unique_ptr<TermPart>> parts_;
  const double idf_;
  std::uint64_t cost_ = 0;
  std::size_t at_ = 0, shallow_ = 0;
  bool moved_ = false;
  std::vector<Place> places_;
  PageNo places_page_ = kEnd;
};

class UnitedCursor final : public PlaceCursor {
 public:
  UnitedCursor(Walk& walk, std::vector<PlaceCursorPtr> parts, double idf) : walk_(walk), parts_(std::move(parts)), idf_(idf) { settle(); }

  void seek(PageNo page) override {
    if (page <= page_) return;
    do {
      page = leap(page);
      for (const PlaceCursorPtr& part : parts_)
        if (part->page() < page) part->seek(page);
      settle();
      page = page_;
    } while (required_ >= 0 && page_ != kEnd && page_ > good_until_);
  }
  void require(double score) override { required_ = score; }
  double score() override { return walk_.score(idf_, weight(), page_); }
  std::uint64_t cost() const override {
    std::uint64_t sum = 0;
    for (const PlaceCursorPtr& part : parts_) sum += part->cost();
    return sum;
  }
  double idf() const override { return idf_; }
  bool is_united() const override { return true; }

  // Saturation of a sum of weights is at most the sum of their saturations.
  double saturation_ceiling(PageNo from, PageNo& last) override {
    double sum = 0;
    last = kEnd;
    for (const PlaceCursorPtr& part : parts_) {
      PageNo part_last = from;
      sum += part->saturation_ceiling(from, part_last);
      last = std::min(last, part_last);
    }
    return sum;
  }

  std::uint32_t weight() override { return here_.size() == 1 ? here_.front()->weight() : weight_of(places()); }

  std::span<const Place> places() override {
    if (here_.size() == 1) return here_.front()->places();
    if (places_page_ == page_) return places_;
    places_.clear();
    for (PlaceCursor* const part : here_) {
      const auto places = part->places();
      places_.insert(places_.end(), places.begin(), places.end());
    }
    std::sort(places_.begin(), places_.end());
    places_.erase(std::unique(places_.begin(), places_.end()), places_.end());
    places_page_ = page_;
    return places_;
  }

  void mark(std::vector<std::uint64_t>& bits) override {
    for (const PlaceCursorPtr& part : parts_) part->mark(bits);
    page_ = kEnd;
  }

 private:
  void settle() {
    page_ = kEnd;
    for (const PlaceCursorPtr& part : parts_) page_ = std::min(page_, part->page());
    here_.clear();
    for (const PlaceCursorPtr& part : parts_)
      if (page_ != kEnd && part->page() == page_) here_.push_back(part.get());
  }

  // The first page at or after `page` in a stretch that can score enough.
  PageNo leap(PageNo page) {
    while (required_ >= 0 && page != kEnd && page > good_until_) {
      PageNo last = page;
      if (ceiling(page, last) * (1 + 1e-12) > required_) {
        good_until_ = last;
        return page;
      }
      page = last == kEnd ? kEnd : last + 1;
    }
    return page;
  }

  Walk& walk_;
  std::vector<PlaceCursorPtr> parts_;
  const double idf_;
  double required_ = -1;  // none
  PageNo good_until_ = 0;
  std::vector<PlaceCursor*> here_;  // parts on page_
  std::vector<Place> places_;
  PageNo places_page_ = kEnd;
};

}  // namespace

PlaceCursorPtr term_cursor(Walk& walk, std::string term, std::vector<std::unique_ptr<TermPart>> parts, double idf) {
  return std::make_unique<TermCursor>(walk, std::move(term), std::move(parts), idf);
}

PlaceCursorPtr united(Walk& walk, std::vector<PlaceCursorPtr> parts, double idf) {
  return std::make_unique<UnitedCursor>(walk, std::move(parts), idf);
}

}  // namespace chartscan::indexer
