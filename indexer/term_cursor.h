// Cursors that read lists: the pages of a term through all segments of a layer, several of those as one word, words in a
// row, words near each other. Made by IndexReader. One thread; the state and view must outlive them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "indexer/index_state.h"
#include "indexer/posting_list.h"

namespace chartscan::indexer {

// What cursors of one question share.
struct Walk {
  static constexpr double kLongest = 1e9;
  Walk(const storage::View& from, const IndexState& known)
      : view(from), state(known), norm_of_empty(norm(known.collection(), 0)), norm_a_position(norm(known.collection(), 1) - norm_of_empty) {}

  const storage::View& view;
  const IndexState& state;
  Status status;  // the first fault
  const double norm_of_empty, norm_a_position;  // of norm(): it grows evenly with a page's length

  void fault(Error error) {
    if (status.ok()) status = std::move(error);
  }
  double score(double idf, std::uint32_t weight, PageNo page) const {
    return idf * (weight * kMostSaturation) / (weight + norm_of(page));
  }
  // Whether it scores more than `required`, or so little less that it must be looked at; without dividing.
  bool may_exceed(double required, double idf, std::uint32_t weight, PageNo page) const {
    return idf * weight * kMostSaturation * kRounding > required * (weight + norm_of(page));
  }
  // No longer page may_exceed(); rounded up.
  std::uint32_t longest(double required, double idf, std::uint32_t weight) const {
    if (required <= 0) return UINT32_MAX;
    const double length = (idf * weight * kMostSaturation * kRounding / required - weight - norm_of_empty) / norm_a_position + 1;
    return length < 0 ? 0 : length < kLongest ? static_cast<std::uint32_t>(length) : UINT32_MAX;
  }
  double norm_of(PageNo page) const { return norm_of_empty + norm_a_position * state.length(page); }
};

// The list of one term in one segment.
struct TermPart {
  TermPart(const Part& in, storage::Pinned bytes) : part(&in), pinned(std::move(bytes)), list(pinned.bytes, in.segment.first) {}

  const Part* part;
  storage::Pinned pinned;
  ListReader list;
  std::uint64_t pages = 0;  // of the list
  double step = 0;      // what one step of impact means under today's mean length
  unsigned least = 0;   // steps that a page must reach
  std::optional<storage::Pinned> chunk;
  std::size_t chunk_number = SIZE_MAX;
};

// Parts in segments that follow each other; `pages`: of the term in all layers and chains, for its idf.
PlaceCursorPtr term_cursor(Walk& walk, std::string term, std::vector<std::unique_ptr<TermPart>> parts, double idf);
// As one word; none is allowed: no page. `term`: when all are of the same.
PlaceCursorPtr united(Walk& walk, std::vector<PlaceCursorPtr> parts, double idf, std::string term = {});
PageCursorPtr spellings_cursor(Walk& walk, std::vector<PlaceCursorPtr> spellings, double idf);  // the same where nobody asks for places
PageCursorPtr phrase_cursor(Walk& walk, std::vector<PlaceCursorPtr> words, bool ranked);
PageCursorPtr near_cursor(Walk& walk, std::vector<PlaceCursorPtr> words, std::uint32_t distance);

}  // namespace chartscan::indexer
