// Walking through the pages that answer a part of the question, in order of their ids. Cursors are built over posting
// lists (indexer/postings.h) and combined; ranking and counting see nothing else. One cursor, one thread.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "indexer/postings.h"

namespace chartscan::indexer {

class Cursor {
 public:
  static constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();

  virtual ~Cursor() = default;
  virtual std::uint64_t page() const = 0;     // kEnd behind the last
  virtual void seek(std::uint64_t page) = 0;  // to the first page at or after `page`; never backwards
  virtual double score() const = 0;           // of the page it stands on; not at kEnd
  virtual std::size_t cost() const = 0;       // at most this many pages
  void next() { seek(page() + 1); }
};
using CursorPtr = std::unique_ptr<Cursor>;

// BM25 (k1 1.2, b 0.75). A word among the first of a page, where titles stand, counts as if it stood there once more.
class Ranking {
 public:
  explicit Ranking(const Collection& collection) : collection_(collection) {}
  double idf(std::size_t pages_with_word) const;
  double weight(double idf, std::span<const Place> places, std::uint32_t length) const;

 private:
  Collection collection_;
};

using ListPtr = std::shared_ptr<const PostingList>;

CursorPtr word_cursor(ListPtr list, const Ranking& ranking);                  // ranked
CursorPtr filter_cursor(ListPtr list);                                        // not ranked
CursorPtr phrase_cursor(std::vector<ListPtr> words, const Ranking* ranking);  // words in a row; null = not ranked
CursorPtr and_cursor(std::vector<CursorPtr> parts);                           // one or more
CursorPtr or_cursor(std::vector<CursorPtr> parts);                            // none is allowed: no page
CursorPtr without_cursor(CursorPtr kept, CursorPtr removed);

}  // namespace chartscan::indexer
