// Under which keys a patient is found: the few values that a page must share with a patient for the two to be compared.
// Several kinds, so that a misread MRN, birth date or name leaves another one to find the patient by; each so narrow that a
// million patients share one by the dozen. Kinds and values are part of the archive's format. Private to this room; pure.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "charts/names.h"
#include "core/date.h"
#include "core/patient.h"

namespace chartscan::charts {

enum class Block : char {
  Mrn = 'm',          // canonical, without zeros in front
  BirthDate = 'd',    // YYYYMMDD
  NameAndYear = 'y',  // sound of the family name, initial, year of birth
  NameAndDay = 't',   // the same with month and day of birth
  FullName = 'f',     // sounds of family and given name, in alphabetical order: exchanged names share it
  Ssn = 's',          // last four digits and initial of the family name
  Phone = 'p',        // last seven digits
  NameWord = 'k',     // a word of family, earlier or given name, letters only: for people who type one, or its beginning
  FamilySound = 'u',  // sound of the family name: the same, misspelt
  Alias = 'a',        // MRN of a merged-away chart, canonical, without zeros in front
};

struct BlockKey {
  Block block = Block::Mrn;
  std::string value;
  auto operator<=>(const BlockKey&) const = default;
};

// Sorted, each once; those of search_keys() not among them, which too many patients share to be compared.
std::vector<BlockKey> block_keys(const Patient& patient);

// By which a person finds the patient: names alone. Sorted, each once.
std::vector<BlockKey> search_keys(const Patient& patient);

// The keys under which a patient of this name and birth date stands, whichever of the two parts of the name is the family's.
std::vector<BlockKey> name_keys(const PersonName& name, const Date& dob);
BlockKey birth_date_key(const Date& dob);
BlockKey mrn_key(Block block, std::string_view mrn);
std::vector<BlockKey> ssn_keys(std::string_view ssn, const PersonName& name);  // none where either is missing
std::vector<BlockKey> phone_keys(std::string_view phone);
BlockKey full_name_key(std::string_view family_sound, std::string_view given_sound);

// MRNs are compared without blanks, hyphens and an "MRN" in front: "mrn-00 123" is "00123".
std::string canonical_mrn(std::string_view mrn);
std::string without_zeros(std::string_view mrn);

}  // namespace chartscan::charts
