// What a list of hits shows beside each page: its document, its place in it, its patient.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/document.h"
#include "core/page.h"
#include "core/patient.h"
#include "core/result.h"
#include "indexer/search.h"
#include "indexer/unfound.h"
#include "storage/archive.h"

namespace chartscan::app {

struct SearchRow {
  indexer::Hit hit;
  Page page;
  std::optional<Document> document;
  std::optional<Patient> patient;  // linked, not merely proposed
  int page_number = 0;             // 1-based within the document; 0 = belongs to none
};

// Pages of one document or chart; `total` of them answer, the best are shown.
struct SearchGroup {
  std::optional<Document> document;
  std::optional<Patient> patient;
  std::uint64_t total = 0;
  std::vector<SearchRow> rows;
};

struct SearchView {
  indexer::Found found;           // counts, facets, notes, where to go on
  std::vector<SearchRow> rows;    // without groups
  std::vector<SearchGroup> groups;
};

struct UnfoundPage {
  Page page;
  indexer::Unfound reason = indexer::Unfound::NotRead;
  std::optional<Document> document;
};

Result<SearchRow> row_of(const storage::Records& records, indexer::Hit hit);
Result<SearchView> view_of(const storage::Records& records, indexer::Answer answer);

// The chart a document is in; "" when it is only proposed for one, or for none.
std::string linked_mrn(const std::optional<Document>& document);

}  // namespace chartscan::app
