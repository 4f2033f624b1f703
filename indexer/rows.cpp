#include "indexer/rows.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "indexer/fresh_page.h"
#include "storage/bytes.h"

namespace chartscan::indexer {
namespace {

using storage::put_be;
using storage::put_varint;
using storage::take_be;

// Of the index. 1 had a key for each word of each page; 2 did not know the types of pages themselves.
constexpr std::uint64_t kVersion = 4;

template <typename Number>
bool take(std::string_view& in, Number& number) {
  std::uint64_t wide = 0;
  if (!storage::take_varint(in, wide) || wide > std::numeric_limits<Number>::max()) return false;
  number = static_cast<Number>(wide);
  return true;
}

bool take_text(std::string_view& in, std::string_view& text) {
  std::uint32_t size = 0;
  if (!take(in, size) || size > in.size()) return false;
  text = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

std::string key(char kind, std::uint32_t segment) {
  std::string text(1, kind);
  put_be(text, segment);
  return text;
}

}  // namespace

void PageLengths::add(PageNo page, std::uint32_t length) {
  pages.push_back(page);
  lengths.push_back(static_cast<std::uint16_t>(std::min(length, kMaxLength)));
}

std::optional<std::uint32_t> PageLengths::at(PageNo page) const {
  if (pages.empty() || page < pages.front() || page > pages.back()) return std::nullopt;
  std::size_t at = page - pages.front();  // where pages follow each other without a gap
  if (pages.back() - pages.front() + 1 != pages.size()) {
    at = static_cast<std::size_t>(std::lower_bound(pages.begin(), pages.end(), page) - pages.begin());
    if (pages[at] != page) return std::nullopt;
  }
  return lengths[at];
}

namespace rows {

std::string postings(std::uint32_t segment) {
  std::string text;
  put_be(text, segment);
  return text;
}
std::string lists(std::uint32_t segment) { return postings(segment) += '\x02'; }
std::string list(std::uint32_t segment, std::string_view term) { return lists(segment).append(term); }
std::string_view term_of_list(std::string_view key) { return key.substr(std::min<std::size_t>(5, key.size())); }
std::string chunks(std::uint32_t segment) { return postings(segment) += '\x03'; }
std::string chunk(std::uint32_t segment, std::string_view term, std::size_t chunk) {
  std::string text = chunks(segment).append(term);
  text += '\0';
  put_be(text, static_cast<std::uint16_t>(chunk));
  return text;
}
std::string neighbours(std::uint32_t segment) { return postings(segment) += '\x05'; }
std::string neighbours(std::uint32_t segment, std::size_t stretch, std::size_t row) {
  std::string text = neighbours(segment);
  put_be(text, static_cast<std::uint16_t>(stretch));
  put_be(text, static_cast<std::uint16_t>(row));
  return text;
}
std::string pages(std::uint32_t segment) { return key('s', segment); }
std::string terms(std::uint32_t segment) { return key('w', segment); }
std::string terms(std::uint32_t segment, std::size_t piece) {
  std::string text = terms(segment);
  put_be(text, static_cast<std::uint16_t>(piece));
  return text;
}
std::string out(std::uint32_t segment) { return key('x', segment); }
std::string fresh(Layer layer) { return {'n', static_cast<char>(layer)}; }
std::string fresh(Layer layer, PageNo page) {
  std::string text = fresh(layer);
  put_be(text, page);
  return text;
}
std::string taken_out(Layer layer) { return {'t', static_cast<char>(layer)}; }
std::string taken_out(Layer layer, PageNo page) {
  std::string text = taken_out(layer);
  put_be(text, page);
  return text;
}

std::optional<PageNo> page_of(std::string_view key) {
  PageNo page = 0;
  if (key.size() != 6) return std::nullopt;
  key.remove_prefix(2);
  take_be(key, page);
  return page;
}

std::optional<std::uint32_t> segment_of_postings(std::string_view key) {
  std::uint32_t segment = 0;
  return take_be(key, segment) ? std::optional(segment) : std::nullopt;
}

std::optional<std::uint32_t> segment_of(std::string_view key) {
  return key.empty() ? std::nullopt : segment_of_postings(key.substr(1));
}

std::string encode(const Manifest& manifest) {
  std::string bytes;
  put_varint(bytes, kVersion);
  put_varint(bytes, manifest.next_segment);
  put_varint(bytes, manifest.segments.size());
  for (const Segment& segment : manifest.segments) {
    for (const std::uint64_t number :
         {std::uint64_t{segment.number}, static_cast<std::uint64_t>(segment.layer), std::uint64_t{segment.first},
          std::uint64_t{segment.last}, std::uint64_t{segment.pages}, std::uint64_t{segment.out}, segment.length, segment.bytes})
      put_varint(bytes, number);
  }
  return bytes;
}

bool is_older_manifest(std::string_view bytes) {
  std::uint64_t version = 0;
  return take(bytes, version) && version < kVersion;
}

std::optional<Manifest> decode_manifest(std::string_view bytes) {
  Manifest manifest;
  std::uint64_t version = 0, count = 0;
  if (!take(bytes, version) || version > kVersion || !take(bytes, manifest.next_segment) || !take(bytes, count)) return std::nullopt;
  if (version < kVersion) return manifest;
  for (std::uint64_t i = 0; i < count; ++i) {
    Segment segment;
    std::uint8_t layer = 0;
    if (!take(bytes, segment.number) || !take(bytes, layer) || layer >= kLayers.size() || !take(bytes, segment.first) ||
        !take(bytes, segment.last) || !take(bytes, segment.pages) || !take(bytes, segment.out) || !take(bytes, segment.length) ||
        !take(bytes, segment.bytes))
      return std::nullopt;
    segment.layer = static_cast<Layer>(layer);
    manifest.segments.push_back(segment);
  }
  return bytes.empty() ? std::optional(std::move(manifest)) : std::nullopt;
}

// Runs of neighbouring pages, then two bytes of length for each.
std::string encode(const PageLengths& pages) {
  std::string bytes = encode_out(pages.pages);
  for (const std::uint16_t length : pages.lengths) put_be(bytes, length);
  return bytes;
}

namespace {

bool take_runs(std::string_view& in, std::vector<PageNo>& pages) {
  std::uint32_t runs = 0;
  if (!take(in, runs)) return false;
  std::uint64_t next = 0;
  for (std::uint32_t run = 0; run < runs; ++run) {
    std::uint32_t gap = 0, size = 0;
    if (!take(in, gap) || !take(in, size) || next + gap + size > PageCursor::kEnd) return false;
    next += gap;
    for (std::uint32_t i = 0; i < size; ++i) pages.push_back(static_cast<PageNo>(next++));
  }
  return true;
}

}  // namespace

std::optional<PageLengths> decode_pages(std::string_view bytes) {
  PageLengths pages;
  if (!take_runs(bytes, pages.pages) || bytes.size() != 2 * pages.pages.size()) return std::nullopt;
  pages.lengths.resize(pages.pages.size());
  for (std::uint16_t& length : pages.lengths) take_be(bytes, length);
  return pages;
}

std::string encode_out(const std::vector<PageNo>& pages) {
  std::string runs;
  std::size_t count = 0;
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < pages.size(); ++count) {
    std::size_t end = i + 1;
    while (end < pages.size() && pages[end] == pages[end - 1] + 1) ++end;
    put_varint(runs, pages[i] - next);
    put_varint(runs, end - i);
    next = std::uint64_t{pages[end - 1]} + 1;
    i = end;
  }
  std::string bytes;
  put_varint(bytes, count);
  return bytes + runs;
}

std::optional<std::vector<PageNo>> decode_out(std::string_view bytes) {
  std::vector<PageNo> pages;
  if (!take_runs(bytes, pages) || !bytes.empty()) return std::nullopt;
  return pages;
}

std::string encode(const RebuildProgress& progress) {
  std::string bytes;
  put_varint(bytes, progress.next);
  put_varint(bytes, progress.until);
  return bytes;
}

std::optional<RebuildProgress> decode_rebuild(std::string_view bytes) {
  RebuildProgress progress;
  if (!take(bytes, progress.next) || !take(bytes, progress.until) || !bytes.empty()) return std::nullopt;
  return progress;
}

FreshWriter::FreshWriter(std::size_t terms) {
  bytes_.reserve(16 * terms + 8);
  put_varint(bytes_, terms);
}

void FreshWriter::add(std::string_view term, std::span<const Place> places) {
  put_varint(bytes_, term.size());
  bytes_ += term;
  put_varint(bytes_, places.size());
  Place before = 0;
  for (const Place place : places) {
    put_varint(bytes_, place - before);
    before = place;
  }
}

bool decode_fresh_fields(std::string_view in, std::vector<FreshTerm>& terms, std::vector<Place>& places) {
  std::uint32_t count = 0;
  if (!take(in, count) || count > in.size()) return false;
  terms.resize(count);
  for (FreshTerm& term : terms) {
    if (!take_text(in, term.term) || !take(in, term.count) || term.count == 0 || term.count > in.size()) return false;
    term.first = static_cast<std::uint32_t>(places.size());
    Place place = 0, step = 0;
    for (std::uint32_t i = 0; i < term.count; ++i) {
      if (!take(in, step)) return false;
      places.push_back(place += step);
    }
  }
  return in.empty();
}

std::string encode_fresh_words(const std::vector<std::uint32_t>& unsearched, std::uint64_t sum) {
  std::string row;
  put_be(row, sum);
  std::uint32_t next = 0;
  for (const std::uint32_t word : unsearched) {
    put_varint(row, word - next);
    next = word + 1;
  }
  return row;
}

std::optional<std::vector<std::uint32_t>> decode_fresh_words(std::string_view row) {
  std::vector<std::uint32_t> unsearched;
  std::uint64_t sum = 0;
  if (!take_be(row, sum)) return std::nullopt;
  for (std::uint32_t step = 0, next = 0; !row.empty(); next = unsearched.back() + 1) {
    if (!take(row, step)) return std::nullopt;
    unsearched.push_back(next + step);
  }
  return unsearched;
}

void TermsWriter::add(std::string_view term, std::uint32_t pages) {
  const auto differ = std::mismatch(term.begin(), term.end(), before_.begin(), before_.end()).first;
  const auto shared = static_cast<std::size_t>(differ - term.begin());
  put_varint(piece_, shared);
  put_varint(piece_, term.size() - shared);
  piece_ += term.substr(shared);
  put_varint(piece_, pages);
  before_ = term;
}

std::string TermsWriter::take() {
  before_.clear();
  return std::exchange(piece_, {});
}

bool decode_terms(std::string_view piece, TermTable& table) {
  std::string term;
  while (!piece.empty()) {
    std::uint32_t shared = 0, pages = 0;
    std::string_view rest;
    if (!take(piece, shared) || shared > term.size() || !take_text(piece, rest) || !take(piece, pages)) return false;
    term.resize(shared);
    term += rest;
    table.add(term, pages);
  }
  return true;
}

void TermTable::add(std::string_view with, std::uint32_t on) {
  const std::string_view before = size() == 0 ? std::string_view() : term(size() - 1);
  const auto [differ, _] = std::mismatch(with.begin(), with.end(), before.begin(), before.end());
  shared.push_back(static_cast<std::uint8_t>(std::min<std::ptrdiff_t>(differ - with.begin(), 255)));
  text += with;
  ends.push_back(static_cast<std::uint32_t>(text.size()));
  pages.push_back(on);
}

std::size_t TermTable::behind(std::size_t i, std::size_t length) const {
  constexpr std::size_t kAtOnce = 16;  // bytes compared by one instruction
  const auto least = static_cast<std::uint8_t>(length);
  for (++i; i + kAtOnce <= size(); i += kAtOnce) {
    std::uint8_t fewer = 0;
    for (std::size_t k = 0; k < kAtOnce; ++k) fewer |= shared[i + k] < least ? 255 : 0;
    if (fewer) break;
  }
  while (i < size() && shared[i] >= least) ++i;
  return i;
}

std::size_t TermTable::lower_bound(std::string_view wanted) const {
  std::size_t low = 0, high = size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    term(middle) < wanted ? low = middle + 1 : high = middle;
  }
  return low;
}

}  // namespace rows
}  // namespace chartscan::indexer
