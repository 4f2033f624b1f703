// Which frequent words stand behind which on the pages of a large segment: a few bits a page that spare phrases of frequent words
// most of the places they would read only to find that the words stand apart: a signature file in slices (Goodwin et al., "BitFunnel:
// Revisiting Signatures for Search", SIGIR 2017). Each pair of a segment's most frequent words has two rows of bits, one bit a page. Common
// pairs have one, so that they do not fill them all, and pairs with one of the rarer words, which has fewer pages to leave out; pairs that
// stand on most pages of their rarer word have none, for they tell little. Derived from the segment's lists; without it every answer is
// the same, only slower.
//
//   Post  be32 segment, 0x04                            -> be16 number of words, each: length u8, 1 if it is one of the rarer u8; rising |
//                                                          be32 number of common pairs, each be16 first word, be16 second, be16 row or 0xFFFF, rising
//         be32 segment, 0x04, be16 stretch, be16 row    -> bits of kStretch pages, from the lowest of the first byte on
//
// A bit that is not set: no pair of the row stands on the page.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "indexer/index_state.h"

namespace chartscan::indexer {

struct Walk;

class NeighbourWords {
 public:
  // The first two and how a pair's rows are found are part of the format.
  static constexpr std::size_t kRows = 384;        // 48 bytes a page; more than a third of the bits is set then
  static constexpr std::size_t kCommonRows = 96;   // the first of them; other pairs have theirs among the rest
  static constexpr std::size_t kMost = 1280;       // words
  static constexpr std::uint64_t kRarest = 50;     // of so many pages a word stands on one or more

  static constexpr std::uint16_t kNoRow = 0xFFFF;
  struct Word {
    std::string word;
    bool is_rarer = false;
  };
  struct CommonPair {
    std::uint16_t first = 0, second = 0;  // numbers of words
    std::uint16_t row = 0;                // or kNoRow
    auto operator<=>(const CommonPair&) const = default;
  };
  struct Rows {
    std::uint16_t one = 0, other = 0;  // may be the same
  };

  NeighbourWords(std::vector<Word> words, std::vector<CommonPair> common) : words_(std::move(words)), common_(std::move(common)) {}
  static std::optional<NeighbourWords> decode(std::string_view bytes);  // nothing: they are damaged
  std::string encode() const;

  // Nothing: the segment does not tell of this pair.
  std::optional<Rows> rows_of(std::string_view first, std::string_view second) const;
  std::optional<Rows> rows_of(std::uint16_t first, std::uint16_t second) const;

 private:
  std::optional<std::uint16_t> number_of(std::string_view word) const;

  std::vector<Word> words_;         // rising
  std::vector<CommonPair> common_;  // rising
};

// Of a stored segment of words whose other rows are there; returns how many bytes it wrote. Memory: at most some 180 MB
// (kRange pages of kLongest words), most often 60.
Result<std::uint64_t> write_neighbours(storage::Store& store, const storage::View& view, const Segment& segment);
// What is stored, if anything is, equals what would be written.
Result<bool> neighbours_agree(const storage::View& view, const Segment& segment);

// For one phrase: pages on which its words cannot stand in a row. One thread; what it is made with must outlive it.
class NeighbourFilter {
 public:
  static constexpr PageNo kStretch = 1 << 18;
  using Pair = std::pair<std::string_view, std::string_view>;

  // What it knows of one segment.
  class OfSegment {
   public:
    // Sets the bits of those of `pages`, which rise from one call to the next, that may have the words in a row.
    void mark(std::span<const PageNo> pages, std::span<std::uint64_t> marks) {
      for (std::size_t i = 0; i < pages.size(); ++i) {
        const PageNo at = pages[i] - part_.segment.first;
        if (at / kStretch != stretch_) load(at / kStretch);
        marks[i / 64] |= (bits_[at % kStretch / 64] >> at % 64 & 1) << i % 64;
      }
    }

   private:
    friend NeighbourFilter;
    OfSegment(Walk& walk, const Part& part) : walk_(walk), part_(part) {}
    void load(PageNo stretch);

    Walk& walk_;
    const Part& part_;
    std::vector<std::uint16_t> rows_;
    PageNo stretch_ = PageCursor::kEnd;
    std::vector<std::uint64_t> bits_;
  };

  NeighbourFilter(Walk& walk, std::vector<Pair> pairs) : walk_(walk), pairs_(std::move(pairs)) {}

  // Null: nothing is known of its pages, or it would not pay for so many of them.
  OfSegment* of(const Part& part, std::uint64_t pages);

 private:
  Walk& walk_;
  const std::vector<Pair> pairs_;
  std::vector<std::unique_ptr<OfSegment>> segments_;
};

}  // namespace chartscan::indexer
