// The invented patients of the samples: nobody here exists. patients.csv is written from the same list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chartscan::samples {

struct Person {
  std::string mrn, family, given, middle;  // family carries the suffix: "Hargrove Jr"
  std::string dob;                         // YYYY-MM-DD, empty = unknown
  std::string sex;
  std::string ssn, phone, address, city, state, zip;
};

std::string_view patients_csv();
const std::vector<Person>& people();
const Person& person(std::string_view mrn);  // throws when there is none

// Somebody who was never registered.
Person stranger();

}  // namespace chartscan::samples
