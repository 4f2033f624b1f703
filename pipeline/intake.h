// Durable intake: takes what a feeder delivers, stores the untouched bytes and the page rows in one atomic write, and only
// then asks for the next. One thread. Interrupted and called again with the same source, it goes on behind the last
// delivery that is durable; numbers are given out in feeding order, so the outcome is the same.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/clock.h"
#include "pipeline/ingest.h"
#include "scanner-drivers/feeder.h"
#include "storage/archive.h"

namespace chartscan::pipeline {

struct IntakeOutcome {
  BatchId batch;
  bool already_done = false;  // the same source with the same content was taken and closed before
};

class Intake {
 public:
  // `on_stored` hears of each page that became durable and waits to be read.
  Intake(storage::Archive& archive, const IngestOptions& options, const Clock& clock, std::function<void(int sides)> on_stored);

  // `reopen` gives the same feeder afresh: its content is compared before a second batch is made of a known source.
  using Reopen = std::function<Result<std::unique_ptr<scan::Feeder>>()>;
  Result<IntakeOutcome> take(scan::Feeder& feeder, const Reopen& reopen);

 private:
  Result<std::optional<Batch>> known_batch(const scan::Feeder& feeder, const Reopen& reopen, bool& same_content);
  Result<Batch> open_batch(const scan::Feeder& feeder);
  Status feed(scan::Feeder& feeder, Batch& batch);
  Status store_delivery(const scan::Delivery& delivery, Batch& batch, int first_sequence);
  Status store_refusal(RefusedItem refusal, Batch& batch);
  Status check_space(std::uint64_t needed, const std::string& file) const;
  Status close_feeding(Batch& batch);

  storage::Archive& archive_;
  const IngestOptions& options_;
  const Clock& clock_;
  std::function<void(int)> on_stored_;
};

}  // namespace chartscan::pipeline
