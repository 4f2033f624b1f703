// Durable intake of files: takes what a feeder delivers, stores it (pipeline/side_writer.h), and only then asks for the next.
// Scanners have an intake of their own (pipeline/scan_intake.h). One thread. Interrupted and called again with the same source, it goes on behind the last
// delivery that is durable; numbers are given out in feeding order, so the outcome is the same.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/clock.h"
#include "pipeline/side_writer.h"

namespace chartscan::pipeline {

struct IntakeOutcome {
  BatchId batch;
  bool already_done = false;  // the same source with the same content was taken and closed before
};

class Intake {
 public:
  Intake(storage::Archive& archive, const IngestOptions& options, const Clock& clock, OnStored on_stored);

  // `reopen` gives the same feeder afresh: its content is compared before a second batch is made of a known source.
  using Reopen = std::function<Result<std::unique_ptr<scan::Feeder>>()>;
  Result<IntakeOutcome> take(scan::Feeder& feeder, const Reopen& reopen);

 private:
  Result<std::optional<Batch>> known_batch(const scan::Feeder& feeder, const Reopen& reopen, bool& same_content);
  Result<Batch> open_batch(const scan::Feeder& feeder);
  Status feed(scan::Feeder& feeder, Batch& batch);
  Status close_feeding(Batch& batch);

  storage::Archive& archive_;
  const IngestOptions& options_;
  const Clock& clock_;
  SideWriter writer_;
};

}  // namespace chartscan::pipeline
