// How one page's identifiers agree with one patient, field by field, in bits for or against (charts/linkage.h) and in words.
// Private to this room; pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "charts/names.h"
#include "core/document.h"
#include "core/page.h"
#include "core/patient.h"

namespace chartscan::charts {

struct FieldEvidence {
  Agreement agreement = Agreement::Missing;
  Agreement best = Agreement::Missing;  // the strongest that no contradiction took part in
  bool contradicts = false;  // forbids an automatic link
  bool misreadable = true;   // what contradicts may be the patient's own value misread
  double bits_for = 0;       // of the strongest agreement seen, 0 or more
  double bits_against = 0;   // of the strongest disagreement seen, 0 or less
  std::string detail;

  double weight() const { return bits_for + bits_against; }
};

struct PageEvidence {
  FieldEvidence mrn, name, dob, sex, ssn, phone, address;
  NameMatch name_match = NameMatch::Missing;
  double name_distance = 0;  // OCR-weighted; 0 = letter by letter the same
  bool given_is_sure = false;  // of that name: the same, a short form, or characters that OCR takes for each other; a twin has another
  NameMatch named = NameMatch::Missing;  // of a name that agrees in full, whatever stands beside it
  double named_distance = 0;

  double score() const;
  bool contradicts() const;
  int identifiers_agreeing() const;  // of mrn, name, dob
  bool name_is_exact() const;        // every letter of family and given name, either way round
  bool something_else_agrees() const;  // SSN, telephone or address, exactly
};

// The identifying fields of a page that count.
struct PageIdentity {
  PageId page;
  std::vector<Field> fields;
  double read = 1;  // mean confidence of its words
  std::map<std::string, std::string> merged;  // an MRN among the fields, and the merged-away one that was read in its place
  bool empty() const { return fields.empty(); }
};

// On a page this hard to read one wrong character is likelier misread than another person's; where it is worse, several are.
inline constexpr double kHardToRead = 0.94, kBarelyRead = 0.9;

// A disagreement in one of MRN, name and birth date does not contradict on a page that is hard to read, if a misreading explains it
// and the other two, or one and the value itself read rightly elsewhere on the page, agree.
PageEvidence compare(const PageIdentity& page, const Patient& patient);

// All pages together: for each field the strongest agreement, or the contradiction if there is one.
PageEvidence pooled(std::span<const PageIdentity> pages, const Patient& patient);

std::vector<LinkReason> reasons_of(const PageEvidence& evidence);

// A patient as a page describes them, to compare pages with each other where the index does not know the patient.
Patient described_by(const PageIdentity& page);

// One misread character: a digit wrong, missing, extra, exchanged, or only OCR confusions.
bool is_near_mrn(const std::string& a, const std::string& b);

}  // namespace chartscan::charts
