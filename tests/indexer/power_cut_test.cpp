// The power goes while pages are committed, made into segments and merged: what was not synced is lost, kept or torn apart, as
// the disk likes. Every page that was acknowledged is there with its original, its text and its words; one that was not is
// there as a whole or not at all; the index agrees with the texts.
//   CHARTSCAN_POWER_CUTS=5000 test_indexer "the power goes*"
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <random>

#include "indexer/index.h"
#include "indexer/index_reader.h"
#include "indexer/index_upkeep.h"
#include "storage/pack_blobs.h"
#include "storage/rocks_store.h"
#include "tests/storage/blob_bytes.h"
#include "tests/storage/on_disk.h"

namespace chartscan::indexer {
namespace {

namespace fs = std::filesystem;
using rocksdb::IOStatus;
using storage::Change;
using Random = std::mt19937;

// What a disk holds that nobody has synced yet, and a switch.
class Power {
 public:
  // The power goes at the n-th changing call from now on.
  void cut_at(int n) { left_ = n; }
  bool is_off() const { return off_; }

  // False when the power is off, or goes now.
  bool use() {
    const std::lock_guard lock(mutex_);
    if (!off_ && left_ > 0 && --left_ == 0) off_ = true;
    return !off_;
  }
  void appended(const std::string& file, std::uint64_t from, std::uint64_t size) { overwritten(file, from, "", size); }
  // `old`: what stood at `from`; with less of it than `size` the file grew.
  void overwritten(const std::string& file, std::uint64_t from, std::string old, std::uint64_t size) {
    const std::lock_guard lock(mutex_);
    unsynced_[file].push_back({from, std::move(old), size});
  }
  void synced(const std::string& file) {
    const std::lock_guard lock(mutex_);
    unsynced_.erase(file);
  }
  void made(const std::string& file) {
    const std::lock_guard lock(mutex_);
    names_.push_back({file, std::nullopt});
    unsynced_.erase(file);
  }
  void linked(const std::string& from, const std::string& to) {
    const std::lock_guard lock(mutex_);
    names_.push_back({to, std::nullopt});
    if (const auto writes = unsynced_.find(from); writes != unsynced_.end()) unsynced_[to] = writes->second;
  }
  void renamed(const std::string& from, const std::string& to, std::string old) {
    const std::lock_guard lock(mutex_);
    unsynced_.erase(to);
    if (auto writes = unsynced_.extract(from)) writes.key() = to, unsynced_.insert(std::move(writes));
    std::erase_if(names_, [&](const auto& name) { return name.first == from; });
    names_.push_back({to, old.empty() ? std::nullopt : std::optional(std::move(old))});
  }
  void removed(const std::string& file) {
    const std::lock_guard lock(mutex_);
    unsynced_.erase(file);
    std::erase_if(names_, [&](const auto& name) { return name.first == file; });
  }
  void folder_synced() {
    const std::lock_guard lock(mutex_);
    names_.clear();
  }

  // What is on the medium when the power comes back.
  void restore(Random& random) {
    for (const auto& [file, writes] : unsynced_) undo(file, writes, random);
    for (auto lost = random() % (names_.size() + 1); lost > 0; --lost) {
      const auto& [file, old] = names_.back();
      std::error_code ignored;
      if (old) std::ofstream(file, std::ios::binary) << *old;
      else fs::remove(file, ignored);
      names_.pop_back();
    }
    unsynced_.clear(), names_.clear();
    off_ = false;
    left_ = 0;
  }

 private:
  struct Write {
    std::uint64_t from;
    std::string old;
    std::uint64_t size;
  };

