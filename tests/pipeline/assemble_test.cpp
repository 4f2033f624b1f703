// Closing a batch: what is filed by itself and what waits.
#include "pipeline/assemble.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "charts/patient_index.h"

using namespace chartscan;

namespace {

Patient patient(const char* mrn, const char* family, const char* given) {
  Patient p;
  p.mrn = mrn;
  p.family = family;
  p.given = given;
  p.dob = {1961, 2, 3};
  return p;
}

Page page(std::uint64_t id, const char* mrn, const char* name, const char* number, const char* type) {
  Page p;
  p.id = PageId{id};
  p.batch = BatchId{1};
  p.sequence = static_cast<int>(id);
  p.state = PageState::Processed;
  p.types = {{type, 0.99}};
  p.quality = {.text_confidence = 0.95, .words = 120};
  for (const auto& [kind, value] : {std::pair{FieldKind::Mrn, mrn}, {FieldKind::PatientName, name}, {FieldKind::PageNumber, number}})
    p.fields.push_back({kind, value, {}, 0.95, "label"});
  return p;
}

}  // namespace

TEST_CASE("a sheet of another patient between the pages of a consultation waits, although it names its patient well", "[pipeline][assemble]") {
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  charts::put_patient(change, patient("4410982", "Doe", "Ann"));
  charts::put_patient(change, patient("7783051", "Stone", "Petra"));
  Batch batch;
  batch.id = BatchId{1};
  change.put(batch);
  change.put(page(1, "4410982", "DOE, ANN", "1/2", "consult_note"));
  change.put(page(2, "7783051", "STONE, PETRA", "1/1", "lab_report"));
  change.put(page(3, "4410982", "DOE, ANN", "2/2", "consult_note"));
  REQUIRE(archive->commit(change).ok());

  REQUIRE(pipeline::close_batch(*archive, batch.id, SystemClock()).ok());

  const storage::Records records = archive->read().value();
  const Document consultation = records.document(DocumentId{1}).value().value();
  CHECK(consultation.pages == std::vector{PageId{1}, PageId{3}});
  CHECK(consultation.filed);
  const Document stray = records.document(DocumentId{2}).value().value();
  CHECK(has_finding(stray.findings, finding::kForeignPage));
  CHECK(stray.link.status == LinkStatus::Review);
  CHECK(stray.link.mrn == "7783051");
  CHECK_FALSE(stray.filed);
  CHECK(records.page(PageId{2}).value()->state == PageState::Review);
}

TEST_CASE("paper that was scanned in an earlier batch is filed, marked, and shown once in the chart", "[pipeline][assemble]") {
  const auto archive = storage::Archive::in_memory();
  const auto scan = [&](std::uint64_t number, std::uint64_t fingerprint, const char* words) {
    storage::Change change;
    Batch batch;
    batch.id = BatchId{number};
    change.put(batch);
    Page one = page(number, "4410982", "DOE, ANN", "1/1", "consult_note");
    one.batch = batch.id;
    one.sequence = 1;
    one.fingerprint = fingerprint;
    PageText text;
    for (std::istringstream in(words); !in.eof();) in >> text.words.emplace_back().text;
    change.put(one);
    change.put(one.id, text);
    REQUIRE(archive->commit(change).ok());
    REQUIRE(pipeline::close_batch(*archive, batch.id, SystemClock()).ok());
    return archive->read().value().document(DocumentId{number}).value().value();
  };
  storage::Change patients;
  charts::put_patient(patients, patient("4410982", "Doe", "Ann"));
  REQUIRE(archive->commit(patients).ok());
  constexpr const char* kWords = "seen for review of headache since 12 weeks pressure 128 over 84 and no new complaint";

  CHECK_FALSE(scan(1, 0xF0F0F0F0F0F0F0F0, kWords).duplicate_of);
  const Document again = scan(2, 0xF0F0F0F0F0F0F0F1, kWords);
  CHECK(again.duplicate_of == DocumentId{1});
  CHECK(again.filed);
  CHECK(has_finding(again.findings, finding::kDuplicateDocument));
  CHECK_FALSE(scan(3, 0xF0F0F0F0F0F0F0F0, "seen for review of cough since 3 weeks pressure 140 over 95 and weight 81").duplicate_of);  // the same form, other words
  CHECK_FALSE(scan(4, 0x0F0F0F0F0F0F0F0F, kWords).duplicate_of);
  CHECK(scan(5, 0xF0F0F0F0F0F0F0F0, kWords).duplicate_of == DocumentId{1});  // never of a copy
}
