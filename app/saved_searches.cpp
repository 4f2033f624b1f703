#include "app/saved_searches.h"

#include <nlohmann/json.hpp>

#include "app/views.h"
#include "storage/keys.h"

namespace chartscan::app {
namespace {

using nlohmann::json;
using storage::Family;

constexpr std::size_t kMostOfUser = 200;

Result<std::vector<SavedSearch>> read(const storage::Records& records, const std::string& user) {
  TRY(const std::optional<std::string> row, records.view().get(Family::Meta, storage::keys::saved_searches(user)));
  std::vector<SavedSearch> all;
  if (!row) return all;
  const json list = json::parse(*row, nullptr, false);
  if (!list.is_array()) return Error{ErrorCode::Integrity, "the saved searches of user " + user + " are damaged; save them anew", {}};
  for (const json& one : list) all.push_back({one.value("n", 0), one.value("name", ""), one.value("q", "")});
  return all;
}

void write(storage::Change& change, const std::string& user, const std::vector<SavedSearch>& all) {
  json list = json::array();
  for (const SavedSearch& one : all) list.push_back({{"n", one.number}, {"name", one.name}, {"q", one.query}});
  change.raw().put(Family::Meta, storage::keys::saved_searches(user), dump(list));
}

}  // namespace

Result<std::vector<SavedSearch>> saved_searches(storage::Archive& archive, const std::string& user) {
  TRY(const storage::Records records, archive.read());
  return read(records, user);
}

Result<SavedSearch> save_search(storage::Archive& archive, const std::string& user, const std::string& name, const std::string& query) {
  SavedSearch saved{1, name, query};
  TRY_STATUS(archive.update([&](const storage::Records& records, storage::Change& change) -> Status {
    TRY(std::vector<SavedSearch> all, read(records, user));
    if (all.size() >= kMostOfUser) return Error{ErrorCode::Conflict, "200 searches are saved; forget one first", {}};
    if (!all.empty()) saved.number = all.back().number + 1;
    all.push_back(saved);
    write(change, user, all);
    return {};
  }));
  return saved;
}

Status forget_search(storage::Archive& archive, const std::string& user, int number) {
  return archive.update([&](const storage::Records& records, storage::Change& change) -> Status {
    TRY(std::vector<SavedSearch> all, read(records, user));
    if (std::erase_if(all, [&](const SavedSearch& one) { return one.number == number; }) == 0)
      return Error{ErrorCode::NotFound, "there is no such saved search", {}};
    write(change, user, all);
    return {};
  });
}

}  // namespace chartscan::app
