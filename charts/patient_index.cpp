#include "charts/patient_index.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "charts/fuzzy.h"
#include "charts/names.h"
#include "storage/keys.h"

namespace chartscan::charts {
namespace {

using storage::Family;

// Kinds of blocking keys; part of the archive's format.
constexpr char kByBirthDate = 'd';  // YYYYMMDD
constexpr char kByName = 'n';       // Soundex of a family name, first letter of the given name
constexpr char kByMrn = 'm';        // canonical MRN without leading zeros

// A million patients share a birth date by the score and a common name by the hundred. Beyond the limit a name alone says
// nothing; birth date and MRN still find the patient.
constexpr std::size_t kMaxOfBlock = 400;

std::string without_zeros(const std::string& mrn) { return mrn.substr(std::min(mrn.find_first_not_of('0'), mrn.size() - (mrn.empty() ? 0 : 1))); }

std::string date_key(const Date& date) {
  std::string key = to_string(date);
  std::erase(key, '-');
  return key;
}

std::string name_key(std::string_view family, std::string_view given) {
  const std::string sound = soundex(family), initial = letters(given).substr(0, 1);
  return sound.empty() || initial.empty() ? std::string() : sound + initial;
}

// A family name of two words is looked up by either.
std::set<std::string> name_keys(const std::string& family, const std::string& given) {
  std::set<std::string> keys{name_key(family, given)};
  std::string part;
  for (const char c : family + " ") {
    if (c != ' ' && c != '-') {
      part += c;
    } else {
      if (letters(part).size() >= 3) keys.insert(name_key(part, given));
      part.clear();
    }
  }
  keys.erase("");
  return keys;
}

// Every record number one misread character away: wrong, missing, extra, or two neighbours exchanged.
std::set<std::string> neighbours(const std::string& mrn) {
  static constexpr std::string_view kDigits = "0123456789", kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::set<std::string> out;
  for (std::size_t i = 0; i < mrn.size(); ++i) {
    if (!std::isalnum(static_cast<unsigned char>(mrn[i]))) continue;
    std::string other = mrn;
    for (const char c : kDigits) other[i] = c, out.insert(other);
    for (const char c : kLetters)
      if (std::isalpha(static_cast<unsigned char>(mrn[i])) || confusable(mrn[i], c)) other[i] = c, out.insert(other);
    out.insert(mrn.substr(0, i) + mrn.substr(i + 1));
    if (i + 1 < mrn.size()) {
      other = mrn;
      std::swap(other[i], other[i + 1]);
      out.insert(other);
    }
  }
  for (std::size_t i = 0; i <= mrn.size(); ++i)
    for (const char c : kDigits) out.insert(mrn.substr(0, i) + c + mrn.substr(i));
  out.erase(mrn);
  return out;
}

// All characters that may be misread digits taken as digits: "l23O5" -> "12305".
std::string as_digits(std::string mrn) {
  for (char& c : mrn)
    if (std::isalpha(static_cast<unsigned char>(c)))
      for (const char digit : std::string_view("0158269"))
        if (confusable(c, digit)) {
          c = digit;
          break;
        }
  return mrn;
}

}  // namespace

std::string canonical_mrn(std::string_view mrn) {
  std::string plain = letters_and_digits(mrn);
  if (plain.size() > 3 && plain.starts_with("MRN")) plain.erase(0, 3);
  return plain;
}

void put_patient(storage::Change& change, const Patient& patient) {
  change.put(patient);
  const auto add = [&](char kind, const std::string& value) {
    if (!value.empty()) change.raw().put(Family::Patient, storage::keys::patient_block(kind, value, patient.mrn), "");
  };
  add(kByMrn, without_zeros(canonical_mrn(patient.mrn)));
  if (patient.dob) add(kByBirthDate, date_key(patient.dob));
  for (const std::string& key : name_keys(patient.family, patient.given)) add(kByName, key);
}

Result<std::vector<Patient>> PatientIndex::block(char kind, const std::string& value, std::size_t limit) const {
  std::vector<std::string> mrns;
  TRY_STATUS(records_.view().scan(Family::Patient, storage::keys::patient_blocks(kind, value),
                                  [&](std::string_view key, std::string_view) {
                                    if (auto mrn = storage::keys::mrn_of_patient_block(key)) mrns.push_back(std::move(*mrn));
                                    return mrns.size() < limit;
                                  }),
             "patient index");
  std::vector<Patient> patients;
  for (const std::string& mrn : mrns) {
    TRY(std::optional<Patient> patient, records_.patient(mrn), "patient index");
    if (patient) patients.push_back(std::move(*patient));
  }
  return patients;
}

Result<std::optional<Patient>> PatientIndex::by_mrn(const std::string& mrn) const {
  TRY(std::optional<Patient> same, records_.patient(mrn), "patient index");
  if (same) return same;
  const std::string canonical = canonical_mrn(mrn);
  if (canonical.empty()) return std::optional<Patient>();
  TRY(std::vector<Patient> alike, block(kByMrn, without_zeros(canonical), kMaxOfBlock));
  for (Patient& patient : alike)
    if (canonical_mrn(patient.mrn) == canonical) return std::optional<Patient>(std::move(patient));
  return std::optional<Patient>();
}

Result<std::vector<Patient>> PatientIndex::near_mrn(const std::string& mrn) const {
  std::vector<Patient> found;
  const std::string canonical = canonical_mrn(mrn);
  if (canonical.size() < 4) return found;
  std::set<std::string> wanted = neighbours(mrn);
  wanted.merge(neighbours(canonical));
  wanted.insert(as_digits(mrn));
  wanted.insert(as_digits(canonical));
  for (const std::string& other : wanted) {
    if (other == mrn) continue;
    TRY(std::optional<Patient> patient, records_.patient(other), "patient index");
    if (patient) found.push_back(std::move(*patient));
  }
  // Same digits but for zeros in front.
  TRY(std::vector<Patient> padded, block(kByMrn, without_zeros(canonical), kMaxOfBlock));
  for (Patient& patient : padded)
    if (canonical_mrn(patient.mrn) != canonical) found.push_back(std::move(patient));
  return found;
}

Result<std::vector<Patient>> PatientIndex::by_birth_date(const Date& dob) const {
  if (!dob) return std::vector<Patient>();
  return block(kByBirthDate, date_key(dob), kMaxOfBlock);
}

Result<std::vector<Patient>> PatientIndex::by_name(const std::string& family, const std::string& given) const {
  const std::string key = name_key(family, given);
  if (key.empty()) return std::vector<Patient>();
  return block(kByName, key, kMaxOfBlock);
}

Result<std::vector<Patient>> PatientIndex::candidates(const std::vector<Field>& fields) const {
  std::map<std::string, Patient> found;
  const auto keep = [&](std::vector<Patient> patients) {
    for (Patient& patient : patients) found.try_emplace(patient.mrn, std::move(patient));
  };
  std::set<std::string> mrns, dates, names;
  for (const Field& field : fields) {
    if (field.kind == FieldKind::Mrn) mrns.insert(field.value);
    if (field.kind == FieldKind::BirthDate) dates.insert(field.value);
    if (field.kind == FieldKind::PatientName) names.insert(field.value);
  }
  for (const std::string& mrn : mrns) {
    TRY(std::optional<Patient> exact, by_mrn(mrn));
    if (exact) keep({std::move(*exact)});
    TRY(std::vector<Patient> near, near_mrn(mrn));
    keep(std::move(near));
  }
  const auto similar_name = [&](const Patient& patient) {
    return names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
             const NameMatch match = compare_names(from_field(name), name_of(patient)).match;
             return match != NameMatch::Different && match != NameMatch::Missing;
           });
  };
  for (const std::string& date : dates) {
    TRY(std::vector<Patient> born, by_birth_date(parse_iso_date(date).value_or(Date{})));
    std::erase_if(born, [&](const Patient& patient) { return !similar_name(patient); });
    keep(std::move(born));
  }
  for (const std::string& name : names) {
    const PersonName person = from_field(name);
    for (const auto& [family, given] : {std::pair{person.family, person.given}, {person.given, person.family}})
      for (const std::string& key : name_keys(family, given)) {
        TRY(std::vector<Patient> alike, block(kByName, key, kMaxOfBlock));
        std::erase_if(alike, [&](const Patient& patient) { return !similar_name(patient); });
        keep(std::move(alike));
      }
  }
  std::vector<Patient> patients;
  for (auto& [mrn, patient] : found) patients.push_back(std::move(patient));
  return patients;
}

}  // namespace chartscan::charts
