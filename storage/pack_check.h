// What the records say about packs held against the packs themselves.
#pragma once

#include <functional>

#include "storage/pack.h"
#include "storage/store.h"

namespace chartscan::storage {

// The value beside a place in a pack: what stands there.
std::string located_value(const RecordHeader& record);

struct Located {
  std::uint64_t offset = 0;
  RecordHeader record;
  std::uint64_t end() const { return offset + kRecordHeaderSize + record.length; }
};
// What is located in a pack, in its order; one line to `report` for each place whose row is damaged.
Result<std::vector<Located>> located_in(const View& view, std::uint32_t pack, const std::function<void(const std::string&)>& report);

// Where the last record that is located in `pack` ends; 0 when none is.
Result<std::uint64_t> end_of_located(const View& view, std::uint32_t pack);

// Re-reads every located record against its hash and looks at what stands between them; one line to `report` per fault.
// What follows the last located record is the writer's business. Returns the number of records read.
Result<std::uint64_t> check_packs(const std::filesystem::path& folder, const View& view, Disk& disk,
                                  const std::function<void(const std::string&)>& report);

}  // namespace chartscan::storage
