#include "charts/patient_index.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "storage/keys.h"

using namespace chartscan;
using namespace chartscan::charts;

namespace {

const std::string kHeader = "mrn,family,given,middle,dob,sex,ssn,phone,address,city,state,zip\n";

struct CsvFile {
  std::filesystem::path path;
  explicit CsvFile(const std::string& text)
      : path(std::filesystem::temp_directory_path() / ("charts_patients_" + std::to_string(::getpid()) + ".csv")) {
    std::ofstream(path, std::ios::binary) << text;
  }
  ~CsvFile() { std::filesystem::remove(path); }
};

ImportReport import(storage::Archive& archive, const std::string& text) {
  const CsvFile file(text);
  auto report = import_patients_csv(file.path, archive);
  if (!report) FAIL(to_string(report.error()));
  return std::move(report).value();
}

Patient get(storage::Archive& archive, const std::string& mrn) {
  const PatientIndex index(archive.read().value());
  const auto found = index.by_mrn(mrn);
  REQUIRE(found.ok());
  REQUIRE(found->has_value());
  return **found;
}

std::set<std::string> mrns(const Result<std::vector<Patient>>& patients) {
  REQUIRE(patients.ok());
  std::set<std::string> out;
  for (const Patient& patient : *patients) out.insert(patient.mrn);
  return out;
}

}  // namespace

TEST_CASE("patients are imported with every value", "[charts][patients]") {
  const auto archive = storage::Archive::in_memory();
  const auto report = import(*archive, kHeader +
                                           "1000001,Doe,Ann,Marie,1961-02-03,F,900-00-6789,555-010-4477,\"1 Elm St, Apt \"\"B\"\"\",Springfield,IL,01234\n"
                                           "1000002,Roe Jr,John,,1970-12-31,M,,,,,,\r\n"
                                           "1000003,Poe,Edgar III,,,,,,,,,\n");
  CHECK(report.added == 3);
  CHECK(report.refused.empty());
  const Patient ann = get(*archive, "1000001");
  CHECK(ann.family == "Doe");
  CHECK(ann.address == "1 Elm St, Apt \"B\"");
  CHECK(ann.zip == "01234");
  CHECK(ann.dob == Date{1961, 2, 3});
  const Patient john = get(*archive, "1000002");
  CHECK(john.family == "Roe");
  CHECK(john.suffix == "JR");
  const Patient edgar = get(*archive, "1000003");
  CHECK(edgar.given == "Edgar");
  CHECK(edgar.suffix == "III");
  CHECK_FALSE(edgar.dob);
}

TEST_CASE("the columns may stand in any order, after a byte order mark, with Windows line ends", "[charts][patients]") {
  const auto archive = storage::Archive::in_memory();
  const auto report = import(*archive, "\xEF\xBB\xBFGiven,DOB,mrn,Family\r\nAnn,1961-02-03,1000001,Doe\r\n\r\n");
  CHECK(report.added == 1);
  CHECK(get(*archive, "1000001").given == "Ann");
}

TEST_CASE("a missing column is named", "[charts][patients]") {
  const auto archive = storage::Archive::in_memory();
  const CsvFile file("mrn,family,given\n1,Doe,Ann\n");
  const auto report = import_patients_csv(file.path, *archive);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().message.find("'dob'") != std::string::npos);
  CHECK_FALSE(import_patients_csv("/no/such/file.csv", *archive).ok());
  const CsvFile empty("");
  CHECK_FALSE(import_patients_csv(empty.path, *archive).ok());
}

TEST_CASE("importing twice is harmless and other demographics are refused by line", "[charts][patients]") {
  const auto archive = storage::Archive::in_memory();
  const std::string good = kHeader + "1000001,Doe,Ann,,1961-02-03,F,,,,,,\n1000002,Roe,John,,1970-12-31,M,,,,,,\n";
  CHECK(import(*archive, good).added == 2);
  const auto again = import(*archive, good);
  CHECK(again.added == 0);
  CHECK(again.unchanged == 2);

  const auto other = import(*archive, kHeader +
                                          "1000001,Doe,Ann,,1961-02-04,F,,,,,,\n"     // known, another day
                                          ",Nobody,Ann,,1961-02-03,F,,,,,,\n"         // no mrn
                                          "1000003,Poe,Ed,,1961-02-30,M,,,,,,\n"      // no such day
                                          "1000004,Poe,Ed,,1961-02-28,M,,,,,,\n"      // good
                                          "1000004,Poe,Edgar,,1961-02-28,M,,,,,,\n"   // again in the file, another name
                                          "1000004,Poe,Ed,,1961-02-28,M,,,,,,\n"      // again the same
                                          "1000005,Poe\n");                           // cut off
  CHECK(other.added == 1);
  CHECK(other.unchanged == 1);
  REQUIRE(other.refused.size() == 5);
  CHECK(other.refused[0].line == 2);
  CHECK(other.refused[0].mrn == "1000001");
  CHECK(other.refused[0].reason.find("dob") != std::string::npos);
  CHECK(other.refused[1].line == 3);
  CHECK(other.refused[2].line == 4);
  CHECK(other.refused[3].line == 6);
  CHECK(other.refused[3].reason.find("given") != std::string::npos);
  CHECK(other.refused[4].line == 8);
  CHECK(get(*archive, "1000001").dob == Date{1961, 2, 3});
  for (const ImportRefusal& refusal : other.refused) {
    CHECK(refusal.reason.find("Doe") == std::string::npos);
    CHECK(refusal.reason.find("Poe") == std::string::npos);
  }
}

