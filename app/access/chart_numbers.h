// All numbers of one chart: its own and those of charts that were merged into it. Looks are in the trail under the number of their day.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::app {

// `mrn` itself is always among them, also where the archive does not know it.
Result<std::vector<std::string>> chart_numbers(const storage::Records& records, const std::string& mrn);

}  // namespace chartscan::app
