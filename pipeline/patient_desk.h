// What happens to patients and their charts: registered, changed, merged and parted again, as a registration system's messages or a
// person say. Each step is one atomic write, with the line that tells of it. Nothing is guessed: what would turn a chart into
// another person's is refused. Any thread; calls are serialised by the archive.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/patient_event.h"
#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::pipeline {

class PatientDesk {
 public:
  PatientDesk(storage::Archive& archive, const Clock& clock) : archive_(archive), clock_(clock) {}

  // Errors: Conflict (another person under this number), NotFound (no such patient, visit or merge), InputRefused. `log` is stored with
  // the change, numbered and timed here; it stands also when the event changed nothing, for messages come again.
  Status apply(const PatientEvent& event, FeedLine log);
  // A message that was not taken.
  Status refuse(FeedLine log);

  // Takes a merge back: the chart, its documents, encounters and number are as they were. Documents that a person put elsewhere since
  // stay there. Refused while the survivor itself is merged away.
  Result<ChartMerge> unmerge(const std::string& merged_mrn, const std::string& who);

 private:
  storage::Archive& archive_;
  const Clock& clock_;
};

}  // namespace chartscan::pipeline
