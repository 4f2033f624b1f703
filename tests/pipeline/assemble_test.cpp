// Closing a batch: what is filed by itself and what waits.
#include "pipeline/assemble.h"

#include <catch2/catch.hpp>

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
