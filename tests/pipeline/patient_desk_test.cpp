// Patients as a registration system tells of them, and charts that merge and part.
#include "pipeline/patient_desk.h"

#include <catch2/catch.hpp>
#include <map>

#include "charts/overlays.h"
#include "charts/patient_index.h"
#include "indexer/index.h"
#include "indexer/search.h"

using namespace chartscan;
using pipeline::PatientDesk;

namespace {

Patient patient(const char* mrn, const char* family, const char* given, Date dob = {1961, 2, 3}) {
  Patient p;
  p.mrn = mrn, p.family = family, p.given = given, p.dob = dob;
  return p;
}

PatientEvent told(PatientEventKind kind, Patient who) {
  PatientEvent event;
  event.kind = kind;
  event.patient = std::move(who);
  return event;
}

PatientEvent merge(const char* from, const char* into) {
  PatientEvent event = told(PatientEventKind::Merge, {});
  event.patient.mrn = into;
  event.prior_mrn = from;
  event.trigger = "A40";
  return event;
}

FeedLine line(const char* control) {
  FeedLine log;
  log.control_id = control, log.answer = "AA", log.from = "ADT GH";
  return log;
}

struct Hospital {
  std::unique_ptr<storage::Archive> archive = storage::Archive::in_memory();
  FixedClock clock{1'795'000'000};
  PatientDesk desk{*archive, clock};

  Status take(const PatientEvent& event, const char* control = "M") { return desk.apply(event, line(control)); }
  void must(const PatientEvent& event) {
    const Status done = take(event);
    INFO((done.ok() ? "" : to_string(done.error())));
    REQUIRE(done.ok());
  }
  std::optional<Patient> by_mrn(const char* mrn) { return charts::PatientIndex(archive->read().value()).by_mrn(mrn).value(); }
  std::vector<DocumentId> chart(const char* mrn) { return archive->read().value().chart(mrn).value(); }
  int found(const std::string& query) { return indexer::search(archive->read().value(), query, {}).value().total; }

  void file(std::uint64_t id, const char* mrn) {
    storage::Change change;
    Page page;
    page.id = PageId{id};
    page.batch = BatchId{1};
    page.document = DocumentId{id};
    Document document;
    document.id = DocumentId{id};
    document.batch = BatchId{1};
    document.pages = {page.id};
    document.link = {LinkStatus::Auto, mrn, 1, {}, {}};
    document.filed = true;
    change.put(page);
    change.put(page.id, PageText{});
    indexer::index_page(change, page, {});
    change.put(document);
    change.file(mrn, document.id);
    indexer::index_document(change, nullptr, document);
    REQUIRE(archive->commit(change).ok());
  }

  // Every row but the traces that are kept on purpose.
  std::map<std::string, std::string> rows() {
    std::map<std::string, std::string> all;
    const storage::Records records = archive->read().value();
    for (const storage::Family family : {storage::Family::Patient, storage::Family::Chart, storage::Family::Document, storage::Family::Page})
      REQUIRE(records.view().scan(family, {}, [&](std::string_view key, std::string_view value) {
        return all[std::string(to_string(family)) + "/" + std::string(key)] = value, true;
      }).ok());
    return all;
  }
};

}  // namespace

TEST_CASE("a patient is added, changed field by field, and keeps what is not told", "[pipeline][patients]") {
  Hospital hospital;
  Patient ann = patient("00123", "Doe", "Ann");
  ann.phone = "555-1234";
  hospital.must(told(PatientEventKind::Register, ann));
  Patient moved = patient("00123", "", "");
  moved.dob = {};
  moved.city = "Boston";
  hospital.must(told(PatientEventKind::Update, moved));
  CHECK(hospital.by_mrn("00123")->city == "Boston");
  CHECK(hospital.by_mrn("00123")->phone == "555-1234");
  PatientEvent erased = told(PatientEventKind::Update, moved);
  erased.erased = {&Patient::phone};
  hospital.must(erased);
  CHECK(hospital.by_mrn("00123")->phone.empty());
  hospital.must(told(PatientEventKind::Update, patient("00123", "Miller", "Ann")));
  CHECK(hospital.by_mrn("00123")->family == "Miller");
  CHECK(hospital.by_mrn("00123")->maiden == "Doe");
}

TEST_CASE("a number that is another person's is refused, a correction is not", "[pipeline][patients]") {
  Hospital hospital;
  hospital.must(told(PatientEventKind::Register, patient("1", "Unknown", "Male", {1900, 1, 1})));
  hospital.must(told(PatientEventKind::Update, patient("1", "Stone", "Peter", {1950, 5, 5})));  // nothing is filed yet: he was identified
  hospital.file(1, "1");
  const Patient before = *hospital.by_mrn("1");
  for (const PatientEventKind kind : {PatientEventKind::Register, PatientEventKind::Update}) {
    const Status refused = hospital.take(told(kind, patient("1", "Doe", "Ann", {1961, 2, 3})));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::Conflict);
    CHECK(refused.error().message.find("Stone") == std::string::npos);
  }
  CHECK(*hospital.by_mrn("1") == before);
  hospital.must(told(PatientEventKind::Update, patient("1", "Stone", "Pete", {1950, 5, 6})));
}

