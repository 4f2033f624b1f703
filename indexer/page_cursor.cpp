#include "indexer/page_cursor.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace chartscan::indexer {
namespace {

constexpr double kK1 = 1.2;
constexpr double kB = 0.75;
std::uint64_t ones(const std::vector<std::uint64_t>& bits) {
  std::uint64_t count = 0;
  for (const std::uint64_t word : bits) count += static_cast<std::uint64_t>(std::popcount(word));
  return count;
}

double sum_of_ceilings(const std::vector<PageCursorPtr>& parts, PageNo from, PageNo& last) {
  double sum = 0;
  last = PageCursor::kEnd;
  for (const PageCursorPtr& part : parts) {
    PageNo part_last = from;
    sum += part->ceiling(from, part_last);
    last = std::min(last, part_last);
  }
  return sum;
}

double sum_of_highest(const std::vector<PageCursorPtr>& parts) {
  double sum = 0;
  for (const PageCursorPtr& part : parts) sum += part->highest();
  return sum;
}

// Stretch by stretch, as far as all parts' ceilings hold; the pages of one that all parts have are found together.
class AllCursor final : public PageCursor {
 public:
  explicit AllCursor(std::vector<PageCursorPtr> parts) : parts_(std::move(parts)) {
    std::ranges::stable_sort(parts_, {}, [](const PageCursorPtr& part) {
      // Of what is scored, much is left out before the others are asked.
      return std::pair(part->is_test(), part->cost() * (part->highest() == 0 ? kFilterCost : 1));
    });
    for (const PageCursorPtr& part : parts_) highest_.push_back(part->highest());
    sum_of_highest_ = std::accumulate(highest_.begin(), highest_.end(), 0.0);
    rest_.resize(parts_.size() + 1);
    find(0);
  }
  void seek(PageNo page) override {
    if (page > page_) find(page);
  }
  double score() override { return stretch_[at_].score; }
  std::uint64_t cost() const override { return parts_.front()->cost(); }
  // The parts stand behind the stretch.
  double ceiling(PageNo from, PageNo& last) override {
    if (from >= behind_) return sum_of_ceilings(parts_, from, last);
    last = behind_ - 1;
    return ceiling_;
  }
  double highest() const override { return sum_of_highest_; }
  // What all others cannot score, each must.
  void require(double score) override {
    required_ = score;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const double least = (score - (sum_of_highest_ - highest_[i]) * kRounding) / kRounding;
      if (least > 0) parts_[i]->require(least);
    }
  }

 private:
  void find(PageNo page) {
    for (page_ = kEnd; page != kEnd;) {
      for (; at_ < stretch_.size(); ++at_) {
        const Scored& found = stretch_[at_];
        if (found.page >= page && can_exceed(found.score, required_)) return void(page_ = found.page);
      }
      page = next_stretch(std::max(page, behind_));
    }
  }

  // Finds the pages of the first stretch at or after `page` that can matter; returns `page` or where it found nothing up to.
  PageNo next_stretch(PageNo page) {
    stretch_.clear();
    at_ = 0;
    PageCursor& rarest = *parts_.front();
    if (page != kEnd && rarest.page() < page) rarest.seek(page);
    page = std::max(page, rarest.page());
    if (page == kEnd) return kEnd;
    const PageNo last = look_ahead(page);
    behind_ = last == kEnd ? kEnd : last + 1;
    ceiling_ = rest_.front();
    if (!can_exceed(ceiling_, required_)) return behind_;
    rarest.take(page, last, least(1), stretch_);
    for (std::size_t i = 1; i < parts_.size() && !stretch_.empty(); ++i) parts_[i]->keep(stretch_, least(i + 1));
    return page;
  }

  // Sets what parts can score from `page` up to the page it returns, each with all behind it.
  PageNo look_ahead(PageNo page) {
    PageNo last = page < kEnd - kStretch ? page + kStretch : kEnd;
    for (std::size_t i = parts_.size(); i-- > 0;) {
      PageNo part_last = page;
      rest_[i] = rest_[i + 1] + parts_[i]->ceiling(page, part_last);
      last = std::min(last, part_last);
    }
    return last;
  }

