// Pages of all terms in a range of the dictionary, each with one score. Segments are read when the walk comes to them: whoever wants
// the first pages only does not pay for the rest. One thread; the state and view must outlive it.
#pragma once

#include <string>

#include "indexer/term_cursor.h"

namespace chartscan::indexer {

// Terms that begin with `prefix` and stand in [from, to) (empty = no bound), in these layers. `cost`: at most so many pages.
struct TermRange {
  std::span<const Layer> layers;
  std::string prefix, from, to;
};
PageCursorPtr range_cursor(Walk& walk, TermRange range, double score, std::uint64_t cost);

// Sets the bits of a list's pages; its segment is `part`.
Status mark_list(const Part& part, std::string_view bytes, std::vector<std::uint64_t>& bits);

}  // namespace chartscan::indexer