TEST_CASE("another name and birth date told for a chart with documents is noted as an overlay, taken or refused", "[pipeline][patients]") {
  Hospital hospital;
  const auto listed = [&] { return charts::possible_overlays(hospital.archive->read().value(), 10).value().overlays.size(); };
  hospital.must(told(PatientEventKind::Register, patient("1", "Unknown", "Male", {1900, 1, 1})));
  hospital.must(told(PatientEventKind::Update, patient("1", "Stone", "Peter", {1950, 5, 5})));
  CHECK(listed() == 0);  // nothing was filed: he was identified
  hospital.file(1, "1");
  hospital.must(told(PatientEventKind::Update, patient("1", "Stone", "Pete", {1950, 5, 5})));
  CHECK(listed() == 0);
  hospital.must(told(PatientEventKind::Update, patient("1", "Stone", "Walter", {1922, 8, 9})));
  CHECK(listed() == 1);
  REQUIRE(charts::settle_overlay(*hospital.archive, "1").ok());
  FeedLine refused;
  refused.mrn = "1";
  refused.answer = "AE";
  refused.reason = hospital.take(told(PatientEventKind::Update, patient("1", "Doe", "Ann", {1961, 2, 3}))).error().message;
  REQUIRE(hospital.desk.refuse(refused).ok());
  CHECK(listed() == 1);
}

TEST_CASE("visits open, close, open again and are taken back", "[pipeline][patients]") {
  Hospital hospital;
  const auto visit = [&](PatientEventKind kind, Date admitted, Date discharged) {
    PatientEvent event = told(kind, patient("1", "Doe", "Ann"));
    event.encounter = Encounter{"1", "V7", "I", "", "", admitted, discharged, false};
    hospital.must(event);
    return hospital.archive->read().value().encounter("1", "V7").value().value();
  };
  CHECK(visit(PatientEventKind::Register, {2026, 11, 20}, {}).admitted == Date{2026, 11, 20});
  CHECK(visit(PatientEventKind::Discharge, {}, {2026, 11, 22}).discharged == Date{2026, 11, 22});
  CHECK(visit(PatientEventKind::Update, {}, {}).discharged == Date{2026, 11, 22});
  CHECK_FALSE(visit(PatientEventKind::CancelDischarge, {}, {}).discharged);
  CHECK(visit(PatientEventKind::CancelVisit, {}, {}).cancelled);
  CHECK_FALSE(hospital.take(told(PatientEventKind::Discharge, patient("1", "Doe", "Ann"))).ok());  // of which visit?
}