  // What a page must score in the parts before `part` to matter.
  double least(std::size_t part) const { return required_ < 0 ? -1 : required_ / kRounding - rest_[part] * kRounding; }

  static constexpr PageNo kStretch = 4096;  // pages at most: of filters, which have no ceilings
  static constexpr std::uint64_t kFilterCost = 4;  // of a page of a filter, in those of a word

  std::vector<PageCursorPtr> parts_;  // the rarest leads; tests are asked last
  std::vector<double> highest_;       // of each
  double sum_of_highest_ = 0, required_ = -1;  // none
  double ceiling_ = 0;                // of the stretch
  std::vector<double> rest_;          // what each part and those behind it can score in the stretch
  std::vector<Scored> stretch_;       // pages that all parts have
  std::size_t at_ = 0;                // in stretch_
  PageNo behind_ = 0;                 // the stretch
};

// Without a requirement, every page of every part. With one, stretch by stretch (as far as all parts' ceilings hold): parts that even
// together cannot reach it only add to pages that the others, the leaders, take (block-max MaxScore). Where ceilings hold for few pages,
// many pages have the words: there the pages that have enough of them are found as bits before any is scored.
class AnyCursor final : public PageCursor {
 public:
  explicit AnyCursor(std::vector<PageCursorPtr> parts) : parts_(std::move(parts)), ceilings_(parts_.size()), taken_(parts_.size()), scores_(parts_.size()) {
    for (std::size_t i = 0; i < parts_.size(); ++i) order_.push_back(i);
    settle();
  }
  void seek(PageNo page) override {
    if (page <= page_) return;
    if (required_ >= 0) return find(page);
    for (const PageCursorPtr& part : parts_)
      if (part->page() < page) part->seek(page);
    settle();
  }
  double score() override {
    if (at_ < stretch_.size()) return stretch_[at_].score;
    double sum = 0;
    for (const PageCursorPtr& part : parts_)
      if (part->page() == page_) sum += part->score();
    return sum;
  }
  std::uint64_t cost() const override {
    std::uint64_t sum = 0;
    for (const PageCursorPtr& part : parts_) sum += part->cost();
    return sum;
  }
  // The parts stand behind the stretch.
  double ceiling(PageNo from, PageNo& last) override {
    if (from >= behind_) return sum_of_ceilings(parts_, from, last);
    last = behind_ - 1;
    return ceiling_;
  }
  void require(double score) override { required_ = score; }
  double highest() const override { return sum_of_highest(parts_); }
  double floor_of_best(std::size_t most) override {
    double floor = 0;
    for (const PageCursorPtr& part : parts_) floor = std::max(floor, part->floor_of_best(most));
    return floor;
  }
  void mark(std::vector<std::uint64_t>& bits) override {
    for (const PageCursorPtr& part : parts_) part->mark(bits);
    page_ = kEnd;
  }
  std::uint64_t count_rest() override {
    std::vector<std::uint64_t> bits;
    mark(bits);
    return ones(bits);
  }

 private:
  void settle() {
    page_ = kEnd;
    for (const PageCursorPtr& part : parts_) page_ = std::min(page_, part->page());
  }

  void find(PageNo page) {
    for (page_ = kEnd; page != kEnd;) {
      for (; at_ < stretch_.size(); ++at_) {
        const Scored& found = stretch_[at_];
        if (found.page >= page && can_exceed(found.score, required_)) return void(page_ = found.page);
      }
      page = std::max(page, behind_);
      if (page != kEnd) next_stretch(page);
    }
  }

