// Answers to questions as JSON: the same from the command line, over HTTP and in exported lines.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "app/search_view.h"

namespace chartscan::app {

nlohmann::json to_json(const SearchRow& row);
// {total, total_exact, as_written, similar, notes, items | groups, facets, next}
nlohmann::json to_json(const SearchView& view);
nlohmann::json to_json(const UnfoundPage& page);

}  // namespace chartscan::app
