#include "charts/link.h"

#include <catch2/catch.hpp>

#include "charts/identify.h"

using namespace chartscan;
using namespace chartscan::charts;

namespace {

Patient patient(std::string mrn, std::string family, std::string given, std::string dob, std::string sex = "F", std::string suffix = "") {
  Patient p;
  p.mrn = std::move(mrn);
  p.family = std::move(family);
  p.given = std::move(given);
  p.suffix = std::move(suffix);
  p.dob = parse_iso_date(dob).value_or(Date{});
  p.sex = std::move(sex);
  return p;
}

struct Hospital {
  std::unique_ptr<storage::Archive> archive = storage::Archive::in_memory();
  Hospital() {
    storage::Change change;
    for (const Patient& p : {patient("4410982", "Doe", "Ann", "1961-02-03"), patient("4410928", "Stone", "Peter", "1948-07-19", "M"),
                             patient("5520001", "Rivers", "Emma", "1990-05-05"), patient("5520002", "Rivers", "Ella", "1990-05-05"),      // twins
                             patient("6630001", "Hill", "John", "1935-01-01", "M", "SR"), patient("6630007", "Hill", "John", "1960-04-04", "M", "JR"),
                             patient("7740001", "Brook", "Mary", "1970-06-06"), patient("7740009", "Brook", "Mary", "1970-06-06")})        // namesakes
      put_patient(change, p);
    REQUIRE(archive->commit(change).ok());
  }
  LinkDecision link(const std::vector<Page>& pages) const {
    auto decision = link_document(pages, PatientIndex(archive->read().value()));
    if (!decision) FAIL(to_string(decision.error()));
    return std::move(decision).value();
  }
};

struct Says {
  const char* mrn = nullptr;
  const char* name = nullptr;
  const char* dob = nullptr;
  const char* sex = nullptr;
  double confidence = 0.95;
};

Page page(std::uint64_t id, const Says& says) {
  Page p;
  p.id = PageId{id};
  p.quality = {.text_confidence = 0.95, .words = 120};
  const auto add = [&](FieldKind kind, const char* value) {
    if (value) p.fields.push_back({kind, value, {0, 0, 10, 10}, says.confidence, "label"});
  };
  add(FieldKind::Mrn, says.mrn);
  add(FieldKind::PatientName, says.name);
  add(FieldKind::BirthDate, says.dob);
  add(FieldKind::Sex, says.sex);
  return p;
}

LinkDecision link(const Says& says) { return Hospital().link({page(1, says)}); }
bool is_auto(const LinkDecision& decision, const char* mrn) { return decision.link.status == LinkStatus::Auto && decision.link.mrn == mrn; }
bool waits(const LinkDecision& decision, const char* code) {
  return decision.link.status != LinkStatus::Auto && has_finding(decision.findings, code);
}

}  // namespace

TEST_CASE("two agreeing identifiers link", "[charts][link]") {
  CHECK(is_auto(link({.mrn = "4410982", .name = "DOE, ANN", .dob = "1961-02-03"}), "4410982"));
  CHECK(is_auto(link({.mrn = "4410982", .name = "DOE, ANN"}), "4410982"));
  CHECK(is_auto(link({.mrn = "4410982", .dob = "1961-02-03"}), "4410982"));
  CHECK(is_auto(link({.name = "DOE, ANN", .dob = "1961-02-03"}), "4410982"));
  CHECK(is_auto(link({.mrn = "4410982", .name = "D0E, ANN"}), "4410982"));   // a reading error in the name
  CHECK(is_auto(link({.mrn = "4410982", .name = "ANN, DOE"}), "4410982"));   // exchanged
}

TEST_CASE("a decision tells its candidates and reasons", "[charts][link]") {
  const LinkDecision decision = link({.mrn = "4410982", .name = "DOE, ANN", .dob = "1961-02-03"});
  CHECK(decision.findings.empty());
  CHECK(decision.link.confidence > 0.99);
  REQUIRE(decision.link.reasons.size() >= 3);
  CHECK(decision.link.reasons[0].field == "mrn");
  CHECK(decision.link.reasons[0].agreement == Agreement::Agrees);
  CHECK(decision.link.reasons[0].weight > 10);
  CHECK(decision.link.reasons[0].detail.find("P00000001") != std::string::npos);
}

