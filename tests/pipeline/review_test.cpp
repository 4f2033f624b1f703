// A person's word on documents.
#include "pipeline/review.h"

#include <catch2/catch.hpp>
#include <map>

#include "charts/patient_index.h"
#include "indexer/index.h"
#include "indexer/search.h"
#include "pipeline/assemble.h"
#include "storage/journal_check.h"

using namespace chartscan;
using pipeline::ReviewDesk;

namespace {

Patient patient(const char* mrn, const char* family) {
  Patient p;
  p.mrn = mrn, p.family = family, p.given = "Ann", p.dob = {1961, 2, 3};
  return p;
}

struct Desk {
  std::unique_ptr<storage::Archive> archive = storage::Archive::in_memory();
  FixedClock clock{1'795'000'000};
  ReviewDesk desk{*archive, clock, "clerk"};

  // A document of two pages that waits: its patient is proposed, its type unsure.
  Desk() {
    storage::Change change;
    Batch batch;
    batch.id = BatchId{1};
    batch.state = BatchState::Closed;
    for (const auto& p : {patient("A1", "Doe"), patient("B2", "Stone")}) charts::put_patient(change, p);
    Document document;
    document.id = DocumentId{1};
    document.batch = batch.id;
    document.pages = {PageId{1}, PageId{2}};
    document.type = "lab_report";
    document.type_confidence = 0.5;
    document.link = {LinkStatus::Review, "A1", 0.6, {{"mrn", Agreement::Close, 2, "one digit"}}, {{"A1", 0.6, {}}, {"B2", 0.3, {{"name", Agreement::Agrees, 8, "same"}}}}};
    document.findings = {{finding::kTypeUnsure, "two types", 0}, {finding::kPatientNearTie, "two patients", 0}, {finding::kUnsigned, "no ink", 0}};
    for (const PageId id : document.pages) {
      Page page;
      page.id = id, page.batch = batch.id, page.sequence = static_cast<int>(id.value), page.state = PageState::Review, page.document = document.id;
      change.put(page);
      change.put(id, PageText{});
      indexer::index_page(change, page, {});
    }
    change.put(document);
    indexer::index_document(change, nullptr, document);
    change.put(batch);
    REQUIRE(archive->commit(change).ok());
  }

  storage::Records records() { return archive->read().value(); }
  Document document() { return records().document(DocumentId{1}).value().value(); }
  int found(const std::string& query) { return indexer::search(records(), query, {}).value().total; }
  std::vector<JournalLine> journal() {
    std::vector<JournalLine> lines;
    REQUIRE(records().journal(BatchId{1}, [&](JournalLine line) { return lines.push_back(std::move(line)), true; }).ok());
    return lines;
  }
  std::map<std::string, std::string> rows() {
    std::map<std::string, std::string> all;
    const storage::Records now = records();
    for (const storage::Family family : {storage::Family::Chart, storage::Family::Document, storage::Family::Page})
      REQUIRE(now.view().scan(family, {}, [&](std::string_view key, std::string_view value) {
        return all[std::string(to_string(family)) + "/" + std::string(key)] = value, true;
      }).ok());
    return all;
  }
};

}  // namespace

TEST_CASE("accepting files the document where it was proposed, and every page with it", "[pipeline][review]") {
  Desk desk;
  REQUIRE(desk.desk.accept(DocumentId{1}).ok());
  const Document filed = desk.document();
  CHECK(filed.filed);
  CHECK(filed.link.status == LinkStatus::Person);
  CHECK(filed.link.mrn == "A1");
  CHECK(filed.decided_by == "clerk");
  CHECK(filed.findings == std::vector<Finding>{{finding::kUnsigned, "no ink", 0}});  // it says what the paper lacks, not what is unsure
  CHECK(desk.records().chart("A1").value() == std::vector{DocumentId{1}});
  CHECK(desk.records().page(PageId{2}).value()->state == PageState::Filed);
  CHECK(desk.found("mrn:A1") == 2);
  CHECK(desk.found("status:filed") == 2);
}

TEST_CASE("a correction moves the document, and undo brings back every row as it was", "[pipeline][review]") {
  Desk desk;
  const auto before = desk.rows();
  REQUIRE(desk.desk.accept(DocumentId{1}).ok());
  const auto accepted = desk.rows();
  REQUIRE(desk.desk.decide(DocumentId{1}, {"B2", "11488-4", Date{2026, 1, 2}}).ok());
  CHECK(desk.document().type == "consult_note");
  CHECK(desk.document().service_date == Date{2026, 1, 2});
  CHECK(desk.document().link.reasons.front().field == "name");
  CHECK(desk.records().chart("A1").value().empty());
  CHECK(desk.records().chart("B2").value().size() == 1);
  CHECK((desk.found("mrn:B2") == 2 && desk.found("mrn:A1") == 0 && desk.found("type:consult_note") == 2));
  REQUIRE(desk.desk.undo(DocumentId{1}).ok());
  CHECK(desk.rows() == accepted);
  REQUIRE(desk.desk.undo(DocumentId{1}).ok());
  CHECK(desk.rows() == before);
  CHECK((desk.found("mrn:B2") == 0 && desk.found("status:review") == 2));
  CHECK_FALSE(desk.desk.undo(DocumentId{1}).ok());
}

TEST_CASE("a document waits until patient and type are both settled", "[pipeline][review]") {
  Desk desk;
  REQUIRE(desk.desk.decide(DocumentId{1}, {.mrn = std::nullopt, .type = "consult_note", .service_date = std::nullopt}).ok());
  CHECK_FALSE(desk.document().filed);
  CHECK_FALSE(has_finding(desk.document().findings, finding::kTypeUnsure));
  REQUIRE(desk.desk.decide(DocumentId{1}, {.mrn = "B2", .type = std::nullopt, .service_date = std::nullopt}).ok());
  CHECK(desk.document().filed);
  CHECK(desk.document().type == "consult_note");
}

TEST_CASE("what nobody proposed cannot be accepted, and nobody unknown can be named", "[pipeline][review]") {
  Desk desk;
  CHECK(desk.desk.decide(DocumentId{1}, {"ZZ", std::nullopt, std::nullopt}).error().code == ErrorCode::NotFound);
  CHECK(desk.desk.decide(DocumentId{1}, {std::nullopt, "no_such_type", std::nullopt}).error().code == ErrorCode::NotFound);
  CHECK(desk.desk.accept(DocumentId{9}).error().code == ErrorCode::NotFound);
  REQUIRE(desk.archive->update([](const storage::Records& records, storage::Change& change) -> Status {
    Document document = records.document(DocumentId{1}).value().value();
    document.link = {};
    change.put(document);
    return {};
  }).ok());
  CHECK(desk.desk.accept(DocumentId{1}).error().code == ErrorCode::Conflict);
  CHECK(desk.journal().empty());
}

TEST_CASE("a merged-away number files with the survivor", "[pipeline][review]") {
  Desk desk;
  storage::Change change;
  charts::erase_patient(change, patient("A1", "Doe"));
  charts::put_alias(change, "A1", "B2");
  REQUIRE(desk.archive->commit(change).ok());
  REQUIRE(desk.desk.accept(DocumentId{1}).ok());
  CHECK(desk.document().link.mrn == "B2");
}

TEST_CASE("every word is a line of the batch's journal, with the document before it, in an unbroken chain", "[pipeline][review]") {
  Desk desk;
  REQUIRE(desk.desk.accept(DocumentId{1}).ok());
  REQUIRE(desk.desk.undo(DocumentId{1}).ok());
  const auto lines = desk.journal();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].event == JournalEvent::Decided);
  CHECK(lines[0].who == "clerk");
  CHECK(lines[0].documents.front().link.mrn == "A1");
  CHECK(lines[0].documents.front().link.status == LinkStatus::Review);
  CHECK(lines[1].undoes == 1);
  std::vector<std::string> faults;
  REQUIRE(storage::check_journal(desk.records(), desk.records().batch(BatchId{1}).value().value(), [&](const std::string& fault) { faults.push_back(fault); }).ok());
  for (const std::string& fault : faults) CHECK(fault.find("chain") == std::string::npos);
}

TEST_CASE("a person's word outlives the making anew of the batch's documents", "[pipeline][review]") {
  Desk desk;
  REQUIRE(desk.desk.decide(DocumentId{1}, {"B2", "consult_note", std::nullopt}).ok());
  REQUIRE(desk.archive->update([&](const storage::Records& records, storage::Change& change) -> Status {
    Batch batch = records.batch(BatchId{1}).value().value();
    std::vector<Page> pages;
    TRY_STATUS(records.pages_of(batch.id, [&](Page page) { return pages.push_back(std::move(page)), true; }));
    TRY_STATUS(pipeline::assemble_batch(records, change, batch, pages, desk.clock));
    change.put(batch);
    return {};
  }).ok());
  CHECK(desk.document().link.mrn == "B2");
  CHECK(desk.document().type == "consult_note");
  CHECK(desk.document().filed);
}