  // The last writes first: kept, undone, or undone from somewhere in them on. Appended logs keep a beginning.
  static void undo(const std::string& file, const std::vector<Write>& writes, Random& random) {
    if (!fs::exists(file)) return;
    std::uint64_t end = fs::file_size(file);
    const bool appended = std::all_of(writes.begin(), writes.end(), [](const Write& write) { return write.old.empty(); });
    if (appended) {
      const std::uint64_t first = std::min(writes.front().from, end);
      const std::uint64_t keep = first + random() % (end - first + 1);
      fs::resize_file(file, keep);
      // RocksDB mends a MANIFEST that ends early and refuses one whose end is not what was written; file systems that write
      // data before sizes, as ext4 does, leave only the first.
      if (file.find("MANIFEST") != std::string::npos) return;
      if (keep > first && random() % 3 == 0) scribble(file, first + random() % (keep - first), keep);  // a sector that never came
      return;
    }
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    for (auto write = writes.rbegin(); write != writes.rend(); ++write) {
      const std::uint64_t keep = random() % 2 ? 0 : random() % (write->size + 1);
      std::string old = write->old;
      old.resize(write->size, '\0');
      if (random() % 3 == 0) continue;
      out.seekp(static_cast<std::streamoff>(write->from + keep));
      out.write(old.data() + keep, static_cast<std::streamsize>(old.size() - keep));
    }
  }
  static void scribble(const std::string& file, std::uint64_t from, std::uint64_t end) {
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(static_cast<std::streamoff>(from));
    for (std::uint64_t i = from; i < std::min(end, from + 512); ++i) out.put('\0');
  }

  std::mutex mutex_;
  int left_ = 0;
  std::atomic<bool> off_ = false;
  std::map<std::string, std::vector<Write>> unsynced_;
  // Names made or replaced since their folder was synced, in order, with what they held before. Journals keep that order: the
  // last of them are lost.
  std::vector<std::pair<std::string, std::optional<std::string>>> names_;
};

IOStatus no_power() { return IOStatus::IOError("no power"); }

class PoweredFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  PoweredFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name, std::uint64_t size, Power& power)
      : rocksdb::FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), size_(size), power_(power) {}

  IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    if (!power_.use()) return no_power();
    power_.appended(name_, size_, data.size());
    size_ += data.size();
    return target()->Append(data, options, context);
  }
  IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options, const rocksdb::DataVerificationInfo&,
                  rocksdb::IODebugContext* context) override {
    return Append(data, options, context);
  }
  IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    return power_.use() ? target()->Truncate(size, options, context) : no_power();
  }
  IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    if (!power_.use()) return no_power();
    // Its pages reach the file; the medium is only played.
    const IOStatus flushed = target()->Flush(options, context);
    if (flushed.ok()) power_.synced(name_);
    return flushed;
  }
  IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override { return Sync(options, context); }
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const rocksdb::IOOptions&, rocksdb::IODebugContext*) override { return IOStatus::OK(); }

 private:
  const std::string name_;
  std::uint64_t size_;
  Power& power_;
};

class PoweredFolder final : public rocksdb::FSDirectory {
 public:
  explicit PoweredFolder(Power& power) : power_(power) {}
  IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    if (!power_.use()) return no_power();
    power_.folder_synced();
    return IOStatus::OK();
  }

 private:
  Power& power_;
};

std::string contents(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class PoweredFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit PoweredFileSystem(Power& power) : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()), power_(power) {}
  const char* Name() const override { return "powered"; }
  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result, rocksdb::IODebugContext* context) override {
    if (!power_.use()) return no_power();
    const IOStatus made = target()->NewWritableFile(name, options, result, context);
    if (!made.ok()) return made;
    power_.made(name);
    *result = std::make_unique<PoweredFile>(std::move(*result), name, 0, power_);
    return made;
  }
  IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result, rocksdb::IODebugContext* context) override {
    if (!power_.use()) return no_power();
    const IOStatus opened = target()->ReopenWritableFile(name, options, result, context);
    if (opened.ok()) *result = std::make_unique<PoweredFile>(std::move(*result), name, fs::file_size(name), power_);
    return opened;
  }
  IOStatus LinkFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    if (!power_.use()) return no_power();
    const IOStatus linked = target()->LinkFile(from, to, options, context);
    if (linked.ok()) power_.linked(from, to);
    return linked;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                      rocksdb::IODebugContext* context) override {
    if (!power_.use()) return no_power();
    std::string old = fs::exists(to) ? contents(to) : "";
    const IOStatus renamed = target()->RenameFile(from, to, options, context);
    if (renamed.ok()) power_.renamed(from, to, std::move(old));
    return renamed;
  }
  IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    if (!power_.use()) return no_power();
    power_.removed(name);
    return target()->DeleteFile(name, options, context);
  }
  IOStatus NewDirectory(const std::string&, const rocksdb::IOOptions&, std::unique_ptr<rocksdb::FSDirectory>* result,
                        rocksdb::IODebugContext*) override {
    *result = std::make_unique<PoweredFolder>(power_);
    return IOStatus::OK();
  }

 private:
  Power& power_;
};

