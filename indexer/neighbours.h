// Which frequent words stand behind which on the pages of a large segment, and which more than once: a few bits a page that spare phrases
// of frequent words most of the places they would read only to find that the words stand apart, or not often enough to matter: a signature
// file in slices (Goodwin et al., "BitFunnel: Revisiting Signatures for Search", SIGIR 2017).
//
// Each pair of a segment's most frequent words has two rows of bits, one bit a page. Common pairs have one, so that they do not fill them
// all, and pairs with one of the rarer words, which has fewer pages to leave out; pairs that stand on most pages of their rarer word have
// none, for they tell little. Beside those, each pair has a row that tells where it stands twice or more, and so have pairs with words
// too rare for the others: a phrase stands no more often than any of its pairs, and most pages on which it stands once do not score
// enough. Derived from the segment's lists; without it every answer is the same, only slower.
//
//   Post  be32 segment, 0x05                            -> be16 number of words, each: length u8, Kind u8; rising |
//                                                          be32 number of common pairs, each be16 first word, be16 second, be16 row,
//                                                          be16 row of twice; rising
//         be32 segment, 0x05, be16 stretch, be16 row    -> bits of kStretch pages, from the lowest of the first byte on
//
// A bit that is not set: no pair of the row stands (twice) on the page. 0x04 was another choice of rows; nobody reads it any more.
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
  // A range of rows: common pairs have theirs among the first `common` of them, the others among the rest.
  struct Range {
    std::uint16_t first, common, end;
  };
  // These and how a pair's rows are found are part of the format. 48 bytes a page.
  static constexpr Range kOnce{0, 96, 320};     // two fifths of the bits are set
  static constexpr Range kTwice{320, 24, 384};  // a sixth
  static constexpr std::size_t kRows = kTwice.end;

  enum class Kind : std::uint8_t { Frequent, Rarer, TwiceOnly };  // TwiceOnly: its pairs have no rows but that of twice
  struct Word {
    std::string word;
    Kind kind = Kind::Frequent;
  };
  static constexpr std::uint16_t kNoRow = 0xFFFF, kHashed = 0xFFFE;  // kHashed: as of a pair that is not common
  struct CommonPair {
    std::uint16_t first = 0, second = 0;  // numbers of words
    std::uint16_t row = kHashed;          // or kNoRow
    std::uint16_t twice = kHashed;
    auto operator<=>(const CommonPair&) const = default;
  };
  struct Rows {
    std::uint16_t one = kNoRow, other = kNoRow;  // may be the same
    std::uint16_t twice = kNoRow;
  };

  NeighbourWords(std::vector<Word> words, std::vector<CommonPair> common) : words_(std::move(words)), common_(std::move(common)) {}
  static std::optional<NeighbourWords> decode(std::string_view bytes);  // nothing: they are damaged
  std::string encode() const;

  Rows rows_of(std::string_view first, std::string_view second) const;  // none, where the segment does not tell of this pair
  Rows rows_of(std::uint16_t first, std::uint16_t second) const;

 private:
  std::optional<std::uint16_t> number_of(std::string_view word) const;

  std::vector<Word> words_;         // rising
  std::vector<CommonPair> common_;  // rising
};

// Of a stored segment of words whose other rows are there; returns how many bytes it wrote. Memory: at most some 220 MB
// (kRange pages of kLongest words), most often 100.
Result<std::uint64_t> write_neighbours(storage::Store& store, const storage::View& view, const Segment& segment);
// What is stored, if anything is, equals what would be written.
Result<bool> neighbours_agree(const storage::View& view, const Segment& segment);

// For one phrase: pages on which its words cannot stand in a row, or not twice. One thread; what it is made with must outlive it.
class NeighbourFilter {
 public:
  static constexpr PageNo kStretch = 1 << 18;
  using Pair = std::pair<std::string_view, std::string_view>;

  // What it knows of one segment.
  class OfSegment {
   public:
    // Sets the bits of those of `pages`, which rise from one call to the next, that may have the words in a row, and may have them twice.
    void mark(std::span<const PageNo> pages, std::span<std::uint64_t> once, std::span<std::uint64_t> twice) {
      const PageNo first = part_.segment.first;
      for (std::size_t i = 0; i < pages.size();) {
        if (const PageNo stretch = (pages[i] - first) / kStretch; stretch != stretch_) load(stretch);
        const PageNo begin = first + stretch_ * kStretch;
        const Bits* const bits = bits_.data();
        for (; i < pages.size() && pages[i] - begin < kStretch; ++i) {
          const PageNo at = pages[i] - begin;
          once[i / 64] |= (bits[at / 64].once >> at % 64 & 1) << i % 64;
          twice[i / 64] |= (bits[at / 64].twice >> at % 64 & 1) << i % 64;
        }
      }
    }

   private:
    friend NeighbourFilter;
    OfSegment(Walk& walk, const Part& part) : walk_(walk), part_(part) {}
    struct Bits {  // of 64 pages
      std::uint64_t once, twice;
    };
    void load(PageNo stretch);
    void load(PageNo stretch, std::span<const std::uint16_t> rows, std::uint64_t Bits::* bits);

    Walk& walk_;
    const Part& part_;
    std::vector<std::uint16_t> rows_, twice_rows_;
    PageNo stretch_ = PageCursor::kEnd;
    std::vector<Bits> bits_;
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
