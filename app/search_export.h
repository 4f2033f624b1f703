// All pages that answer a question, in a file: CSV for a spreadsheet, JSON lines for programs. Question, archive, time and counts are stamped
// on it, so that it can be said later what was asked of what and when. The file appears whole or not at all; memory does not grow with the hits.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "app/service.h"

namespace chartscan::app {

struct SearchExport {
  std::uint64_t pages = 0;  // written
  indexer::Found found;     // without them
};

// By its ending: .csv or .jsonl.
//   CSV    lines "# name: value" first, then a heading, then a line a page; cells that a spreadsheet would take for a formula begin with '
//   JSONL  {"chartscan_search": {...}} first, then a line a page as in `search --json`
Result<SearchExport> export_search(Service& service, const std::string& query, const indexer::SearchOptions& options,
                                   const std::filesystem::path& file, std::int64_t now);

}  // namespace chartscan::app