  // Finds the pages that can matter from `page` to where the next stretch begins.
  void next_stretch(PageNo page) {
    stretch_.clear();
    at_ = 0;
    PageNo last = kEnd;
    double sum = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      PageNo part_last = page;
      sum += ceilings_[i] = parts_[i]->ceiling(page, part_last);
      last = std::min(last, part_last);
    }
    behind_ = last == kEnd ? kEnd : last + 1;
    ceiling_ = sum;
    if (!can_exceed(sum, required_)) return;
    if (parts_.size() <= kTogether && last - page < kManyHave && page < kEnd - kWindow) return next_window(page);
    const bool to_the_end = last == kEnd;
    if (to_the_end && page < kEnd - kStretch) last = page + kStretch;
    find_leaders();
    take_leaders(page, last, sum);
    if (to_the_end)
      for (std::size_t i = 0; i < leaders_; ++i) behind_ = std::min(behind_, parts_[order_[i]]->page());
  }

  void find_leaders() {
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return ceilings_[a] > ceilings_[b]; });
    leaders_ = order_.size();  // without the rest, which cannot score enough alone
    rest_ = 0;
    for (; leaders_ > 0; --leaders_) {
      const double with = rest_ + ceilings_[order_[leaders_ - 1]];
      if (can_exceed(with, required_)) break;
      rest_ = with;
    }
  }

  // A stretch of kWindow pages, whatever the blocks are.
  void next_window(PageNo page) {
    behind_ = page + kWindow;
    ceiling_ = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      ceilings_[i] = 0;
      for (PageNo from = page, last = page; last < behind_ - 1; from = last + 1) ceilings_[i] = std::max(ceilings_[i], parts_[i]->ceiling(from, last));
      ceiling_ += ceilings_[i];
    }
    if (!can_exceed(ceiling_, required_)) return;
    find_leaders();
    if (can_exceed(ceilings_[order_.front()], required_) || !find_together(page)) return take_leaders(page, behind_ - 1, ceiling_);
    leaders_ = 0;
    rest_ = ceiling_;
    sums_.assign(pages_.size(), 0);
    ask_the_rest();
  }

  // The pages of the window that have enough of the words; false: that cannot be told.
  bool find_together(PageNo first) {
    bits_.assign(parts_.size(), {});
    for (std::size_t i = 0; i < parts_.size(); ++i)
      if (!parts_[i]->mark_ahead(first, bits_[i])) return false;
    Bits enough{};
    for (std::uint32_t words = 1; words < 1u << parts_.size(); ++words) {
      if (!is_just_enough(words)) continue;
      Bits all = bits_[static_cast<std::size_t>(std::countr_zero(words))];
      for (std::uint32_t left = words & (words - 1); left != 0; left &= left - 1) {
        const Bits& bits = bits_[static_cast<std::size_t>(std::countr_zero(left))];
        for (std::size_t at = 0; at < all.size(); ++at) all[at] &= bits[at];
      }
      for (std::size_t at = 0; at < all.size(); ++at) enough[at] |= all[at];
    }
    pages_.clear();
    for (std::size_t at = 0; at < enough.size(); ++at)
      for (std::uint64_t left = enough[at]; left != 0; left &= left - 1) pages_.push_back(first + static_cast<PageNo>(64 * at) + static_cast<PageNo>(std::countr_zero(left)));
    return true;
  }

  // Whether pages with these words can score enough, and without one of them cannot.
  bool is_just_enough(std::uint32_t words) const {
    const auto sum = [&](std::uint32_t some) {
      double sum = 0;
      for (; some != 0; some &= some - 1) sum += ceilings_[static_cast<std::size_t>(std::countr_zero(some))];
      return sum;
    };
    if (!can_exceed(sum(words), required_)) return false;
    for (std::uint32_t left = words; left != 0; left &= left - 1)
      if (can_exceed(sum(words & ~(left & -left)), required_)) return false;
    return true;
  }

  // A page that scores so little in one leader that all others together cannot make up for it need not be taken from that leader: if it is
  // from another, the sum without what was left out is too low, too.
  void take_leaders(PageNo page, PageNo last, double sum_of_ceilings) {
    pages_.clear();
    for (std::size_t i = 0; i < leaders_; ++i) {
      std::vector<Scored>& taken = taken_[order_[i]];
      taken.clear();
      parts_[order_[i]]->take(page, last, required_ / kRounding - (sum_of_ceilings - ceilings_[order_[i]]) * kRounding, taken);
      const std::size_t before = pages_.size();
      for (const Scored& one : taken) pages_.push_back(one.page);
      std::inplace_merge(pages_.begin(), pages_.begin() + static_cast<std::ptrdiff_t>(before), pages_.end());
    }
    pages_.erase(std::unique(pages_.begin(), pages_.end()), pages_.end());
    sums_.assign(pages_.size(), 0);
    for (std::size_t i = 0; i < leaders_; ++i) {
      std::vector<double>& scores = scores_[order_[i]];
      scores.assign(pages_.size(), 0);
      std::size_t at = 0;
      for (const Scored& one : taken_[order_[i]]) {
        while (pages_[at] != one.page) ++at;
        scores[at] = one.score;
        sums_[at] += one.score;
      }
    }
    ask_the_rest();
  }

  // Each in turn, of the pages that can still score enough.
  void ask_the_rest() {
    for (std::size_t i = leaders_; i < order_.size() && !pages_.empty(); ++i) {
      leave_what_can_exceed(i);
      std::vector<double>& scores = scores_[order_[i]];
      scores.assign(pages_.size(), 0);
      parts_[order_[i]]->look_up(pages_, scores);
      rest_ -= ceilings_[order_[i]];
      for (std::size_t k = 0; k < pages_.size(); ++k) sums_[k] += scores[k];
    }
    rest_ = 0;
    leave_what_can_exceed(order_.size());
    // Sums are made anew in the order of the parts: their last bits decide what the next part of a long answer begins with.
    for (std::size_t k = 0; k < pages_.size(); ++k) {
      double sum = 0;
      for (const std::vector<double>& scores : scores_) sum += scores[k];
      stretch_.push_back({sum, pages_[k]});
    }
  }

  // With all that the others can add; `asked` parts have their scores.
  void leave_what_can_exceed(std::size_t asked) {
    std::size_t kept = 0;
    for (std::size_t k = 0; k < pages_.size(); ++k) {
      if (!can_exceed(sums_[k] + rest_, required_)) continue;
      pages_[kept] = pages_[k];
      sums_[kept] = sums_[k];
      for (std::size_t i = 0; i < asked; ++i) scores_[order_[i]][kept] = scores_[order_[i]][k];
      ++kept;
    }
    pages_.resize(kept);
    sums_.resize(kept);
  }

  static constexpr PageNo kStretch = 4096;  // pages at most, where ceilings hold to the end
  static constexpr PageNo kWindow = 8192, kManyHave = 4 * kWindow;
  static constexpr std::size_t kTogether = 5;  // parts at most whose combinations are looked at

  std::vector<PageCursorPtr> parts_;
  double required_ = -1;  // none
  double ceiling_ = 0;                // of the stretch
  using Bits = std::array<std::uint64_t, kWindow / 64>;
  std::vector<Bits> bits_;            // of each part, of a window's pages
  std::vector<double> ceilings_;      // of each part in this stretch
  std::vector<std::size_t> order_;    // parts by falling ceiling
  std::size_t leaders_ = 0;           // so many of them can score enough
  double rest_ = 0;                   // the sum of the others' ceilings
  std::vector<std::vector<Scored>> taken_;   // of each part, where it leads
  std::vector<PageNo> pages_;                // of the stretch that can still matter
  std::vector<double> sums_;                 // of what the parts asked so far score there
  std::vector<std::vector<double>> scores_;  // there, of each part
  std::vector<Scored> stretch_;       // pages that can matter
  std::size_t at_ = 0;                // in stretch_
  PageNo behind_ = 0;                 // the stretch
};

