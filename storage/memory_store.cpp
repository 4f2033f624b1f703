#include "storage/memory_store.h"

#include <mutex>
#include <shared_mutex>

namespace chartscan::storage {

struct MemoryStore::Rows {
  // Versions of one row by the write that made them; nothing = erased by that write. Never collected: tests are short.
  using Versions = std::map<std::uint64_t, std::optional<std::string>>;
  using Table = std::map<std::string, Versions, std::less<>>;

  std::shared_mutex mutex;
  std::array<Table, kFamilies> tables;  // guarded by mutex
  std::uint64_t writes = 0;             // guarded by mutex
  Attachment attachment;

  Table& table(Family family) { return tables[static_cast<std::size_t>(family)]; }
};

class MemoryStore::Moment final : public View {
 public:
  Moment(std::shared_ptr<Rows> rows, std::uint64_t writes) : rows_(std::move(rows)), writes_(writes) {}

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    const std::shared_lock lock(rows_->mutex);
    const Rows::Table& table = rows_->table(family);
    const auto row = table.find(key);
    const std::string* value = row == table.end() ? nullptr : seen(row->second);
    return value ? std::optional(*value) : std::nullopt;
  }

  Result<std::optional<Pinned>> pin(Family family, std::string_view key) const override {
    TRY(std::optional<std::string> value, get(family, key));
    if (!value) return std::optional<Pinned>();
    auto keeper = std::make_shared<const std::string>(std::move(*value));
    return std::optional(Pinned{keeper, *keeper});
  }

  std::uint64_t moment() const override { return writes_; }
  Attachment& attachment() const override { return rows_->attachment; }

  // One row at a time is taken out under the lock and visited without it, so that a visit may read and write.
  Status scan(Family family, std::string_view prefix, std::string_view from, const Visit& visit) const override {
    std::string next(std::max(prefix, from));
    while (const auto row = first_at_or_after(family, next)) {
      if (!row->first.starts_with(prefix) || !visit(row->first, row->second)) break;
      next = row->first + '\0';
    }
    return {};
  }

  std::unique_ptr<storage::Rows> rows(Family family, std::string_view prefix) const override {
    return std::make_unique<Walk>(*this, family, prefix);
  }

  Result<std::optional<std::string>> last(Family family, std::string_view prefix) const override {
    const std::shared_lock lock(rows_->mutex);
    const Rows::Table& table = rows_->table(family);
    auto row = table.lower_bound(prefix);
    std::optional<std::string> found;
    for (; row != table.end() && row->first.starts_with(prefix); ++row)
      if (seen(row->second)) found = row->first;
    return found;
  }

 private:
  class Walk final : public storage::Rows {
   public:
    Walk(const Moment& moment, Family family, std::string_view prefix) : moment_(moment), family_(family), prefix_(prefix) { find(prefix_); }
    bool at_end() const override { return !row_; }
    std::string_view key() const override { return row_->first; }
    std::string_view value() const override { return row_->second; }
    void next() override { find(row_->first + '\0'); }
    Status status() const override { return {}; }

   private:
    void find(const std::string& from) {
      row_ = moment_.first_at_or_after(family_, from);
      if (row_ && !row_->first.starts_with(prefix_)) row_.reset();
    }
    const Moment& moment_;
    const Family family_;
    const std::string prefix_;
    std::optional<std::pair<std::string, std::string>> row_;
  };

  const std::string* seen(const Rows::Versions& versions) const {
    auto version = versions.upper_bound(writes_);
    if (version == versions.begin()) return nullptr;
    --version;
    return version->second ? &*version->second : nullptr;
  }

  std::optional<std::pair<std::string, std::string>> first_at_or_after(Family family, const std::string& key) const {
    const std::shared_lock lock(rows_->mutex);
    const Rows::Table& table = rows_->table(family);
    for (auto row = table.lower_bound(key); row != table.end(); ++row)
      if (const std::string* value = seen(row->second)) return std::pair(row->first, *value);
    return std::nullopt;
  }

  const std::shared_ptr<Rows> rows_;
  const std::uint64_t writes_;
};

MemoryStore::MemoryStore() : rows_(std::make_shared<Rows>()) {}
MemoryStore::~MemoryStore() = default;

Result<std::shared_ptr<const View>> MemoryStore::view() {
  const std::shared_lock lock(rows_->mutex);
  return std::shared_ptr<const View>(std::make_shared<Moment>(rows_, rows_->writes));
}

Status MemoryStore::write(const WriteBatch& batch) {
  const std::unique_lock lock(rows_->mutex);
  ++rows_->writes;
  for (const WriteBatch::Entry& entry : batch.entries()) {
    Rows::Table& table = rows_->table(entry.family);
    if (!entry.end) {
      table[entry.key][rows_->writes] = entry.value;
      continue;
    }
    for (auto row = table.lower_bound(entry.key); row != table.end() && row->first < *entry.end; ++row)
      row->second[rows_->writes] = std::nullopt;
  }
  return {};
}

}  // namespace chartscan::storage
