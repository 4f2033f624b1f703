// What a question means in this archive: the cursor over the pages that answer it, what to mark on them, and what the
// person should be told about how it was understood.
#pragma once

#include <string>
#include <vector>

#include "indexer/index_reader.h"
#include "indexer/query.h"
#include "indexer/search.h"
#include "indexer/snippet.h"

namespace chartscan::indexer {

struct Plan {
  std::unique_ptr<IndexReader> index;  // the cursor reads through it; ask its status() when the walk is over
  PageCursorPtr cursor;
  std::vector<HitPhrase> phrases;
  std::vector<std::string> notes;
};

Result<Plan> make_plan(const storage::Records& records, const QueryNode& query, const SearchOptions& options);

}  // namespace chartscan::indexer
