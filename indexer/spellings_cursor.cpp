// Several spellings as one word, for ranking. There can be hundreds of them, most on few pages: instead of looking for the next page
// among all of them again and again, each adds its pages to a window, window after window.
#include <algorithm>
#include <bit>

#include "indexer/term_cursor.h"

namespace chartscan::indexer {
namespace {

class SpellingsCursor final : public PageCursor {
 public:
  SpellingsCursor(Walk& walk, std::vector<PlaceCursorPtr> spellings, double idf) : walk_(walk), spellings_(std::move(spellings)), idf_(idf) { find(0); }

  void seek(PageNo page) override {
    if (page > page_) find(page);
  }
  double score() override { return found_[at_].score; }
  std::uint64_t cost() const override {
    std::uint64_t sum = 0;
    for (const PlaceCursorPtr& spelling : spellings_) sum += spelling->cost();
    return sum;
  }
  double ceiling(PageNo, PageNo& last) override { return last = kEnd, highest(); }
  double highest() const override { return idf_ * kMostSaturation; }
  void require(double score) override { required_ = score; }

 private:
  void find(PageNo page) {
    for (page_ = kEnd; page != kEnd;) {
      for (; at_ < found_.size(); ++at_)
        if (found_[at_].page >= page && can_exceed(found_[at_].score, required_)) return void(page_ = found_[at_].page);
      page = next_window(std::max(page, behind_));
    }
  }

  // Counts the pages of the first window at or after `page` that has any; returns its first page.
  PageNo next_window(PageNo page) {
    found_.clear();
    at_ = 0;
    PageNo first = kEnd;
    for (const PlaceCursorPtr& spelling : spellings_) {
      if (spelling->page() < page) spelling->seek(page);
      first = std::min(first, spelling->page());
    }
    if (first == kEnd) return kEnd;
    window_.first = first / 64 * 64;
    behind_ = window_.first < kEnd - Window::kPages ? window_.first + Window::kPages : kEnd;
    for (const PlaceCursorPtr& spelling : spellings_)
      if (spelling->page() < behind_) spelling->add_to(window_);
    take_window();
    return first;
  }

  // Leaves the window empty.
  void take_window() {
    for (std::size_t word = 0; word < window_.pages.size(); ++word) {
      for (std::uint64_t left = window_.pages[word]; left != 0; left &= left - 1) {
        const std::size_t at = 64 * word + static_cast<std::size_t>(std::countr_zero(left));
        const PageNo page = window_.first + static_cast<PageNo>(at);
        const std::uint32_t weight = window_.counts[at] + (window_.titles[word] >> at % 64 & 1);
        window_.counts[at] = 0;
        if (required_ < 0 || walk_.may_exceed(required_, idf_, weight, page)) found_.push_back({walk_.score(idf_, weight, page), page});
      }
      window_.pages[word] = window_.titles[word] = 0;
    }
  }

  Walk& walk_;
  std::vector<PlaceCursorPtr> spellings_;
  const double idf_;
  double required_ = -1;  // none
  Window window_;
  std::vector<Scored> found_;  // in the window
  std::size_t at_ = 0;
  PageNo behind_ = 0;          // the window
};

}  // namespace

PageCursorPtr spellings_cursor(Walk& walk, std::vector<PlaceCursorPtr> spellings, double idf) {
  return std::make_unique<SpellingsCursor>(walk, std::move(spellings), idf);
}

}  // namespace chartscan::indexer
