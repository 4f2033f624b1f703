// Invented patients by the million: common names are common, numbers lie close to each other, and some of them are hard to tell
// apart. The same options give the same patients on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/patient.h"
#include "tests/support/random.h"

namespace chartscan::testing {

// Patient number `i` of the register with this seed; MRNs are seven digits and differ for i below nine million.
Patient drawn_patient(std::uint64_t seed, int i);

// Somebody whom a misreading could turn into `patient`, or who could be taken for them.
enum class HardCase { Twin, TwinOneLetter, JuniorAndSenior, Namesake, SameNameAndBirthDate, NeighbouringMrn, BirthDateOneOff, Mother };
inline constexpr int kHardCases = 8;
Patient hard_case(HardCase kind, const Patient& patient, Random& random);

// `share` of them get a hard case beside them; MRNs stay unique.
std::vector<Patient> with_hard_cases(std::vector<Patient> patients, double share, std::uint64_t seed);

// As a careless clerk would register the same person a second time, under `mrn`.
Patient registered_again(const Patient& patient, const std::string& mrn, Random& random);

// What a reader makes of `text` when each character is misread with probability `rate`. The two tables differ in what is taken
// for what: one is for learning, the other for measuring.
enum class Misreading { Learning, Measuring };
std::string misread(std::string text, double rate, Misreading table, Random& random);

std::string with_one_digit_wrong(std::string number, Random& random);
std::string short_form(const std::string& given);  // an everyday form, or the name itself

}  // namespace chartscan::testing
