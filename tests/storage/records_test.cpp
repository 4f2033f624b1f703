// The typed rows, over the archive in memory and the archive on disk.
#include <catch2/catch.hpp>

#include "storage/archive.h"
#include "storage/keys.h"
#include "tests/storage/examples.h"
#include "tests/storage/on_disk.h"

using namespace chartscan;
using namespace chartscan::storage;

namespace {

void commit(Archive& archive, const Change& change) { REQUIRE(archive.commit(change).ok()); }

Records read(Archive& archive) {
  Result<Records> records = archive.read();
  REQUIRE(records.ok());
  return *records;
}

Page page_in(std::uint64_t id, std::uint64_t batch, PageState state) {
  Page page = examples::page(id, batch);
  page.state = state;
  return page;
}

template <typename Visit>
std::vector<std::uint64_t> ids(Visit visit_all) {
  std::vector<std::uint64_t> found;
  REQUIRE(visit_all([&](const auto& record) { return found.push_back(record.id.value), true; }).ok());
  return found;
}

}  // namespace

TEST_CASE("an empty archive has nothing in it and numbers from one", "[storage][records]") {
  for (auto& room : archives()) {
    const Records records = read(*room.archive);
    CHECK_FALSE(records.page({1})->has_value());
    CHECK_FALSE(records.text({1})->has_value());
    CHECK_FALSE(records.batch({1})->has_value());
    CHECK_FALSE(records.document({1})->has_value());
    CHECK_FALSE(records.patient("1")->has_value());
    CHECK(records.batches()->empty());
    CHECK(records.chart("1")->empty());
    CHECK(*records.next_page() == PageId{1});
    CHECK(*records.next_batch() == BatchId{1});
  }
}

TEST_CASE("pages come back by id, by batch and all together, in feeding order", "[storage][records]") {
  for (auto& room : archives()) {
    Change change;
    change.put(examples::batch(1));
    change.put(examples::batch(2));
    for (const std::uint64_t id : {300, 2, 256, 1}) change.put(examples::page(id, 1));
    change.put(examples::page(255, 2));
    change.put(PageId{2}, examples::text());
    commit(*room.archive, change);

    const Records records = read(*room.archive);
    CHECK(ids([&](auto visit) { return records.pages_of({1}, visit); }) == std::vector<std::uint64_t>{1, 2, 256, 300});
    CHECK(ids([&](auto visit) { return records.pages_of({2}, visit); }) == std::vector<std::uint64_t>{255});
    CHECK(ids([&](auto visit) { return records.pages(visit); }) == std::vector<std::uint64_t>{1, 2, 255, 256, 300});
    CHECK((*records.page({256}))->batch == BatchId{1});
    CHECK((*records.text({2}))->text() == examples::text().text());
    CHECK(*records.next_page() == PageId{301});
    CHECK(*records.next_batch() == BatchId{3});
    CHECK(records.batches()->size() == 2);
    int seen = 0;
    REQUIRE(records.pages_of({1}, [&](const Page&) { return ++seen < 2; }).ok());
    CHECK(seen == 2);
  }
}

TEST_CASE("the ledger counts pages by state and refused items as fed and rejected", "[storage][records]") {
  for (auto& room : archives()) {
    Batch batch = examples::batch(1);  // one refused item
    batch.sides_fed = 10;
    Change change;
    change.put(batch);
    std::uint64_t id = 0;
    for (const PageState state : {PageState::Received, PageState::Processed, PageState::Filed, PageState::Filed, PageState::Review,
                                  PageState::Separator, PageState::BlankAside, PageState::Superseded, PageState::Rejected})
      change.put(page_in(++id, 1, state));
    change.put(page_in(100, 2, PageState::Filed));  // another batch
    commit(*room.archive, change);

    const Ledger ledger = *read(*room.archive).ledger(batch);
    CHECK(ledger == Ledger{.fed = 10, .filed = 2, .separators = 1, .blanks = 1, .review = 1, .rejected = 2, .superseded = 1, .waiting = 2});
    CHECK_FALSE(ledger.balances());

    Change closing;
    closing.put(page_in(1, 1, PageState::Filed));
    closing.put(page_in(2, 1, PageState::Review));
    commit(*room.archive, closing);
    CHECK(read(*room.archive).ledger(batch)->balances());
  }
}

