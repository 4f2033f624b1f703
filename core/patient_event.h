// What a registration system says about a patient, whatever language it said it in. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/encounter.h"
#include "core/ids.h"
#include "core/patient.h"

namespace chartscan {

enum class PatientEventKind {
  Register,         // a person or visit is new: A01, A04, A05, A28
  Update,           // demographics or the visit changed: A02, A08, A31 ...
  Discharge,        // A03
  CancelVisit,      // A11: the admission never was
  CancelDischarge,  // A13: the stay goes on
  Merge,            // A40: `prior_mrn` was the same person as `patient`
};
const char* to_string(PatientEventKind kind);

struct PatientEvent {
  PatientEventKind kind = PatientEventKind::Update;
  Patient patient;                            // empty fields were not told
  std::vector<std::string Patient::*> erased;  // told to be empty
  std::optional<Encounter> encounter;         // empty fields were not told
  std::string prior_mrn;                      // of Merge
  std::string trigger;                        // as sent, "A08"
};

// Two charts that became one, with what it takes to part them again exactly.
struct ChartMerge {
  int number = 0;  // from 1, in order
  std::string from, into;
  std::optional<Patient> patient;        // the row of `from`, where the index had one
  std::vector<DocumentId> documents;     // that were filed under `from`
  std::vector<std::string> visits;       // encounters that moved
  std::int64_t at = 0;                   // seconds since 1970, UTC
  std::string by;                        // a person, or "HL7 feed"
  std::string reason;                    // "A40 MSG00042"
  std::int64_t undone_at = 0;            // 0 = stands
  std::string undone_by;
};

// One message of a patient feed, and what was answered. Never a patient's words but the MRN.
struct FeedLine {
  std::int64_t number = 0;  // from 1, in order of arrival
  std::int64_t at = 0;
  std::string from;        // sending application and facility, and the peer's address
  std::string control_id;  // MSH-10
  std::string trigger;     // "ADT^A08"
  std::string answer;      // "AA", "AE", "AR"
  std::string reason;      // why not; empty with AA
  std::string mrn;
};

}  // namespace chartscan