class WithoutCursor final : public PageCursor {
 public:
  WithoutCursor(PageCursorPtr kept, PageCursorPtr removed) : kept_(std::move(kept)), removed_(std::move(removed)) { settle(); }
  void seek(PageNo page) override {
    if (page <= page_) return;
    kept_->seek(page);
    settle();
  }
  double score() override { return kept_->score(); }
  std::uint64_t cost() const override { return kept_->cost(); }
  double ceiling(PageNo from, PageNo& last) override { return kept_->ceiling(from, last); }
  double highest() const override { return kept_->highest(); }
  void require(double score) override { kept_->require(score); }

 private:
  void settle() {
    for (; kept_->page() != kEnd; kept_->next()) {
      if (removed_->page() < kept_->page()) removed_->seek(kept_->page());
      if (removed_->page() != kept_->page()) break;
    }
    page_ = kept_->page();
  }

  PageCursorPtr kept_, removed_;
};

// Another score for the same pages.
class RescoredCursor final : public PageCursor {
 public:
  RescoredCursor(PageCursorPtr part, double factor, double constant) : part_(std::move(part)), factor_(factor), constant_(constant) {
    page_ = part_->page();
  }
  void seek(PageNo page) override {
    if (page <= page_) return;
    part_->seek(page);
    page_ = part_->page();
  }
  double score() override { return factor_ == 0 ? constant_ : part_->score() * factor_; }
  std::uint64_t cost() const override { return part_->cost(); }
  double ceiling(PageNo from, PageNo& last) override {
    if (factor_ != 0) return part_->ceiling(from, last) * factor_;
    last = kEnd;
    return constant_;
  }
  double highest() const override { return factor_ == 0 ? constant_ : part_->highest() * factor_; }
  double floor_of_best(std::size_t most) override { return factor_ == 0 ? 0 : part_->floor_of_best(most) * factor_; }
  void keep(std::vector<Scored>& pages, double least) override {
    if (factor_ != 0) return PageCursor::keep(pages, least);
    part_->keep_unscored(pages);
    page_ = part_->page();
    for (Scored& page : pages) page.score += constant_;
  }
  void require(double score) override {
    if (factor_ != 0)
      part_->require(score / factor_ / kRounding);
    else if (constant_ <= score)
      part_->seek(kEnd), page_ = kEnd;
  }

