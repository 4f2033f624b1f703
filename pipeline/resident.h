// The conductor of a process that stays, as the server does: feeders come and go, several at once, and whatever arrives is read by one
// set of workers beside them. Nothing here is in memory only: what waits when the process ends is found in the archive at the next
// start. Any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "pipeline/ingest.h"
#include "pipeline/meter.h"
#include "pipeline/scan.h"
#include "pipeline/watch.h"

namespace chartscan::pipeline {

class Reading;

class Resident {
 public:
  // Reads what waits at once. The archive must live longer.
  Resident(storage::Archive& archive, IngestOptions options);
  ~Resident();
  // Reading ends soon, and whoever waits for it is told so; what is unread stays in the archive.
  void end();

  // Until the paper ends, or a fault or the feeder's cancel stops it. Its pages are read beside that and afterwards.
  Result<ScanReport> scan(const OpenFeeder& open, const ScanOrder& order, const ProgressSink& progress);
  // Until every page of it is read and its batches are closed, or `control` stops waiting for that, or, where `wish` says so, only until
  // it is taken in. Of `wish` else only what a batch is called and counts.
  Result<IngestReport> ingest(const std::vector<std::string>& paths, const IngestOptions& wish, const ProgressSink& progress, ScanControl& control);
  Status watch(const WatchOrder& order, const WatchSink& sink, ScanControl& control);
  // Until the batches named are closed; all that can be, where none is named.
  Status read_to_the_end(const std::vector<BatchId>& batches, const ProgressSink& progress, ScanControl& control);
  // A repair left pages of this batch unread.
  Status look_again(BatchId batch);

 private:
  void run();
  Status begin_reading();
  void stored(const Page& page);
  Status fed(BatchId batch);

  storage::Archive& archive_;
  const IngestOptions options_;
  SystemClock clock_;
  const ProgressSink silent_;
  Meter meter_{silent_};

  std::shared_mutex reading_mutex_;   // alone: reading begins anew after a fault
  std::unique_ptr<Reading> reading_;  // guarded by reading_mutex_
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace chartscan::pipeline
