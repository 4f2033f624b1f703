// Where the index stands in the store, and the bytes of everything but postings (those: indexer/posting_list.h).
// docs/formats.md is the prose twin. be32 numbers are big-endian, so that byte order is number order.
//
//   Post        be32 segment, 0x02, term                    -> list of the term
//               be32 segment, 0x03, term, 0x00, be16 chunk  -> places of a long list
//               be32 segment, 0x05 ...                      -> which frequent words stand together (indexer/neighbours.h)
//   Dictionary  'm'                                        -> Manifest: which segments there are
//               's' be32 segment                           -> pages and lengths of a segment (PageLengths)
//               'w' be32 segment, be16 piece               -> its terms and how many pages have each
//               'x' be32 segment                           -> its pages that are out: read anew or taken out since
//               'n' layer, be32 page                       -> a page not yet in a segment (indexer/fresh_page.h)
//               't' layer, be32 page                       -> a page taken out, not yet noted in its segment; empty
//               'r'                                        -> how far a rebuild has come
//
// A layer holds one kind of statement about pages: the words they show, what their record says, what their document says.
// Each layer has segments of its own, so that a changed field never moves words. In each layer a page counts once: what is
// fresh or taken out hides what segments say of that page.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/page_cursor.h"

namespace chartscan::indexer {

enum class Layer : std::uint8_t { Words, Page, Document };
inline constexpr std::array kLayers{Layer::Words, Layer::Page, Layer::Document};

struct Segment {
  std::uint32_t number = 0;
  Layer layer = Layer::Words;
  PageNo first = 0, last = 0;     // of its pages
  std::uint32_t pages = 0;
  std::uint32_t out = 0;          // of them hidden by row 'x'
  std::uint64_t length = 0;       // of all pages together
  std::uint64_t bytes = 0;        // of its lists and places
  double mean_length() const { return pages == 0 || length == 0 ? 1 : static_cast<double>(length) / pages; }
  bool operator==(const Segment&) const = default;
};

struct Manifest {
  std::uint32_t next_segment = 1;
  std::vector<Segment> segments;  // by layer, then by first page
};

// The pages of a segment, rising, with their lengths in positions (longer ones count as kMaxLength).
struct PageLengths {
  static constexpr std::uint32_t kMaxLength = 65534;
  std::vector<PageNo> pages;
  std::vector<std::uint16_t> lengths;

  void add(PageNo page, std::uint32_t length);
  std::optional<std::uint32_t> at(PageNo page) const;
};

struct FreshTerm;

struct DictionaryTerm {
  std::string_view term;
  std::uint32_t pages = 0;
};

struct RebuildProgress {
  PageNo next = 0;   // the first page not yet done
  PageNo until = 0;  // the last to do
};

namespace rows {

inline constexpr std::string_view kManifest = "m";
inline constexpr std::string_view kRebuild = "r";
// Of older versions of the index, which must be built anew: rows of version 1, and fresh pages of version 2.
inline constexpr std::array<std::string_view, 2> kOlderRows{"l", "f"};
std::string list(std::uint32_t segment, std::string_view term);
std::string lists(std::uint32_t segment);  // prefix
std::string_view term_of_list(std::string_view key);
std::string chunk(std::uint32_t segment, std::string_view term, std::size_t chunk);
std::string chunks(std::uint32_t segment);  // prefix
std::string neighbours(std::uint32_t segment);  // prefix, and a row itself
std::string neighbours(std::uint32_t segment, std::size_t stretch, std::size_t row);
std::string postings(std::uint32_t segment);  // prefix of all of these; those of the next segment stand behind them
std::string pages(std::uint32_t segment);
std::string terms(std::uint32_t segment);  // prefix
std::string terms(std::uint32_t segment, std::size_t piece);
std::string out(std::uint32_t segment);
std::string fresh(Layer layer, PageNo page);
std::string fresh(Layer layer);  // prefix
std::string taken_out(Layer layer, PageNo page);
std::string taken_out(Layer layer);                         // prefix
std::optional<PageNo> page_of(std::string_view key);        // of fresh() and taken_out()
std::optional<std::uint32_t> segment_of_postings(std::string_view key);  // of Post
std::optional<std::uint32_t> segment_of(std::string_view key);           // of a segment's rows in Dictionary

// Readers return nothing, or false, when the bytes are damaged.
std::string encode(const Manifest& manifest);
// Of an older version it gives the next number alone: its segments are of no use.
std::optional<Manifest> decode_manifest(std::string_view bytes);
bool is_older_manifest(std::string_view bytes);  // the index must be built anew
std::string encode(const PageLengths& pages);
std::optional<PageLengths> decode_pages(std::string_view bytes);
std::string encode_out(const std::vector<PageNo>& pages);
std::optional<std::vector<PageNo>> decode_out(std::string_view bytes);
std::string encode(const RebuildProgress& progress);
std::optional<RebuildProgress> decode_rebuild(std::string_view bytes);

// Fresh fields of a page are written term by term, in order.
class FreshWriter {
 public:
  explicit FreshWriter(std::size_t terms);
  void add(std::string_view term, std::span<const Place> places);
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};
bool decode_fresh_fields(std::string_view row, std::vector<FreshTerm>& terms, std::vector<Place>& places);  // terms point into `row`
// `unsearched`: numbers of words of the text, rising.
std::string encode_fresh_words(const std::vector<std::uint32_t>& unsearched, std::uint64_t sum);
std::optional<std::vector<std::uint32_t>> decode_fresh_words(std::string_view row);

// Terms in order, cut into pieces; a term shares the beginning of the one before.
class TermsWriter {
 public:
  void add(std::string_view term, std::uint32_t pages);
  bool is_full() const { return piece_.size() >= kPiece; }
  std::string take();  // the piece so far; the next begins anew

 private:
  static constexpr std::size_t kPiece = 64 << 10;
  std::string piece_, before_;
};
// Terms in order: one long text and the terms' ends in it.
struct TermTable {
  std::string text;
  std::vector<std::uint32_t> ends;
  std::vector<std::uint32_t> pages;
  std::vector<std::uint8_t> shared;  // bytes that a term has in common with the one before; 255: or more

  std::size_t size() const { return ends.size(); }
  std::string_view term(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(text).substr(begin, ends[i] - begin);
  }
  void add(std::string_view term, std::uint32_t with);
  std::size_t lower_bound(std::string_view term) const;
  // The first term behind number `i` that does not begin with the same `length` bytes (1 to 255).
  std::size_t behind(std::size_t i, std::size_t length) const;
};
bool decode_terms(std::string_view piece, TermTable& table);

}  // namespace rows
}  // namespace chartscan::indexer
