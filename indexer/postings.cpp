#include "indexer/postings.h"

#include <algorithm>
#include <numeric>

namespace chartscan::indexer {
namespace {

using storage::Family;
using storage::View;

constexpr int kStepsBeforeSeek = 16;    // stepping over this many keys costs about as much as one seek
constexpr std::uint64_t kSamples = 64;  // seeks to estimate the collection
constexpr int kSampleRun = 16;          // neighbouring pages read after each

Error damaged_posting() {
  return {ErrorCode::Integrity, "the index holds a posting that cannot be read; run verify, then index the pages it names again",
          ""};
}

Error damaged_length() {
  return {ErrorCode::Integrity,
          "the index holds a page length that cannot be read; run verify, then index the pages it names again", ""};
}

// Puts postings of any order together into one list.
class ListBuilder {
 public:
  // False when the posting is damaged.
  bool add(PageId page, std::string_view value) {
    Entry entry{page.value, 0, places_.size(), 0};
    if (!layout::parse_post_value(value, entry.length, places_)) return false;
    entry.end = places_.size();
    sorted_ = sorted_ && (entries_.empty() || entries_.back().page < entry.page);
    entries_.push_back(entry);
    return true;
  }

  std::shared_ptr<const PostingList> build() {
    if (!sorted_) std::stable_sort(entries_.begin(), entries_.end(), [](auto& a, auto& b) { return a.page < b.page; });
    auto list = std::make_shared<PostingList>();
    list->places.reserve(places_.size());
    for (std::size_t i = 0; i < entries_.size();) i = append_page(i, *list);
    list->firsts.push_back(static_cast<std::uint32_t>(list->places.size()));
    return list;
  }

 private:
  struct Entry {
    std::uint64_t page;
    std::uint32_t length;
    std::size_t begin, end;  // in places_
  };

  // All entries of one page become one; returns the index behind them.
  std::size_t append_page(std::size_t i, PostingList& list) {
    const Entry& first = entries_[i];
    const auto start = static_cast<std::ptrdiff_t>(list.places.size());
    list.pages.push_back(first.page);
    list.lengths.push_back(first.length);
    list.firsts.push_back(static_cast<std::uint32_t>(start));
    const std::size_t from = i;
    for (; i < entries_.size() && entries_[i].page == first.page; ++i) {
      list.places.insert(list.places.end(), places_.begin() + static_cast<std::ptrdiff_t>(entries_[i].begin),
                         places_.begin() + static_cast<std::ptrdiff_t>(entries_[i].end));
    }
    if (i > from + 1) {
      std::sort(list.places.begin() + start, list.places.end());
      list.places.erase(std::unique(list.places.begin() + start, list.places.end()), list.places.end());
    }
    return i;
  }

  std::vector<Entry> entries_;
  std::vector<Place> places_;
  bool sorted_ = true;
};

}  // namespace

Result<std::shared_ptr<const PostingList>> load_terms(const View& view, const std::vector<std::string>& terms) {
  ListBuilder builder;
  bool damaged = false;
  for (const std::string& term : terms) {
    TRY_STATUS(view.scan(Family::Post, layout::post_prefix(term), [&](std::string_view key, std::string_view value) {
      const auto parsed = layout::parse_post_key(key);
      damaged = !parsed || !builder.add(parsed->page, value);
      return !damaged;
    }));
    if (damaged) return damaged_posting();
  }
  return builder.build();
}

Result<std::shared_ptr<const PostingList>> load_range(const View& view, std::string_view prefix, std::string_view from,
                                                      std::string_view to) {
  ListBuilder builder;
  bool damaged = false;
  TRY_STATUS(view.scan(Family::Post, prefix, from, [&](std::string_view key, std::string_view value) {
    const auto parsed = layout::parse_post_key(key);
    if (parsed && !to.empty() && parsed->term >= to) return false;
    damaged = !parsed || !builder.add(parsed->page, value);
    return !damaged;
  }));
  if (damaged) return damaged_posting();
  return builder.build();
}

Result<std::shared_ptr<const PostingList>> load_all_pages(const View& view) {
  auto list = std::make_shared<PostingList>();
  bool damaged = false;
  TRY_STATUS(view.scan(Family::Dictionary, layout::kLengths, [&](std::string_view key, std::string_view value) {
    const auto page = layout::page_of_length_key(key);
    const auto length = layout::parse_length_value(value);
    damaged = !page || !length;
    if (damaged) return false;
    list->pages.push_back(page->value);
    list->lengths.push_back(*length);
    return true;
  }));
  if (damaged) return damaged_length();
  list->firsts.assign(list->pages.size() + 1, 0);
  return std::shared_ptr<const PostingList>(std::move(list));
}

Result<bool> has_term(const View& view, std::string_view term) {
  bool found = false;
  TRY_STATUS(view.scan(Family::Post, layout::post_prefix(term), [&](std::string_view, std::string_view) {
    found = true;
    return false;
  }));
  return found;
}

Status walk_terms(const View& view, std::string_view prefix, const VisitTerm& visit) {
  std::string wanted(prefix);  // smallest key of interest
  for (bool seek = true; seek;) {
    seek = false;
    int steps = 0;
    bool damaged = false;
    TRY_STATUS(view.scan(Family::Post, prefix, wanted, [&](std::string_view key, std::string_view) {
      if (key < wanted) return !(seek = ++steps > kStepsBeforeSeek);
      const auto parsed = layout::parse_post_key(key);
      if (!parsed) return damaged = true, false;
      const auto next = visit(parsed->term);
      if (!next) return false;
      wanted = std::max(layout::behind(parsed->term), *next);
      steps = 0;
      return true;
    }));
    if (damaged) return damaged_posting();
  }
  return {};
}

Result<Collection> measure_collection(const View& view, std::uint64_t highest_page) {
  std::uint64_t seen = 0, length = 0;
  bool damaged = false;
  const auto count = [&](std::string_view value) {
    const auto parsed = layout::parse_length_value(value);
    damaged = !parsed;
    if (damaged) return false;
    ++seen;
    length += *parsed;
    return true;
  };
  const auto mean = [&] { return seen == 0 || length == 0 ? 1.0 : static_cast<double>(length) / static_cast<double>(seen); };

  if (highest_page <= kExactPages) {
    TRY_STATUS(
        view.scan(Family::Dictionary, layout::kLengths, [&](std::string_view, std::string_view value) { return count(value); }));
    if (damaged) return damaged_length();
    return Collection{static_cast<double>(seen), mean()};
  }
  // Page ids are dense, so the share of indexed pages in short runs of ids tells how many there are.
  for (std::uint64_t sample = 0; sample < kSamples && !damaged; ++sample) {
    const std::uint64_t first = 1 + (highest_page - kSampleRun) / kSamples * sample;
    TRY_STATUS(view.scan(Family::Dictionary, layout::kLengths, layout::length_key(PageId{first}),
                         [&](std::string_view key, std::string_view value) {
                           const auto page = layout::page_of_length_key(key);
                           return page && page->value < first + kSampleRun && count(value);
                         }));
  }
  if (damaged) return damaged_length();
  const double share = static_cast<double>(seen) / static_cast<double>(kSamples * kSampleRun);
  return Collection{std::max(1.0, share * static_cast<double>(highest_page)), mean()};
}

}  // namespace chartscan::indexer
