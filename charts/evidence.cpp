#include "charts/evidence.h"

#include <algorithm>
#include <array>

#include "charts/fuzzy.h"
#include "charts/patient_index.h"

namespace chartscan::charts {
namespace {

// Bits for agreement and against; from the frequencies in an index of a million (an MRN is one of a million, a birth date
// one of 30,000, a full name one of some ten thousand), lessened where fields depend on each other.
constexpr double kMrnExact = 20, kMrnNear = 9, kMrnDiffers = -14;
constexpr double kNameExact = 14, kNameClose = 11, kNameSwapped = 12, kNickname = 9, kInitial = 6, kFamilyOnly = 2, kGivenOnly = 2;
constexpr double kNameDiffers = -12, kMiddleAgrees = 2, kMiddleDiffers = -4, kSuffixAgrees = 3, kSuffixDiffers = -12;
constexpr double kDobExact = 14, kDobNear = 3, kDobDiffers = -12;
constexpr double kSexAgrees = 1, kSexDiffers = -6;
constexpr double kSsnAgrees = 12, kSsnNear = 1, kSsnDiffers = -8;
constexpr double kPhoneAgrees = 9, kPhoneDiffers = -1;

constexpr double kSureDate = 0.85;  // a birth date whose words were read with this confidence and that is one digit off is another date

std::string shown(const PageIdentity& page, const Field& field, const std::string& known) {
  return "page " + to_string(page.page) + " reads " + field.value + (known.empty() ? "" : ", index has " + known);
}

FieldEvidence evidence_of(Agreement agreement, bool contradicts, double bits, std::string detail) {
  return {agreement, contradicts, std::max(bits, 0.0), std::min(bits, 0.0), std::move(detail)};
}

// Adds what another value says of the same field: a contradiction stays whatever agrees beside it. True when `other`
// became the one that is shown.
bool strengthen(FieldEvidence& all, const FieldEvidence& other) {
  if (other.agreement == Agreement::Missing) return false;
  const bool shown = all.agreement == Agreement::Missing || (other.contradicts && !all.contradicts) ||
                     (other.contradicts == all.contradicts && other.weight() > all.weight());
  const double bits_for = std::max(all.bits_for, other.bits_for), bits_against = std::min(all.bits_against, other.bits_against);
  if (shown) all = other;
  all.bits_for = bits_for;
  all.bits_against = bits_against;
  return shown;
}

FieldEvidence compare_mrn(const PageIdentity& page, const Field& field, const Patient& patient) {
  if (patient.mrn.empty()) return {};
  const std::string detail = shown(page, field, patient.mrn);
  if (canonical_mrn(field.value) == canonical_mrn(patient.mrn)) return evidence_of(Agreement::Agrees, false, kMrnExact, detail);
  if (is_near_mrn(field.value, patient.mrn)) return evidence_of(Agreement::Close, false, kMrnNear, detail);
  return evidence_of(Agreement::Disagrees, true, kMrnDiffers, detail);
}

bool one_digit_apart(const std::string& a, const std::string& b) { return edit_distance(letters_and_digits(a), letters_and_digits(b)) == 1; }

// Every digit that differs is one that OCR takes for the other.
bool plain_confusion(const std::string& a, const std::string& b) {
  int differ = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i] == b[i]) continue;
    if (!confusable(a[i], b[i])) return false;
    ++differ;
  }
  return a.size() == b.size() && differ == 1;
}

FieldEvidence compare_dob(const PageIdentity& page, const Field& field, const Patient& patient) {
  if (!patient.dob) return {};
  const std::string known = to_string(patient.dob), detail = shown(page, field, known);
  if (field.value == known) return evidence_of(Agreement::Agrees, false, kDobExact, detail);
  const auto read = parse_iso_date(field.value);
  const bool exchanged = read && read->year == patient.dob.year && read->month == patient.dob.day && read->day == patient.dob.month;
  if (one_digit_apart(field.value, known) || exchanged) {
    const bool misread = plain_confusion(field.value, known) && field.confidence < kSureDate;
    return evidence_of(Agreement::Close, !misread, kDobNear, detail);
  }
  return evidence_of(Agreement::Disagrees, true, kDobDiffers, detail);
}

