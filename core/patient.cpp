#include "core/patient.h"

namespace chartscan {

std::string display_name(const Patient& patient) {
  std::string name = patient.family + ", " + patient.given;
  if (!patient.middle.empty()) name += " " + patient.middle;
  if (!patient.suffix.empty()) name += " " + patient.suffix;
  return name;
}

}  // namespace chartscan
