// What an answer's pages have in common: documents and charts they belong to, and how many are of which type, year, facility, status.
// Walks every page of a cursor once, in order; what it keeps grows with the groups, not with the pages. One question, one thread.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "indexer/index_reader.h"
#include "indexer/search.h"

namespace chartscan::indexer {

class Grouping {
 public:
  static Result<Grouping> of(const storage::Records& records, IndexReader& reader, GroupBy by);

  // The group of a page; equal numbers = the same group.
  Result<std::uint32_t> group_of(PageNo page);
  Group named(std::uint32_t group) const;  // without its pages

 private:
  explicit Grouping(const storage::Records& records) : records_(&records) {}
  Result<std::uint32_t> document_of(PageNo page);

  const storage::Records* records_;
  std::shared_ptr<const Column> charts_;               // by chart
  std::unordered_map<PageNo, std::uint32_t> known_;    // by document: pages of the documents met so far that are still ahead
  std::vector<DocumentId> documents_{DocumentId{}};    // [0]: in none
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;  // of documents_
};

Result<Facets> count_facets(IndexReader& reader, PageCursor& cursor);

}  // namespace chartscan::indexer
