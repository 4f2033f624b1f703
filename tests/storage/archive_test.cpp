// The archive's folder: who may open it, and what is never written into.
#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "storage/archive.h"
#include "tests/storage/blob_bytes.h"
#include "tests/storage/examples.h"
#include "tests/storage/on_disk.h"

using namespace chartscan;
using namespace chartscan::storage;
namespace fs = std::filesystem;

namespace {

void write_file(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

ErrorCode refusal(const fs::path& folder, Access access, std::string* message = nullptr) {
  const auto archive = Archive::open(folder, access);
  REQUIRE_FALSE(archive.ok());
  if (message) *message = archive.error().message;
  return archive.error().code;
}

std::unique_ptr<Archive> open(const fs::path& folder, Access access, const std::string& holder = "") {
  auto archive = Archive::open(folder, access, holder);
  if (!archive.ok()) FAIL(to_string(archive.error()));
  return std::move(archive).value();
}

Status put_page(Archive& archive, std::uint64_t id) {
  Change change;
  change.put(examples::page(id, 1));
  return archive.commit(change);
}

}  // namespace

TEST_CASE("an archive is made on first writing and is the same after closing", "[storage][archive]") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "deep" / "archive";
  const std::string bytes = blob_bytes(1, 5000);
  {
    const auto archive = open(path, Access::Write);
    Change change;
    change.put(examples::page(1, 1));
    change.put(PageId{1}, examples::text());
    REQUIRE(archive->blobs().put(source_of(bytes), change.raw()).ok());
    REQUIRE(archive->commit(change).ok());
    CHECK(*archive->free_bytes() > 0);
  }
  for (const Access access : {Access::Write, Access::Read}) {
    const auto archive = open(path, access);
    const auto records = archive->read();
    REQUIRE(records.ok());
    CHECK((*records->page({1}))->fingerprint == examples::page(1, 1).fingerprint);
    CHECK((*records->text({1}))->words.size() == examples::text().words.size());
    CHECK(*read_all(archive->blobs(), sha256(bytes)) == bytes);
    CHECK(archive->store().verify().ok());
  }
  CHECK((fs::status(path).permissions() & fs::perms::others_all) == fs::perms::none);
}

TEST_CASE("reading where no archive is says how to make one", "[storage][archive]") {
  const TemporaryFolder folder;
  std::string message;
  CHECK(refusal(folder.path() / "none", Access::Read, &message) == ErrorCode::NotFound);
  CHECK(message.find("chartscan ingest --archive") != std::string::npos);
  CHECK_FALSE(fs::exists(folder.path() / "none"));
}

TEST_CASE("a second writer is told who holds the archive, and gets it when the first has gone", "[storage][archive]") {
  const TemporaryFolder folder;
  auto first = open(folder.path() / "a", Access::Write, "ingest, pid 123, since 10:15 on scan-pc");
  std::string message;
  CHECK(refusal(folder.path() / "a", Access::Write, &message) == ErrorCode::ArchiveHeld);
  CHECK(message.find("ingest, pid 123, since 10:15 on scan-pc") != std::string::npos);
  first.reset();
  open(folder.path() / "a", Access::Write);
}

TEST_CASE("a folder that holds something else is left as it is", "[storage][archive]") {
  const TemporaryFolder folder;
  write_file(folder.path() / "thesis.txt", "years of work");
  std::string message;
  CHECK(refusal(folder.path(), Access::Write, &message) == ErrorCode::InputRefused);
  CHECK(message.find("thesis.txt") != std::string::npos);
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
  CHECK(refusal(folder.path(), Access::Read) == ErrorCode::NotFound);
}

TEST_CASE("an archive of a newer format is refused and not touched", "[storage][archive]") {
  const TemporaryFolder folder;
  write_file(folder.path() / "FORMAT", "chartscan archive\nformat " + std::to_string(kFormatVersion + 1) + "\n");
  for (const Access access : {Access::Read, Access::Write}) {
    std::string message;
    CHECK(refusal(folder.path(), access, &message) == ErrorCode::ArchiveTooNew);
    CHECK(message.find("format " + std::to_string(kFormatVersion + 1)) != std::string::npos);
  }
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("a damaged FORMAT file is an integrity error", "[storage][archive]") {
  const TemporaryFolder folder;
  for (const char* text : {"", "chartscan archive\nformat ", "chartscan archive\nformat x\n", "chartscan archive\nformat 0\n", "12"}) {
    write_file(folder.path() / "FORMAT", text);
    CHECK(refusal(folder.path(), Access::Write) == ErrorCode::Integrity);
    CHECK(refusal(folder.path(), Access::Read) == ErrorCode::Integrity);
  }
}

TEST_CASE("the making of an archive continues where it was interrupted", "[storage][archive]") {
  const TemporaryFolder folder;
  write_file(folder.path() / "FORMAT", "chartscan archive\nformat 1\n");
  std::string message;
  CHECK(refusal(folder.path(), Access::Read, &message) == ErrorCode::NotFound);
  CHECK(message.find("just being made") != std::string::npos);
  open(folder.path(), Access::Write);
  open(folder.path(), Access::Read);
}

TEST_CASE("originals whose database is gone are not built over", "[storage][archive]") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a";
  {
    const auto archive = open(path, Access::Write);
    Change change;
    REQUIRE(archive->blobs().put(source_of(blob_bytes(1, 100)), change.raw()).ok());
    REQUIRE(archive->commit(change).ok());
  }
  fs::remove_all(path / "db");
  CHECK(refusal(path, Access::Write) == ErrorCode::Integrity);
  CHECK(refusal(path, Access::Read) == ErrorCode::Integrity);
  CHECK_FALSE(fs::exists(path / "db"));
}