TEST_CASE("one identifier never links", "[charts][link]") {
  CHECK(waits(link({.mrn = "4410982"}), finding::kPatientOneIdentifier));
  CHECK(waits(link({.name = "DOE, ANN"}), finding::kPatientOneIdentifier));
  CHECK(waits(link({.dob = "1961-02-03"}), finding::kPatientOneIdentifier));
  CHECK(waits(link({.mrn = "4410982", .name = "DOE, A"}), finding::kPatientOneIdentifier));
  CHECK(link({.mrn = "4410982"}).link.mrn == "4410982");  // proposed all the same
}

TEST_CASE("no identifier and no such patient are said apart", "[charts][link]") {
  CHECK(waits(link({}), finding::kPatientNotFound));
  CHECK(link({}).link.status == LinkStatus::None);
  CHECK(waits(link({.sex = "F"}), finding::kPatientNotFound));
  CHECK(waits(link({.mrn = "9999999", .name = "NOBODY, KNOWN", .dob = "1911-11-11"}), finding::kPatientUnknown));
}

TEST_CASE("a contradiction never links", "[charts][link]") {
  CHECK(waits(link({.mrn = "4410982", .name = "STONE, PETER", .dob = "1948-07-19"}), finding::kPatientContradiction));
  CHECK(waits(link({.mrn = "4410982", .name = "DOE, ANN", .dob = "1948-07-19"}), finding::kPatientContradiction));
  CHECK(waits(link({.mrn = "4410982", .name = "STONE, PETER"}), finding::kPatientContradiction));
  CHECK(waits(link({.mrn = "4410982", .name = "DOE, PETRA", .dob = "1961-02-03"}), finding::kPatientContradiction));
  CHECK(waits(link({.mrn = "9999999", .name = "DOE, ANN", .dob = "1961-02-03"}), finding::kPatientContradiction));
  CHECK(waits(link({.mrn = "4410982", .name = "DOE, ANN", .sex = "M"}), finding::kPatientContradiction));
  Page two = page(1, {.mrn = "4410982", .name = "DOE, ANN"});
  two.fields.push_back({FieldKind::Mrn, "8888888", {}, 0.95, "label"});
  CHECK(waits(Hospital().link({two}), finding::kPatientContradiction));
}

TEST_CASE("a birth date one digit off is forgiven only when it was hard to read", "[charts][link]") {
  CHECK(waits(link({.mrn = "4410982", .name = "DOE, ANN", .dob = "1961-02-08"}), finding::kPatientContradiction));
  Page hard = page(1, {.mrn = "4410982", .name = "DOE, ANN"});
  hard.fields.push_back({FieldKind::BirthDate, "1961-02-08", {}, 0.6, "label"});
  CHECK(is_auto(Hospital().link({hard}), "4410982"));
}

TEST_CASE("an MRN one digit off links only when all else is exact and the number is nobody's", "[charts][link]") {
  CHECK(is_auto(link({.mrn = "4410983", .name = "DOE, ANN", .dob = "1961-02-03"}), "4410982"));
  CHECK_FALSE(link({.mrn = "4410983", .name = "D0E, ANN", .dob = "1961-02-03"}).link.status == LinkStatus::Auto);
  CHECK_FALSE(link({.mrn = "4410983", .name = "DOE, ANN"}).link.status == LinkStatus::Auto);
  CHECK_FALSE(link({.mrn = "4410928", .name = "DOE, ANN", .dob = "1961-02-03"}).link.status == LinkStatus::Auto);  // Peter's number
}

