// The conductor of the main job: intake, backlog, workers, commit, batch closing. Restart after a crash is the ordinary
// path: the backlog is the archive itself, so the same call again goes on where the last one stopped.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "imaging/decode.h"
#include "pipeline/page_work.h"
#include "storage/archive.h"

namespace chartscan::pipeline {

struct IngestOptions {
  std::string batch_name;  // "" = named after its source
  int expected_pages = 0;  // 0 = not stated
  std::string operator_name;  // who brought them; "" = not stated
  bool wait_until_read = true;  // in a process that stays: false returns when everything is taken in and durable
  std::string called;      // what the one folder given is called instead of where it lies; empty = its path
  int jobs = 1;
  imaging::DecodeLimits limits;
  StageSettings stages;
  std::uint64_t keep_free_bytes = 0;
  PageLimits page_limits;
  int worker_nice = 0;  // 1..19: page workers give way to whatever feeds paper
  // Starts a page worker's process, with "--fd N" behind it. Empty: pages are worked on in this process, as tests do; a program
  // that takes what comes from outside never should.
  std::vector<std::string> worker_command;
};

struct Progress {
  int fed = 0;        // sides durable in this run
  int processed = 0;  // pages read
  int waiting = 0;    // pages still to read
  double seconds = 0;
  bool feeding = false;       // a scanner is delivering
  double feeding_seconds = 0; // time it has been at that
  std::optional<BatchId> batch;  // of the side that came last
  std::string last_finding;   // "page P00000012: scanner-note: ...", the newest
};
using ProgressSink = std::function<void(const Progress&)>;

struct IngestReport {
  std::vector<BatchId> batches;          // opened, continued or found already done, in order
  std::vector<BatchId> already_done;     // the same content was ingested before; nothing was added
  std::vector<std::string> ignored;      // files that are no images
  int pages_processed = 0;
  bool needs_person = false;             // some pages wait for review
  bool refused = false;                  // some input was refused
};

// Reads what waits in the archive and closes what can be closed: the same work without taking anything in.
Result<IngestReport> read_backlog(storage::Archive& archive, const IngestOptions& options, const ProgressSink& progress);

Result<IngestReport> ingest(storage::Archive& archive, const std::vector<std::string>& paths, const IngestOptions& options,
                            const ProgressSink& progress);

}  // namespace chartscan::pipeline