TEST_CASE("a reading archive refuses to write", "[storage][archive]") {
  const TemporaryFolder folder;
  open(folder.path() / "a", Access::Write);
  const auto reader = open(folder.path() / "a", Access::Read);
  CHECK_FALSE(put_page(*reader, 1).ok());
  WriteBatch change;
  CHECK_FALSE(reader->blobs().put(source_of("x"), change).ok());
}

TEST_CASE("a view does not move, in the writing process and beside it", "[storage][archive]") {
  const TemporaryFolder folder;
  const auto writer = open(folder.path() / "a", Access::Write);
  const auto reader = open(folder.path() / "a", Access::Read);
  const auto next = [](const Records& records) { return (*records.next_page()).value; };
  for (Archive* archive : {writer.get(), reader.get()}) {
    const std::uint64_t start = next(*archive->read());
    std::optional<Records> first = *archive->read();
    REQUIRE(put_page(*writer, start).ok());
    std::optional<Records> second = *archive->read();
    CHECK(next(*first) == start);
    CHECK(next(*second) == start + 1);
    REQUIRE(put_page(*writer, start + 1).ok());
    const std::uint64_t third = next(*archive->read());
    CHECK(next(*first) == start);
    CHECK(next(*second) == start + 1);
    if (archive == writer.get()) CHECK(third == start + 2);
    first.reset();
    CHECK(next(*archive->read()) == start + 2);  // never older than this once an old one is let go
    CHECK(next(*second) == start + 1);
  }
}

TEST_CASE("many threads read while others commit", "[storage][archive]") {
  const TemporaryFolder folder;
  const auto archive = open(folder.path() / "a", Access::Write);
  constexpr std::uint64_t kPages = 40;
  std::atomic<int> failures = 0;
  const auto committer = [&](std::uint64_t start) {
    for (std::uint64_t i = 0; i < kPages; ++i) failures += !put_page(*archive, start + i).ok();
  };
  const auto reader = [&] {
    for (int i = 0; i < 60; ++i) {
      const auto records = archive->read();
      int rows = 0, beside = 0;
      failures += !records->pages([&](const Page&) { return ++rows; }).ok();
      failures += !records->pages_of({1}, [&](const Page&) { return ++beside; }).ok();
      failures += rows != beside;
    }
  };
  std::vector<std::thread> threads;
  threads.emplace_back(committer, 1);
  threads.emplace_back(committer, 1000);
  threads.emplace_back(reader);
  threads.emplace_back(reader);
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  int pages = 0;
  REQUIRE(archive->read()->pages([&](const Page&) { return ++pages; }).ok());
  CHECK(pages == 2 * kPages);
}

TEST_CASE("updates of one record by many threads are never lost", "[storage][archive]") {
  const auto archive = Archive::in_memory();
  Change first;
  first.put(examples::batch(1));
  REQUIRE(archive->commit(first).ok());
  const int before = (*archive->read()->batch({1}))->sides_fed;
  constexpr int kThreads = 4, kUpdates = 200;
  std::atomic<int> failures = 0;
  const auto count = [&] {
    for (int i = 0; i < kUpdates; ++i)
      failures += !archive->update([](const Records& records, Change& change) -> Status {
        Batch batch = **records.batch({1});
        ++batch.sides_fed;
        change.put(batch);
        return {};
      }).ok();
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(count);
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  CHECK((*archive->read()->batch({1}))->sides_fed == before + kThreads * kUpdates);
}

TEST_CASE("an update that fails writes nothing", "[storage][archive]") {
  const auto archive = Archive::in_memory();
  const Status failed = archive->update([](const Records&, Change& change) -> Status {
    change.put(examples::batch(1));
    return Error{ErrorCode::Conflict, "no", {}};
  });
  CHECK(failed.error().code == ErrorCode::Conflict);
  CHECK_FALSE(archive->read()->batch({1})->has_value());
}