TEST_CASE("twins, juniors and namesakes are told apart or left to a person", "[charts][link]") {
  CHECK(is_auto(link({.mrn = "5520001", .name = "RIVERS, EMMA", .dob = "1990-05-05"}), "5520001"));
  CHECK_FALSE(link({.mrn = "5520001", .dob = "1990-05-05"}).link.status == LinkStatus::Auto);
  CHECK_FALSE(link({.name = "RIVERS, EMMA", .dob = "1990-05-05"}).link.status == LinkStatus::Auto);
  CHECK_FALSE(link({.mrn = "5520002", .name = "RIVERS, EMMA", .dob = "1990-05-05"}).link.status == LinkStatus::Auto);
  CHECK(is_auto(link({.mrn = "6630007", .name = "HILL, JOHN JR", .dob = "1960-04-04"}), "6630007"));
  CHECK(is_auto(link({.name = "HILL, JOHN", .dob = "1960-04-04"}), "6630007"));
  CHECK_FALSE(link({.mrn = "6630007", .name = "HILL, JOHN"}).link.status == LinkStatus::Auto);
  CHECK_FALSE(link({.mrn = "6630007", .name = "HILL, JOHN SR", .dob = "1960-04-04"}).link.status == LinkStatus::Auto);
  CHECK(waits(link({.name = "BROOK, MARY", .dob = "1970-06-06"}), finding::kPatientNearTie));
  CHECK(waits(link({.mrn = "7740001", .name = "BROOK, MARY", .dob = "1970-06-06"}), finding::kPatientNearTie));
}

// Two pages of twins with neighbouring numbers became one document, filed automatically into the chart of one of them: the
// page without a readable name had given up its identifiers before the rules looked at them.
TEST_CASE("a page that reads one patient's MRN never rides into another chart, however near the number", "[charts][link]") {
  const Hospital hospital;
  const Page emma = page(1, {.mrn = "5520001", .dob = "1990-05-05", .sex = "F"});
  const Page ella = page(2, {.mrn = "5520002", .name = "RIVERS, ELLA", .dob = "1990-05-05", .sex = "F"});
  for (const auto& pages : {std::vector{emma, ella}, std::vector{ella, emma}}) {
    const auto decision = hospital.link(pages);
    CHECK(waits(decision, finding::kForeignPage));
    CHECK(decision.foreign.size() == 1);
  }
  CHECK_FALSE(hospital.link({page(1, {.mrn = "5520001"}), ella}).link.status == LinkStatus::Auto);
}

TEST_CASE("two pages with two MRNs wait, unless a page with a misread one names the patient by itself", "[charts][link]") {
  const Hospital hospital;
  const Page sure = page(1, {.mrn = "4410982", .name = "DOE, ANN", .dob = "1961-02-03"});
  CHECK(is_auto(hospital.link({sure, page(2, {.mrn = "4410983", .name = "DOE, ANN", .dob = "1961-02-03"})}), "4410982"));
  CHECK(waits(hospital.link({sure, page(2, {.mrn = "4410983", .name = "DOE, ANN"})}), finding::kPatientContradiction));
  CHECK(waits(hospital.link({sure, page(2, {.mrn = "4410928", .name = "DOE, ANN", .dob = "1961-02-03"})}), finding::kPatientContradiction));
  CHECK(waits(hospital.link({sure, page(2, {.mrn = "4410983"})}), finding::kPatientContradiction));
  CHECK(is_auto(hospital.link({sure, page(2, {.mrn = "MRN-4410982", .name = "DOE, ANN"})}), "4410982"));
}

TEST_CASE("a page that by itself fits another patient better is not outvoted", "[charts][link]") {
  const Hospital hospital;
  const Page ella = page(1, {.mrn = "5520002", .name = "RIVERS, ELLA", .dob = "1990-05-05"});
  CHECK_FALSE(hospital.link({ella, ella, page(3, {.name = "RIVERS, EMMA"})}).link.status == LinkStatus::Auto);
}

TEST_CASE("a page of another patient holds the document and is named", "[charts][link]") {
  const Hospital hospital;
  const Says ann{.mrn = "4410982", .name = "DOE, ANN", .dob = "1961-02-03"};
  const auto decision = hospital.link({page(1, ann), page(2, {.mrn = "4410928", .name = "STONE, PETER"}), page(3, ann)});
  CHECK(waits(decision, finding::kForeignPage));
  CHECK(decision.foreign == std::vector<PageId>{PageId{2}});
  CHECK(decision.link.mrn == "4410982");

  const auto twin = hospital.link({page(1, {.mrn = "5520001", .name = "RIVERS, EMMA", .dob = "1990-05-05"}),
                                   page(2, {.mrn = "5520002", .name = "RIVERS, ELLA", .dob = "1990-05-05"})});
  CHECK(twin.link.status != LinkStatus::Auto);
  CHECK(twin.foreign == std::vector<PageId>{PageId{2}});

  const auto strangers = hospital.link({page(1, {.mrn = "9990001", .name = "NO, BODY"}), page(2, {.mrn = "9990001", .name = "NO, BODY"}), page(3, ann)});
  CHECK(strangers.link.status != LinkStatus::Auto);
  CHECK(strangers.foreign == std::vector<PageId>{PageId{3}});
}