 private:
  PageCursorPtr part_;
  double factor_, constant_;
};

class ListedCursor final : public PageCursor {
 public:
  ListedCursor(std::vector<PageNo> pages, double score) : pages_(std::move(pages)), score_(score) { seek(0); }
  void seek(PageNo page) override {
    const auto from = pages_.begin() + static_cast<std::ptrdiff_t>(at_);
    at_ = static_cast<std::size_t>(std::lower_bound(from, pages_.end(), page) - pages_.begin());
    page_ = at_ < pages_.size() ? pages_[at_] : kEnd;
  }
  double score() override { return score_; }
  std::uint64_t cost() const override { return pages_.size(); }
  double ceiling(PageNo, PageNo& last) override { return last = kEnd, score_; }
  double highest() const override { return score_; }

 private:
  std::vector<PageNo> pages_;
  double score_;
  std::size_t at_ = 0;
};

class MarkedCursor final : public PageCursor {
 public:
  MarkedCursor(std::vector<std::uint64_t> bits, double score) : bits_(std::move(bits)), score_(score), count_(ones(bits_)) { seek(0); }
  void seek(PageNo page) override {
    std::size_t word = page / 64;
    std::uint64_t rest = word < bits_.size() ? bits_[word] & ~std::uint64_t{0} << page % 64 : 0;
    while (rest == 0 && ++word < bits_.size()) rest = bits_[word];
    page_ = rest == 0 ? kEnd : static_cast<PageNo>(64 * word + static_cast<std::size_t>(std::countr_zero(rest)));
  }
  double score() override { return score_; }
  std::uint64_t cost() const override { return count_; }
  double ceiling(PageNo, PageNo& last) override { return last = kEnd, score_; }
  double highest() const override { return score_; }
  void require(double score) override {
    if (score_ <= score) page_ = kEnd, bits_.clear();
  }

 private:
  std::vector<std::uint64_t> bits_;
  double score_;
  std::uint64_t count_;
};

}  // namespace

double idf(const Collection& collection, std::uint64_t pages_with_word) {
  const auto with = static_cast<double>(pages_with_word);
  const double all = std::max(collection.pages, with);
  return std::log(1 + (all - with + 0.5) / (with + 0.5));
}

