// The records held against each other: every row readable, every page with its batch and its original, every chart with
// its documents. What `chartscan verify` asks of the archive beside Store::verify and Blobs::verify.
#pragma once

#include <functional>
#include <string>

#include "storage/archive.h"

namespace chartscan::storage {

// One line to `report` per fault; ids only. Returns the number of pages read.
Result<std::uint64_t> verify_records(const Records& records, const std::function<void(const std::string&)>& report);

}  // namespace chartscan::storage
