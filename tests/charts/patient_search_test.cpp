#include "charts/patient_search.h"

#include <catch2/catch.hpp>

using namespace chartscan;
using charts::find_patients;

namespace {

Patient person(const char* mrn, const char* family, const char* given, Date dob) {
  Patient patient;
  patient.mrn = mrn;
  patient.family = family;
  patient.given = given;
  patient.dob = dob;
  return patient;
}

enum class Keys { Present, OfOlderProgram };

class Register {
 public:
  explicit Register(Keys keys = Keys::Present) {
    storage::Change change;
    for (const Patient& one : {person("4051873", "Hargrove", "Walter Thomas", {1941, 2, 17}), person("4051911", "Hargrove", "Walter Thomas", {1966, 9, 30}),
                               person("4062917", "Ortiz-Vega", "Robert", {1958, 3, 4}), person("5000001", "Smith", "Anna", {1961, 2, 3})})
      charts::put_patient(change, one);
    charts::put_alias(change, "777", "5000001");
    REQUIRE(archive_->commit(change).ok());
    if (keys == Keys::Present) REQUIRE(charts::renew_patient_keys(*archive_).ok());
  }
  // MRNs in the order found.
  std::vector<std::string> find(const std::string& text, int limit = 10) {
    const auto records = archive_->read();
    REQUIRE(records.ok());
    const auto found = find_patients(*records, text, limit);
    REQUIRE(found.ok());
    std::vector<std::string> mrns;
    for (const charts::PatientMatch& match : *found) {
      mrns.push_back(match.patient.mrn);
      CHECK(match.score > 0);
      CHECK(match.score <= 1);
      CHECK_FALSE(match.why.empty());
    }
    return mrns;
  }

 private:
  std::unique_ptr<storage::Archive> archive_ = storage::Archive::in_memory();
};

using Mrns = std::vector<std::string>;

}  // namespace

TEST_CASE("a patient is found by names in either order, begun, misspelt or short", "[charts][patient-search]") {
  const Keys keys = GENERATE(Keys::Present, Keys::OfOlderProgram);
  Register patients(keys);
  CHECK(patients.find("smith") == Mrns{"5000001"});
  CHECK(patients.find("smyth") == Mrns{"5000001"});
  CHECK(patients.find("jargrove").size() == 2);
  CHECK(patients.find("harg wal").size() == 2);
  CHECK(patients.find("bob") == Mrns{"4062917"});
  CHECK(patients.find("walter").size() == 2);
  CHECK(patients.find("an smi") == Mrns{"5000001"});
  CHECK(patients.find("harg anna").empty());
  CHECK(patients.find("anna smith") == Mrns{"5000001"});
  CHECK(patients.find("SMITH, Anna") == Mrns{"5000001"});
  CHECK(patients.find("smi") == Mrns{"5000001"});
  CHECK(patients.find("smyth anna") == Mrns{"5000001"});
  CHECK(patients.find("bob ortiz") == Mrns{"4062917"});
  CHECK(patients.find("vega") == Mrns{"4062917"});
  CHECK(patients.find("walter hargrve").size() == 2);
  CHECK(patients.find("smith robert").empty());  // every name that is typed must be his
}

TEST_CASE("a birth date, a year or an MRN tells namesakes apart", "[charts][patient-search]") {
  Register patients;
  CHECK(patients.find("hargrove 2/17/1941").front() == "4051873");
  CHECK(patients.find("hargrove 30 Sep 1966").front() == "4051911");
  CHECK(patients.find("walter hargrve 1941") == Mrns{"4051873"});
  CHECK(patients.find("1961-02-03") == Mrns{"5000001"});
  CHECK(patients.find("4051911") == Mrns{"4051911"});
  CHECK(patients.find("40519") == Mrns{"4051911"});
  CHECK(patients.find("4O51911") == Mrns{"4051911"});  // a letter for a digit
  CHECK(patients.find("777") == Mrns{"5000001"});      // merged away: the survivor
}

TEST_CASE("nothing typed finds nobody, and no more are given than asked for", "[charts][patient-search]") {
  Register patients;
  CHECK(patients.find("").empty());
  CHECK(patients.find(" ,; ").empty());
  CHECK(patients.find("\xff\xfe'--").empty());
  CHECK(patients.find("hargrove", 1).size() == 1);
}
