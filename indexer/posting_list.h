// The bytes of one term in one segment: which pages have it, how often, where. Written once (indexer/list_encoder.h), read in place.
//
// Few pages (fewer than kPackedFrom; places included; numbers are varints):
//   form impact | pages | per page: (page - before - 1) * 2 + (more than once), [count - 2], places
// Short (fewer than kBlock pages; places included), kPacked:
//   form impact | pages varint | few(page - before - 1) few(weight code) | groups of differences, each `few`
// Long, in blocks of kBlock pages (the last may be smaller); places stand apart, in chunks of kChunkBlocks blocks:
//   form impact | pages be | per block: last page - base u32, end of the block u32, impact u8 | blocks
//   block:  pack(page - before - 1) pack(weight code)         `few` packing in the last one
//   chunk:  blocks | places | per block: number of its first place | per kGroupsTogether groups: offset of the first in the bodies |
//           heads of full groups of differences | bodies; what is left over, as `few`   (all u32 but heads and bodies)
// u32 are little-endian. Places of a page are differences to the one before; without joined words (kSpans) they are positions
// alone. The weight code is (count - 1) * 2 + (first place stands in the title zone).
// Impact is the highest saturation() of the list or block under the segment's mean length, in steps of kImpactStep, rounded up.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/bit_pack.h"
#include "indexer/page_cursor.h"

namespace chartscan::indexer {

inline constexpr std::size_t kBlock = kGroup;
inline constexpr std::size_t kPackedFrom = 4;  // pages
inline constexpr std::size_t kChunkBlocks = 64;
inline constexpr std::size_t kGroupsTogether = 16;
inline constexpr double kImpactStep = kMostSaturation / 255;

// Pages of a term in order, with all their places one after the other.
struct Postings {
  std::vector<PageNo> pages;
  std::vector<std::uint32_t> counts;  // of places, one or more
  std::vector<Place> places;

  void clear() { pages.clear(), counts.clear(), places.clear(); }
  void add(PageNo page, std::span<const Place> at) {
    pages.push_back(page);
    counts.push_back(static_cast<std::uint32_t>(at.size()));
    places.insert(places.end(), at.begin(), at.end());
  }
  bool operator==(const Postings&) const = default;
};

// What a page's places weigh in the ranking.
inline std::uint32_t weight_of(std::span<const Place> places) {
  return static_cast<std::uint32_t>(places.size()) + (!places.empty() && position_of(places.front()) < kTitleZone);
}

// What a weight code says.
inline std::uint32_t count_of_code(std::uint32_t code) { return code / 2 + 1; }
inline std::uint32_t weight_of_code(std::uint32_t code) { return count_of_code(code) + (code & 1); }

namespace list_form {
inline constexpr std::uint8_t kLong = 1, kSpans = 2, kPacked = 4;
inline constexpr std::size_t kSkip = 9;  // bytes a block
}  // namespace list_form

// Nothing: it cannot be read. The bytes must stay until another chunk is asked for.
using LoadChunk = std::function<std::optional<std::string_view>(std::size_t chunk)>;

// Of the places of a long list.
struct Chunk {
  std::size_t blocks = 0, places = 0;
  std::string_view starts, offsets, heads, bodies;

  static std::optional<Chunk> open(std::string_view bytes);
  std::size_t groups() const { return (places + kGroup - 1) / kGroup; }
  std::size_t size_of(std::size_t group) const { return std::min(kGroup, places - group * kGroup); }
  // One of the groups; false when it is damaged.
  bool read(std::size_t group, NumberGroup& differences) const;
};

// Of a list, without opening it; nothing when it is damaged.
std::optional<std::uint32_t> pages_in_list(std::string_view bytes);

// One list, read from the front. The bytes must outlive it. `base`: the first page of the segment. After damage it stands behind its last
// page and says so.
class ListReader {
 public:
  ListReader(std::string_view bytes, PageNo base);

