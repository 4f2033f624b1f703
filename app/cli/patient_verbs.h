// The verbs of the patient index: import, listen, feed, merge, unmerge, merges.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "app/cli/verbs.h"

namespace chartscan::app::cli {

struct FeedWords {
  std::string listen;       // address:port; empty: as configured
  std::string control_id;   // only messages of this MSH-10
  bool refused = false;     // only what was not taken
  int limit = 50;           // the newest
};
struct MergeWords {
  std::string mrn, into, operator_name;
};

Result<int> import_patients(const Common& common, const std::filesystem::path& file);  // CSV or HL7, told by its content
Result<int> export_patients(const Common& common, const std::filesystem::path& out);  // empty: stdout
Result<int> listen(const Common& common, const FeedWords& words);
Result<int> show_feed(const Common& common, const FeedWords& words);
Result<int> merge_charts(const Common& common, const MergeWords& words);
Result<int> unmerge_charts(const Common& common, const MergeWords& words);
Result<int> list_merges(const Common& common);

}  // namespace chartscan::app::cli