TEST_CASE("a quote that is never closed is refused and keeps what came before", "[charts][patients]") {
  const auto archive = storage::Archive::in_memory();
  const CsvFile file(kHeader + "1000001,Doe,Ann,,1961-02-03,F,,,,,,\n1000002,\"Roe,John,,,,,,,,,\n");
  const auto report = import_patients_csv(file.path, *archive);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().message.find("line 3") != std::string::npos);
  CHECK(get(*archive, "1000001").given == "Ann");
}

TEST_CASE("more rows than a group are all taken", "[charts][patients]") {
  const auto archive = storage::Archive::in_memory();
  std::string text = kHeader;
  for (int i = 0; i < 2500; ++i) text += std::to_string(2000000 + i * 37) + ",Family,Given,,1961-02-03,F,,,,,,\n";
  CHECK(import(*archive, text).added == 2500);
  CHECK(import(*archive, text).unchanged == 2500);
}

TEST_CASE("patients are found by what a page may say", "[charts][patients]") {
  const auto archive = storage::Archive::in_memory();
  import(*archive, kHeader +
                       "1000001,Smith,Ann,,1961-02-03,F,,,,,,\n"
                       "1000011,Smyth,Alan,,1950-05-05,M,,,,,,\n"
                       "7654321,Garcia Lopez,Maria,,1980-01-01,F,,,,,,\n"
                       "0004711,Kowalski,Jan,,1990-09-09,M,,,,,,\n");
  const PatientIndex index(archive->read().value());
  CHECK(mrns(index.by_birth_date({1961, 2, 3})) == std::set<std::string>{"1000001"});
  CHECK(mrns(index.by_birth_date({})).empty());
  CHECK(mrns(index.by_name("SMYTH", "ANA")) == std::set<std::string>{"1000001"});
  CHECK(mrns(index.by_name("LOPEZ", "MARIA")) == std::set<std::string>{"7654321"});
  CHECK(mrns(index.near_mrn("1000001")) == std::set<std::string>{"1000011"});
  CHECK(mrns(index.near_mrn("100O001")) == std::set<std::string>{"1000001"});
  CHECK(mrns(index.near_mrn("7645321")) == std::set<std::string>{"7654321"});
  CHECK(mrns(index.near_mrn("4711")) == std::set<std::string>{"0004711"});
  CHECK(index.by_mrn("MRN-7654321")->value().family == "Garcia Lopez");

  const auto candidates = [&](FieldKind kind, const char* value) {
    const auto found = index.candidates({{kind, value, {}, 0.9, "label"}});
    REQUIRE(found.ok());
    return mrns(found->patients);
  };
  CHECK(candidates(FieldKind::PatientName, "ANN, SMITH").contains("1000001"));  // exchanged
  CHECK(candidates(FieldKind::BirthDate, "1980-01-01") == std::set<std::string>{"7654321"});
  CHECK(candidates(FieldKind::Mrn, "9999999").empty());
}

namespace {

Patient ann() {
  Patient patient;
  patient.mrn = "1000001";
  patient.family = "Doe";
  patient.given = "Ann";
  patient.dob = {1961, 2, 3};
  patient.ssn = "900-00-6789";
  patient.phone = "555-010-4477";
  return patient;
}

std::size_t rows(storage::Archive& archive) {
  std::size_t n = 0;
  REQUIRE(archive.read()->view().scan(storage::Family::Patient, {}, [&](std::string_view, std::string_view) { return ++n, true; }).ok());
  return n;
}

template <typename Build>
void commit(storage::Archive& archive, Build build) {
  storage::Change change;
  build(change);
  REQUIRE(archive.commit(change).ok());
}

}  // namespace