  bool is_damaged() const { return damaged_; }
  std::uint32_t pages() const { return count_; }
  std::uint8_t impact() const { return impact_; }  // of the whole list
  PageNo page() const { return page_; }            // PageCursor::kEnd behind the last
  // Blocks that cannot reach `least` are left out.
  void seek(PageNo page, unsigned least = 0);
  // seek(page), which is not before the one it stands on, for whoever asks for many; true when it stands on `page` then.
  bool has(PageNo page) {
    if (page > last_in_block_) seek(page);
    else if (page_ < page) page_ = pages_[at_ = first_in_block(page)];
    return page_ == page;
  }
  // To the next page, which stands in most cases in the same block.
  void next(unsigned least = 0) {
    if (at_ + 1 < in_block_) page_ = pages_[++at_];
    else if (page_ != PageCursor::kEnd) seek(page_ + 1, least);
  }
  std::uint32_t count();   // of places
  std::uint32_t weight() { return weight_of_code(code()); }  // see weight_of
  std::uint32_t code();
  // Appends the places of the page it stands on.
  void places(std::vector<Place>& out, const LoadChunk& chunk);
  // Calls visit(page) for each page from where it stands; it is at the end then.
  template <typename Visit>
  void visit_pages(const Visit& visit) {
    while (page_ != PageCursor::kEnd) {
      for (; at_ < in_block_; ++at_) visit(pages_[at_]);
      if (block_ + 1 >= blocks_) return stop(false);
      if (!load_block(block_ + 1)) return stop(true);
      page_ = pages_[0];
    }
  }
  // To the first page from where it stands that fits(page, weight code).
  template <typename Fits>
  void find(unsigned least, const Fits& fits) {
    while (page_ != PageCursor::kEnd) {
      const bool coded = is_coded();
      for (; at_ < in_block_; ++at_)
        if (fits(pages_[at_], coded ? codes_[at_] : code())) return void(page_ = pages_[at_]);
      if (damaged_) return;
      at_ = in_block_ - 1;
      seek(last_in_block_ + 1, least);
    }
  }
  // The same among pages that are marked: mark(pages, once, twice) sets the bits of those of a block that are, and of those that are twice;
  // fits(page, weight code, whether twice).
  using Marks = std::array<std::uint64_t, kBlock / 64>;
  template <typename Mark, typename Fits>
  void find_marked(unsigned least, const Mark& mark, const Fits& fits) {
    while (page_ != PageCursor::kEnd) {
      if (marked_block_ != block_) {
        marks_ = twice_ = {};
        mark(std::span<const PageNo>(pages_).first(in_block_), marks_, twice_);
        marked_block_ = block_;
      }
      for (std::size_t at = next_marked(at_); at < kBlock; at = next_marked(at + 1)) {
        at_ = at;
        if (fits(pages_[at], is_coded() ? codes_[at] : code(), twice_[at / 64] >> at % 64 & 1)) return void(page_ = pages_[at]);
      }
      if (damaged_) return;
      at_ = in_block_ - 1;
      seek(last_in_block_ + 1, least);
    }
  }
  // visit(page, weight code) for each page from where it stands up to `until`; it stands behind them then.
  template <typename Visit>
  void visit_until(PageNo until, const Visit& visit) {
    while (page_ <= until && page_ != PageCursor::kEnd) {
      const bool coded = is_coded();
      for (; at_ < in_block_ && pages_[at_] <= until; ++at_) visit(pages_[at_], coded ? codes_[at_] : code());
      if (at_ < in_block_) return void(page_ = pages_[at_]);
      if (block_ + 1 >= blocks_) return stop(false);
      if (!load_block(block_ + 1)) return stop(true);
      page_ = pages_[0];
    }
  }
  // Blocks of a long list, looked into without moving; a short one has none.
  std::size_t blocks() const { return blocks_; }
  std::uint8_t impact_of(std::size_t block) const { return static_cast<std::uint8_t>(skips_[9 * block + 8]); }
  // How many pages there are in the block; 0 when it is damaged.
  std::size_t look_into(std::size_t block, NumberGroup& pages, NumberGroup& weights) const;
  // Highest impact of the block that holds the first page at or after `from`, and that block's last page; nothing behind the
  // end. `from` never falls.
  std::optional<std::uint8_t> block_impact(PageNo from, PageNo& last);

