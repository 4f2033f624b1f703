// Separator sheets that the configuration will read when they come back through the scanner.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "exchange/sheets.h"
#include "pipeline/separators.h"
#include "storage/archive.h"

namespace chartscan::app {

// `count` sheets; of kind Patient so many for each of `mrns`, with the patients of `records`, which may be null for the other kinds.
Result<std::vector<exchange::SeparatorSheet>> separator_sheets(const pipeline::SeparatorSettings& settings, exchange::SheetKind kind, int count,
                                                               const std::vector<std::string>& mrns, const storage::Records* records);

}  // namespace chartscan::app
