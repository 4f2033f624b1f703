// From pages to segments: terms of many fresh pages are brought together (Inversion), and lists are written to the store
// (SegmentWriter) or kept in memory (RamSegment, which makes pages findable before they are in a segment). One thread each;
// a finished RamSegment may be read by many.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "indexer/fresh_page.h"
#include "indexer/posting_list.h"
#include "indexer/rows.h"
#include "storage/store.h"

namespace chartscan::indexer {

// What pages have, turned into where terms are.
class Inversion {
 public:
  explicit Inversion(std::vector<FreshPagePtr> pages);  // rising

  const PageLengths& pages() const { return lengths_; }
  std::uint64_t length() const { return length_; }
  // Every term in order.
  Status visit(const std::function<Status(std::string_view term, const Postings& postings)>& each) const;

 private:
  struct Item {
    PageNo page;
    Place place;
  };
  std::vector<FreshPagePtr> pages_;
  PageLengths lengths_;
  std::uint64_t length_ = 0;
  std::vector<std::string_view> terms_;     // in order
  std::vector<std::uint32_t> begins_;       // of the items of each term, and the end
  std::vector<Item> items_;
};

// Rows of a new segment, which nothing reads until a manifest names it. They are durable with the next synced write.
class SegmentWriter {
 public:
  SegmentWriter(storage::Store& store, std::uint32_t number, Layer layer, PageLengths pages, std::uint64_t length);

  Status add(std::string_view term, const Postings& postings);  // in order
  Result<Segment> finish();

 private:
  Status write_if(std::size_t at_least);
  void put(storage::Family family, std::string key, std::string value);

  storage::Store& store_;
  Segment segment_;
  PageLengths pages_;
  rows::TermsWriter terms_;
  std::size_t pieces_ = 0;
  EncodedPostings encoded_;
  storage::WriteBatch batch_;
  std::size_t batch_bytes_ = 0;
};

class RamSegment {
 public:
  explicit RamSegment(std::vector<FreshPagePtr> pages);  // rising, one or more

  const std::vector<FreshPagePtr>& pages() const { return pages_; }
  const Segment& segment() const { return segment_; }
  const EncodedPostings* find(std::string_view term) const;
  const std::map<std::string, EncodedPostings, std::less<>>& terms() const { return terms_; }

 private:
  std::vector<FreshPagePtr> pages_;
  Segment segment_;
  std::map<std::string, EncodedPostings, std::less<>> terms_;
};

}  // namespace chartscan::indexer