double weight_of(NameMatch match) {
  switch (match) {
    case NameMatch::Exact: return kNameExact;
    case NameMatch::Close: return kNameClose;
    case NameMatch::Swapped: return kNameSwapped;
    case NameMatch::Nickname: return kNickname;
    case NameMatch::Initial: return kInitial;
    case NameMatch::FamilyOnly: return kFamilyOnly;
    case NameMatch::GivenOnly: return kGivenOnly;
    case NameMatch::Different: return kNameDiffers;
    case NameMatch::Missing: return 0;
  }
  return 0;
}

struct NameEvidence {
  FieldEvidence evidence;
  NameMatch match = NameMatch::Missing;
  double distance = 0;
};

NameEvidence compare_name(const PageIdentity& page, const Field& field, const Patient& patient) {
  const NameComparison names = compare_names(from_field(field.value), name_of(patient));
  NameEvidence result{{}, names.match, names.distance};
  if (names.match == NameMatch::Missing) return result;
  FieldEvidence& evidence = result.evidence;
  evidence.bits_for = std::max(0.0, weight_of(names.match) - (names.match == NameMatch::Close ? names.distance : 0));
  evidence.bits_against = std::min(0.0, weight_of(names.match));
  evidence.detail = shown(page, field, display_name(patient)) + ": " + to_string(names.match);
  if (agrees(names.match)) {
    evidence.agreement = names.match == NameMatch::Exact ? Agreement::Agrees : Agreement::Close;
    if (names.middle_agrees) evidence.bits_for += kMiddleAgrees;
    if (names.middle_differs) {
      evidence.bits_against += kMiddleDiffers;
      evidence.agreement = Agreement::Close;
      evidence.detail += ", another middle name";
    }
    if (names.suffix_agrees) evidence.bits_for += kSuffixAgrees;
    if (names.suffix_differs) {
      evidence.bits_against += kSuffixDiffers;
      evidence.agreement = Agreement::Disagrees;
      evidence.contradicts = true;
      evidence.detail += ", another suffix";
    }
  } else if (names.match == NameMatch::Initial) {
    evidence.agreement = Agreement::Close;
  } else {
    evidence.agreement = Agreement::Disagrees;
    evidence.contradicts = true;
  }
  return result;
}

FieldEvidence compare_sex(const PageIdentity& page, const Field& field, const Patient& patient) {
  if (patient.sex.empty() || patient.sex == "U" || field.value == "U") return {};
  const std::string detail = shown(page, field, patient.sex);
  if (field.value == patient.sex) return evidence_of(Agreement::Agrees, false, kSexAgrees, detail);
  return evidence_of(Agreement::Disagrees, true, kSexDiffers, detail);
}

FieldEvidence compare_ssn(const PageIdentity& page, const Field& field, const Patient& patient) {
  const std::string digits = letters_and_digits(patient.ssn);
  if (digits.size() < 4) return {};
  const std::string last4 = digits.substr(digits.size() - 4), detail = shown(page, field, last4);
  if (field.value == last4) return evidence_of(Agreement::Agrees, false, kSsnAgrees, detail);
  if (one_digit_apart(field.value, last4)) return evidence_of(Agreement::Close, false, kSsnNear, detail);
  return evidence_of(Agreement::Disagrees, true, kSsnDiffers, detail);
}

FieldEvidence compare_phone(const PageIdentity& page, const Field& field, const Patient& patient) {
  const std::string known = letters_and_digits(patient.phone);
  if (known.size() < 10) return {};
  const bool same = known.ends_with(field.value);
  // A telephone may be a relative's or the clinic's: it speaks for, hardly against.
  return evidence_of(same ? Agreement::Agrees : Agreement::Disagrees, false, same ? kPhoneAgrees : kPhoneDiffers, shown(page, field, patient.phone));
}

}  // namespace

