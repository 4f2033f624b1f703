// One stay or visit of a patient, as the registration system tells of it. Documents belong to it by their date of service.
#pragma once

#include <string>

#include "core/date.h"

namespace chartscan {

struct Encounter {
  std::string mrn;
  std::string visit;          // the number of the visit or account; unique within the chart
  std::string patient_class;  // HL7 table 0004: "I" inpatient, "O" outpatient, "E" emergency, "P" preadmitted, ...
  std::string location;       // point of care, room and bed as sent, parts parted by blanks
  std::string attending;      // "FAMILY, GIVEN"
  Date admitted, discharged;  // unknown: not told; discharged unknown: it goes on
  bool cancelled = false;     // the admission was taken back; kept, because documents may have been made

  bool operator==(const Encounter&) const = default;
};

}  // namespace chartscan