TEST_CASE("a merge moves documents, visits and the number, and taking it back leaves every row as it was", "[pipeline][patients]") {
  Hospital hospital;
  hospital.must(told(PatientEventKind::Register, patient("A1", "Doe", "Ann")));
  PatientEvent admitted = told(PatientEventKind::Register, patient("B2", "Doe", "Anne"));
  admitted.encounter = Encounter{"B2", "V7", "I", "", "", {2026, 11, 20}, {}, false};
  hospital.must(admitted);
  hospital.file(1, "A1");
  hospital.file(2, "B2");
  hospital.file(3, "B2");
  const auto before = hospital.rows();

  hospital.must(merge("B2", "A1"));
  CHECK(hospital.chart("A1") == std::vector{DocumentId{1}, DocumentId{2}, DocumentId{3}});
  CHECK(hospital.chart("B2").empty());
  CHECK(hospital.by_mrn("B2")->mrn == "A1");
  CHECK(hospital.found("mrn:A1") == 3);
  CHECK(hospital.found("mrn:B2") == 0);
  CHECK(hospital.archive->read().value().encounters("A1").value().size() == 1);
  const auto merged = hospital.rows();
  hospital.must(merge("B2", "A1"));  // told again
  CHECK(hospital.rows() == merged);
  CHECK_FALSE(hospital.take(told(PatientEventKind::Update, patient("B2", "Doe", "Anne"))).ok());

  const auto undone = hospital.desk.unmerge("B2", "clerk");
  REQUIRE(undone.ok());
  CHECK(undone->undone_by == "clerk");
  CHECK(hospital.rows() == before);
  CHECK(hospital.found("mrn:A1") == 1);
  CHECK(hospital.found("mrn:B2") == 2);
  CHECK_FALSE(hospital.desk.unmerge("B2", "clerk").ok());
}

TEST_CASE("merges chain, and part in the order they came", "[pipeline][patients]") {
  Hospital hospital;
  for (const char* mrn : {"A1", "B2", "C3"}) hospital.must(told(PatientEventKind::Register, patient(mrn, "Doe", "Ann")));
  hospital.file(1, "A1");
  const auto before = hospital.rows();
  hospital.must(merge("A1", "B2"));
  hospital.must(merge("B2", "C3"));
  CHECK(hospital.by_mrn("A1")->mrn == "C3");
  CHECK(hospital.chart("C3").size() == 1);
  CHECK_FALSE(hospital.desk.unmerge("A1", "clerk").ok());
  CHECK_FALSE(hospital.take(merge("C3", "A1")).ok());  // a circle
  REQUIRE(hospital.desk.unmerge("B2", "clerk").ok());
  REQUIRE(hospital.desk.unmerge("A1", "clerk").ok());
  CHECK(hospital.rows() == before);
}

TEST_CASE("a document that a person moved after the merge stays where it was put", "[pipeline][patients]") {
  Hospital hospital;
  for (const char* mrn : {"A1", "B2", "C3"}) hospital.must(told(PatientEventKind::Register, patient(mrn, "Doe", "Ann")));
  hospital.file(1, "B2");
  hospital.must(merge("B2", "A1"));
  REQUIRE(hospital.archive->update([](const storage::Records& records, storage::Change& change) -> Status {
    Document document = records.document(DocumentId{1}).value().value();
    document.link.mrn = "C3";
    change.put(document);
    change.unfile("A1", document.id);
    change.file("C3", document.id);
    return {};
  }).ok());
  REQUIRE(hospital.desk.unmerge("B2", "clerk").ok());
  CHECK(hospital.chart("C3").size() == 1);
  CHECK(hospital.chart("B2").empty());
}

TEST_CASE("every message stands in the log in the order it came, taken or not", "[pipeline][patients]") {
  Hospital hospital;
  hospital.must(told(PatientEventKind::Register, patient("1", "Doe", "Ann")));
  FeedLine refused = line("BAD");
  refused.answer = "AE";
  REQUIRE(hospital.desk.refuse(refused).ok());
  std::vector<FeedLine> lines;
  REQUIRE(hospital.archive->read().value().feed_lines(1, [&](FeedLine one) { return lines.push_back(std::move(one)), true; }).ok());
  REQUIRE(lines.size() == 2);
  CHECK((lines[0].number == 1 && lines[0].at == 1'795'000'000 && lines[0].answer == "AA"));
  CHECK((lines[1].number == 2 && lines[1].control_id == "BAD" && lines[1].answer == "AE"));
}