TEST_CASE("pages that say nothing do not hinder and pages may complete each other", "[charts][link]") {
  const Hospital hospital;
  CHECK(is_auto(hospital.link({page(1, {.mrn = "4410982", .name = "DOE, ANN"}), page(2, {}), page(3, {.dob = "1961-02-03"})}), "4410982"));
  CHECK(is_auto(hospital.link({page(1, {.mrn = "4410982"}), page(2, {.name = "DOE, ANN"})}), "4410982"));
}

// A card nobody could read, fed after another patient's report, was appended to it and filed with it.
TEST_CASE("a page that names nobody rides along only when something ties it to its document", "[charts][link]") {
  const Hospital hospital;
  const auto numbered = [](Page p, const char* number) {
    p.fields.push_back({FieldKind::PageNumber, number, {}, 0.9, "text"});
    return p;
  };
  const Page ann = page(1, {.mrn = "4410982", .name = "DOE, ANN", .dob = "1961-02-03"});
  const auto held = [&](const Page& first, const Page& second) { return waits(hospital.link({first, second}), finding::kUnidentifiedPage); };
  Page garbage = page(2, {});
  garbage.findings.push_back({finding::kLowTextConfidence, "", 0});
  CHECK(held(ann, garbage));
  CHECK(held(numbered(ann, "1/2"), garbage));
  CHECK_FALSE(held(numbered(ann, "1/2"), numbered(garbage, "2/2")));
  CHECK(held(numbered(ann, "1/2"), numbered(garbage, "2/3")));
  CHECK(held(numbered(ann, "1/2"), numbered(garbage, "3/2")));
  Page unsure = page(2, {});
  unsure.findings.push_back({finding::kOrientationUnsure, "", 0});
  CHECK(held(ann, unsure));
  Page few = page(2, {});
  few.quality.words = 5;
  CHECK(held(ann, few));

  const Page silent = page(2, {});
  CHECK_FALSE(held(ann, silent));
  CHECK(held(numbered(ann, "1/1"), silent));
  Page titled = silent;
  titled.first_page_cue = 0.8;
  CHECK(held(ann, titled));
  Page note = ann, laboratory = silent;
  note.types = {{"progress_note", 0.95}};
  laboratory.types = {{"lab_report", 0.95}};
  CHECK(held(note, laboratory));
  CHECK(held(garbage, ann));
  CHECK_FALSE(held(numbered(garbage, "1/2"), numbered(ann, "2/2")));
}

TEST_CASE("name and birth date do not link when a namesake was born one misread digit away", "[charts][link]") {
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  put_patient(change, patient("1110001", "Stone", "Henry", "2003-12-10", "M"));
  put_patient(change, patient("2220002", "Stone", "Henry", "2003-12-20", "M"));
  REQUIRE(archive->commit(change).ok());
  const PatientIndex index(archive->read().value());
  CHECK(waits(link_document(std::vector{page(1, {.name = "STONE, HENRY", .dob = "2003-12-10"})}, index).value(), finding::kPatientNearTie));
  CHECK(is_auto(link_document(std::vector{page(1, {.mrn = "1110001", .name = "STONE, HENRY", .dob = "2003-12-10"})}, index).value(), "1110001"));
}

TEST_CASE("a page with a name that two patients have counts as silent", "[charts][link]") {
  const Hospital hospital;
  const Page junior = page(1, {.mrn = "6630007", .name = "HILL, JOHN JR", .dob = "1960-04-04"});
  Page name_only = page(2, {.name = "HILL, JOHN"});
  CHECK(is_auto(hospital.link({junior, name_only}), "6630007"));
  name_only.first_page_cue = 0.8;
  CHECK(waits(hospital.link({junior, name_only}), finding::kUnidentifiedPage));
  Page dated = page(2, {.name = "HILL, JOHN", .dob = "1960-04-04"});
  dated.first_page_cue = 0.8;
  CHECK(is_auto(hospital.link({junior, dated}), "6630007"));
}