  // Sets the bits of pages from `from` on, as far as `bits` go, without moving. `from` never falls. False: damaged.
  bool mark_ahead(PageNo from, std::span<std::uint64_t> bits);

  std::size_t chunks() const { return (blocks_ + kChunkBlocks - 1) / kChunkBlocks; }
  // The rest of the list, appended; false when damaged. For whole lists: call it before anything else.
  bool read_all(Postings& out, const LoadChunk& chunk);

 private:
  bool open_few(std::string_view in);
  bool open_packed(std::string_view in);
  bool unpack_places();
  bool open_long(std::string_view in);
  bool read_block(Postings& out);
  bool read_chunk(std::string_view bytes, std::vector<std::uint32_t>& differences);
  void stop(bool damaged);
  PageNo last_of(std::size_t block) const;
  // Without branches that cannot be guessed. Behind the last page of a block the group holds kEnd.
  std::size_t first_in_block(PageNo page) const {
    constexpr std::size_t kAtOnce = 16;
    std::size_t at = 0, fewer = 0;
    while (pages_[at + kAtOnce - 1] < page) at += kAtOnce;
    for (std::size_t i = 0; i < kAtOnce; ++i) fewer += pages_[at + i] < page;
    return at + fewer;
  }
  std::size_t next_marked(std::size_t at) const {
    for (; at < kBlock; at = (at / 64 + 1) * 64)
      if (const std::uint64_t rest = marks_[at / 64] >> at % 64) return at + static_cast<std::size_t>(std::countr_zero(rest));
    return kBlock;
  }
  std::uint32_t end_of_block(std::size_t block) const;
  std::size_t read_pages(std::size_t block, NumberGroup& pages, std::string_view& codes) const;
  std::size_t block_at(PageNo page) const;
  bool load_block(std::size_t block);
  void begin_block();
  bool load_codes();
  bool is_coded();  // codes_ are those of the pages at hand
  bool load_places(std::size_t first, std::size_t count, const LoadChunk& load, std::vector<Place>& out);
  std::size_t first_place();
  void number_places();

  std::string_view skips_, data_;
  PageNo base_ = 0;
  std::uint32_t count_ = 0;
  std::uint8_t impact_ = 0;
  bool spans_ = false, damaged_ = false, is_long_ = false, is_packed_ = false;
  std::size_t blocks_ = 0;   // of a long list
  std::size_t block_ = 0, shallow_ = 0;
  PageNo page_ = PageCursor::kEnd, last_in_block_ = 0;
  std::size_t at_ = 0, in_block_ = 0;  // in pages_
  NumberGroup pages_;
  NumberGroup codes_;  // of a list of few pages: the count
  bool have_codes_ = false, have_firsts_ = false;
  std::string_view codes_bytes_, place_bytes_;
  std::size_t counted_ = 0, counted_places_ = 0;  // of a long list: pages of the block whose places were counted, and those
  NumberGroup firsts_;               // of a list that is not long: number of the first place of each page
  std::vector<Place> places_;  // all of such a list
  // The chunk, and the group of places in it, that were read last, of a long list.
  Chunk chunk_;
  std::size_t chunk_number_ = SIZE_MAX, group_number_ = SIZE_MAX;
  NumberGroup group_;
  Marks marks_{}, twice_{};  // of block marked_block_
  NumberGroup ahead_;        // pages of block ahead_block_
  std::size_t ahead_block_ = SIZE_MAX, in_ahead_ = 0;
  std::size_t marked_block_ = SIZE_MAX;
};

}  // namespace chartscan::indexer
