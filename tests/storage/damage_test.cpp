// Damage to the database's files is found by verify and named; the records' own check finds rows that contradict.
#include <catch2/catch.hpp>
#include <fstream>

#include "storage/archive.h"
#include "storage/keys.h"
#include "storage/record_check.h"
#include "tests/storage/blob_bytes.h"
#include "tests/storage/examples.h"
#include "tests/storage/on_disk.h"

using namespace chartscan;
using namespace chartscan::storage;
namespace fs = std::filesystem;

namespace {

std::unique_ptr<Archive> open(const fs::path& path, Access access) {
  auto archive = Archive::open(path, access);
  if (!archive.ok()) FAIL(to_string(archive.error()));
  return std::move(archive).value();
}

// The largest sorted table: the texts. Opening twice turns the log into tables.
fs::path table_of(const fs::path& archive) {
  open(archive, Access::Write);
  fs::path largest;
  for (const auto& entry : fs::directory_iterator(archive / "db"))
    if (entry.path().extension() == ".sst" && (largest.empty() || entry.file_size() > fs::file_size(largest))) largest = entry.path();
  REQUIRE_FALSE(largest.empty());
  return largest;
}

void flip(const fs::path& path, std::uint64_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(file.get() ^ 1);
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(byte);
  REQUIRE(file.flush());
}

std::vector<std::string> record_faults(Archive& archive) {
  std::vector<std::string> lines;
  REQUIRE(verify_records(*archive.read(), [&](const std::string& line) { lines.push_back(line); }).ok());
  return lines;
}

// A page that agrees with everything around it.
void put_sound_page(Archive& archive, std::uint64_t id) {
  Page page = examples::page(id, 1);
  Document document = examples::document(id, 1);
  document.pages = {page.id};
  Change change;
  page.original.blob = archive.blobs().put(source_of("bytes " + std::to_string(id)), change.raw())->hash;
  change.put(examples::batch(1));
  change.put(page);
  change.put(page.id, examples::text());
  change.put(document);
  change.file(document.link.mrn, document.id);
  change.put(examples::patient(document.link.mrn));
  REQUIRE(archive.commit(change).ok());
}

}  // namespace

TEST_CASE("a flipped bit in a table is found by verify, which names the file", "[storage][faults]") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a";
  {
    const auto archive = open(path, Access::Write);
    for (std::uint64_t id = 1; id <= 50; ++id) put_sound_page(*archive, id);
  }
  const fs::path table = table_of(path);
  for (const double place : {0.02, 0.4, 0.8}) {
    const auto offset = static_cast<std::uint64_t>(place * static_cast<double>(fs::file_size(table)));
    flip(table, offset);
    for (const Access access : {Access::Read, Access::Write}) {
      auto archive = Archive::open(path, access);
      const Status verified = archive.ok() ? (*archive)->store().verify() : Status(std::move(archive).error());
      REQUIRE_FALSE(verified.ok());
      CHECK(verified.error().code == ErrorCode::Integrity);
      CHECK(verified.error().message.find(table.filename()) != std::string::npos);
    }
    flip(table, offset);
  }
  CHECK(open(path, Access::Read)->store().verify().ok());
}

TEST_CASE("records that agree with each other have no faults", "[storage][verify]") {
  for (auto& room : archives()) {
    for (std::uint64_t id = 1; id <= 3; ++id) put_sound_page(*room.archive, id);
    CHECK(record_faults(*room.archive).empty());
  }
}

TEST_CASE("every contradiction between records is reported by its ids", "[storage][verify]") {
  struct Damage {
    const char* mentions;
    std::function<void(WriteBatch&)> inflict;
  };
  const DocumentId document{2};
  const PageId page{2};
  const std::vector<Damage> damages{
      {"page P00000002", [&](WriteBatch& b) { b.put(Family::Page, keys::page(page), "\x01?"); }},
      {"counted with batch B00000001", [&](WriteBatch& b) { b.erase(Family::Page, keys::page(page)); }},
      {"not counted with its batch", [&](WriteBatch& b) { b.erase(Family::Page, keys::batch_page({1}, page)); }},
      {"not counted with its batch", [&](WriteBatch& b) { b.put(Family::Page, keys::batch_page({1}, page), "f"); }},
      {"its batch B00000001 is missing", [&](WriteBatch& b) { b.erase(Family::Batch, keys::batch({1})); }},
      {"its original", [&](WriteBatch& b) { b.erase(Family::Blob, *keys::blob(sha256(std::string_view("bytes 2")))); }},
      {"text of page P00000002", [&](WriteBatch& b) { b.put(Family::Text, keys::text(page), "\x01\x05"); }},
      {"in a chart, but missing", [&](WriteBatch& b) { b.erase(Family::Document, keys::document(document)); }},
      {"filed, but in no chart", [&](WriteBatch& b) { b.erase(Family::Chart, keys::chart_document("MRN-1", document)); }},
      {"not linked to", [&](WriteBatch& b) { b.put(Family::Chart, keys::chart_document("MRN-9", document), ""); }},
      {"a patient", [&](WriteBatch& b) { b.put(Family::Patient, keys::patient("MRN-1"), ""); }},
  };
  for (const Damage& damage : damages) {
    const auto archive = Archive::in_memory();
    for (std::uint64_t id = 1; id <= 3; ++id) put_sound_page(*archive, id);
    Change change;
    damage.inflict(change.raw());
    REQUIRE(archive->commit(change).ok());
    const std::vector<std::string> lines = record_faults(*archive);
    CAPTURE(damage.mentions, lines);
    CHECK(std::any_of(lines.begin(), lines.end(), [&](const std::string& l) { return l.find(damage.mentions) != std::string::npos; }));
    CHECK(std::none_of(lines.begin(), lines.end(), [](const std::string& l) { return l.find("TESTCASE") != std::string::npos; }));
  }
}
