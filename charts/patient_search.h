// Finding a patient by what a person types: names in either order, misspelt or only begun, a birth date in any common format, an MRN or
// the beginning of one; all in one line, in any order.
#pragma once

#include <string>
#include <vector>

#include "charts/patient_index.h"

namespace chartscan::charts {

struct PatientMatch {
  Patient patient;
  double score = 0;  // 0..1, to sort by: the share of what was typed that fits
  std::string why;   // "name, birth date"; "sounds alike"
};

// Best first, at most `limit`. Empty text finds nobody.
Result<std::vector<PatientMatch>> find_patients(const storage::Records& records, const std::string& text, int limit);

}  // namespace chartscan::charts
