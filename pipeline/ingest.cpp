#include "pipeline/ingest.h"

#include <set>

#include "core/clock.h"
#include "pipeline/intake.h"
#include "pipeline/reading.h"
#include "scanner-drivers/feeder.h"

namespace chartscan::pipeline {
namespace {

using FeederPtr = std::unique_ptr<scan::Feeder>;

class Session {
 public:
  Session(storage::Archive& archive, const IngestOptions& options, const ProgressSink& progress)
      : archive_(archive), options_(options), meter_(progress), reading_(archive, options, clock_, meter_) {}

  Result<IngestReport> run(const std::vector<std::string>& paths) {
    TRY_STATUS(reading_.load_backlog());
    TRY_STATUS(take_all(paths));
    reading_.finish();
    TRY_STATUS(reading_.run());
    TRY_STATUS(archive_.blobs().clear_work());
    TRY_STATUS(summarise());
    report_.pages_processed = meter_.processed();
    return report_;
  }

 private:
  // Intake first: what was given must be durable before anybody waits for recognition.
  Status take_all(const std::vector<std::string>& paths) {
    if (paths.empty()) return {};
    TRY(scan::FolderFeeders opened, scan::open_paths(paths, options_.limits, options_.called));
    report_.ignored = opened.ignored;
    Intake intake(archive_, options_, clock_, [&](const Page& page) { reading_.stored(page); });
    for (std::size_t i = 0; i < opened.feeders.size(); ++i) {
      const auto reopen = [&]() -> Result<FeederPtr> {
        TRY(scan::FolderFeeders again, scan::open_paths(paths, options_.limits, options_.called));
        if (i >= again.feeders.size() || again.feeders[i]->source() != opened.feeders[i]->source())
          return Error{ErrorCode::InputUnreadable, "the folder changed while it was read; give the command again", {}};
        return std::move(again.feeders[i]);
      };
      TRY(const IntakeOutcome outcome, intake.take(*opened.feeders[i], reopen));
      report_.batches.push_back(outcome.batch);
      if (outcome.already_done) report_.already_done.push_back(outcome.batch);
      else TRY_STATUS(reading_.fed(outcome.batch));
    }
    return {};
  }

  Status summarise() {
    TRY(const storage::Records records, archive_.read());
    const std::set<BatchId> mine(report_.batches.begin(), report_.batches.end());
    for (const BatchId id : mine) {
      TRY(const std::optional<Batch> batch, records.batch(id));
      if (!batch) continue;
      TRY(const Ledger ledger, records.ledger(*batch));
      report_.refused = report_.refused || ledger.rejected > 0;
      report_.needs_person = report_.needs_person || ledger.review > 0 || !batch->findings.empty() || !ledger.balances();
    }
    return {};
  }

  storage::Archive& archive_;
  const IngestOptions& options_;
  SystemClock clock_;
  Meter meter_;
  Reading reading_;
  IngestReport report_;
};

}  // namespace

Result<IngestReport> ingest(storage::Archive& archive, const std::vector<std::string>& paths, const IngestOptions& options,
                            const ProgressSink& progress) {
  return Session(archive, options, progress).run(paths);
}

Result<IngestReport> read_backlog(storage::Archive& archive, const IngestOptions& options, const ProgressSink& progress) {
  return Session(archive, options, progress).run({});
}

}  // namespace chartscan::pipeline