TEST_CASE("a hard to read birth date is forgiven only with the MRN and the whole name of the one patient it could be", "[charts][link]") {
  const auto hard = [](Says says) {
    Page p = page(1, says);
    p.fields.push_back({FieldKind::BirthDate, "1961-02-08", {}, 0.6, "label"});
    return Hospital().link({p}).link.status == LinkStatus::Auto;
  };
  CHECK(hard({.mrn = "4410982", .name = "DOE, ANN"}));
  CHECK_FALSE(hard({.mrn = "4410982", .name = "D0E, ANN"}));
  CHECK_FALSE(hard({.mrn = "4410983", .name = "DOE, ANN"}));
  CHECK_FALSE(hard({.mrn = "4410982"}));
}

TEST_CASE("twins one letter and one digit apart are told apart when number and name are both read exactly", "[charts][link]") {
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  put_patient(change, patient("4080214", "Vale", "Dana", "1988-08-08"));
  put_patient(change, patient("4080215", "Vale", "Dina", "1988-08-08"));
  REQUIRE(archive->commit(change).ok());
  const PatientIndex index(archive->read().value());
  const auto decide = [&](const Says& says) { return link_document(std::vector{page(1, says)}, index).value(); };
  CHECK(is_auto(decide({.mrn = "4080214", .name = "VALE, DANA", .dob = "1988-08-08"}), "4080214"));
  CHECK(is_auto(decide({.mrn = "4080215", .name = "VALE, DINA", .dob = "1988-08-08"}), "4080215"));
  CHECK_FALSE(decide({.mrn = "4080214", .name = "VALE, DINA", .dob = "1988-08-08"}).link.status == LinkStatus::Auto);
  CHECK_FALSE(decide({.mrn = "4080214", .dob = "1988-08-08"}).link.status == LinkStatus::Auto);
  CHECK_FALSE(decide({.name = "VALE, DANA", .dob = "1988-08-08"}).link.status == LinkStatus::Auto);
}

// A twin whom the index lacks shares family name, birth date, telephone and address, and often all but a digit of the MRN.
TEST_CASE("a given name that is not quite the patient's may be a twin's whom nobody registered", "[charts][link]") {
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  Patient joseph = patient("4080214", "Vale", "Joseph", "1988-08-08", "M");
  joseph.phone = "503-555-0142";
  joseph.ssn = "900-00-4321";
  put_patient(change, joseph);
  REQUIRE(archive->commit(change).ok());
  const PatientIndex index(archive->read().value());
  const auto decide = [&](const char* mrn, const char* name, FieldKind beside, const char* value, double read) {
    Page one = page(1, {.mrn = mrn, .name = name, .dob = "1988-08-08"});
    one.fields.push_back({beside, value, {}, 0.95, "label"});
    one.quality.text_confidence = read;
    return link_document(std::vector{one}, index).value().link.status == LinkStatus::Auto;
  };
  const auto phone = FieldKind::Phone, ssn = FieldKind::SsnLast4;
  CHECK_FALSE(decide(nullptr, "VALE, JOSEPA", phone, "5035550142", 0.95));
  CHECK_FALSE(decide("4080215", "VALE, JOSEPA", phone, "5035550142", 0.85));
  CHECK(decide(nullptr, "VALE, JOSEPA", ssn, "4321", 0.95));
  CHECK(decide(nullptr, "VALE, J0SEPH", phone, "5035550142", 0.95));
  CHECK(decide(nullptr, "VAIE, JOSEPH", phone, "5035550142", 0.95));
  CHECK(decide(nullptr, "VALE, JOE", phone, "5035550142", 0.95));
  CHECK(decide("4080215", "VALE, JOSEPH", phone, "5035550142", 0.85));
}

