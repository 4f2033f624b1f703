// The journal of a batch: order kept by it, and every way to tamper with it found.
#include <catch2/catch.hpp>

#include "storage/archive.h"
#include "storage/codec.h"
#include "storage/keys.h"
#include "storage/record_check.h"
#include "tests/storage/blob_bytes.h"
#include "tests/storage/examples.h"

using namespace chartscan;
using namespace chartscan::storage;

namespace {

constexpr BatchId kBatch{1};

// A batch with three sides, told of line by line.
std::unique_ptr<Archive> told_archive() {
  auto archive = Archive::in_memory();
  Batch batch;
  batch.id = kBatch;
  Change opened;
  JournalLine first;
  first.event = JournalEvent::Opened;
  opened.append(batch, first);
  REQUIRE(archive->commit(opened).ok());
  for (std::uint64_t id = 1; id <= 3; ++id) {
    Change change;
    Page page;
    page.id = {id};
    page.batch = kBatch;
    page.sequence = static_cast<int>(id);
    page.original.blob = archive->blobs().put(source_of("side " + std::to_string(id)), change.raw())->hash;
    change.put(page);
    JournalLine line;
    line.event = JournalEvent::Stored;
    line.page = page.id;
    line.hash = page.original.blob;
    ++batch.sides_fed;
    change.append(batch, line);
    REQUIRE(archive->commit(change).ok());
  }
  return archive;
}

std::vector<std::string> faults(Archive& archive) {
  std::vector<std::string> lines;
  REQUIRE(verify_records(*archive.read(), [&](const std::string& line) { lines.push_back(line); }).ok());
  return lines;
}

std::string stored_line(Archive& archive, int number) {
  return **archive.read()->view().get(Family::Meta, keys::journal_line(kBatch, number));
}

void commit(Archive& archive, const std::function<void(Change&)>& build) {
  Change change;
  build(change);
  REQUIRE(archive.commit(change).ok());
}

std::vector<PageId> order(Archive& archive) {
  std::vector<PageId> ids;
  REQUIRE(archive.read()->pages_of(kBatch, [&](const Page& page) { return ids.push_back(page.id), true; }).ok());
  return ids;
}

}  // namespace

TEST_CASE("a journal that was only written to verifies, and reads as it was told", "[storage][journal]") {
  const auto archive = told_archive();
  CHECK(faults(*archive).empty());
  std::vector<JournalLine> lines;
  REQUIRE(archive->read()->journal(kBatch, [&](JournalLine line) { return lines.push_back(line), true; }).ok());
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].previous == sha256(journal_seed(kBatch)));
  for (int i = 0; i < 4; ++i) CHECK(lines[static_cast<std::size_t>(i)].number == i + 1);
  CHECK(lines[2].page == PageId{2});
}

