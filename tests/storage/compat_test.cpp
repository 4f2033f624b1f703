// Archives written by older programs must stay readable. tests/compat/format-1 was written by the first one, and so on:
//   CHARTSCAN_WRITE_SAMPLE=tests/compat/format-2 test_storage "writes the sample archive of this format"
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "storage/archive.h"
#include "storage/codec.h"
#include "storage/record_check.h"
#include "tests/storage/blob_bytes.h"
#include "tests/storage/examples.h"
#include "tests/storage/on_disk.h"

using namespace chartscan;
using namespace chartscan::storage;
namespace fs = std::filesystem;

namespace {

const std::string kOriginal = "II*\0 stands for a TIFF";

Page sample_page(std::uint64_t id) {
  Page page = examples::page(id, 1);
  page.original.blob = sha256(kOriginal);
  page.document = DocumentId{1};
  return page;
}

// Format 2: a scanned batch with its journal, its two sides in the order that a person gave them.
Page scanned_sample(std::uint64_t id) {
  Page page = examples::scanned_page(id, 2);
  page.original.blob = sha256(kOriginal);
  page.document.reset();
  page.sequence = id == 4 ? 2 : 1;
  return page;
}

Batch scanned_batch_sample(Change* change) {
  Batch batch = examples::scanned_batch(2);
  batch.journal = {};
  Change nowhere;
  JournalLine line;
  line.at = 1'767'225'600;
  line.event = JournalEvent::Opened;
  (change ? *change : nowhere).append(batch, line);
  for (std::uint64_t id = 4; id <= 5; ++id) {
    line.event = JournalEvent::Stored;
    line.page = {id};
    line.hash = sha256(kOriginal);
    (change ? *change : nowhere).append(batch, line);
  }
  return batch;
}

Document sample_document() {
  Document document = examples::document(1, 1);
  document.type = "lab_report";
  return document;
}

}  // namespace

TEST_CASE("writes the sample archive of this format", "[.sample]") {
  const char* path = std::getenv("CHARTSCAN_WRITE_SAMPLE");
  REQUIRE(path);
  {
    const auto archive = Archive::open(path, Access::Write);
    REQUIRE(archive.ok());
    Change change;
    REQUIRE((*archive)->blobs().put(source_of(kOriginal), change.raw()).ok());
    change.put(examples::batch(1));
    for (std::uint64_t id = 1; id <= 3; ++id) {
      change.put(sample_page(id));
      change.put(PageId{id}, examples::text());
    }
    change.put(sample_document());
    change.file("MRN-1", {1});
    change.put(examples::patient("MRN-1"));
    for (std::uint64_t id = 4; id <= 5; ++id) change.put(scanned_sample(id));
    change.put(scanned_batch_sample(&change));
    REQUIRE((*archive)->commit(change).ok());
  }
  REQUIRE(Archive::open(path, Access::Write).ok());  // turns the log into tables
  for (const auto& entry : fs::directory_iterator(fs::path(path) / "db")) {
    const std::string name = entry.path().filename();
    if (name.starts_with("LOG") || name.starts_with("OPTIONS")) fs::remove(entry.path());  // diagnostics, not data
  }
  fs::remove(fs::path(path) / "writer.lock");
}

TEST_CASE("an archive of format 1 reads as it was written", "[storage][compat]") {
  const Access access = GENERATE(Access::Read, Access::Write);
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a";
  fs::copy(fs::path(CHARTSCAN_SOURCE_DIR) / "tests/compat/format-1", path, fs::copy_options::recursive);
  const auto archive = Archive::open(path, access);
  if (!archive.ok()) FAIL(to_string(archive.error()));
  const auto records = (*archive)->read();
  REQUIRE(records.ok());
  for (std::uint64_t id = 1; id <= 3; ++id) {
    CHECK(encode(**records->page({id})) == encode(sample_page(id)));
    CHECK(encode(**records->text({id})) == encode(examples::text()));
  }
  CHECK(encode(**records->document({1})) == encode(sample_document()));
  CHECK(encode(**records->batch({1})) == encode(examples::batch(1)));
  CHECK(**records->patient("MRN-1") == examples::patient("MRN-1"));
  CHECK(*records->chart("MRN-1") == std::vector<DocumentId>{{1}});
  CHECK(*records->next_page() == PageId{4});
  CHECK(*read_all((*archive)->blobs(), sha256(kOriginal)) == kOriginal);
  const auto complain = [](const std::string& line) { FAIL_CHECK(line); };
  CHECK(*verify_records(*records, complain) == 3);
  CHECK(*(*archive)->blobs().verify(complain) == 1);
  CHECK((*archive)->store().verify().ok());
}

TEST_CASE("an archive of format 1 becomes one of the present format when it is written to, and only then", "[storage][compat]") {
  const Access access = GENERATE(Access::Read, Access::Write);
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a";
  fs::copy(fs::path(CHARTSCAN_SOURCE_DIR) / "tests/compat/format-1", path, fs::copy_options::recursive);
  REQUIRE(Archive::open(path, access).ok());
  std::ifstream file(path / "FORMAT");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CHECK(text == "chartscan archive\nformat " + std::string(access == Access::Read ? "1" : "4") + "\n");
}

TEST_CASE("an archive of format 2, 3 or 4 reads as it was written", "[storage][compat]") {
  const char* const format = GENERATE("format-2", "format-3", "format-4");
  const Access access = GENERATE(Access::Read, Access::Write);
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a";
  fs::copy(fs::path(CHARTSCAN_SOURCE_DIR) / "tests/compat" / format, path, fs::copy_options::recursive);
  const auto archive = Archive::open(path, access);
  if (!archive.ok()) FAIL(to_string(archive.error()));
  const auto records = (*archive)->read();
  REQUIRE(records.ok());
  for (std::uint64_t id = 4; id <= 5; ++id) CHECK(encode(**records->page({id})) == encode(scanned_sample(id)));
  CHECK(encode(**records->batch({2})) == encode(scanned_batch_sample(nullptr)));
  std::vector<PageId> order;
  REQUIRE(records->pages_of({2}, [&](const Page& page) { return order.push_back(page.id), true; }).ok());
  CHECK(order == std::vector<PageId>{{5}, {4}});
  CHECK(*verify_records(*records, [](const std::string& line) { FAIL_CHECK(line); }) == 5);
}
