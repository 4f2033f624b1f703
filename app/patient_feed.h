// A hospital's patient feed: HL7 v2 ADT messages in, over MLLP or from a file, into the patient index. Every message is answered and
// stands in the feed's log by its control id, whether it was taken or not. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"
#include "exchange/adt.h"
#include "exchange/mllp.h"
#include "pipeline/patient_desk.h"
#include "storage/archive.h"

namespace chartscan::app {

class PatientFeed {
 public:
  PatientFeed(storage::Archive& archive, const Clock& clock, exchange::AdtRules rules)
      : desk_(archive, clock), clock_(clock), rules_(std::move(rules)) {}

  struct Answer {
    std::string acknowledgement;  // HL7, without a frame
    FeedLine line;                // as logged, its number aside
    bool lost = false;            // the archive could not write: answered AR, nothing is logged, the sender must send again
  };
  Answer take(std::string_view message, const std::string& from);
  Answer refuse_too_large(std::string_view beginning, const std::string& from);

 private:
  Answer answer(const exchange::Hl7Message* message, std::string_view bytes, const exchange::Hl7Fault* fault, FeedLine line);

  pipeline::PatientDesk desk_;
  const Clock& clock_;
  const exchange::AdtRules rules_;
};

// Answers until it is destroyed.
Result<std::unique_ptr<exchange::MllpServer>> listen_for_patients(std::shared_ptr<PatientFeed> feed, const exchange::MllpOptions& options);

}  // namespace chartscan::app