TEST_CASE("a changed, lost, moved or added line breaks the chain", "[storage][journal]") {
  const auto archive = told_archive();
  SECTION("a line changed") {
    JournalLine line = *decode_journal_line(stored_line(*archive, 3));
    line.detail = "something else";
    commit(*archive, [&](Change& change) { change.raw().put(Family::Meta, keys::journal_line(kBatch, 3), encode(line)); });
    const auto found = faults(*archive);
    REQUIRE(found.size() == 1);
    CHECK(found[0].find("chain breaks at line 4") != std::string::npos);
  }
  SECTION("the last line changed") {
    JournalLine line = *decode_journal_line(stored_line(*archive, 4));
    line.at = 7;
    commit(*archive, [&](Change& change) { change.raw().put(Family::Meta, keys::journal_line(kBatch, 4), encode(line)); });
    REQUIRE(faults(*archive).size() == 1);
    CHECK(faults(*archive)[0].find("another hash") != std::string::npos);
  }
  SECTION("a line in the middle lost") {
    commit(*archive, [&](Change& change) { change.raw().erase(Family::Meta, keys::journal_line(kBatch, 2)); });
    CHECK_FALSE(faults(*archive).empty());
  }
  SECTION("the last line lost") {
    commit(*archive, [&](Change& change) { change.raw().erase(Family::Meta, keys::journal_line(kBatch, 4)); });
    bool named = false;
    for (const std::string& fault : faults(*archive)) named = named || fault.find("ends at line 3") != std::string::npos;
    CHECK(named);
  }
  SECTION("all of it lost") {
    commit(*archive, [&](Change& change) {
      for (int i = 1; i <= 4; ++i) change.raw().erase(Family::Meta, keys::journal_line(kBatch, i));
    });
    CHECK(faults(*archive).size() == 1);
  }
  SECTION("a line added behind the batch's back") {
    JournalLine line = *decode_journal_line(stored_line(*archive, 4));
    line.number = 5;
    line.previous = sha256(stored_line(*archive, 4));
    line.event = JournalEvent::Released;
    commit(*archive, [&](Change& change) { change.raw().put(Family::Meta, keys::journal_line(kBatch, 5), encode(line)); });
    REQUIRE(faults(*archive).size() == 1);
    CHECK(faults(*archive)[0].find("ends at line 5") != std::string::npos);
  }
  SECTION("two lines exchanged") {
    const std::string second = stored_line(*archive, 2), third = stored_line(*archive, 3);
    commit(*archive, [&](Change& change) {
      change.raw().put(Family::Meta, keys::journal_line(kBatch, 2), third);
      change.raw().put(Family::Meta, keys::journal_line(kBatch, 3), second);
    });
    CHECK(faults(*archive).size() >= 2);
  }
}

TEST_CASE("a page that nobody told of, and a told page that is gone, are named", "[storage][journal]") {
  const auto archive = told_archive();
  SECTION("slipped in") {
    Page page = **archive->read()->page({3});
    page.id = {9};
    commit(*archive, [&](Change& change) { change.put(page); });
    REQUIRE(faults(*archive).size() == 1);
    CHECK(faults(*archive)[0].find("no line tells of page P00000009") != std::string::npos);
  }
  SECTION("gone") {
    commit(*archive, [&](Change& change) {
      change.raw().erase(Family::Page, keys::page({2}));
      change.raw().erase(Family::Page, keys::batch_page(kBatch, {2}));
    });
    REQUIRE(faults(*archive).size() == 1);
    CHECK(faults(*archive)[0].find("P00000002, which is not there") != std::string::npos);
  }
  SECTION("its original exchanged") {
    Page page = **archive->read()->page({2});
    page.original.blob = (**archive->read()->page({3})).original.blob;
    commit(*archive, [&](Change& change) { change.put(page); });
    REQUIRE(faults(*archive).size() == 1);
    CHECK(faults(*archive)[0].find("another now") != std::string::npos);
  }
}

TEST_CASE("pages come in their batch's order, whatever their ids", "[storage][records]") {
  const auto archive = told_archive();
  Page late = **archive->read()->page({3});
  late.id = {4};
  late.sequence = 2;
  Page second = **archive->read()->page({2}), third = **archive->read()->page({3});
  second.sequence = 3;
  third.sequence = 4;
  commit(*archive, [&](Change& change) {
    change.put(late);
    change.put(second);
    change.put(third);
  });
  CHECK(order(*archive) == std::vector<PageId>{{1}, {4}, {2}, {3}});
}

TEST_CASE("rows of format 1 keep the order of their ids beside later ones", "[storage][records][compat]") {
  const auto archive = told_archive();
  Page last = **archive->read()->page({3});
  last.id = {4};
  last.sequence = 4;
  commit(*archive, [&](Change& change) {
    for (std::uint64_t id = 1; id <= 3; ++id) change.raw().put(Family::Page, keys::batch_page(kBatch, {id}), "r");
    change.put(last);
  });
  CHECK(order(*archive) == std::vector<PageId>{{1}, {2}, {3}, {4}});
  const Ledger ledger = *archive->read()->ledger(**archive->read()->batch(kBatch));
  CHECK(ledger.waiting == 4);
}
