// A patient as the index knows them. A chart is the folder of one patient: this identity and the documents linked to it.
#pragma once

#include <string>
#include <vector>

#include "core/date.h"
#include "core/ids.h"

namespace chartscan {

// Empty text or an unknown date = not known, which never speaks for or against a link.
struct Patient {
  std::string mrn;
  std::string family, given, middle, suffix;  // as imported; suffix "JR", "SR", "II", "III", ...
  std::string maiden;                         // an earlier family name
  Date dob;
  std::string sex;  // "M", "F", "U"
  std::string ssn, phone, address, city, state, zip;

  bool operator==(const Patient&) const = default;
};

// "DOE, ANN MARIE JR"
std::string display_name(const Patient& patient);

struct Chart {
  Patient patient;
  std::vector<DocumentId> documents;  // in order of filing; charts/chart_order.h sorts them for reading
};

}  // namespace chartscan
