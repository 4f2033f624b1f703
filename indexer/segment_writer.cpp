#include "indexer/segment_writer.h"

#include <algorithm>
#include <numeric>

namespace chartscan::indexer {
namespace {

constexpr std::size_t kWriteBytes = 1 << 20;  // rows of a segment go to the store in portions of this size

}  // namespace

Inversion::Inversion(std::vector<FreshPagePtr> pages) : pages_(std::move(pages)) {
  std::size_t postings = 0;
  for (const FreshPagePtr& page : pages_) {
    lengths_.add(page->page, page->length);
    length_ += page->length;
    postings += page->terms.size();
  }
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  numbers.reserve(postings / 8 + 64);
  std::vector<std::uint32_t> term_of;  // of each posting, in the order of pages
  term_of.reserve(postings);
  std::vector<std::string_view> names;
  std::vector<std::uint32_t> sizes;
  for (const FreshPagePtr& page : pages_) {
    for (const FreshTerm& term : page->terms) {
      const auto [found, is_new] = numbers.try_emplace(term.term, static_cast<std::uint32_t>(names.size()));
      if (is_new) names.push_back(term.term), sizes.push_back(0);
      ++sizes[found->second];
      term_of.push_back(found->second);
    }
  }

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
  std::size_t posting = 0;
  for (std::uint32_t page = 0; page < pages_.size(); ++page) {
    for (const FreshTerm& term : pages_[page]->terms) items_[begin_of[term_of[posting++]]++] = {page, term.first, term.count};
  }
}

Status Inversion::visit(const std::function<Status(std::string_view, const Postings&)>& each) const {
  Postings postings;
  for (std::size_t term = 0; term < terms_.size(); ++term) {
    postings.clear();
    for (std::uint32_t i = begins_[term]; i < begins_[term + 1]; ++i) {
      const FreshPage& page = *pages_[items_[i].page];
      postings.add(page.page, std::span(page.places).subspan(items_[i].first, items_[i].count));
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
