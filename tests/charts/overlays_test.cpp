#include "charts/overlays.h"

#include <catch2/catch.hpp>

#include "charts/patient_index.h"

using namespace chartscan;
using namespace chartscan::charts;

namespace {

Patient patient(std::string mrn, std::string family, std::string given, Date dob) {
  Patient p;
  p.mrn = std::move(mrn);
  p.family = std::move(family);
  p.given = std::move(given);
  p.dob = dob;
  return p;
}

class Hospital {
 public:
  Hospital() {
    storage::Change change;
    put_patient(change, patient("4410982", "Doe", "Ann", {1961, 2, 3}));
    put_patient(change, patient("4410928", "Stone", "Peter", {1948, 7, 19}));
    REQUIRE(archive->commit(change).ok());
  }

  void file(std::uint64_t id, const char* mrn, const char* name, const char* dob) {
    Page page;
    page.id = PageId{id};
    if (name) page.fields.push_back({FieldKind::PatientName, name, {}, 0.95, "label"});
    if (dob) page.fields.push_back({FieldKind::BirthDate, dob, {}, 0.95, "label"});
    Document document;
    document.id = DocumentId{id};
    document.pages = {page.id};
    document.link.status = LinkStatus::Person;
    document.link.mrn = mrn;
    storage::Change change;
    change.put(page);
    change.put(document);
    REQUIRE(archive->commit(change).ok());
  }

  OverlayReport overlays() {
    auto report = possible_overlays(archive->read().value(), 100);
    REQUIRE(report.ok());
    return std::move(report).value();
  }

  std::unique_ptr<storage::Archive> archive = storage::Archive::in_memory();
};

}  // namespace

TEST_CASE("a chart whose documents name somebody else is listed with the documents, and no value is told", "[charts][overlays]") {
  Hospital hospital;
  hospital.file(1, "4410982", "DOE, ANN", "1961-02-03");
  hospital.file(2, "4410982", "ROE, WALTER", "1935-10-28");
  hospital.file(3, "4410982", "ROE, ANN", "1961-02-03");     // she married
  hospital.file(4, "4410982", "DOE, ANN", "1961-02-08");     // misread
  hospital.file(5, "4410928", nullptr, "1935-10-28");        // a date alone says too little
  const OverlayReport report = hospital.overlays();
  CHECK(report.documents == 5);
  REQUIRE(report.overlays.size() == 1);
  CHECK(report.overlays[0].mrn == "4410982");
  CHECK(report.overlays[0].documents == std::vector<DocumentId>{DocumentId{2}});
  REQUIRE(report.overlays[0].reasons.size() == 1);
  CHECK(report.overlays[0].reasons[0].find("ROE") == std::string::npos);
  CHECK(report.overlays[0].reasons[0].find("D00000002") != std::string::npos);
}

TEST_CASE("documents that are not to be seen say nothing of their chart", "[charts][overlays]") {
  Hospital hospital;
  hospital.file(1, "4410982", "DOE, ANN", "1961-02-03");
  hospital.file(2, "4410982", "ROE, WALTER", "1935-10-28");
  Document document = hospital.archive->read().value().document(DocumentId{2}).value().value();
  document.type = "psychotherapy_note";
  storage::Change change;
  change.put(document);
  REQUIRE(hospital.archive->commit(change).ok());
  CHECK(hospital.overlays().overlays.size() == 1);
  const auto report = possible_overlays(hospital.archive->read().value(), 100, {"psychotherapy_note"});
  REQUIRE(report.ok());
  CHECK(report->overlays.empty());
  CHECK(report->documents == 1);
}

TEST_CASE("what a register told otherwise is kept until a person settles it", "[charts][overlays]") {
  CHECK(is_told_otherwise(patient("1", "Doe", "Ann", {1961, 2, 3}), patient("1", "Roe", "Ann", {1935, 10, 28})));
  CHECK_FALSE(is_told_otherwise(patient("1", "Doe", "Ann", {1961, 2, 3}), patient("1", "Roe", "Ann", {1961, 2, 3})));
  CHECK_FALSE(is_told_otherwise(patient("1", "Doe", "Ann", {1961, 2, 3}), patient("1", "", "", {1935, 10, 28})));

  Hospital hospital;
  for (int again = 0; again < 2; ++again) {
    storage::Change change;
    note_overlay(change, "4410928", "ADT^A08 message 17, refused,");
    note_overlay(change, "44109280", "ADT^A08 message 18");
    REQUIRE(hospital.archive->commit(change).ok());
  }
  REQUIRE(hospital.overlays().overlays.size() == 2);
  CHECK(hospital.overlays().overlays[0].reasons.size() == 1);
  REQUIRE(settle_overlay(*hospital.archive, "4410928").ok());
  REQUIRE(hospital.overlays().overlays.size() == 1);
  CHECK(hospital.overlays().overlays[0].mrn == "44109280");
}
