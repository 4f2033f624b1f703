#include "charts/evidence.h"

#include <algorithm>
#include <array>

#include "charts/fuzzy.h"
#include "charts/linkage.h"

namespace chartscan::charts {
namespace {

constexpr double kSureDate = 0.85;    // a birth date whose words were read with this confidence and that is one digit off is another date
constexpr double kSureName = 0.45;      // a name without a label, on a page hard to read, is often no name: it speaks for somebody or not at all
constexpr double kHalf = 0.5;
constexpr double kMostAgainst = -1.5;  // bits: a telephone or address may be a relative's or an old one; it speaks for, hardly against

std::string shown(const PageIdentity& page, const Field& field, const std::string& known) {
  return "page " + to_string(page.page) + " reads " + field.value + (known.empty() ? "" : ", index has " + known);
}

FieldEvidence evidence_of(Agreement agreement, bool contradicts, double bits, std::string detail) {
  return {agreement, contradicts ? Agreement::Missing : agreement, contradicts, true, std::max(bits, 0.0), std::min(bits, 0.0), std::move(detail)};
}

// Agrees before Close before everything else.
Agreement stronger(Agreement a, Agreement b) {
  for (const Agreement one : {Agreement::Agrees, Agreement::Close})
    if (a == one || b == one) return one;
  return a == Agreement::Missing ? b : a;
}

// Adds what another value says of the same field: a contradiction stays whatever agrees beside it. True when `other`
// became the one that is shown.
bool strengthen(FieldEvidence& all, const FieldEvidence& other) {
  if (other.agreement == Agreement::Missing) return false;
  const bool shown = all.agreement == Agreement::Missing || (other.contradicts && !all.contradicts) ||
                     (other.contradicts == all.contradicts && other.weight() > all.weight());
  const double bits_for = std::max(all.bits_for, other.bits_for), bits_against = std::min(all.bits_against, other.bits_against);
  const Agreement best = stronger(all.best, other.best);
  const bool misreadable = (!all.contradicts || all.misreadable) && (!other.contradicts || other.misreadable);
  if (shown) all = other;
  all.best = best;
  all.misreadable = misreadable;
  all.bits_for = bits_for;
  all.bits_against = bits_against;
  return shown;
}

double bits(Part part, int level) { return page_weights().bits(part, level); }

FieldEvidence compare_mrn(const PageIdentity& page, const Field& field, const Patient& patient) {
  const signed char found = compare_mrns(field.value, patient.mrn);
  if (found == kMissing) return {};
  std::string detail = shown(page, field, patient.mrn);
  if (const auto old = page.merged.find(field.value); old != page.merged.end())
    detail = "page " + to_string(page.page) + " reads " + old->second + ", whose chart was merged into " + field.value;
  const Agreement agreement = found == level::kSame ? Agreement::Agrees : found <= level::kMrnOneOff ? Agreement::Close : Agreement::Disagrees;
  FieldEvidence evidence = evidence_of(agreement, agreement == Agreement::Disagrees, bits(Part::Mrn, found), std::move(detail));
  evidence.misreadable = found == level::kMrnTwoOff;
  return evidence;
}

FieldEvidence compare_dob(const PageIdentity& page, const Field& field, const Patient& patient) {
  const signed char found = compare_dates(parse_iso_date(field.value).value_or(Date{}), patient.dob);
  if (found == kMissing) return {};
  std::string detail = shown(page, field, to_string(patient.dob));
  const double weight = bits(Part::BirthDate, found);
  if (found == level::kSame) return evidence_of(Agreement::Agrees, false, weight, std::move(detail));
  const bool near = found == level::kDateConfused || found == level::kDateOneOff || found == level::kDateExchanged;
  const bool misread = found != level::kDateExchanged && field.confidence < kSureDate;
  FieldEvidence evidence = evidence_of(near ? Agreement::Close : Agreement::Disagrees, !near || !misread, weight, std::move(detail));
  evidence.misreadable = near && found != level::kDateExchanged;
  return evidence;
}

struct NameEvidence {
  FieldEvidence evidence;
  NameMatch match = NameMatch::Missing;
  double distance = 0;
  bool given_is_sure = false;
};

bool is_sure(signed char given) {
  return given == level::kSame || given == level::kGivenConfused || given == level::kGivenNickname;
}

// As the register has the name now, or as it had it before.
NameComparison best_comparison(const PersonName& read, const Patient& patient) {
  const NameComparison now = compare_names(read, name_of(patient));
  if (patient.maiden.empty() || agrees(now.match) || now.match == NameMatch::Missing) return now;
  Patient before = patient;
  before.family = patient.maiden;
  NameComparison earlier = compare_names(read, name_of(before));
  if (!agrees(earlier.match)) return now;
  earlier.match = NameMatch::Close;
  return earlier;
}

// Each part of the name speaks for or against by itself; a rare name that agrees says more than a common one. Gives the levels.
Levels weigh_name(const PersonName& read, const Patient& patient, FieldEvidence& evidence) {
  Levels levels = missing_levels();
  compare_names(read, name_of(patient), patient.maiden, levels);
  const bool exchanged = levels[index_of(Part::Order)] == level::kExchanged;
  const auto weigh = [&](Part part, std::string_view name) {
    const double one = page_weights().name_bits(part, levels[index_of(part)], letters(name));
    (one > 0 ? evidence.bits_for : evidence.bits_against) += one;
  };
  weigh(Part::Family, exchanged ? read.given : read.family);
  weigh(Part::Given, exchanged ? read.family : read.given);
  for (const Part part : {Part::Order, Part::Middle, Part::Suffix}) weigh(part, {});
  return levels;
}

// Half of the letters of family and given name, each by itself, were read.
bool is_misreading_of(const PersonName& read, const PersonName& known) {
  const auto half = [](std::string_view a, std::string_view b) {
    const std::string x = letters_and_digits(a), y = letters_and_digits(b);
    return std::min(x.size(), y.size()) >= 3 && ocr_distance(x, y) <= kHalf * static_cast<double>(y.size());
  };
  return half(read.family, known.family) && half(read.given, known.given);
}

NameEvidence compare_name(const PageIdentity& page, const Field& field, const Patient& patient) {
  const PersonName read = from_field(field.value);
  const NameComparison names = best_comparison(read, patient);
  NameEvidence result{{}, names.match, names.distance, false};
  if (names.match == NameMatch::Missing) return result;
  if (field.confidence < kSureName && !agrees(names.match)) return {};
  FieldEvidence& evidence = result.evidence;
  result.given_is_sure = is_sure(weigh_name(read, patient, evidence)[index_of(Part::Given)]);
  evidence.detail = shown(page, field, display_name(patient)) + ": " + to_string(names.match);
  if (agrees(names.match)) {
    evidence.agreement = names.match == NameMatch::Exact ? Agreement::Agrees : Agreement::Close;
    if (names.middle_differs) {
      evidence.agreement = Agreement::Close;
      evidence.detail += ", another middle name";
    }
    if (names.suffix_differs) {
      evidence.agreement = Agreement::Disagrees;
      evidence.contradicts = true;
      evidence.misreadable = false;
      evidence.detail += ", another suffix";
    }
  } else if (names.match == NameMatch::Initial) {
    evidence.agreement = Agreement::Close;
  } else {
    evidence.agreement = Agreement::Disagrees;
    evidence.contradicts = true;
    evidence.misreadable = !names.suffix_differs && is_misreading_of(read, name_of(patient));
  }
  if (!evidence.contradicts) evidence.best = evidence.agreement;
  return result;
}

FieldEvidence compare_sex(const PageIdentity& page, const Field& field, const Patient& patient) {
  const signed char found = compare_sexes(field.value, patient.sex);
  if (found == kMissing) return {};
  const bool same = found == level::kSame;
  return evidence_of(same ? Agreement::Agrees : Agreement::Disagrees, !same, bits(Part::Sex, found), shown(page, field, patient.sex));
}

// A number that the register has whole and a page perhaps only the end of.
FieldEvidence compare_digits(Part part, const PageIdentity& page, const Field& field, const std::string& known) {
  const signed char found = compare_numbers(field.value, known);
  if (found == kMissing) return {};
  const Agreement agreement = found == level::kSame ? Agreement::Agrees : found == level::kNearly ? Agreement::Close : Agreement::Disagrees;
  const std::string plain = letters_and_digits(known);
  return evidence_of(agreement, false, bits(part, found), shown(page, field, plain.substr(plain.size() - std::min(plain.size(), field.value.size()))));
}

FieldEvidence compare_ssn(const PageIdentity& page, const Field& field, const Patient& patient) {
  FieldEvidence evidence = compare_digits(Part::Ssn, page, field, patient.ssn);
  evidence.contradicts = evidence.agreement == Agreement::Disagrees;
  return evidence;
}

FieldEvidence compare_phone(const PageIdentity& page, const Field& field, const Patient& patient) {
  FieldEvidence evidence = compare_digits(Part::Phone, page, field, patient.phone);
  evidence.bits_against = std::max(evidence.bits_against, kMostAgainst);
  return evidence;
}

FieldEvidence compare_address(const PageIdentity& page, const Field& field, const Patient& patient) {
  const AddressParts read = address_parts(field.value);
  const signed char street = compare_phrases(read.street, patient.address);
  if (street == kMissing) return {};
  const double weight = bits(Part::Street, street) + bits(Part::Town, compare_phrases(read.town, patient.city)) +
                        bits(Part::Zip, compare_numbers(read.zip, patient.zip));
  const Agreement agreement = street == level::kSame ? Agreement::Agrees : street == level::kNearly ? Agreement::Close : Agreement::Disagrees;
  return evidence_of(agreement, false, std::max(weight, kMostAgainst), shown(page, field, patient.address));
}

void keep_named(PageEvidence& evidence, NameMatch match, double distance) {
  if (agrees(evidence.named) && evidence.named_distance <= distance) return;
  evidence.named = match;
  evidence.named_distance = distance;
}

bool may_be_forgiven(const PageIdentity& page, const PageEvidence& e) {
  const int against = e.mrn.contradicts + e.name.contradicts + e.dob.contradicts;
  if (page.read >= kHardToRead || against != 1 || e.sex.contradicts || e.ssn.contradicts) return false;
  const bool mrn = e.mrn.best == Agreement::Agrees, dob = e.dob.best == Agreement::Agrees, named = agrees(e.named);
  if (e.mrn.contradicts) return e.mrn.misreadable && ((mrn && (named || dob)) || (named && dob));
  if (e.dob.contradicts) return e.dob.misreadable && mrn && named;
  if (named) return mrn || dob;  // a bystander's name whose label was misread
  // The same given name and half a family name: a twin or a sibling would have it the other way round.
  if (e.name.misreadable && e.name_match == NameMatch::GivenOnly && dob) return true;
  if (e.name.misreadable) return mrn || (dob && e.mrn.best == Agreement::Close);
  return mrn && dob && e.name_match == NameMatch::Different && page.read < kBarelyRead;  // one of a twin would have the family's name
}

void forgive_misreading(const PageIdentity& page, PageEvidence& evidence) {
  if (!may_be_forgiven(page, evidence)) return;
  if (agrees(evidence.named)) {
    evidence.name_match = evidence.named;
    evidence.name_distance = evidence.named_distance;
  } else if (evidence.name.contradicts && evidence.name.misreadable) {
    evidence.name_match = NameMatch::Close;
  }
  for (FieldEvidence* field : {&evidence.mrn, &evidence.name, &evidence.dob}) {
    if (!field->contradicts) continue;
    field->contradicts = false;
    field->agreement = field->best == Agreement::Missing ? Agreement::Close : field->best;
    field->detail += ", taken for misread";
  }
}

}  // namespace

bool is_near_mrn(const std::string& a, const std::string& b) {
  const signed char found = compare_mrns(a, b);
  return found != kMissing && found <= level::kMrnOneOff;
}

double PageEvidence::score() const { return mrn.weight() + name.weight() + dob.weight() + sex.weight() + ssn.weight() + phone.weight() + address.weight(); }

bool PageEvidence::contradicts() const { return mrn.contradicts || name.contradicts || dob.contradicts || sex.contradicts || ssn.contradicts; }

int PageEvidence::identifiers_agreeing() const {
  const auto one = [](const FieldEvidence& field) { return !field.contradicts && field.agreement == Agreement::Agrees ? 1 : 0; };
  return one(mrn) + one(dob) + (agrees(name_match) && !name.contradicts ? 1 : 0);
}

bool PageEvidence::name_is_exact() const { return (name_match == NameMatch::Exact || name_match == NameMatch::Swapped) && name_distance == 0; }

bool PageEvidence::something_else_agrees() const {
  return std::ranges::any_of(std::array{&ssn, &phone, &address}, [](const FieldEvidence* field) { return field->agreement == Agreement::Agrees; });
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
      case FieldKind::Address: strengthen(result.address, compare_address(page, field, patient)); break;
      case FieldKind::PatientName: {
        const NameEvidence name = compare_name(page, field, patient);
        if (agrees(name.match) && !name.evidence.contradicts) keep_named(result, name.match, name.distance);
        if (strengthen(result.name, name.evidence)) {
          result.name_match = name.match;
          result.name_distance = name.distance;
          result.given_is_sure = name.given_is_sure;
        }
        break;
      }
      default: break;
    }
  }
  forgive_misreading(page, result);
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
    strengthen(all.address, one.address);
    if (agrees(one.named)) keep_named(all, one.named, one.named_distance);
    if (strengthen(all.name, one.name)) {
      all.name_match = one.name_match;
      all.name_distance = one.name_distance;
      all.given_is_sure = one.given_is_sure;
    }
  }
  return all;
}

std::vector<LinkReason> reasons_of(const PageEvidence& evidence) {
  std::vector<LinkReason> reasons;
  const std::array<std::pair<const char*, const FieldEvidence*>, 7> fields{{{"mrn", &evidence.mrn}, {"name", &evidence.name}, {"dob", &evidence.dob},
                                                                            {"sex", &evidence.sex}, {"ssn", &evidence.ssn}, {"phone", &evidence.phone},
                                                                            {"address", &evidence.address}}};
  for (const auto& [name, field] : fields)
    reasons.push_back({name, field->agreement, field->weight(), field->agreement == Agreement::Missing ? "not on the page or not in the index" : field->detail});
  std::erase_if(reasons, [](const LinkReason& reason) {
    return reason.agreement == Agreement::Missing && reason.field != "mrn" && reason.field != "name" && reason.field != "dob";
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
