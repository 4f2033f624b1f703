#include "indexer/range_cursor.h"

#include <algorithm>
#include <bit>

namespace chartscan::indexer {
namespace {

using storage::Family;

class RangeCursor final : public PageCursor {
 public:
  RangeCursor(Walk& walk, TermRange range, double score, std::uint64_t cost) : walk_(walk), range_(std::move(range)), score_(score), cost_(cost) {
    for (const Layer layer : range_.layers)
      for (const Chain& chain : walk.state.layer(layer).chains)
        for (const Part& part : chain) parts_.push_back(&part);
    std::stable_sort(parts_.begin(), parts_.end(), [](const Part* a, const Part* b) { return a->segment.first < b->segment.first; });
    find(0);
  }
  void seek(PageNo page) override {
    if (page > page_) find(page);
  }
  double score() override { return score_; }
  std::uint64_t cost() const override { return cost_; }
  double ceiling(PageNo, PageNo& last) override { return last = kEnd, score_; }
  double highest() const override { return score_; }
  void require(double score) override {
    if (score_ > score) return;
    page_ = kEnd;
    next_ = parts_.size();
    bits_.clear();
  }
  void mark(std::vector<std::uint64_t>& bits) override {
    read_rest();
    if (bits.size() < bits_.size()) bits.resize(bits_.size());
    for (std::size_t word = page_ / 64; word < bits_.size(); ++word) bits[word] |= from_here(word);
    page_ = kEnd;
  }
  std::uint64_t count_rest() override {
    read_rest();
    std::uint64_t count = 0;
    for (std::size_t word = page_ / 64; word < bits_.size(); ++word) count += static_cast<std::uint64_t>(std::popcount(from_here(word)));
    page_ = kEnd;
    return count;
  }

 private:
  void find(PageNo page) {
    page_ = kEnd;
    if (page == kEnd) return;
    for (;;) {
      if (const PageNo found = marked_from(page); found < horizon()) return void(page_ = found);
      if (next_ == parts_.size()) return;
      read_next(page);
    }
  }

  // Of pages before this one all is known.
  PageNo horizon() const { return next_ == parts_.size() ? kEnd : parts_[next_]->segment.first; }

  std::uint64_t from_here(std::size_t word) const { return word == page_ / 64 ? bits_[word] & ~std::uint64_t{0} << page_ % 64 : bits_[word]; }

  PageNo marked_from(PageNo page) const {
    std::size_t word = page / 64;
    std::uint64_t rest = word < bits_.size() ? bits_[word] & ~std::uint64_t{0} << page % 64 : 0;
    while (rest == 0 && ++word < bits_.size()) rest = bits_[word];
    return rest == 0 ? kEnd : static_cast<PageNo>(64 * word + static_cast<std::size_t>(std::countr_zero(rest)));
  }

  void read_rest() {
    while (next_ < parts_.size()) read_next(page_);
  }

  // Pages before `page` are not asked for again.
  void read_next(PageNo page) {
    const Part& part = *parts_[next_++];
    if (part.segment.last < page) return;
    if (Status outcome = part.ram ? read_ram(part) : read_stored(part); !outcome.ok()) walk_.fault(outcome.error());
  }

  Status read_ram(const Part& part) {
    const auto& terms = part.ram->terms();
    for (auto term = terms.lower_bound(first()); term != terms.end() && is_inside(term->first); ++term)
      TRY_STATUS(mark_list(part, term->second.list, bits_));
    return {};
  }

  Status read_stored(const Part& part) {
    Status outcome;
    const std::string lists = rows::lists(part.segment.number);
    TRY_STATUS(walk_.view.scan(Family::Post, lists + range_.prefix, lists + first(), [&](std::string_view key, std::string_view value) {
      if (!is_inside(rows::term_of_list(key))) return false;
      outcome = mark_list(part, value, bits_);
      return outcome.ok();
    }));
    return outcome;
  }

  const std::string& first() const { return std::max(range_.prefix, range_.from); }
  bool is_inside(std::string_view term) const { return term.starts_with(range_.prefix) && (range_.to.empty() || term < range_.to); }

  Walk& walk_;
  const TermRange range_;
  const double score_;
  const std::uint64_t cost_;
  std::vector<const Part*> parts_;  // by first page
  std::size_t next_ = 0;            // the first not yet read
  std::vector<std::uint64_t> bits_;  // pages of those that are
};

}  // namespace

PageCursorPtr range_cursor(Walk& walk, TermRange range, double score, std::uint64_t cost) {
  return std::make_unique<RangeCursor>(walk, std::move(range), score, cost);
}

Status mark_list(const Part& part, std::string_view bytes, std::vector<std::uint64_t>& bits) {
  ListReader list(bytes, part.segment.first);
  const Hidden* const hidden = part.hidden.get();
  if (part.segment.last / 64 >= bits.size()) bits.resize(part.segment.last / 64 + 1);
  list.visit_pages([&](PageNo page) {
    if (page <= part.segment.last && (!hidden || !hidden->has(page))) bits[page / 64] |= std::uint64_t{1} << page % 64;
  });
  return list.is_damaged() ? Status(damaged_index("a list of pages")) : Status();
}

}  // namespace chartscan::indexer