TEST_CASE("a chart is the documents filed under it, and no other chart's", "[storage][records]") {
  for (auto& room : archives()) {
    const std::string tricky("1\0\0\0\0\0\0\0\1", 9);  // would run into the document number of chart "1" without a length
    Change change;
    change.file("1", {7});
    change.file("1", {3});
    change.file("12", {4});
    change.file(tricky, {5});
    change.file("", {6});
    commit(*room.archive, change);
    const Records records = read(*room.archive);
    CHECK(*records.chart("1") == std::vector<DocumentId>{{3}, {7}});
    CHECK(*records.chart("12") == std::vector<DocumentId>{{4}});
    CHECK(*records.chart(tricky) == std::vector<DocumentId>{{5}});
    CHECK(*records.chart("") == std::vector<DocumentId>{{6}});

    Change refiling;
    refiling.unfile("1", {7});
    refiling.file("12", {7});
    commit(*room.archive, refiling);
    CHECK(*read(*room.archive).chart("1") == std::vector<DocumentId>{{3}});
    CHECK(*read(*room.archive).chart("12") == std::vector<DocumentId>{{4}, {7}});
    CHECK(*records.chart("1") == std::vector<DocumentId>{{3}, {7}});  // the older view did not move
  }
}

TEST_CASE("documents and patients come back, and are gone when erased", "[storage][records]") {
  for (auto& room : archives()) {
    Change change;
    change.put(examples::document(9, 1));
    change.put(examples::document(2, 1));
    change.put(examples::patient("B"));
    change.put(examples::patient("A"));
    change.raw().put(Family::Patient, keys::patient_block('f', "T223", "A"), "");  // blocking rows are no patients
    commit(*room.archive, change);
    const Records records = read(*room.archive);
    CHECK(ids([&](auto visit) { return records.documents(visit); }) == std::vector<std::uint64_t>{2, 9});
    std::string mrns;
    REQUIRE(records.patients([&](const Patient& patient) { return mrns += patient.mrn, true; }).ok());
    CHECK(mrns == "AB");
    CHECK(**records.patient("A") == examples::patient("A"));

    Change removal;
    removal.erase(DocumentId{9});
    commit(*room.archive, removal);
    CHECK_FALSE(read(*room.archive).document({9})->has_value());
    CHECK(records.document({9})->has_value());
  }
}

TEST_CASE("later entries of one change win", "[storage][records]") {
  for (auto& room : archives()) {
    Change change;
    change.file("1", {7});
    change.unfile("1", {7});
    change.put(page_in(1, 1, PageState::Received));
    change.put(page_in(1, 1, PageState::Filed));
    commit(*room.archive, change);
    CHECK(read(*room.archive).chart("1")->empty());
    CHECK((*read(*room.archive).page({1}))->state == PageState::Filed);
  }
}

TEST_CASE("a damaged row is an integrity error that names the row", "[storage][records]") {
  for (auto& room : archives()) {
    Change change;
    change.put(examples::page(5, 1));
    change.raw().put(Family::Page, keys::page({5}), "\x01rubbish");
    change.raw().put(Family::Page, keys::batch_page({1}, {6}), "f");  // beside a page that is not there
    commit(*room.archive, change);
    const Records records = read(*room.archive);
    const auto page = records.page({5});
    REQUIRE_FALSE(page.ok());
    CHECK(page.error().code == ErrorCode::Integrity);
    CHECK(to_string(page.error()).find("P00000005") != std::string::npos);
    CHECK(records.pages([](const Page&) { return true; }).error().code == ErrorCode::Integrity);
    CHECK(records.pages_of({1}, [](const Page&) { return true; }).error().code == ErrorCode::Integrity);

    Change second;
    second.put(examples::page(5, 1));
    commit(*room.archive, second);
    const Status missing = read(*room.archive).pages_of({1}, [](const Page&) { return true; });
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().message.find("P00000006") != std::string::npos);
  }
}

TEST_CASE("keys sort as numbers do and come back from their bytes", "[storage][keys]") {
  CHECK(keys::page({255}) < keys::page({256}));
  CHECK(keys::batch_page({1}, {1000}) < keys::batch_page({2}, {1}));
  CHECK(keys::page_of(keys::page({0xfedcba9876543210u}))->value == 0xfedcba9876543210u);
  CHECK(keys::page_of_batch(keys::batch_page({3}, {4})) == PageId{4});
  CHECK(keys::batch_of_page(keys::batch_page({3}, {4})) == BatchId{3});
  CHECK_FALSE(keys::page_of("p123"));
  const Hash hash = sha256(std::string_view("abc"));
  CHECK(hash == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(keys::hash_of_blob(*keys::blob(hash)) == hash);
  CHECK_FALSE(keys::blob("no hash"));
  CHECK(keys::place_of(keys::packed(3, 77))->offset == 77);
  CHECK(keys::mrn_of_patient_block(keys::patient_block('n', "SMITH", "MRN 1")) == "MRN 1");
  CHECK_FALSE(keys::mrn_of_patient_block("bn"));
  // One value is never the beginning of another.
  CHECK_FALSE(keys::patient_block('n', "SMITHSON", "1").starts_with(keys::patient_blocks('n', "SMITH")));
}
