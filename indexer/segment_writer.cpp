#include "indexer/segment_writer.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <numeric>

namespace chartscan::indexer {
namespace {

constexpr std::size_t kWriteBytes = 1 << 20;  // rows of a segment go to the store in portions of this size

}  // namespace

namespace {

// Numbers for terms, in the order in which they are met first. Open addressing: it is asked once for every word of every page.
class TermNumbers {
 public:
  explicit TermNumbers(std::size_t expected) : slots_(std::bit_ceil(2 * expected + 64)) {}

  std::uint32_t of(std::string_view term) {
    const std::uint64_t hash = hash_of(term);
    for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[at];
      if (slot.number == 0) {
        names_.push_back(term);
        slot = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(names_.size())};
        if (2 * names_.size() > slots_.size()) grow();
        return static_cast<std::uint32_t>(names_.size() - 1);
      }
      if (slot.hash == static_cast<std::uint32_t>(hash >> 32) && is_same(names_[slot.number - 1], term)) return slot.number - 1;
    }
  }
  std::vector<std::string_view> take() { return std::move(names_); }

 private:
  struct Slot {
    std::uint32_t hash = 0, number = 0;  // number + 1; 0 = free
  };

  // Up to eight bytes as a number.
  static std::uint64_t bytes_at(const char* at, std::size_t count) {
    std::uint64_t bytes = 0;
    if (count >= 8) std::memcpy(&bytes, at, 8);
    else for (std::size_t i = 0; i < count; ++i) bytes |= static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])) << 8 * i;
    return bytes;
  }
  static std::uint64_t hash_of(std::string_view term) {
    constexpr std::uint64_t kPrime = 0x9E3779B97F4A7C15;
    std::uint64_t hash = term.size() * kPrime;
    for (std::size_t at = 0; at < term.size(); at += 8) {
      hash = (hash ^ bytes_at(term.data() + at, term.size() - at)) * kPrime;
      hash ^= hash >> 32;
    }
    return hash;
  }
  static bool is_same(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t at = 0; at < a.size(); at += 8)
      if (bytes_at(a.data() + at, a.size() - at) != bytes_at(b.data() + at, b.size() - at)) return false;
    return true;
  }

  void grow() {
    std::vector<Slot> larger(2 * slots_.size());
    for (std::uint32_t i = 0; i < names_.size(); ++i) {
      const std::uint64_t hash = hash_of(names_[i]);
      std::size_t at = hash & (larger.size() - 1);
      while (larger[at].number != 0) at = (at + 1) & (larger.size() - 1);
      larger[at] = {static_cast<std::uint32_t>(hash >> 32), i + 1};
    }
    slots_ = std::move(larger);
  }

  std::vector<Slot> slots_;
  std::vector<std::string_view> names_;
};

}  // namespace

Inversion::Inversion(std::vector<FreshPagePtr> pages) : pages_(std::move(pages)) {
  std::size_t postings = 0;
  for (const FreshPagePtr& page : pages_) {
    lengths_.add(page->page, page->length);
    length_ += page->length;
    postings += page->places.size();
  }
  TermNumbers numbers(postings / 32);
  std::vector<std::uint32_t> term_of;  // of each page's terms, one page after the other
  term_of.reserve(postings);
  std::vector<std::uint32_t> sizes;
  for (const FreshPagePtr& page : pages_) {
    for (const FreshTerm& term : page->terms) {
      const std::uint32_t number = numbers.of(term.term);
      if (number == sizes.size()) sizes.push_back(0);
      sizes[number] += term.count;
      term_of.push_back(number);
    }
  }

  const std::vector<std::string_view> names = numbers.take();
  std::vector<std::uint32_t> order(names.size()), begin_of(names.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return names[a] < names[b]; });
  std::uint32_t at = 0;
  for (const std::uint32_t number : order) {
    terms_.push_back(names[number]);
    begins_.push_back(at);
    begin_of[number] = at;
    at += sizes[number];
  }
  begins_.push_back(at);

  items_.resize(postings);
  std::size_t term_at = 0;
  for (const FreshPagePtr& page : pages_) {
    for (const FreshTerm& term : page->terms) {
      std::uint32_t& to = begin_of[term_of[term_at++]];
      for (std::uint32_t i = 0; i < term.count; ++i) items_[to++] = {page->page, page->places[term.first + i]};
    }
  }
}

