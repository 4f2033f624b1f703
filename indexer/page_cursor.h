// Walking through the pages that answer a part of the question, in order of their ids. A cursor stands on its first page
// when it is made. Words come from an IndexReader (indexer/index_reader.h) and are combined here; ranking, counting and
// pruning see nothing else. One cursor, one thread; a cursor must not outlive its reader.
//
// Pruning: whoever collects the best pages says with require() what a page must exceed to matter. ceiling() tells what the
// pages of a stretch can score at most, without unpacking them; combined cursors leap over stretches that cannot matter.
// Ceilings never lie, so the best pages are the same with and without require(). Before anything is collected, floor_of_best()
// tells what the last of the best pages will score at least, from looking into the most promising blocks.
//
// What must stand on a page with others is asked stretch by stretch: the rarest part takes its pages, the others keep those that are theirs.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "indexer/layout.h"

namespace chartscan::indexer {

class NeighbourFilter;

using PageNo = std::uint32_t;  // PageId::value; the index holds pages below kEnd

struct Scored {
  double score = 0;
  PageNo page = 0;
  bool operator==(const Scored&) const = default;
};

class PageCursor {
 public:
  static constexpr PageNo kEnd = std::numeric_limits<PageNo>::max();

  virtual ~PageCursor() = default;
  PageNo page() const { return page_; }   // kEnd behind the last
  virtual void seek(PageNo page) = 0;     // to the first page at or after `page`; never backwards
  virtual double score() = 0;             // of the page it stands on; not at kEnd
  virtual std::uint64_t cost() const = 0;  // at most so many pages
  // No page in [from, last] scores more; `last` is set, at least `from`. `from` is at or behind the page it stands on and
  // never falls.
  virtual double ceiling(PageNo from, PageNo& last) = 0;
  // No page scores more; infinity where that is not known.
  virtual double highest() const { return std::numeric_limits<double>::infinity(); }
  // So many pages score no less than this; 0 = not known without walking. For a cursor that has not moved yet.
  virtual double floor_of_best(std::size_t) { return 0; }
  // From now on pages that score no more than `score` may be left out. For the outermost cursor, and for those it is made of whose pages
  // cannot be among the best without scoring so much themselves.
  virtual void require(double) {}
  // Cursors that rather say of a page whether it is theirs than walk to their next one.
  virtual bool is_test() const { return false; }
  virtual bool has(PageNo page) {
    seek(page);
    return page_ == page;
  }
  // Appends its pages in [from, until] that can score more than `least`; it stands behind `until` then. `least` below 0: all of them.
  virtual void take(PageNo from, PageNo until, double least, std::vector<Scored>& pages);
  // Leaves of `pages`, which rise, those that are its own and score more than `least` with what it adds to their scores.
  virtual void keep(std::vector<Scored>& pages, double least);
  virtual void keep_unscored(std::vector<Scored>& pages);  // it adds nothing
  // Sets the bits of its pages from `from` on, which never falls, as far as `bits` go (64 to a number), and perhaps of some that may not be
  // seen; it does not move. False: it cannot.
  virtual bool mark_ahead(PageNo /*from*/, std::span<std::uint64_t> /*bits*/) { return false; }
  // Its scores of `pages`, which rise and are not before the one it stands on, added to `scores`.
  virtual void look_up(std::span<const PageNo> pages, std::span<double> scores);
  // Sets the bit of every page from where it stands to the end, and is at the end then. Bits of higher pages are none.
  virtual void mark(std::vector<std::uint64_t>& bits);
  // How many pages there are from where it stands to the end, where it is then.
  virtual std::uint64_t count_rest();
  void next() { seek(page_ + 1); }

 protected:
  PageNo page_ = 0;
};
using PageCursorPtr = std::unique_ptr<PageCursor>;

// How often words stand on each of some pages that follow each other.
struct Window {
  static constexpr PageNo kPages = 4096;
  PageNo first = 0;                                      // a multiple of 64
  std::array<std::uint64_t, kPages / 64> pages{}, titles{};  // bits: words stand there, and where titles do
  std::array<std::uint32_t, kPages> counts{};

