// A batch's journal held against its own chain and against the batch's pages. Part of verify_records.
#pragma once

#include <functional>
#include <string>

#include "storage/archive.h"

namespace chartscan::storage {

// One line to `report` per fault: a line changed, lost or slipped in, a side told of but not there, a side nobody told of.
Status check_journal(const Records& records, const Batch& batch, const std::function<void(const std::string&)>& report);

}  // namespace chartscan::storage