Status Inversion::visit(const std::function<Status(std::string_view, const Postings&)>& each) const {
  Postings postings;
  for (std::size_t term = 0; term < terms_.size(); ++term) {
    postings.clear();
    for (std::uint32_t i = begins_[term]; i < begins_[term + 1]; ++i) {
      const Item& item = items_[i];
      if (postings.pages.empty() || postings.pages.back() != item.page) {
        postings.pages.push_back(item.page);
        postings.counts.push_back(0);
      }
      ++postings.counts.back();
      postings.places.push_back(item.place);
    }
    TRY_STATUS(each(terms_[term], postings));
  }
  return {};
}

SegmentWriter::SegmentWriter(storage::Store& store, std::uint32_t number, Layer layer, PageLengths pages, std::uint64_t length)
    : store_(store), pages_(std::move(pages)) {
  segment_.number = number;
  segment_.layer = layer;
  segment_.pages = static_cast<std::uint32_t>(pages_.pages.size());
  segment_.length = length;
  if (!pages_.pages.empty()) segment_.first = pages_.pages.front(), segment_.last = pages_.pages.back();
}

void SegmentWriter::put(storage::Family family, std::string key, std::string value) {
  batch_bytes_ += key.size() + value.size();
  segment_.bytes += key.size() + value.size();
  batch_.put(family, std::move(key), std::move(value));
}

Status SegmentWriter::write_if(std::size_t at_least) {
  if (batch_.empty() || batch_bytes_ < at_least) return {};
  TRY_STATUS(store_.write_unsynced(batch_));
  batch_ = {};
  batch_bytes_ = 0;
  return {};
}

Status SegmentWriter::add(std::string_view term, const Postings& postings) {
  const auto length = [&](PageNo page) { return pages_.at(page).value_or(0); };
  encode(postings, segment_.first, length, segment_.mean_length(), encoded_);
  put(storage::Family::Post, rows::list(segment_.number, term), encoded_.list);
  for (std::size_t i = 0; i < encoded_.chunks.size(); ++i)
    put(storage::Family::Post, rows::chunk(segment_.number, term, i), encoded_.chunks[i]);
  terms_.add(term, static_cast<std::uint32_t>(postings.pages.size()));
  if (terms_.is_full()) put(storage::Family::Dictionary, rows::terms(segment_.number, pieces_++), terms_.take());
  return write_if(kWriteBytes);
}

Result<Segment> SegmentWriter::finish() {
  put(storage::Family::Dictionary, rows::terms(segment_.number, pieces_++), terms_.take());
  put(storage::Family::Dictionary, rows::pages(segment_.number), rows::encode(pages_));
  TRY_STATUS(write_if(0));
  return segment_;
}

RamSegment::RamSegment(std::vector<FreshPagePtr> pages) : pages_(std::move(pages)) {
  const Inversion inversion(pages_);
  segment_.first = pages_.front()->page;
  segment_.last = pages_.back()->page;
  segment_.pages = static_cast<std::uint32_t>(pages_.size());
  segment_.length = inversion.length();
  const auto length = [&](PageNo page) { return inversion.pages().at(page).value_or(0); };
  const Status made = inversion.visit([&](std::string_view term, const Postings& postings) -> Status {
    encode(postings, segment_.first, length, segment_.mean_length(), terms_.emplace_hint(terms_.end(), term, EncodedPostings())->second);
    return {};
  });
  assert(made.ok());  // nothing here can fail
}

const EncodedPostings* RamSegment::find(std::string_view term) const {
  const auto found = terms_.find(term);
  return found == terms_.end() ? nullptr : &found->second;
}

}  // namespace chartscan::indexer