  void add(PageNo page, std::uint32_t count, bool in_title) {
    const PageNo at = page - first;
    pages[at / 64] |= std::uint64_t{1} << at % 64;
    titles[at / 64] |= std::uint64_t{in_title} << at % 64;
    counts[at] += count;
  }
};

// The pages of a word, or of several spellings that count as one word, with the places where it stands.
class PlaceCursor : public PageCursor {
 public:
  // Ascending, of the page it stands on; valid until it moves.
  virtual std::span<const Place> places() = 0;
  // What the ranking counts: occurrences, and one more when the first stands where titles do.
  virtual std::uint32_t weight() = 0;
  // Adds its pages from where it stands to the end of the window, and stands behind them then.
  virtual void add_to(Window& window) = 0;
  virtual double idf() const = 0;
  virtual bool is_united() const { return false; }  // of several spellings: then places may begin at the same position
  virtual std::string_view term() const { return {}; }  // "": not one alone
  // Its pages that cannot have what the filter asks for may be left out; the filter must outlive it.
  virtual void only_where(NeighbourFilter&) {}
  // ceiling() without the idf: no page in [from, last] has a higher saturation().
  virtual double saturation_ceiling(PageNo from, PageNo& last) = 0;
  virtual double highest_saturation() const = 0;
  double highest() const override { return idf() * highest_saturation(); }
  double ceiling(PageNo from, PageNo& last) override { return idf() * saturation_ceiling(from, last); }
};
using PlaceCursorPtr = std::unique_ptr<PlaceCursor>;

// BM25 (k1 1.2, b 0.75). A word among the first of a page, where titles stand, counts as if it stood there once more.
struct Collection {
  double pages = 0;
  double mean_length = 1;
};
inline constexpr std::uint32_t kTitleZone = 16;  // positions: a letterhead and the title below it
double idf(const Collection& collection, std::uint64_t pages_with_word);
// Share of the idf that a word standing `weight` times on a page of `length` positions earns.
inline constexpr double kMostSaturation = 2.2;  // k1 + 1: it stays below
double saturation(const Collection& collection, std::uint32_t weight, std::uint32_t length);
// The same in two steps: it depends on weight / norm alone, and rises with it.
double norm(const Collection& collection, std::uint32_t length);
double saturation(double weight_over_norm);

// Sums in another order differ in their last bits; what a page must exceed must not.
inline constexpr double kRounding = 1 + 1e-12;
inline bool can_exceed(double ceiling, double required) { return ceiling * kRounding > required; }

PageCursorPtr all_of(std::vector<PageCursorPtr> parts);  // one or more; scores add up
PageCursorPtr any_of(std::vector<PageCursorPtr> parts);  // none is allowed: no page; scores add up
PageCursorPtr without(PageCursorPtr kept, PageCursorPtr removed);
// The pages of `part`, each with the same score (0: a filter).
PageCursorPtr scored(PageCursorPtr part, double score);
// The scores of `part` times `factor` (a field's boost, a doubtful spelling's discount).
PageCursorPtr weighted(PageCursorPtr part, double factor);
// Pages given as a list, rising; each with the same score.
PageCursorPtr listed(std::vector<PageNo> pages, double score = 0);

// The best `most` pages, best first, equals by page. `above`: only what ranks behind this hit (for "the next page of
// answers"): a lower score, or the same with a higher page.
bool is_better(const Scored& a, const Scored& b);
enum class Pruning { On, Off };  // off: every page is scored, to compare with
std::vector<Scored> best_pages(PageCursor& cursor, std::size_t most, const Scored* behind = nullptr, Pruning pruning = Pruning::On);

// Bits of pages, 64 to a number.
inline void set_bit(std::vector<std::uint64_t>& bits, PageNo page) {
  if (page / 64 >= bits.size()) bits.resize(page / 64 + 1);
  bits[page / 64] |= std::uint64_t{1} << page % 64;
}
PageCursorPtr marked(std::vector<std::uint64_t> bits, double score = 0);

}  // namespace chartscan::indexer