// On a page where characters are lost a wrong one is likelier misread than somebody else's; on a clear one it is not.
TEST_CASE("what a misreading explains is forgiven only where the page is hard to read and the rest agrees", "[charts][link]") {
  const Hospital hospital;
  const auto decide = [&](const Says& says, double read) {
    Page one = page(1, says);
    one.quality.text_confidence = read;
    return hospital.link({one}).link.status == LinkStatus::Auto;
  };
  for (const Says& says : {Says{.mrn = "4410928", .name = "STUNE, PEKKR", .dob = "1948-07-19"}, Says{.mrn = "4410982", .name = "DOE, ANN", .dob = "1961-02-08"},
                           Says{.mrn = "4410983", .name = "DOE, ANN"}, Says{.mrn = "4417983", .name = "DOE, ANN", .dob = "1961-02-03"}}) {
    CAPTURE(says.mrn, says.name);
    CHECK(decide(says, 0.85));
    CHECK_FALSE(decide(says, 0.97));
  }
  CHECK_FALSE(decide({.mrn = "4410982", .name = "DOX, ANQ", .dob = "1961-02-08"}, 0.85));   // two things wrong
  CHECK_FALSE(decide({.mrn = "4410982", .name = "STONE, ANN"}, 0.85));                      // no misreading
  CHECK_FALSE(decide({.mrn = "4410982", .name = "DOE, ANN", .dob = "1948-07-19"}, 0.85));
  CHECK_FALSE(decide({.mrn = "4410928", .name = "DOE, ANN", .dob = "1961-02-03"}, 0.85));   // Peter's number
  CHECK_FALSE(decide({.mrn = "5520001", .name = "RIVERS, ELLA", .dob = "1990-05-05"}, 0.85));
  CHECK_FALSE(decide({.mrn = "5520003", .dob = "1990-05-05"}, 0.85));                       // either twin's
  CHECK_FALSE(decide({.name = "RIVERS, ENNA", .dob = "1990-05-05"}, 0.85));
}

TEST_CASE("a second name beside the patient's own is a bystander's where the page is hard to read", "[charts][link]") {
  Page one = page(1, {.mrn = "4410982", .name = "DOE, ANN", .dob = "1961-02-03"});
  one.fields.push_back({FieldKind::PatientName, "ROE, WALTER", {}, 0.7, "label"});
  CHECK(waits(Hospital().link({one}), finding::kPatientContradiction));
  one.quality.text_confidence = 0.85;
  CHECK(is_auto(Hospital().link({one}), "4410982"));
}

TEST_CASE("a number behind a guessed label counts only for a patient whom the page names", "[charts][link]") {
  Page one = page(1, {.name = "RIVERS, ELLA"});
  one.fields.push_back({FieldKind::Mrn, "5520002", {}, 0.6, kNearLabel});
  CHECK(is_auto(Hospital().link({one}), "5520002"));
  Page other = page(1, {.mrn = "4410982", .name = "DOE, ANN"});
  other.fields.push_back({FieldKind::Mrn, "4410928", {}, 0.6, kNearLabel});
  CHECK(is_auto(Hospital().link({other}), "4410982"));
  const auto without_mrn = [](const char* number, const char* source = kNearLabel) {
    Page named = page(1, {.name = "STONE, PETER", .dob = "1948-07-19"});
    named.fields.push_back({FieldKind::Mrn, number, {}, 0.6, source});
    return Hospital().link({named});
  };
  CHECK(is_auto(without_mrn("4410926"), "4410928"));                                      // his own, misread
  CHECK(waits(without_mrn("9035517"), finding::kPatientOneIdentifier));  // a namesake's, perhaps
  CHECK(waits(without_mrn("9035517", "barcode"), finding::kPatientOneIdentifier));
  CHECK(is_auto(without_mrn("20210311904", "barcode"), "4410928"));                       // a form's
  Page hard = page(1, {.name = "STONE, PETER", .dob = "1948-07-19"});  // whose number may have been lost
  CHECK(is_auto(Hospital().link({hard}), "4410928"));
  hard.quality.text_confidence = 0.85;
  CHECK(waits(Hospital().link({hard}), finding::kPatientOneIdentifier));
}

TEST_CASE("a page that names nobody and comes from another house may be anybody's", "[charts][link]") {
  const auto decide = [](const char* first, const char* second) {
    Page ann = page(1, {.mrn = "4410982", .name = "DOE, ANN", .dob = "1961-02-03"}), silent = page(2, {});
    ann.fields.push_back({FieldKind::Facility, first, {}, 0.8, "header"});
    silent.fields.push_back({FieldKind::Facility, second, {}, 0.8, "header"});
    return Hospital().link({ann, silent});
  };
  CHECK(is_auto(decide("LAKESHORE HEALTH", "LAKESHQRE HEAITH"), "4410982"));
  CHECK(is_auto(decide("Valley Community Hospital", "VALLEY HOSPITAL - Cardiology"), "4410982"));
  CHECK(waits(decide("LAKESHORE HEALTH", "ST. BRENDAN MEDICAL CENTER"), finding::kUnidentifiedPage));
}

