// How two values of one identifying field relate, as one of a few levels: what probabilistic linkage counts, learns and weighs.
// Level 0 is the strongest agreement, the last one a plain difference; kMissing says nothing either way. Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "charts/names.h"
#include "core/date.h"
#include "core/patient.h"

namespace chartscan::charts {

enum class Part { Mrn, Family, Given, Order, Middle, Suffix, BirthDate, Sex, Ssn, Phone, Street, Town, Zip };
inline constexpr std::size_t kParts = 13;
inline constexpr std::size_t kMostLevels = 7;
inline constexpr signed char kMissing = -1;
using Levels = std::array<signed char, kParts>;

constexpr std::size_t index_of(Part part) { return static_cast<std::size_t>(part); }

// Levels by name; the comments say what is meant, comparison.cpp decides.
namespace level {
inline constexpr signed char kSame = 0;
// Mrn: characters that OCR takes for each other; one wrong, missing, extra or exchanged; two of those.
inline constexpr signed char kMrnConfused = 1, kMrnOneOff = 2, kMrnTwoOff = 3, kMrnOther = 4;
// Family: as above; a word of a double or earlier name; sounding alike.
inline constexpr signed char kFamilyConfused = 1, kFamilyClose = 2, kFamilyPart = 3, kFamilySounds = 4, kFamilyOther = 5;
inline constexpr signed char kGivenConfused = 1, kGivenClose = 2, kGivenNickname = 3, kGivenInitial = 4, kGivenSounds = 5, kGivenOther = 6;
inline constexpr signed char kExchanged = 1;  // Order: family and given name
inline constexpr signed char kMiddleInitial = 1, kMiddleOther = 2;
inline constexpr signed char kSuffixOneSided = 1, kSuffixOther = 2;
// BirthDate: confused as above; one digit; day and month or two neighbouring digits exchanged; two of year, month and day the same.
inline constexpr signed char kDateConfused = 1, kDateOneOff = 2, kDateExchanged = 3, kDatePart = 4, kDateOther = 5;
inline constexpr signed char kSexOther = 1;
// Ssn, Phone, Street, Town, Zip
inline constexpr signed char kNearly = 1, kOther = 2;
}  // namespace level

const char* to_string(Part part);       // "birth date"; what data files and reasons call it
std::size_t levels_of(Part part);
const char* level_name(Part part, int level);

signed char compare_mrns(std::string_view a, std::string_view b);
signed char compare_families(std::string_view a, std::string_view b, std::string_view maiden_of_b = {});
signed char compare_givens(std::string_view a, std::string_view b);
signed char compare_middles(std::string_view a, std::string_view b);
signed char compare_suffixes(std::string_view a, std::string_view b);
signed char compare_dates(const Date& a, const Date& b);
signed char compare_sexes(std::string_view a, std::string_view b);
signed char compare_numbers(std::string_view a, std::string_view b);  // the digits both have: "4321" is the end of an SSN
signed char compare_phrases(std::string_view a, std::string_view b);  // streets and towns

// Family, given, order, middle and suffix at once, exchanged where that fits better; `levels` of the other parts stay.
void compare_names(const PersonName& a, const PersonName& b, std::string_view maiden_of_b, Levels& levels);

Levels missing_levels();
Levels compare_patients(const Patient& a, const Patient& b);  // both of a register: MRNs are not compared
Levels compare_reading(const Patient& read, const Patient& known);  // what a page says of somebody, with the MRN

// "12 OAK ST, SALEM, OR, 97301": what FieldKind::Address holds.
struct AddressParts {
  std::string street, town, zip;
};
AddressParts address_parts(std::string_view field);

}  // namespace chartscan::charts
