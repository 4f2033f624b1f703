// From pages to segments: terms of many fresh pages are brought together (Inversion), and lists are written to the store
// (SegmentWriter) or kept in memory (RamSegment, which makes pages findable before they are in a segment). One thread each;
// a finished RamSegment may be read by many.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "indexer/fresh_page.h"
#include "indexer/list_encoder.h"
#include "indexer/posting_list.h"
#include "indexer/rows.h"
#include "storage/store.h"

namespace chartscan::indexer {

// Numbers for terms, in the order in which they are met first. It is asked once for every word of every page.
class TermNumbers {
 public:
  TermNumbers();
  std::uint32_t of(std::string_view term);
  std::size_t size() const { return ends_.size(); }
  std::string_view term(std::uint32_t number) const {
    const std::size_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(text_).substr(begin, ends_[number] - begin);
  }

 private:
  struct Slot {
    std::uint32_t hash = 0, number = 0;  // number + 1; 0 = free
  };
  void grow();

  std::vector<Slot> slots_;          // open addressing
  std::string text_;                 // of all terms
  std::vector<std::uint32_t> ends_;  // of each term in it
};

// What pages have, turned into where terms are. Pages are not kept: 16 bytes a word while it is made and visited, 8 until then.
class Inversion {
 public:
  void add(const FreshPage& page);  // rising

  const PageLengths& pages() const { return lengths_; }
  std::uint64_t length() const { return length_; }
  // Every term in order.
  Status visit(const std::function<Status(std::string_view term, const Postings& postings)>& each) const;

 private:
  struct Use {
    std::uint32_t term;
    Place place;
  };
  struct Item {
    std::uint32_t page;  // its number in lengths_
    Place place;
  };
  std::vector<std::uint32_t> in_order() const;  // the terms

  TermNumbers numbers_;
  std::vector<std::uint32_t> sizes_;  // how often each term is used
  std::vector<Use> uses_;             // page after page
  std::vector<std::size_t> ends_;     // of each page in uses_
  PageLengths lengths_;
  std::uint64_t length_ = 0;
};

// Rows of a new segment, which nothing reads until a manifest names it. They are durable with the next synced write.
class SegmentWriter {
 public:
  static Result<std::unique_ptr<SegmentWriter>> begin(storage::Store& store, std::uint32_t number, Layer layer, PageLengths pages,
                                                      std::uint64_t length);

  Status add(std::string_view term, const Postings& postings);  // in order
  Result<Segment> finish();

 private:
  SegmentWriter(Segment segment, PageLengths pages);
  Status put(storage::Load& load, const std::string& key, std::string_view value);

  std::unique_ptr<storage::Load> lists_, chunks_, dictionary_;
  Segment segment_;
  PageLengths pages_;
  ListEncoder encoder_;
  EncodedPostings encoded_;
  rows::TermsWriter terms_;
  std::size_t pieces_ = 0;
};

Result<Segment> write_segment(storage::Store& store, std::uint32_t number, Layer layer, const Inversion& inversion);

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
