// Names of people: taken apart, written one way, and compared. Private to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "charts/layout.h"
#include "core/patient.h"

namespace chartscan::charts {

// Upper case; middle and suffix may be empty.
struct PersonName {
  std::string family, given, middle, suffix;
};

// "DOE, ANN MARIE JR"; what FieldKind::PatientName holds.
std::string to_field(const PersonName& name);
PersonName from_field(std::string_view field);
PersonName name_of(const Patient& patient);

// "Doe, Ann M.", "Ann M. Doe", "DOE^ANN^M", "Mr. John Doe Jr". Titles and credentials are dropped. Nothing when it does not
// read like a person's name of two parts or more.
std::optional<PersonName> parse_person(std::string_view text);

// The name that starts at token `at` and ends before `last`; sets `tokens` to how many it takes.
std::optional<PersonName> person_at(const Layout& layout, int at, int last, int& tokens);

bool is_suffix(std::string_view word);      // JR, SR, II, III, IV
bool is_credential(std::string_view word);  // MD, RN, ...
std::string normal_suffix(std::string_view word);
bool has_credential_after(const Layout& layout, int at);  // the tokens from `at` on begin with one

// How two names relate, with everything a person would ask.
enum class NameMatch { Exact, Close, Nickname, Swapped, Initial, FamilyOnly, GivenOnly, Different, Missing };
struct NameComparison {
  NameMatch match = NameMatch::Missing;
  double distance = 0;         // OCR-weighted, over family and given
  bool middle_differs = false;  // both known, not the same and neither the other's initial
  bool middle_agrees = false;
  bool suffix_differs = false;  // both known, not the same
  bool suffix_agrees = false;
  bool suffix_missing = false;  // one known, one not
};
NameComparison compare_names(const PersonName& read, const PersonName& known);
bool agrees(NameMatch match);  // Exact, Close, Nickname or Swapped: a full name

const char* to_string(NameMatch match);

}  // namespace chartscan::charts
