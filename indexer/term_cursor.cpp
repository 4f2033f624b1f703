#include "indexer/term_cursor.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "indexer/neighbours.h"

namespace chartscan::indexer {
namespace {

constexpr std::size_t kWorthLooking = 2;  // times as many blocks as pages are wanted; below that walking costs no more

class TermCursor final : public PlaceCursor {
 public:
  TermCursor(Walk& walk, std::string term, std::vector<std::unique_ptr<TermPart>> parts, double idf)
      : walk_(walk), term_(std::move(term)), parts_(std::move(parts)), idf_(idf) {
    longest_.fill(UINT32_MAX);
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
  std::string_view term() const override { return term_; }
  void only_where(NeighbourFilter& filter) override { filter_ = &filter; }

  double saturation_ceiling(PageNo from, PageNo& last) override {
    shallow_ = std::max(shallow_, at_);
    for (; shallow_ < parts_.size(); ++shallow_) {
      TermPart& part = *parts_[shallow_];
      if (const auto impact = part.list.block_impact(from, last)) return *impact * part.step;
    }
    last = kEnd;
    return 0;
  }

  double highest_saturation() const override {
    double highest = 0;
    for (const auto& part : parts_) highest = std::max(highest, part->list.impact() * part->step);
    return highest;
  }

  // From its most promising blocks.
  double floor_of_best(std::size_t most) override {
    struct Block {
      double ceiling;
      const TermPart* part;
      std::size_t number;
    };
    std::vector<Block> blocks;
    for (const auto& part : parts_)
      for (std::size_t i = 0; i < part->list.blocks(); ++i) blocks.push_back({part->list.impact_of(i) * part->step, part.get(), i});
    if (most == 0 || blocks.size() < kWorthLooking * most) return 0;
    std::nth_element(blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(most), blocks.end(),
                     [](const Block& a, const Block& b) { return a.ceiling > b.ceiling; });
    blocks.resize(most);
    std::vector<double> best;  // a heap whose front is the lowest
    for (const Block& block : blocks) look_into(*block.part, block.number, most, best);
    return best.size() < most ? 0 : best.front();
  }

  void require(double score) override {
    required_ = score;
    for (std::uint32_t weight = 0; weight < kUsualWeights; ++weight) longest_[weight] = walk_.longest(required_, idf_, weight);
    for (std::size_t i = at_; i < parts_.size(); ++i) {
      const double least = idf_ > 0 ? std::floor(score / (parts_[i]->step * idf_)) : 256;
      parts_[i]->least = static_cast<unsigned>(std::clamp(least, 0.0, 256.0));
    }
  }

  bool has(PageNo page) override {
    if (page_ >= page) return page_ == page;
    moved_ = true;
    for (; at_ < parts_.size() && parts_[at_]->part->segment.last < page; ++at_) check();
    if (at_ < parts_.size()) list().has(page);
    settle();
    return page_ == page;
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

  void take(PageNo from, PageNo until, double least, std::vector<Scored>& pages) override {
    if (page_ < from) move_to(from);
    visit_until(until, [&](PageNo page, std::uint32_t code) {
      const std::uint32_t weight = weight_of_code(code);
      if (least < 0 || walk_.may_exceed(least, idf_, weight, page)) pages.push_back({walk_.score(idf_, weight, page), page});
    });
  }
  void add_to(Window& window) override {
    visit_until(window.first + (Window::kPages - 1), [&](PageNo page, std::uint32_t code) { window.add(page, count_of_code(code), code & 1); });
  }

  void keep(std::vector<Scored>& pages, double least) override {
    keep_if(pages, [&](Scored& page) {
      const std::uint32_t weight = list().weight();
      if (least >= page.score && !walk_.may_exceed(least - page.score, idf_, weight, page.page)) return false;
      page.score += walk_.score(idf_, weight, page.page);
      return true;
    });
  }
  void keep_unscored(std::vector<Scored>& pages) override {
    keep_if(pages, [](const Scored&) { return true; });
  }

  bool mark_ahead(PageNo from, std::span<std::uint64_t> bits) override {
    for (std::size_t i = at_; i < parts_.size(); ++i) {
      const Segment& segment = parts_[i]->part->segment;
      if (segment.last < from) continue;
      if (segment.first >= from && (segment.first - from) / 64 >= bits.size()) break;
      if (!parts_[i]->list.mark_ahead(from, bits)) walk_.fault(damaged_index("a list of pages"));
    }
    return true;
  }

  void look_up(std::span<const PageNo> pages, std::span<double> scores) override {
    moved_ = true;
    for (std::size_t i = 0; i < pages.size(); ++i) {
      if (pages[i] < page_) continue;
      for (; at_ < parts_.size() && parts_[at_]->part->segment.last < pages[i]; ++at_) check();
      if (at_ == parts_.size()) break;
      const Hidden* const hidden = parts_[at_]->part->hidden.get();
      if (list().has(pages[i]) && !(hidden && hidden->has(pages[i]))) scores[i] += walk_.score(idf_, list().weight(), pages[i]);
    }
    settle();
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
      part.list.seek(page, part.least);
      const Hidden* const hidden = part.part->hidden.get();
      const auto fits = [&](PageNo at, std::uint32_t weight) { return !(hidden && hidden->has(at)) && may_matter(weight, at); };
      if (auto* const known = filter_ ? filter_->of(*part.part, part.list.pages()) : nullptr) {
        // A phrase that stands there once weighs no more than that, and one more in the title zone.
        part.list.find_marked(part.least, [&](auto pages, auto& once, auto& twice) { known->mark(pages, once, twice); },
                              [&](PageNo at, std::uint32_t code, bool twice) { return fits(at, twice ? weight_of_code(code) : 1 + (code & 1)); });
      } else if (hidden || required_ >= 0) {
        part.list.find(part.least, [&](PageNo at, std::uint32_t code) { return fits(at, weight_of_code(code)); });
      }
      if (part.list.page() != kEnd) {
        page_ = part.list.page();
        return;
      }
      check();
    }
    page_ = kEnd;
  }

  // What scores no more than required, for all but the highest weights.
  bool may_matter(std::uint32_t weight, PageNo page) const {
    return walk_.state.length(page) <= longest_[std::min(weight, kUsualWeights)];
  }

  template <typename Visit>
  void visit_until(PageNo until, const Visit& visit) {
    moved_ = true;
    for (; at_ < parts_.size() && page_ <= until; settle()) {
      const Hidden* const hidden = parts_[at_]->part->hidden.get();
      list().visit_until(until, [&](PageNo page, std::uint32_t code) {
        if (!hidden || !hidden->has(page)) visit(page, code);
      });
    }
  }

  template <typename Fits>
  void keep_if(std::vector<Scored>& pages, const Fits& fits) {
    auto kept = pages.begin();
    for (Scored& page : pages) {
      for (; at_ < parts_.size() && parts_[at_]->part->segment.last < page.page; ++at_) check();
      if (at_ == parts_.size()) break;
      const Hidden* const hidden = parts_[at_]->part->hidden.get();
      if (list().has(page.page) && !(hidden && hidden->has(page.page)) && fits(page)) *kept++ = page;
    }
    pages.erase(kept, pages.end());
    settle();
  }

  // As find(), whatever the pages score.
  void move_to(PageNo page) {
    moved_ = true;
    while (at_ < parts_.size() && parts_[at_]->part->segment.last < page) ++at_;
    if (at_ < parts_.size()) list().seek(page);
    settle();
  }

  // On the page of the list at hand, or of the next that has one.
  void settle() {
    page_ = kEnd;
    for (; at_ < parts_.size(); ++at_) {
      TermPart& part = *parts_[at_];
      const Hidden* const hidden = part.part->hidden.get();
      while (hidden && part.list.page() != kEnd && hidden->has(part.list.page())) part.list.next();
      if ((page_ = part.list.page()) != kEnd) return;
      check();
    }
  }

  void look_into(const TermPart& part, std::size_t block, std::size_t most, std::vector<double>& best) const {
    NumberGroup pages, weights;
    const Hidden* const hidden = part.part->hidden.get();
    const std::size_t count = part.list.look_into(block, pages, weights);
    for (std::size_t i = 0; i < count; ++i) {
      if (best.size() == most && !walk_.may_exceed(best.front(), idf_, weights[i], pages[i])) continue;
      if (hidden && hidden->has(pages[i])) continue;
      if (best.size() == most) {
        std::pop_heap(best.begin(), best.end(), std::greater<>());
        best.pop_back();
      }
      best.push_back(walk_.score(idf_, weights[i], pages[i]));
      std::push_heap(best.begin(), best.end(), std::greater<>());
    }
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
  static constexpr std::uint32_t kUsualWeights = 16;
  double required_ = -1;  // none
  std::array<std::uint32_t, kUsualWeights + 1> longest_;  // page on which a word of this weight may still matter
  bool moved_ = false;
  NeighbourFilter* filter_ = nullptr;
  std::vector<Place> places_;
  PageNo places_page_ = kEnd;
};

// A part stands either on the page at hand or in a heap by its next one: of hundreds, few must move from page to page.
class UnitedCursor final : public PlaceCursor {
 public:
  UnitedCursor(Walk& walk, std::vector<PlaceCursorPtr> parts, double idf, std::string term)
      : walk_(walk), parts_(std::move(parts)), idf_(idf), term_(std::move(term)) {
    begin();
  }

  void seek(PageNo page) override {
    if (page <= page_) return;
    for (;; page = std::max(page, page_)) {
      page = leap(page);
      move_to(page);
      if (page_ == kEnd || required_ < 0) return;
      if (page_ <= good_until_ && matters()) return;
      if (page_ <= good_until_) page = page_ + 1;
    }
  }
  void require(double score) override {
    if (is_bounded()) required_ = score;
  }
  double highest_saturation() const override {
    double sum = 0;
    for (const PlaceCursorPtr& part : parts_) sum += part->highest_saturation();
    return std::min(sum, kMostSaturation);
  }
  // Together they weigh no less than each.
  double floor_of_best(std::size_t most) override {
    double floor = 0;
    for (const PlaceCursorPtr& part : parts_)
      if (part->idf() > 0) floor = std::max(floor, part->floor_of_best(most) / part->idf());
    return floor * idf_;
  }
  double score() override { return walk_.score(idf_, weight(), page_); }
  std::uint64_t cost() const override {
    std::uint64_t sum = 0;
    for (const PlaceCursorPtr& part : parts_) sum += part->cost();
    return sum;
  }
  double idf() const override { return idf_; }
  bool is_united() const override { return true; }
  std::string_view term() const override { return term_; }
  void only_where(NeighbourFilter& filter) override {
    for (const PlaceCursorPtr& part : parts_) part->only_where(filter);
  }

  // Saturation of a sum of weights is at most the sum of their saturations.
  double saturation_ceiling(PageNo from, PageNo& last) override {
    double sum = 0;
    last = kEnd;
    if (!is_bounded()) return kMostSaturation;
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
  void add_to(Window& window) override {
    for (const PlaceCursorPtr& part : parts_) part->add_to(window);
    begin();
  }

 private:
  static constexpr std::size_t kBounded = 8;  // parts whose ceilings are added up; of more, the sum says nothing

  bool is_bounded() const { return parts_.size() <= kBounded; }

  static bool is_later(const PlaceCursor* a, const PlaceCursor* b) { return a->page() > b->page(); }

  void begin() {
    here_.clear();
    waiting_.clear();
    for (const PlaceCursorPtr& part : parts_)
      if (part->page() != kEnd) waiting_.push_back(part.get());
    std::ranges::make_heap(waiting_, is_later);
    take_first();
  }

  void move_to(PageNo page) {
    for (PlaceCursor* const part : here_) {
      if (part->page() < page) part->seek(page);
      wait(part);
    }
    here_.clear();
    while (!waiting_.empty() && waiting_.front()->page() < page) {
      PlaceCursor* const part = take_waiting();
      part->seek(page);
      wait(part);
    }
    take_first();
  }

  // Those that stand on the first page.
  void take_first() {
    page_ = waiting_.empty() ? kEnd : waiting_.front()->page();
    while (!waiting_.empty() && waiting_.front()->page() == page_) here_.push_back(take_waiting());
  }

  void wait(PlaceCursor* part) {
    if (part->page() == kEnd) return;
    waiting_.push_back(part);
    std::ranges::push_heap(waiting_, is_later);
  }

  PlaceCursor* take_waiting() {
    std::ranges::pop_heap(waiting_, is_later);
    PlaceCursor* const part = waiting_.back();
    waiting_.pop_back();
    return part;
  }

  // Where several stand on it, only their places tell.
  bool matters() const { return here_.size() > 1 || walk_.may_exceed(required_, idf_, here_.front()->weight(), page_); }

  // The first page at or after `page` in a stretch that can score enough.
  PageNo leap(PageNo page) {
    while (required_ >= 0 && page != kEnd && page > good_until_) {
      PageNo last = page;
      if (can_exceed(ceiling(page, last), required_)) {
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
  const std::string term_;
  double required_ = -1;  // none
  PageNo good_until_ = 0;
  std::vector<PlaceCursor*> here_;     // parts on page_
  std::vector<PlaceCursor*> waiting_;  // the others but for those at their end: a heap whose front has the first page
  std::vector<Place> places_;
  PageNo places_page_ = kEnd;
};

}  // namespace

PlaceCursorPtr term_cursor(Walk& walk, std::string term, std::vector<std::unique_ptr<TermPart>> parts, double idf) {
  return std::make_unique<TermCursor>(walk, std::move(term), std::move(parts), idf);
}

PlaceCursorPtr united(Walk& walk, std::vector<PlaceCursorPtr> parts, double idf, std::string term) {
  return std::make_unique<UnitedCursor>(walk, std::move(parts), idf, std::move(term));
}

}  // namespace chartscan::indexer