double norm(const Collection& collection, std::uint32_t length) {
  return kK1 * (1 - kB + kB * static_cast<double>(length) / collection.mean_length);
}

double saturation(const Collection& collection, std::uint32_t weight, std::uint32_t length) {
  return weight * (kK1 + 1) / (weight + norm(collection, length));
}

double saturation(double weight_over_norm) { return (kK1 + 1) * weight_over_norm / (weight_over_norm + 1); }

PageCursorPtr all_of(std::vector<PageCursorPtr> parts) {
  return parts.size() == 1 ? std::move(parts.front()) : std::make_unique<AllCursor>(std::move(parts));
}
PageCursorPtr any_of(std::vector<PageCursorPtr> parts) {
  return parts.size() == 1 ? std::move(parts.front()) : std::make_unique<AnyCursor>(std::move(parts));
}
PageCursorPtr without(PageCursorPtr kept, PageCursorPtr removed) {
  return std::make_unique<WithoutCursor>(std::move(kept), std::move(removed));
}
PageCursorPtr scored(PageCursorPtr part, double score) { return std::make_unique<RescoredCursor>(std::move(part), 0, score); }
PageCursorPtr weighted(PageCursorPtr part, double factor) {
  return std::make_unique<RescoredCursor>(std::move(part), factor, 0);
}
PageCursorPtr listed(std::vector<PageNo> pages, double score) { return std::make_unique<ListedCursor>(std::move(pages), score); }

PageCursorPtr marked(std::vector<std::uint64_t> bits, double score) {
  return std::make_unique<MarkedCursor>(std::move(bits), score);
}

bool is_better(const Scored& a, const Scored& b) { return a.score != b.score ? a.score > b.score : a.page < b.page; }

std::vector<Scored> best_pages(PageCursor& cursor, std::size_t most, const Scored* behind, Pruning pruning) {
  std::vector<Scored> best;  // a heap whose front is the worst kept
  if (most == 0) return best;
  if (pruning == Pruning::On && !behind) {
    if (const double floor = cursor.floor_of_best(most); floor > 0) cursor.require(floor * (1 - 1e-9));
  }
  for (; cursor.page() != PageCursor::kEnd; cursor.next()) {
    const Scored page{cursor.score(), cursor.page()};
    if (behind && !is_better(*behind, page)) continue;
    if (best.size() == most) {
      if (!is_better(page, best.front())) continue;
      std::pop_heap(best.begin(), best.end(), is_better);
      best.back() = page;
    } else {
      best.push_back(page);
    }
    std::push_heap(best.begin(), best.end(), is_better);
    if (best.size() == most && pruning == Pruning::On) cursor.require(best.front().score);
  }
  std::sort(best.begin(), best.end(), is_better);
  return best;
}

void PageCursor::take(PageNo from, PageNo until, double least, std::vector<Scored>& pages) {
  for (seek(from); page_ <= until && page_ != kEnd; next())
    if (const double score = this->score(); can_exceed(score, least)) pages.push_back({score, page_});
}

void PageCursor::keep(std::vector<Scored>& pages, double least) {
  std::erase_if(pages, [&](Scored& page) { return !has(page.page) || !can_exceed(page.score += score(), least); });
}

void PageCursor::keep_unscored(std::vector<Scored>& pages) {
  std::erase_if(pages, [&](const Scored& page) { return !has(page.page); });
}

void PageCursor::look_up(std::span<const PageNo> pages, std::span<double> scores) {
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (page_ < pages[i]) seek(pages[i]);
    if (page_ == pages[i]) scores[i] += score();
  }
}

void PageCursor::mark(std::vector<std::uint64_t>& bits) {
  for (; page_ != kEnd; next()) set_bit(bits, page_);
}

std::uint64_t PageCursor::count_rest() {
  std::uint64_t count = 0;
  for (; page_ != kEnd; next()) ++count;
  return count;
}

}  // namespace chartscan::indexer
