// What a question means in this archive: the cursor over the pages that answer it, what to mark on them, and what the
// person should be told about how it was understood.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "indexer/index_reader.h"
#include "indexer/query.h"
#include "indexer/search.h"
#include "indexer/snippet.h"

namespace chartscan::indexer {

struct Plan {
  PageCursorPtr cursor;
  std::vector<HitPhrase> phrases;
  std::vector<std::string> notes;
  bool widened = false;  // by similar spellings
};

// Tolerant: each wanted word also in the spellings that may be it; the pages as written are among those of the cursor.
Result<Plan> make_plan(const storage::Records& records, IndexReader& reader, const QueryNode& query, const SearchOptions& options,
                       Spelling spelling);

}  // namespace chartscan::indexer
