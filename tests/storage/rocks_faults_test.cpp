// A disk that fails under the database at the n-th write or sync, for every n: each write is there or not there as a
// whole, what was acknowledged is there, and the next start works.
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "storage/rocks_store.h"
#include "tests/storage/on_disk.h"

using namespace chartscan;
using namespace chartscan::storage;

namespace {

// Counts changing calls from the moment it is armed; fails the n-th and all after it.
struct Fault {
  std::atomic<int> left{0};  // 0 = not armed
  std::atomic<bool> failed{false};

  rocksdb::IOStatus next() {
    int now = left.load();
    while (now > 1 && !left.compare_exchange_weak(now, now - 1)) {
    }
    if (now != 1) return rocksdb::IOStatus::OK();
    failed = true;
    return rocksdb::IOStatus::NoSpace("No space left on device");
  }
};

class FaultyWritable final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyWritable(std::unique_ptr<rocksdb::FSWritableFile> file, Fault& fault)
      : rocksdb::FSWritableFileOwnerWrapper(std::move(file)), fault_(fault) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    return torn(data, options, context);
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options, const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* context) override {
    return torn(data, options, context);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    const rocksdb::IOStatus fault = fault_.next();
    return fault.ok() ? target()->Sync(options, context) : fault;
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    const rocksdb::IOStatus fault = fault_.next();
    return fault.ok() ? target()->Fsync(options, context) : fault;
  }

 private:
  rocksdb::IOStatus torn(const rocksdb::Slice& data, const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) {
    const rocksdb::IOStatus fault = fault_.next();
    const std::size_t size = fault.ok() ? data.size() : data.size() / 2;
    const rocksdb::IOStatus written = target()->Append(rocksdb::Slice(data.data(), size), options, context);
    return fault.ok() ? written : fault;
  }

  Fault& fault_;
};

class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultyFileSystem(Fault& fault) : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()), fault_(fault) {}
  const char* Name() const override { return "faulty"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result, rocksdb::IODebugContext* context) override {
    const rocksdb::IOStatus fault = fault_.next();
    if (!fault.ok()) return fault;
    const rocksdb::IOStatus made = target()->NewWritableFile(name, options, result, context);
    if (made.ok()) *result = std::make_unique<FaultyWritable>(std::move(*result), fault_);
    return made;
  }

 private:
  Fault& fault_;
};

std::string number(int i) { return std::to_string(1000 + i); }

// One row in each of three families, big enough to be torn.
WriteBatch rows(int i) {
  WriteBatch batch;
  for (const Family family : {Family::Page, Family::Text, Family::Post})
    batch.put(family, number(i), std::string(3000, static_cast<char>('a' + i % 26)));
  return batch;
}

int rows_there(const View& view, int i) {
  int there = 0;
  for (const Family family : {Family::Page, Family::Text, Family::Post}) there += view.get(family, number(i))->has_value();
  return there;
}

constexpr int kBefore = 5, kAfter = 12;

}  // namespace

TEST_CASE("whichever write or sync of the database fails, every change is there whole or not at all", "[storage][faults]") {
  bool failed = true;
  int n = 0;
  while (failed) {
    Fault fault;
    ++n;
    const TemporaryFolder folder;
    const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(fault));
    int acknowledged = 0;
    {
      auto store = open_rocks_writer(folder.path(), env.get());
      REQUIRE(store.ok());
      for (; acknowledged < kBefore; ++acknowledged) REQUIRE((*store)->write(rows(acknowledged)).ok());
      fault.left = n;
      while (acknowledged < kAfter) {
        const Status written = (*store)->write(rows(acknowledged));
        if (!written.ok()) {
          CHECK(written.error().code == ErrorCode::StorageFull);
          CHECK_FALSE((*store)->write(rows(acknowledged + 1)).ok());  // no write after a failed one until the next start
          break;
        }
        ++acknowledged;
      }
    }
    failed = fault.failed;
    CHECK(failed == (acknowledged < kAfter));
    fault.left = 0;
    auto store = open_rocks_writer(folder.path());
    if (!store.ok()) FAIL(to_string(store.error()));
    const auto view = (*store)->view();
    for (int i = 0; i < acknowledged; ++i) CHECK(rows_there(**view, i) == 3);
    CHECK(rows_there(**view, acknowledged) % 3 == 0);
    CHECK(rows_there(**view, acknowledged + 1) == 0);
    REQUIRE((*store)->write(rows(acknowledged)).ok());  // it continues
    CHECK((*store)->verify().ok());
  }
  CHECK(n > 10);
}

TEST_CASE("whichever write or sync of a load fails, its rows are all there when it said so, and what is left over goes", "[storage][faults]") {
  constexpr int kRows = 40;
  bool failed = true;
  int n = 0;
  while (failed) {
    Fault fault;
    ++n;
    const TemporaryFolder folder;
    const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(fault));
    bool done = false;
    {
      constexpr std::size_t kFileFrom = 1000;
      auto store = open_rocks_writer(folder.path(), env.get(), kFileFrom);
      REQUIRE(store.ok());
      REQUIRE((*store)->write(rows(0)).ok());
      fault.left = n;
      auto load = (*store)->load(Family::Post);
      REQUIRE(load.ok());
      Status status;
      for (int i = 100; status.ok() && i < 100 + kRows; ++i) status = (*load)->put(number(i), std::string(5000, static_cast<char>('a' + i % 26)));
      if (status.ok()) status = (*load)->finish();
      done = status.ok();
      if (!done) CHECK(status.error().code == ErrorCode::StorageFull);
    }
    failed = fault.failed;
    CHECK(done != failed);
    fault.left = 0;
    auto store = open_rocks_writer(folder.path());
    if (!store.ok()) FAIL(to_string(store.error()));
    int there = 0;
    for (const auto found = (*(*store)->view())->rows(Family::Post, "11"); !found->at_end(); found->next()) ++there;
    if (done) CHECK(there == kRows);
    CHECK(rows_there(**(*store)->view(), 0) == 3);
    CHECK((*store)->verify().ok());
    for (const auto& file : std::filesystem::directory_iterator(folder.path())) CHECK(file.path().filename().string().substr(0, 5) != "load-");
  }
  CHECK(n > 5);
}

TEST_CASE("a database that cannot be made because the disk is full says so, and is made when there is room", "[storage][faults]") {
  for (int n = 1; n < 60; n += 7) {
    Fault fault;
    const TemporaryFolder folder;
    const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(fault));
    fault.left = n;
    auto store = open_rocks_writer(folder.path(), env.get());
    if (!store.ok()) CHECK(store.error().code == ErrorCode::StorageFull);
    fault.left = 0;
    store = Error{};
    store = open_rocks_writer(folder.path());
    if (!store.ok()) FAIL(to_string(store.error()));
    CHECK((*store)->write(rows(1)).ok());
  }
}
