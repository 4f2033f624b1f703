// The store's twin in memory, for tests: same order, same atomic writes, views that do not move. Any thread.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/store.h"

namespace chartscan::storage {

class MemoryStore final : public Store {
 public:
  MemoryStore();
  ~MemoryStore() override;
  Result<std::shared_ptr<const View>> view() override;
  Status write(const WriteBatch& batch) override;
  Status write_unsynced(const WriteBatch& batch) override { return write(batch); }
  Status compact(Family, std::string_view, std::string_view) override { return {}; }
  Status verify() override { return {}; }

 private:
  struct Rows;  // every version of every row; views keep it alive
  class Moment;
  std::shared_ptr<Rows> rows_;
};

}  // namespace chartscan::storage
