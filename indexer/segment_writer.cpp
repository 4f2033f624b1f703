#include "indexer/segment_writer.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "indexer/byte_runs.h"

namespace chartscan::indexer {
namespace {

constexpr std::size_t kFirstSlots = 1 << 10;   // of a table of terms

std::uint64_t hash_of(std::string_view term) {
  constexpr std::uint64_t kPrime = 0x9E3779B97F4A7C15;
  std::uint64_t hash = term.size() * kPrime;
  for (std::size_t at = 0; at < term.size(); at += 8) {
    hash = (hash ^ bytes_at(term.data() + at, term.size() - at)) * kPrime;
    hash ^= hash >> 32;
  }
  return hash;
}

bool is_same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t at = 0; at < a.size(); at += 8)
    if (bytes_at(a.data() + at, a.size() - at) != bytes_at(b.data() + at, b.size() - at)) return false;
  return true;
}

}  // namespace

TermNumbers::TermNumbers() : slots_(kFirstSlots) {}

std::uint32_t TermNumbers::of(std::string_view wanted) {
  const std::uint64_t hash = hash_of(wanted);
  for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
    Slot& slot = slots_[at];
    if (slot.number == 0) {
      text_ += wanted;
      ends_.push_back(static_cast<std::uint32_t>(text_.size()));
      slot = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(ends_.size())};
      if (2 * ends_.size() > slots_.size()) grow();
      return static_cast<std::uint32_t>(ends_.size() - 1);
    }
    if (slot.hash == static_cast<std::uint32_t>(hash >> 32) && is_same(term(slot.number - 1), wanted)) return slot.number - 1;
  }
}

void TermNumbers::grow() {
  std::vector<Slot> larger(2 * slots_.size());
  for (std::uint32_t i = 0; i < ends_.size(); ++i) {
    const std::uint64_t hash = hash_of(term(i));
    std::size_t at = hash & (larger.size() - 1);
    while (larger[at].number != 0) at = (at + 1) & (larger.size() - 1);
    larger[at] = {static_cast<std::uint32_t>(hash >> 32), i + 1};
  }
  slots_ = std::move(larger);
}

void Inversion::add(const FreshPage& page) {
  lengths_.add(page.page, page.length);
  length_ += page.length;
  for (const FreshTerm& term : page.terms) {
    const std::uint32_t number = numbers_.of(term.term);
    if (number == sizes_.size()) sizes_.push_back(0);
    sizes_[number] += term.count;
    for (std::uint32_t i = 0; i < term.count; ++i) uses_.push_back({number, page.places[term.first + i]});
  }
  ends_.push_back(uses_.size());
}

std::vector<std::uint32_t> Inversion::in_order() const {
  std::vector<std::uint32_t> order(sizes_.size());
  std::iota(order.begin(), order.end(), 0u);
  // By the first eight bytes where they differ, which they nearly always do: terms hold no byte 0.
  std::vector<std::uint64_t> beginnings(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    std::string_view begin = numbers_.term(i).substr(0, 8);
    for (int shift = 56; !begin.empty(); shift -= 8, begin.remove_prefix(1))
      beginnings[i] |= std::uint64_t{static_cast<unsigned char>(begin.front())} << shift;
  }
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return beginnings[a] != beginnings[b] ? beginnings[a] < beginnings[b] : numbers_.term(a) < numbers_.term(b);
  });
  return order;
}

Status Inversion::visit(const std::function<Status(std::string_view, const Postings&)>& each) const {
  const std::vector<std::uint32_t> order = in_order();
  std::vector<std::size_t> next(order.size());  // where the next use of each term goes
  std::size_t at = 0;
  for (const std::uint32_t term : order) {
    next[term] = at;
    at += sizes_[term];
  }
  std::vector<Item> items(uses_.size());
  at = 0;
  for (std::uint32_t page = 0; page < ends_.size(); ++page)
    for (; at < ends_[page]; ++at) items[next[uses_[at].term]++] = {page, uses_[at].place};

  Postings postings;
  at = 0;
  for (const std::uint32_t term : order) {
    postings.clear();
    std::uint32_t last = UINT32_MAX;
    for (const std::size_t end = at + sizes_[term]; at < end; ++at) {
      if (items[at].page != last) {
        last = items[at].page;
        postings.pages.push_back(lengths_.pages[last]);
        postings.counts.push_back(0);
      }
      ++postings.counts.back();
      postings.places.push_back(items[at].place);
    }
    TRY_STATUS(each(numbers_.term(term), postings));
  }
  return {};
}

