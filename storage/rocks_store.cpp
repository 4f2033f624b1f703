#include "storage/rocks_store.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>

#include "storage/rocks_load.h"
#include "storage/rocks_options.h"

namespace chartscan::storage {
namespace {

// At most, as RocksDB packs them: it would copy a growing batch again and again.
std::size_t bytes_of(const WriteBatch& batch) {
  constexpr std::size_t kBatch = 12, kEntry = 1 + 3 * 5;  // kind, then family and two sizes as varints
  std::size_t bytes = kBatch;
  for (const WriteBatch::Entry& entry : batch.entries())
    bytes += kEntry + entry.key.size() + (entry.value ? entry.value->size() : 0) + (entry.end ? entry.end->size() : 0);
  return bytes;
}

class RocksStore final : public Store {
 public:
  RocksStore(std::shared_ptr<RocksDatabase> database, std::size_t load_file_bytes)
      : database_(std::move(database)), load_file_bytes_(load_file_bytes) {}

  Result<std::shared_ptr<const View>> view() override { return rocks_view(database_, database_->db->GetSnapshot()); }

  // Concurrent callers share a sync: RocksDB's own group commit. A sync takes earlier unsynced writes along, whichever log
  // file they are in.
  Status write(const WriteBatch& batch) override { return write(batch, true); }
  Status write_unsynced(const WriteBatch& batch) override { return write(batch, false); }

  Result<std::unique_ptr<Load>> load(Family family) override { return rocks_load(*this, *database_, family, load_file_bytes_); }

  Status compact(Family family, std::string_view begin, std::string_view end) override {
    const rocksdb::Slice from(begin.data() ? begin.data() : "", begin.size()), to(end.data() ? end.data() : "", end.size());
    rocksdb::CompactRangeOptions options;
    options.exclusive_manual_compaction = false;
    const rocksdb::Status done = database_->db->CompactRange(options, database_->family(family), &from, end.empty() ? nullptr : &to);
    if (!done.ok()) return rocks_error("cannot tidy", database_->folder, done);
    return {};
  }

  Status verify() override { return rocks_verify(*database_); }

 private:
  Status write(const WriteBatch& batch, bool sync) {
    constexpr std::size_t kProtectionBytes = 8;  // of each entry, checked when it arrives in memory and log
    rocksdb::WriteBatch rows(bytes_of(batch), 0, kProtectionBytes, 0);
    for (const WriteBatch::Entry& entry : batch.entries()) {
      if (entry.end && !may_erase_range_from(entry.family, entry.key))
        return Error{ErrorCode::Internal, std::string("a range of ") + to_string(entry.family) + " cannot be erased from the middle of a kind of keys", ""};
      rocksdb::ColumnFamilyHandle* const family = database_->family(entry.family);
      const rocksdb::Status added = entry.end     ? rows.DeleteRange(family, entry.key, *entry.end)
                                    : entry.value ? rows.Put(family, entry.key, *entry.value)
                                                  : rows.Delete(family, entry.key);
      if (!added.ok()) return rocks_error("cannot write", database_->folder, added);
    }
    rocksdb::WriteOptions options;
    options.sync = sync;
    const rocksdb::Status written = database_->db->Write(options, &rows);
    if (!written.ok()) return rocks_error("cannot write", database_->folder, written);
    return {};
  }

  const std::shared_ptr<RocksDatabase> database_;  // shared with the views
  const std::size_t load_file_bytes_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_rocks_writer(const std::filesystem::path& folder, rocksdb::Env* env, std::size_t load_file_bytes) {
  auto database = std::make_shared<RocksDatabase>();
  database->folder = folder;
  database->env = joining_env(env ? *env : *rocksdb::Env::Default(), database->files);
  rocksdb::DBOptions options = rocks_options(database->env.get());
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened = rocksdb::DB::Open(options, folder.string(), rocks_families(), &database->families, &db);
  database->db.reset(db);
  if (!opened.ok()) return rocks_error("cannot open", folder, opened);
  remove_unfinished_loads(folder, *options.env);
  return std::unique_ptr<Store>(std::make_unique<RocksStore>(std::move(database), load_file_bytes));
}

}  // namespace chartscan::storage
