#include "core/patient_event.h"

namespace chartscan {

const char* to_string(PatientEventKind kind) {
  switch (kind) {
    case PatientEventKind::Register: return "register";
    case PatientEventKind::Update: return "update";
    case PatientEventKind::Discharge: return "discharge";
    case PatientEventKind::CancelVisit: return "cancel visit";
    case PatientEventKind::CancelDischarge: return "cancel discharge";
    case PatientEventKind::Merge: return "merge";
  }
  return "";
}

}  // namespace chartscan
