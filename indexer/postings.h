// Reading the index: terms in order, and the pages of a word. With layout.h the only code that knows how postings are
// stored; everything above works on cursors (indexer/cursor.h). Views may be shared by many threads, lists are plain values.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "indexer/layout.h"
#include "storage/store.h"

namespace chartscan::indexer {

// The pages that have a word, or any of several spellings of it, by id, each once.
struct PostingList {
  std::vector<std::uint64_t> pages;
  std::vector<std::uint32_t> lengths;  // of the page's text
  std::vector<std::uint32_t> firsts;   // pages.size() + 1 offsets into `places`
  std::vector<Place> places;           // ascending within a page

  std::size_t size() const { return pages.size(); }
  std::span<const Place> places_of(std::size_t i) const {
    return std::span(places).subspan(firsts[i], firsts[i + 1] - firsts[i]);
  }
};

// The pages of all `terms` together.
Result<std::shared_ptr<const PostingList>> load_terms(const storage::View& view, const std::vector<std::string>& terms);
// The pages of all terms that begin with `prefix` and stand in [from, to); `from` and `to` empty = no bound.
Result<std::shared_ptr<const PostingList>> load_range(const storage::View& view, std::string_view prefix, std::string_view from,
                                                      std::string_view to);
// Every indexed page; no places.
Result<std::shared_ptr<const PostingList>> load_all_pages(const storage::View& view);

Result<bool> has_term(const storage::View& view, std::string_view term);
// Visits the terms with `prefix` in order. `visit` returns the smallest next term it wants, "" for the very next one, or
// nothing to stop. Jumps over postings by seeking, so the cost is that of the terms visited.
using VisitTerm = std::function<std::optional<std::string>(std::string_view term)>;
Status walk_terms(const storage::View& view, std::string_view prefix, const VisitTerm& visit);

// What ranking needs to know of all pages. Exact up to kExactPages pages; beyond, estimated from evenly spaced samples,
// the same for the same view. There is no stored counter on purpose: concurrent commits and crashes cannot bend what is
// not kept.
struct Collection {
  double pages = 0;
  double mean_length = 1;
};
inline constexpr std::size_t kExactPages = 4096;
Result<Collection> measure_collection(const storage::View& view, std::uint64_t highest_page);

}  // namespace chartscan::indexer