bool is_near_mrn(const std::string& a, const std::string& b) {
  const std::string x = canonical_mrn(a), y = canonical_mrn(b);
  if (x.size() < 4 || y.size() < 4) return false;
  const auto unpadded = [](const std::string& mrn) { return mrn.substr(std::min(mrn.find_first_not_of('0'), mrn.size())); };
  return edit_distance(x, y) <= 1 || ocr_distance(x, y) <= 0.85 || unpadded(x) == unpadded(y);
}

double PageEvidence::score() const { return mrn.weight() + name.weight() + dob.weight() + sex.weight() + ssn.weight() + phone.weight(); }

bool PageEvidence::contradicts() const { return mrn.contradicts || name.contradicts || dob.contradicts || sex.contradicts || ssn.contradicts; }

int PageEvidence::identifiers_agreeing() const {
  const auto one = [](const FieldEvidence& field) { return !field.contradicts && field.agreement == Agreement::Agrees ? 1 : 0; };
  return one(mrn) + one(dob) + (agrees(name_match) && !name.contradicts ? 1 : 0);
}

PageEvidence compare(const PageIdentity& page, const Patient& patient) {
  PageEvidence result;
  for (const Field& field : page.fields) {
    switch (field.kind) {
      case FieldKind::Mrn: strengthen(result.mrn, compare_mrn(page, field, patient)); break;
      case FieldKind::BirthDate: strengthen(result.dob, compare_dob(page, field, patient)); break;
      case FieldKind::Sex: strengthen(result.sex, compare_sex(page, field, patient)); break;
      case FieldKind::SsnLast4: strengthen(result.ssn, compare_ssn(page, field, patient)); break;
      case FieldKind::Phone: strengthen(result.phone, compare_phone(page, field, patient)); break;
      case FieldKind::PatientName: {
        const NameEvidence name = compare_name(page, field, patient);
        if (strengthen(result.name, name.evidence)) {
          result.name_match = name.match;
          result.name_distance = name.distance;
        }
        break;
      }
      default: break;
    }
  }
  return result;
}

PageEvidence pooled(std::span<const PageIdentity> pages, const Patient& patient) {
  PageEvidence all;
  for (const PageIdentity& page : pages) {
    const PageEvidence one = compare(page, patient);
    strengthen(all.mrn, one.mrn);
    strengthen(all.dob, one.dob);
    strengthen(all.sex, one.sex);
    strengthen(all.ssn, one.ssn);
    strengthen(all.phone, one.phone);
    if (strengthen(all.name, one.name)) {
      all.name_match = one.name_match;
      all.name_distance = one.name_distance;
    }
  }
  return all;
}

std::vector<LinkReason> reasons_of(const PageEvidence& evidence) {
  std::vector<LinkReason> reasons;
  const std::array<std::pair<const char*, const FieldEvidence*>, 6> fields{
      {{"mrn", &evidence.mrn}, {"name", &evidence.name}, {"dob", &evidence.dob}, {"sex", &evidence.sex}, {"ssn", &evidence.ssn}, {"phone", &evidence.phone}}};
  for (const auto& [name, field] : fields)
    reasons.push_back({name, field->agreement, field->weight(), field->agreement == Agreement::Missing ? "not on the page or not in the index" : field->detail});
  std::erase_if(reasons, [](const LinkReason& reason) {
    return reason.agreement == Agreement::Missing && (reason.field == "sex" || reason.field == "ssn" || reason.field == "phone");
  });
  return reasons;
}

Patient described_by(const PageIdentity& page) {
  Patient patient;
  for (const Field& field : page.fields) {
    if (field.kind == FieldKind::Mrn && patient.mrn.empty()) patient.mrn = field.value;
    if (field.kind == FieldKind::BirthDate && !patient.dob) patient.dob = parse_iso_date(field.value).value_or(Date{});
    if (field.kind == FieldKind::Sex && patient.sex.empty()) patient.sex = field.value;
    if (field.kind == FieldKind::SsnLast4 && patient.ssn.empty()) patient.ssn = field.value;
    if (field.kind == FieldKind::PatientName && patient.family.empty()) {
      const PersonName name = from_field(field.value);
      patient.family = name.family;
      patient.given = name.given;
      patient.middle = name.middle;
      patient.suffix = name.suffix;
    }
  }
  return patient;
}

}  // namespace chartscan::charts