namespace {

Segment described(std::uint32_t number, Layer layer, const PageLengths& pages, std::uint64_t length) {
  Segment segment;
  segment.number = number;
  segment.layer = layer;
  segment.pages = static_cast<std::uint32_t>(pages.pages.size());
  segment.length = length;
  if (!pages.pages.empty()) segment.first = pages.pages.front(), segment.last = pages.pages.back();
  return segment;
}

}  // namespace

SegmentWriter::SegmentWriter(Segment segment, PageLengths pages)
    : segment_(segment), pages_(std::move(pages)), encoder_(pages_, segment_.mean_length()) {}

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::begin(storage::Store& store, std::uint32_t number, Layer layer, PageLengths pages,
                                                            std::uint64_t length) {
  const Segment segment = described(number, layer, pages, length);
  auto writer = std::unique_ptr<SegmentWriter>(new SegmentWriter(segment, std::move(pages)));
  TRY(writer->lists_, store.load(storage::Family::Post));
  TRY(writer->chunks_, store.load(storage::Family::Post));
  TRY(writer->dictionary_, store.load(storage::Family::Dictionary));
  TRY_STATUS(writer->put(*writer->dictionary_, rows::pages(number), rows::encode(writer->pages_)));
  return writer;
}

Status SegmentWriter::put(storage::Load& load, const std::string& key, std::string_view value) {
  segment_.bytes += key.size() + value.size();
  return load.put(key, value);
}

Status SegmentWriter::add(std::string_view term, const Postings& postings) {
  encoder_.encode(postings, encoded_);
  TRY_STATUS(put(*lists_, rows::list(segment_.number, term), encoded_.list));
  for (std::size_t i = 0; i < encoded_.chunks.size(); ++i)
    TRY_STATUS(put(*chunks_, rows::chunk(segment_.number, term, i), encoded_.chunks[i]));
  terms_.add(term, static_cast<std::uint32_t>(postings.pages.size()));
  if (!terms_.is_full()) return {};
  return put(*dictionary_, rows::terms(segment_.number, pieces_++), terms_.take());
}

Result<Segment> SegmentWriter::finish() {
  TRY_STATUS(put(*dictionary_, rows::terms(segment_.number, pieces_++), terms_.take()));
  for (storage::Load* const load : {lists_.get(), chunks_.get(), dictionary_.get()}) TRY_STATUS(load->finish());
  return segment_;
}

Result<Segment> write_segment(storage::Store& store, std::uint32_t number, Layer layer, const Inversion& inversion) {
  TRY(const auto writer, SegmentWriter::begin(store, number, layer, inversion.pages(), inversion.length()));
  TRY_STATUS(inversion.visit([&](std::string_view term, const Postings& postings) { return writer->add(term, postings); }));
  return writer->finish();
}

RamSegment::RamSegment(std::vector<FreshPagePtr> pages) : pages_(std::move(pages)) {
  Inversion inversion;
  for (const FreshPagePtr& page : pages_) inversion.add(*page);
  segment_ = described(0, Layer::Words, inversion.pages(), inversion.length());
  ListEncoder encoder(inversion.pages(), segment_.mean_length());
  const Status made = inversion.visit([&](std::string_view term, const Postings& postings) -> Status {
    encoder.encode(postings, terms_.emplace_hint(terms_.end(), term, EncodedPostings())->second);
    return {};
  });
  assert(made.ok());  // nothing here can fail
}

const EncodedPostings* RamSegment::find(std::string_view term) const {
  const auto found = terms_.find(term);
  return found == terms_.end() ? nullptr : &found->second;
}

}  // namespace chartscan::indexer