// The packs' disk under the same switch.
class PoweredDisk final : public storage::Disk {
 public:
  explicit PoweredDisk(Power& power) : power_(power) {}
  Result<std::unique_ptr<storage::File>> open(const fs::path& path, Mode mode) override {
    const bool is_new = !fs::exists(path);
    if (mode == Mode::Write && is_new && !power_.use()) return error(path);
    TRY(std::unique_ptr<storage::File> file, real().open(path, mode));
    if (is_new) power_.made(path);
    return std::unique_ptr<storage::File>(std::make_unique<PackFile>(std::move(file), path, power_));
  }
  Status sync_folder(const fs::path& folder) override {
    if (!power_.use()) return error(folder);
    power_.folder_synced();
    return {};
  }
  Status remove(const fs::path& path) override {
    if (!power_.use()) return error(path);
    power_.removed(path);
    return real().remove(path);
  }

 private:
  static Error error(const fs::path& path) { return storage::disk_error("no power for", path, EIO); }

  class PackFile final : public storage::File {
   public:
    PackFile(std::unique_ptr<storage::File> file, fs::path path, Power& power)
        : file_(std::move(file)), path_(std::move(path)), power_(power) {}
    Result<std::uint64_t> size() const override { return file_->size(); }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override { return file_->read_at(offset, out); }
    Status write_at(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
      if (!power_.use()) return error(path_);
      std::string old(bytes.size(), '\0');
      TRY(const std::size_t there, file_->read_at(offset, {reinterpret_cast<std::uint8_t*>(old.data()), old.size()}));
      old.resize(std::max<std::size_t>(there, 1));  // never taken for a log that grows
      power_.overwritten(path_, offset, std::move(old), bytes.size());
      return file_->write_at(offset, bytes);
    }
    Status truncate(std::uint64_t size) override { return power_.use() ? file_->truncate(size) : Status(error(path_)); }
    Status sync() override {
      if (!power_.use()) return error(path_);
      power_.synced(path_);
      return {};
    }

   private:
    std::unique_ptr<storage::File> file_;
    const fs::path path_;
    Power& power_;
  };

  Power& power_;
};

class World {
 public:
  explicit World(unsigned seed) : random_(seed), disk_(power_), env_(rocksdb::NewCompositeEnv(std::make_shared<PoweredFileSystem>(power_))) {
    fs::create_directories(folder_.path() / "db");
    fs::create_directories(folder_.path() / "packs");
    fs::create_directories(folder_.path() / "work");
  }

  // Works until the power goes.
  void work() {
    power_.cut_at(1 + static_cast<int>(random_() % 400));
    if (Result<std::unique_ptr<storage::Archive>> archive = open(); archive.ok()) {
      while (!power_.is_off()) step(**archive);
      archive->reset();
    }
    REQUIRE(power_.is_off());
    power_.restore(random_);
  }