TEST_CASE("a changed patient leaves no key of the old values behind", "[charts][patients]") {
  const auto archive = storage::Archive::in_memory();
  commit(*archive, [](storage::Change& change) { put_patient(change, ann()); });
  Patient married = ann();
  married.family = "Wexford";
  married.maiden = "Doe";
  married.dob = {1961, 3, 2};
  married.phone.clear();
  const Patient before = ann();
  commit(*archive, [&](storage::Change& change) { put_patient(change, &before, married); });
  const PatientIndex index(archive->read().value());
  CHECK(index.by_birth_date({1961, 2, 3})->empty());
  CHECK(mrns(index.by_birth_date({1961, 3, 2})) == std::set<std::string>{"1000001"});
  CHECK(mrns(index.by_name("DOE", "ANN")) == std::set<std::string>{"1000001"});  // by the maiden name
  CHECK(mrns(index.by_name("WEXFORD", "ANN")) == std::set<std::string>{"1000001"});

  Patient renumbered = married;
  renumbered.mrn = "2000002";
  commit(*archive, [&](storage::Change& change) { put_patient(change, &married, renumbered); });
  const PatientIndex later(archive->read().value());
  CHECK_FALSE(later.by_mrn("1000001")->has_value());
  CHECK(mrns(later.by_name("DOE", "ANN")) == std::set<std::string>{"2000002"});
  commit(*archive, [&](storage::Change& change) { erase_patient(change, renumbered); });
  CHECK(rows(*archive) == 0);
}

TEST_CASE("a merged-away number leads to the survivor, over several merges, until it is taken back", "[charts][patients]") {
  const auto archive = storage::Archive::in_memory();
  commit(*archive, [](storage::Change& change) {
    put_patient(change, ann());
    put_alias(change, "MRN-0002", "3000003");
    put_alias(change, "3000003", "1000001");
  });
  const PatientIndex index(archive->read().value());
  CHECK(index.by_mrn("mrn 0002")->value().mrn == "1000001");
  CHECK(index.survivor_of("0002")->value() == "1000001");
  CHECK(index.survivor_of("3000003")->value() == "1000001");
  CHECK_FALSE(index.survivor_of("1000001")->has_value());

  commit(*archive, [](storage::Change& change) { erase_alias(change, "3000003"); });
  CHECK_FALSE(PatientIndex(archive->read().value()).by_mrn("3000003")->has_value());
  commit(*archive, [](storage::Change& change) { put_alias(change, "3000003", "MRN-0002"); });
  CHECK_FALSE(PatientIndex(archive->read().value()).survivor_of("0002").ok());  // a circle
  const auto report = import(*archive, kHeader + "1000001,Doe,Ann,,1961-02-03,,900-00-6789,555-010-4477,,,,\n");
  CHECK(report.unchanged == 1);
}

TEST_CASE("a row of a merged-away number is refused by the import", "[charts][patients]") {
  const auto archive = storage::Archive::in_memory();
  commit(*archive, [](storage::Change& change) {
    put_patient(change, ann());
    put_alias(change, "2000002", "1000001");
  });
  const auto report = import(*archive, kHeader + "2000002,Doe,Ann,,1961-02-03,,900-00-6789,555-010-4477,,,,\n");
  REQUIRE(report.refused.size() == 1);
  CHECK(report.refused[0].reason.find("merged") != std::string::npos);
}

TEST_CASE("archives with the keys of older programs get the present ones", "[charts][patients]") {
  const auto archive = storage::Archive::in_memory();
  commit(*archive, [](storage::Change& change) {
    change.put(ann());
    change.raw().put(storage::Family::Patient, storage::keys::patient_block('n', "D000A", "1000001"), "");
    change.raw().put(storage::Family::Patient, storage::keys::patient_block('d', "19610203", "1000001"), "");
  });
  CHECK(mrns(PatientIndex(archive->read().value()).by_name("DOE", "ANN")).empty());
  REQUIRE(renew_patient_keys(*archive).ok());
  CHECK(mrns(PatientIndex(archive->read().value()).by_name("DOE", "ANN")) == std::set<std::string>{"1000001"});
  commit(*archive, [](storage::Change& change) { erase_patient(change, ann()); });
  CHECK(rows(*archive) == 0);
  REQUIRE(renew_patient_keys(*archive).ok());
}

TEST_CASE("a patient is found by name and part of the birth date when MRN and birth date are both misread", "[charts][patients]") {
  const auto archive = storage::Archive::in_memory();
  commit(*archive, [](storage::Change& change) { put_patient(change, ann()); });
  const PatientIndex index(archive->read().value());
  const auto finds = [&](const char* name, const char* dob) {
    const auto found = index.candidates({{FieldKind::PatientName, name, {}, 0.9, "label"},
                                         {FieldKind::BirthDate, dob, {}, 0.9, "label"},
                                         {FieldKind::Mrn, "9999999", {}, 0.9, "label"}});
    REQUIRE(found.ok());
    return found->patients.size() == 1 && found->patients[0].mrn == "1000001";
  };
  CHECK(finds("DOE, ANN", "1961-02-08"));
  CHECK(finds("DOE, NANCY", "1981-02-03"));
  CHECK(finds("ANN, DOE", "1961-02-08"));
  CHECK(finds("DOE, ANN", "1987-06-05"));
  CHECK_FALSE(finds("STONE, PETER", "1961-02-08"));
}
