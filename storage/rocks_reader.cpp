// Reading beside a writer: see rocks_store.h for what a view is here.
#include <rocksdb/db.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "storage/disk.h"
#include "storage/rocks_options.h"
#include "storage/rocks_store.h"

namespace chartscan::storage {
namespace {

// The writer may remove a file between our learning of it and our opening it; looking again finds what replaced it.
constexpr int kTries = 6;
constexpr std::chrono::milliseconds kFirstPause{10};  // doubles

template <typename Attempt>
rocksdb::Status try_again(Attempt attempt) {
  rocksdb::Status status = attempt();
  auto pause = kFirstPause;
  for (int tries = 1; tries < kTries && !status.ok(); ++tries, pause *= 2) {
    std::this_thread::sleep_for(pause);
    status = attempt();
  }
  return status;
}

// One RocksDB secondary: stands still until it is told to catch up.
class Follower {
 public:
  Follower() = default;
  ~Follower() {
    database_.reset();
    std::error_code ignored;
    if (!scratch_.empty()) std::filesystem::remove_all(scratch_, ignored);
  }

  bool is_in_use() const { return !view_.expired(); }
  std::shared_ptr<const View> view() const { return view_.lock(); }
  const RocksDatabase& database() const { return *database_; }

  // To the newest state; must not be in use.
  Result<std::shared_ptr<const View>> catch_up(const std::filesystem::path& folder) {
    rocksdb::Status status = database_ ? try_again([&] { return database_->db->TryCatchUpWithPrimary(); }) : rocksdb::Status::Incomplete();
    if (!status.ok()) {
      TRY_STATUS(reopen(folder));
    }
    std::shared_ptr<const View> view = rocks_view(database_, nullptr);
    view_ = view;
    return view;
  }

 private:
  Status reopen(const std::filesystem::path& folder) {
    database_.reset();
    if (scratch_.empty()) {
      std::string name = (std::filesystem::temp_directory_path() / "chartscan-read-XXXXXX").string();
      if (!mkdtemp(name.data())) return disk_error("cannot make", name, errno);
      scratch_ = name;
    }
    rocksdb::DBOptions options = rocks_options(nullptr);
    options.max_open_files = -1;  // a file held open outlives its removal by the writer
    options.max_file_opening_threads = 1;  // every catching up would start sixteen threads otherwise
    const rocksdb::Status opened = try_again([&] {
      auto database = std::make_shared<RocksDatabase>();
      database->folder = folder;
      rocksdb::DB* db = nullptr;
      const rocksdb::Status status =
          rocksdb::DB::OpenAsSecondary(options, folder.string(), scratch_.string(), rocks_families(), &database->families, &db);
      database->db.reset(db);
      if (status.ok()) database_ = std::move(database);
      return status;
    });
    if (!opened.ok()) return rocks_error("cannot open", folder, opened);
    return {};
  }

  std::shared_ptr<RocksDatabase> database_;  // null until it is first used
  std::weak_ptr<const View> view_;
  std::filesystem::path scratch_;  // RocksDB wants a place for its own diagnostics
};

class RocksReader final : public Store {
 public:
  explicit RocksReader(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<std::shared_ptr<const View>> view() override {
    const std::lock_guard lock(mutex_);
    if (followers_[newest_].is_in_use()) {
      const std::size_t other = 1 - newest_;
      if (std::shared_ptr<const View> held = followers_[newest_].view(); held && followers_[other].is_in_use()) return held;
      if (!followers_[other].is_in_use()) {
        TRY(std::shared_ptr<const View> view, followers_[other].catch_up(folder_));
        newest_ = other;
        return view;
      }
    }
    return followers_[newest_].catch_up(folder_);
  }

  Status write(const WriteBatch&) override {
    return Error{ErrorCode::Storage, "the archive is open for reading; open it for writing to change it"};
  }

  Status write_unsynced(const WriteBatch& batch) override { return write(batch); }
  Status compact(Family, std::string_view, std::string_view) override { return {}; }

  Status verify() override {
    Status status;
    for (int tries = 0; tries < kTries; ++tries) {
      TRY(const std::shared_ptr<const View> held, view());
      const std::unique_lock lock(mutex_);
      status = rocks_verify(followers_[newest_].database());
      if (status.ok() || status.error().code == ErrorCode::Integrity) break;  // else a file may just have been replaced
    }
    return status;
  }

 private:
  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::array<Follower, 2> followers_;  // guarded by mutex_
  std::size_t newest_ = 0;             // guarded by mutex_
};

}  // namespace

Result<std::unique_ptr<Store>> open_rocks_reader(const std::filesystem::path& folder) {
  auto store = std::make_unique<RocksReader>(folder);
  TRY(const std::shared_ptr<const View> first, store->view());
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace chartscan::storage