  void check() {
    auto opened = open();
    if (!opened.ok()) FAIL(to_string(opened.error()));
    storage::Archive& archive = **opened;
    REQUIRE(sweep(archive).ok());
    auto records = archive.read();
    REQUIRE(records.ok());
    if (doubtful_) {  // was it committed or not?
      const auto text = records->text(PageId{doubtful_->first});
      REQUIRE(text.ok());
      if (*text && (*text)->words[1].text == "w" + std::to_string(doubtful_->second)) words_[doubtful_->first] = doubtful_->second;
      doubtful_.reset();
    }
    std::vector<std::string> faults;
    REQUIRE(verify_index(*records, [&](const std::string& line) { faults.push_back(line); }).ok());
    REQUIRE(archive.blobs().verify([&](const std::string& line) { faults.push_back(line); }).ok());
    INFO((faults.empty() ? "" : faults.front()));
    CHECK(faults.empty());
    const auto index = IndexReader::open(records->view());
    if (!index.ok()) FAIL(to_string(index.error()));
    CHECK((*index)->all_pages()->count_rest() == words_.size());
    for (const auto& [page, number] : words_) {
      const auto record = records->page(PageId{page});
      REQUIRE(record.ok());
      REQUIRE(record->has_value());
      CHECK(*storage::read_all(archive.blobs(), (*record)->original.blob) == original_of((*record)->original.index));
      auto cursor = (*index)->word("w" + std::to_string(number));
      REQUIRE(cursor.ok());
      (*cursor)->seek(static_cast<PageNo>(page));
      CHECK((*cursor)->page() == page);
    }
  }
  std::size_t pages() const { return words_.size(); }

 private:
  static std::string original_of(int number) { return storage::blob_bytes(static_cast<std::uint32_t>(number), 100 + static_cast<unsigned>(number) % 5000); }
  static PageText text_of(unsigned number) {
    PageText text;
    for (const std::string& word : {std::string("chest"), "w" + std::to_string(number), "pain" + std::to_string(number % 7)})
      text.words.push_back({word, {0, 0, 10, 10}, 0.9, 0});
    return text;
  }

  Result<std::unique_ptr<storage::Archive>> open() {
    const std::size_t load_file_bytes = random_() % 2 ? 200 : storage::kLoadFileBytes;  // a segment becomes files, or is written row by row
    TRY(auto store, storage::open_rocks_writer(folder_.path() / "db", env_.get(), load_file_bytes));
    TRY(auto blobs, storage::PackBlobs::open_for_writing({folder_.path() / "packs", folder_.path() / "work"}, *store, disk_, 20'000));
    return storage::Archive::over(std::move(store), std::move(blobs));
  }

  void step(storage::Archive& archive) {
    const auto what = random_() % 21;
    if (what < 13) return commit(archive);
    if (what == 20) return void(archive.repack(0.2).ok());
    if (what < 16) return void(flush(archive).ok());
    if (what < 18) return void(merge(archive, {0, 0}).ok());
    if (what < 19) return void(merge_all(archive, {0, 0}).ok());
    (void)archive.store().compact(storage::Family::Post, "", "").ok();
  }

  void commit(storage::Archive& archive) {
    const std::uint64_t id = words_.empty() || random_() % 4 ? words_.size() + 1 : 1 + random_() % words_.size();
    const unsigned number = ++last_;
    Change change;
    const auto blob = archive.blobs().put(storage::source_of(original_of(static_cast<int>(number))), change.raw());
    if (!blob.ok()) return;
    Page page;
    page.id = PageId{id};
    page.batch = BatchId{1};
    page.original.blob = blob->hash;
    page.original.index = static_cast<int>(number);
    change.put(page);
    change.put(page.id, text_of(number));
    index_page(change, page, text_of(number));
    if (archive.commit(change).ok())
      words_[id] = number;
    else
      doubtful_ = {id, number};
  }

  const TemporaryFolder folder_;
  Random random_;
  Power power_;
  PoweredDisk disk_;
  std::unique_ptr<rocksdb::Env> env_;
  unsigned last_ = 0;
  std::map<std::uint64_t, unsigned> words_;  // acknowledged: page -> number of its text
  std::optional<std::pair<std::uint64_t, unsigned>> doubtful_;
};

TEST_CASE("the power goes at any moment and no acknowledged page, original or word is lost", "[indexer][crash]") {
  const char* const wanted = std::getenv("CHARTSCAN_POWER_CUTS");
  const char* const first = std::getenv("CHARTSCAN_SEED");
  int cuts = wanted ? std::atoi(wanted) : 40;
  for (unsigned seed = first ? static_cast<unsigned>(std::atoi(first)) : 1; cuts > 0; ++seed) {
    World world(seed);
    INFO("seed " << seed);
    for (; cuts > 0 && world.pages() < 80; --cuts) {
      world.work();
      world.check();
    }
  }
}

}  // namespace
}  // namespace chartscan::indexer
