// index status, rebuild and tidy: what can be searched, and making it anew.
#pragma once

#include "app/cli/verbs.h"

namespace chartscan::app::cli {

Result<int> index_status(const Common& common);
Result<int> rebuild_index(const Common& common);
Result<int> tidy_index(const Common& common);

}  // namespace chartscan::app::cli
