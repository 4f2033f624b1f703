// Searches that a user keeps under a name. Theirs alone. Any thread.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::app {

struct SavedSearch {
  int number = 0;
  std::string name, query;
};

Result<std::vector<SavedSearch>> saved_searches(storage::Archive& archive, const std::string& user);  // in the order of saving
Result<SavedSearch> save_search(storage::Archive& archive, const std::string& user, const std::string& name, const std::string& query);
Status forget_search(storage::Archive& archive, const std::string& user, int number);  // NotFound where there is none

}  // namespace chartscan::app