TEST_CASE("silence of a page that is hard to read ties it to nothing", "[charts][link]") {
  const Page ann = page(1, {.mrn = "4410982", .name = "DOE, ANN", .dob = "1961-02-03"});
  Page silent = page(2, {});
  CHECK(is_auto(Hospital().link({ann, silent}), "4410982"));
  silent.quality.text_confidence = 0.85;
  CHECK(waits(Hospital().link({ann, silent}), finding::kUnidentifiedPage));
  silent.fields.push_back({FieldKind::PageNumber, "2/2", {}, 0.9, "text"});
  Page first = ann;
  first.fields.push_back({FieldKind::PageNumber, "1/2", {}, 0.9, "text"});
  CHECK(is_auto(Hospital().link({first, silent}), "4410982"));
}

TEST_CASE("a bare barcode number that is no patient's is not held against the page", "[charts][link]") {
  Page form = page(1, {.mrn = "4410982", .name = "DOE, ANN"});
  form.fields.push_back({FieldKind::Mrn, "77001234", {}, 0.6, "barcode"});
  CHECK(is_auto(Hospital().link({form}), "4410982"));
  form.fields.push_back({FieldKind::Mrn, "4410928", {}, 0.6, "barcode"});
  CHECK(waits(Hospital().link({form}), finding::kPatientContradiction));
}

TEST_CASE("findings hold no patient words", "[charts][link]") {
  for (const Says& says : {Says{.mrn = "4410982", .name = "STONE, PETER", .dob = "1948-07-19"}, Says{.name = "BROOK, MARY", .dob = "1970-06-06"}})
    for (const Finding& f : link(says).findings) {
      CHECK(f.detail.find("STONE") == std::string::npos);
      CHECK(f.detail.find("BROOK") == std::string::npos);
      CHECK(f.detail.find("4410982") == std::string::npos);
    }
}

TEST_CASE("a page with the number of a merged-away chart links to the survivor and says so", "[charts][link]") {
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  put_patient(change, patient("4410982", "Doe", "Ann", "1961-02-03", "F"));
  put_alias(change, "8800001", "4410982");
  REQUIRE(archive->commit(change).ok());
  const PatientIndex index(archive->read().value());
  const auto decision = link_document(std::vector{page(1, {.mrn = "8800001", .name = "DOE, ANN"})}, index).value();
  CHECK(is_auto(decision, "4410982"));
  CHECK(decision.link.reasons.front().detail.find("8800001, whose chart was merged into 4410982") != std::string::npos);
}

TEST_CASE("an earlier family name and a given name of two words are the patient's", "[charts][link]") {
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  Patient married = patient("4410982", "Wexford", "Mary Ann", "1961-02-03", "F");
  married.maiden = "Doe";
  put_patient(change, married);
  REQUIRE(archive->commit(change).ok());
  const PatientIndex index(archive->read().value());
  CHECK(is_auto(link_document(std::vector{page(1, {.mrn = "4410982", .name = "DOE, MARY ANN"})}, index).value(), "4410982"));
  CHECK(is_auto(link_document(std::vector{page(1, {.name = "WEXFORD, MARY", .dob = "1961-02-03"})}, index).value(), "4410982"));
  CHECK_FALSE(link_document(std::vector{page(1, {.name = "DOE, MARY ANN", .dob = "1961-02-08"})}, index).value().link.status == LinkStatus::Auto);
}

TEST_CASE("nothing is linked while automatic linking is switched off, and the finding says why", "[charts][link]") {
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  put_patient(change, patient("4410982", "Doe", "Ann", "1961-02-03", "F"));
  REQUIRE(archive->commit(change).ok());
  const PatientIndex index(archive->read().value());
  const std::vector pages{page(1, {.mrn = "4410982", .name = "DOE, ANN", .dob = "1961-02-03"})};
  CHECK(is_auto(link_document(pages, index).value(), "4410982"));
  CHECK(waits(link_document(pages, index, {.automatic = false}).value(), finding::kLinkingSwitchedOff));
  CHECK_FALSE(link_document(pages, index, {.margin_bits = 90}).value().link.status == LinkStatus::Auto);
}
