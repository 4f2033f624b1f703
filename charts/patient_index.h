// The patient index: import from CSV, and the look-ups that linking needs. Kept in the archive.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "charts/blocking.h"
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

// Called now and then from the importing thread: rows seen, share of the file's bytes read.
using ImportProgress = std::function<void(int rows, double share)>;

// Header `mrn,family,given,middle,dob,sex,ssn,phone,address,city,state,zip` and, if wanted, `maiden`, in any order; quotes as in
// RFC 4180. A known MRN with other demographics is refused and named, never overwritten. Rows are committed in groups; running it
// twice is harmless.
Result<ImportReport> import_patients_csv(const std::filesystem::path& file, storage::Archive& archive, const ImportProgress& progress = {});

// Puts the patient's row and blocking keys in the place of `before`, the row as it is stored (null: there is none), and leaves no
// key of it behind.
void put_patient(storage::Change& change, const Patient* before, const Patient& patient);
inline void put_patient(storage::Change& change, const Patient& patient) { put_patient(change, nullptr, patient); }
void erase_patient(storage::Change& change, const Patient& patient);

// What is asked for by `old_mrn` is answered with the survivor from now on: two charts were merged. Taking it back is exact.
void put_alias(storage::Change& change, const std::string& old_mrn, const std::string& survivor_mrn);
void erase_alias(storage::Change& change, const std::string& old_mrn);

// Archives written before the present blocking keys get them; nothing happens to others. For whoever opens one for writing.
Status renew_patient_keys(storage::Archive& archive);

// The patients that one of the fields on a page could mean.
struct Candidates {
  std::vector<Patient> patients;  // by MRN, each once
  bool complete = true;           // false: more patients share a birth date of the page than are ever looked at
};

// Look-ups for linking; each returns few patients even in an index of a million.
class PatientIndex {
 public:
  explicit PatientIndex(storage::Records records) : records_(std::move(records)) {}
  // Merged-away numbers lead to the survivor: the patient's MRN is then another than the one asked for.
  Result<std::optional<Patient>> by_mrn(const std::string& mrn) const;
  // The MRN that a merged-away one leads to; nothing when `mrn` is no alias.
  Result<std::optional<std::string>> survivor_of(const std::string& mrn) const;
  Result<std::vector<Patient>> near_mrn(const std::string& mrn) const;  // one character or two neighbours wrong
  Result<std::vector<Patient>> by_birth_date(const Date& dob) const;
  Result<std::vector<Patient>> by_name(const std::string& family, const std::string& given) const;  // both sound alike
  // MRNs of those who have a name that begins so, whole names first; each once.
  Result<std::vector<std::string>> mrns_by_name(const std::string& beginning, std::size_t limit) const;
  Result<std::vector<std::string>> mrns_by_sound(const std::string& family, std::size_t limit) const;
  Result<bool> has_name_keys() const;  // false: an archive of an older program that was not opened for writing since
  // By MRN or one character off, by birth date and a similar name, by name with year or day of birth, SSN or telephone; by
  // name alone where nobody of that name was found otherwise.
  // UnlessNamed leaves the MRNs one character off out where MRN, name to the letter and birth date are one patient's.
  enum class NearNumbers { Always, UnlessNamed };
  Result<Candidates> candidates(const std::vector<Field>& fields, NearNumbers near = NearNumbers::Always) const;

 private:
  friend class CandidateSearch;
  Result<std::vector<std::string>> mrns_of(const BlockKey& key, std::size_t limit) const;
  Result<std::vector<Patient>> block(const BlockKey& key) const;
  Result<std::optional<Patient>> registered(const std::string& mrn) const;  // aliases not followed
  Result<std::optional<std::string>> alias_target(const std::string& mrn) const;

  storage::Records records_;
};

}  // namespace chartscan::charts
