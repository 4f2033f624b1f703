#include "charts/patient_index.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <set>

#include "charts/fuzzy.h"
#include "charts/names.h"
#include "storage/keys.h"

namespace chartscan::charts {
namespace {

using storage::Family;

// A million patients share a birth date by the score and the sounds of a common name by some hundred. Who stands behind the
// limit is found by another key, or a person looks.
constexpr std::size_t kMaxOfBlock = 400;
constexpr std::string_view kKeysRow = "patient-keys";  // keys::linking: the version of the keys in the archive
constexpr std::string_view kKeysVersion = "3";         // 1, without the row: birth date, MRN, and 'n' sound and initial; 2: no names alone
constexpr int kMaxMerges = 32;  // of one chart into the next and the next; more is a circle

// Words of names stand in alphabetical order, so that a beginning is a range: "HARGROVE 4051873".
std::string block_row(const BlockKey& key, const std::string& mrn) {
  if (key.block == Block::NameWord) return storage::keys::patient_block(static_cast<char>(key.block), "", key.value + ' ' + mrn);
  return storage::keys::patient_block(static_cast<char>(key.block), key.value, mrn);
}

// Every record number one misread character away: wrong, missing, extra, or two neighbours exchanged. Letters come in only where
// the number has some, or where one is taken for a digit.
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

std::vector<BlockKey> all_keys(const Patient& patient) {
  std::vector<BlockKey> keys = block_keys(patient);
  std::ranges::move(search_keys(patient), std::back_inserter(keys));
  std::ranges::sort(keys);
  return keys;
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

void put_patient(storage::Change& change, const Patient* before, const Patient& patient) {
  const std::vector<BlockKey> keys = all_keys(patient);
  if (before) {
    const bool renumbered = before->mrn != patient.mrn;
    if (renumbered) change.raw().erase(Family::Patient, storage::keys::patient(before->mrn));
    for (const BlockKey& key : all_keys(*before))
      if (renumbered || !std::ranges::binary_search(keys, key)) change.raw().erase(Family::Patient, block_row(key, before->mrn));
  }
  change.put(patient);
  for (const BlockKey& key : keys) change.raw().put(Family::Patient, block_row(key, patient.mrn), "");
}

void erase_patient(storage::Change& change, const Patient& patient) {
  change.raw().erase(Family::Patient, storage::keys::patient(patient.mrn));
  for (const BlockKey& key : all_keys(patient)) change.raw().erase(Family::Patient, block_row(key, patient.mrn));
}

void put_alias(storage::Change& change, const std::string& old_mrn, const std::string& survivor_mrn) {
  change.raw().put(Family::Patient, storage::keys::patient_alias(old_mrn), survivor_mrn);
  change.raw().put(Family::Patient, block_row(mrn_key(Block::Alias, old_mrn), old_mrn), "");
}

void erase_alias(storage::Change& change, const std::string& old_mrn) {
  change.raw().erase(Family::Patient, storage::keys::patient_alias(old_mrn));
  change.raw().erase(Family::Patient, block_row(mrn_key(Block::Alias, old_mrn), old_mrn));
}

Result<std::vector<std::string>> PatientIndex::mrns_of(const BlockKey& key, std::size_t limit) const {
  std::vector<std::string> mrns;
  TRY_STATUS(records_.view().scan(Family::Patient, storage::keys::patient_blocks(static_cast<char>(key.block), key.value),
                                  [&](std::string_view row, std::string_view) {
                                    if (auto mrn = storage::keys::mrn_of_patient_block(row)) mrns.push_back(std::move(*mrn));
                                    return mrns.size() < limit;
                                  }),
             "patient index");
  return mrns;
}

Result<std::vector<Patient>> PatientIndex::block(const BlockKey& key) const {
  TRY(const std::vector<std::string> mrns, mrns_of(key, kMaxOfBlock));
  std::vector<Patient> patients;
  for (const std::string& mrn : mrns) {
    TRY(std::optional<Patient> patient, records_.patient(mrn), "patient index");
    if (patient) patients.push_back(std::move(*patient));
  }
  return patients;
}

Result<std::optional<Patient>> PatientIndex::registered(const std::string& mrn) const {
  TRY(std::optional<Patient> same, records_.patient(mrn), "patient index");
  if (same) return same;
  const std::string canonical = canonical_mrn(mrn);
  if (canonical.empty()) return std::optional<Patient>();
  TRY(std::vector<Patient> alike, block(mrn_key(Block::Mrn, mrn)));
  for (Patient& patient : alike)
    if (canonical_mrn(patient.mrn) == canonical) return std::optional<Patient>(std::move(patient));
  return std::optional<Patient>();
}

Result<std::optional<std::string>> PatientIndex::alias_target(const std::string& mrn) const {
  TRY(const std::vector<std::string> alike, mrns_of(mrn_key(Block::Alias, mrn), kMaxOfBlock));
  for (const std::string& old : alike)
    if (canonical_mrn(old) == canonical_mrn(mrn)) return records_.view().get(Family::Patient, storage::keys::patient_alias(old));
  return std::optional<std::string>();
}

Result<std::optional<std::string>> PatientIndex::survivor_of(const std::string& mrn) const {
  std::optional<std::string> survivor;
  std::string asked = mrn;
  for (int merges = 0; merges < kMaxMerges; ++merges) {
    TRY(std::optional<std::string> target, alias_target(asked), "patient index");
    if (!target) return survivor;
    survivor = asked = std::move(*target);
  }
  return Error{ErrorCode::Integrity, "merged charts lead in a circle; run 'chartscan verify' and undo one of the merges", {}};
}

Result<std::optional<Patient>> PatientIndex::by_mrn(const std::string& mrn) const {
  TRY(std::optional<Patient> own, registered(mrn));
  if (own) return own;
  TRY(const std::optional<std::string> survivor, survivor_of(mrn));
  if (!survivor) return std::optional<Patient>();
  return registered(*survivor);
}

Result<std::vector<Patient>> PatientIndex::near_mrn(const std::string& mrn) const {
  std::vector<Patient> found;
  const std::string canonical = canonical_mrn(mrn);
  if (canonical.size() < 4) return found;
  std::set<std::string> wanted = neighbours(mrn);
  if (canonical != mrn) wanted.merge(neighbours(canonical));
  wanted.insert(as_digits(mrn));
  wanted.insert(as_digits(canonical));
  for (const std::string& other : wanted) {
    if (other == mrn) continue;
    TRY(std::optional<Patient> patient, records_.patient(other), "patient index");
    if (patient) found.push_back(std::move(*patient));
  }
  // Same digits but for zeros in front.
  TRY(std::vector<Patient> padded, block(mrn_key(Block::Mrn, mrn)));
  for (Patient& patient : padded)
    if (canonical_mrn(patient.mrn) != canonical) found.push_back(std::move(patient));
  return found;
}

Result<std::vector<Patient>> PatientIndex::by_birth_date(const Date& dob) const {
  if (!dob) return std::vector<Patient>();
  return block(birth_date_key(dob));
}

Result<std::vector<Patient>> PatientIndex::by_name(const std::string& family, const std::string& given) const {
  const std::string family_sound = soundex(family), given_sound = soundex(given);
  if (family_sound.empty() || given_sound.empty()) return std::vector<Patient>();
  return block(full_name_key(family_sound, given_sound));
}

Result<std::vector<std::string>> PatientIndex::mrns_by_name(const std::string& beginning, std::size_t limit) const {
  std::vector<std::string> mrns;
  std::set<std::string> seen;
  TRY_STATUS(records_.view().scan(Family::Patient, storage::keys::patient_block(static_cast<char>(Block::NameWord), "", beginning),
                                  [&](std::string_view row, std::string_view) {
                                    const std::string named = storage::keys::mrn_of_patient_block(row).value_or("");
                                    std::string mrn = named.substr(std::min(named.size(), named.find(' ') + 1));
                                    if (seen.insert(mrn).second) mrns.push_back(std::move(mrn));
                                    return mrns.size() < limit;
                                  }),
             "patient index");
  return mrns;
}

Result<std::vector<std::string>> PatientIndex::mrns_by_sound(const std::string& family, std::size_t limit) const {
  return mrns_of({Block::FamilySound, soundex(family)}, limit);
}

Result<bool> PatientIndex::has_name_keys() const {
  TRY(const std::optional<std::string> version, records_.view().get(Family::Meta, storage::keys::linking(kKeysRow)), "patient index");
  return version == kKeysVersion;
}

// One search: what the fields say, and who was found so far.
class CandidateSearch {
 public:
  CandidateSearch(const PatientIndex& index, const std::vector<Field>& fields, PatientIndex::NearNumbers near) : index_(index), near_(near) {
    for (const Field& field : fields) {
      if (field.kind == FieldKind::Mrn) mrns_.insert(field.value);
      if (field.kind == FieldKind::BirthDate) dates_.insert(parse_iso_date(field.value).value_or(Date{}));
      if (field.kind == FieldKind::PatientName) names_.push_back(from_field(field.value));
      if (field.kind == FieldKind::SsnLast4) ssns_.insert(field.value);
      if (field.kind == FieldKind::Phone) phones_.insert(field.value);
    }
    dates_.erase(Date{});
  }

  Result<Candidates> run() {
    TRY_STATUS(by_number());
    TRY_STATUS(by_date());
    TRY_STATUS(by_other_keys());
    if (!somebody_of_the_name()) TRY_STATUS(by_name_alone());
    Candidates result;
    for (auto& [mrn, patient] : found_) result.patients.push_back(std::move(patient));
    result.complete = complete_;
    return result;
  }

 private:
  Status by_number() {
    for (const std::string& mrn : mrns_) {
      TRY(std::optional<Patient> exact, index_.by_mrn(mrn));
      if (exact) keep(*exact);
      if (near_ == PatientIndex::NearNumbers::UnlessNamed && exact && is_named_exactly(*exact)) continue;
      TRY(std::vector<Patient> near, index_.near_mrn(mrn));
      for (Patient& patient : near) keep(std::move(patient));
    }
    return {};
  }

  // Whoever has a number one character off differs in name and birth date, or is found by them. Looking for all such numbers is nine tenths
  // of a search.
  bool is_named_exactly(const Patient& patient) const {
    return dates_.contains(patient.dob) && std::ranges::any_of(names_, [&](const PersonName& name) {
      const NameComparison names = compare_names(name, name_of(patient));
      return names.match == NameMatch::Exact && names.distance == 0;
    });
  }

  Status by_date() {
    for (const Date& date : dates_) {
      TRY(std::vector<Patient> born, index_.by_birth_date(date));
      complete_ = complete_ && born.size() < kMaxOfBlock;
      for (Patient& patient : born)
        if (names_.empty() || is_similar(patient)) keep(std::move(patient));
      const Date exchanged{date.year, date.day, date.month};
      if (exchanged != date && is_valid(exchanged)) {
        TRY(born, index_.by_birth_date(exchanged));
        for (Patient& patient : born)
          if (is_similar(patient)) keep(std::move(patient));
      }
    }
    return {};
  }

  Status by_other_keys() {
    std::vector<BlockKey> keys;
    const auto add = [&](std::vector<BlockKey> more) { std::ranges::move(more, std::back_inserter(keys)); };
    for (const PersonName& name : names_) {
      for (const Date& date : dates_) add(name_keys(name, date));
      for (const std::string& ssn : ssns_) add(ssn_keys(ssn, name));
    }
    for (const std::string& phone : phones_) add(phone_keys(phone));
    std::erase_if(keys, [](const BlockKey& key) { return key.block == Block::FullName; });
    return keep_similar(keys);
  }

  Status by_name_alone() {
    for (const PersonName& name : names_) TRY_STATUS(keep_similar(name_keys(name, Date{})));
    return {};
  }

  Status keep_similar(const std::vector<BlockKey>& keys) {
    for (const BlockKey& key : keys) {
      TRY(std::vector<Patient> alike, index_.block(key));
      for (Patient& patient : alike)
        if (is_similar(patient)) keep(std::move(patient));
    }
    return {};
  }

  bool somebody_of_the_name() const {
    return names_.empty() || std::ranges::any_of(found_, [&](const auto& found) {
      return std::ranges::any_of(names_, [&](const PersonName& name) { return agrees(compare_names(name, name_of(found.second)).match); });
    });
  }

  bool is_similar(const Patient& patient) const {
    return std::ranges::any_of(names_, [&](const PersonName& name) {
      const NameMatch match = compare_names(name, name_of(patient)).match;
      return match != NameMatch::Different && match != NameMatch::Missing;
    });
  }

  void keep(Patient patient) { found_.try_emplace(patient.mrn, std::move(patient)); }

  const PatientIndex& index_;
  const PatientIndex::NearNumbers near_;
  std::set<std::string> mrns_, ssns_, phones_;
  std::set<Date> dates_;
  std::vector<PersonName> names_;
  std::map<std::string, Patient> found_;
  bool complete_ = true;
};

Result<Candidates> PatientIndex::candidates(const std::vector<Field>& fields, NearNumbers near) const { return CandidateSearch(*this, fields, near).run(); }

// --- keys of older archives -----------------------------------------------------------------------------------------------------

namespace {
constexpr char kOldNameBlock = 'n';
constexpr std::size_t kRenewedTogether = 2000;
}  // namespace

Status renew_patient_keys(storage::Archive& archive) {
  TRY(const storage::Records records, archive.read(), "patient index");
  TRY(const std::optional<std::string> version, records.view().get(Family::Meta, storage::keys::linking(kKeysRow)), "patient index");
  if (version == kKeysVersion) return {};
  storage::Change change;
  Status committed;
  const auto step = [&] {
    if (change.raw().entries().size() < kRenewedTogether) return true;
    committed = archive.commit(change);
    change = {};
    return committed.ok();
  };
  TRY_STATUS(records.patients([&](const Patient& patient) { return put_patient(change, patient), step(); }), "patient index");
  TRY_STATUS(std::move(committed), "patient index");
  TRY_STATUS(records.view().scan(Family::Patient, std::string{'b', kOldNameBlock},
                                 [&](std::string_view key, std::string_view) {
                                   change.raw().erase(Family::Patient, std::string(key));
                                   return step();
                                 }),
             "patient index");
  TRY_STATUS(std::move(committed), "patient index");
  change.raw().put(Family::Meta, storage::keys::linking(kKeysRow), std::string(kKeysVersion));
  return archive.commit(change);
}

}  // namespace chartscan::charts
