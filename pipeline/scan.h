// A scanning session: the scanner is fed from its own thread and never waits for recognition, which goes on beside it at lower
// priority. Ends when the paper ends, or at a fault, with what the operator must do.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "pipeline/ingest.h"
#include "pipeline/scan_intake.h"

namespace chartscan::pipeline {

struct ScanOrder {
  ScanWish wish;  // of a new batch
  std::optional<BatchId> resume;
  std::string operator_name;
  int expected_sheets = 0;  // of a resumed batch: 0 = as stated before
  bool read = true;         // false: intake only, `chartscan read` reads later
};

// Opens the feeder where numbering goes on. The batch is empty for a new one.
struct FeedStart {
  int sheet = 1;
  int attempt = 1;
  const Batch* batch = nullptr;  // resumed
};
using OpenFeeder = std::function<Result<std::unique_ptr<scan::Feeder>>(const FeedStart& from)>;

struct ScanReport {
  Batch batch;    // as it stands at the end
  int sides = 0;  // stored by this session
  double feeding_seconds = 0;
  int pages_processed = 0;
  bool left_unread = false;  // reading was not asked for, or was stopped
};

// Ends a session from another thread (a signal's): soon, with everything durable that arrived. What is unread stays in the
// archive. (Feeding ends with the feeder's own cancel.)
class ScanControl {
 public:
  void stop();

  // The session's: what to do when somebody stops it; at once when somebody has already. Empty: it is over.
  void on_stop(std::function<void()> stop);

 private:
  std::mutex mutex_;
  std::function<void()> stop_;  // guarded by mutex_
  bool stopped_ = false;        // guarded by mutex_
};

Result<ScanReport> scan_batch(storage::Archive& archive, const OpenFeeder& open, const ScanOrder& order,
                              const IngestOptions& options, const ProgressSink& progress, ScanControl& control);

}  // namespace chartscan::pipeline
