// The patient index: import from CSV, and the look-ups that linking needs. Kept in the archive.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/patient.h"
#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::charts {

struct ImportRefusal {
  int line = 0;  // 1-based, of the file
  std::string mrn;
  std::string reason;  // what is wrong and what to do; names fields, never a patient's words
};

struct ImportReport {
  int added = 0;
  int unchanged = 0;
  std::vector<ImportRefusal> refused;
};

// Header `mrn,family,given,middle,dob,sex,ssn,phone,address,city,state,zip` in any order; quotes as in RFC 4180. A known MRN with
// other demographics is refused and named, never overwritten. Rows are committed in groups; running it twice is harmless.
Result<ImportReport> import_patients_csv(const std::filesystem::path& file, storage::Archive& archive);

// Adds the patient row and its blocking keys.
void put_patient(storage::Change& change, const Patient& patient);

// MRNs are compared without blanks, hyphens and an "MRN" in front: "mrn-00 123" is "00123".
std::string canonical_mrn(std::string_view mrn);

// Look-ups for linking; each returns few patients even in an index of a million.
class PatientIndex {
 public:
  explicit PatientIndex(storage::Records records) : records_(std::move(records)) {}
  Result<std::optional<Patient>> by_mrn(const std::string& mrn) const;
  Result<std::vector<Patient>> near_mrn(const std::string& mrn) const;  // one character or two neighbours wrong
  Result<std::vector<Patient>> by_birth_date(const Date& dob) const;
  Result<std::vector<Patient>> by_name(const std::string& family, const std::string& given) const;  // same sound, same initial
  // Patients that one of the fields on the page could mean: same MRN or one digit off, same birth date and a similar
  // name, same sounding name.
  Result<std::vector<Patient>> candidates(const std::vector<Field>& fields) const;

 private:
  Result<std::vector<Patient>> block(char kind, const std::string& value, std::size_t limit) const;

  storage::Records records_;
};

}  // namespace chartscan::charts
