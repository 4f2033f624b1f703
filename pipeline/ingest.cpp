#include "pipeline/ingest.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>

#include "core/clock.h"
#include "pipeline/assemble.h"
#include "pipeline/intake.h"
#include "pipeline/runner.h"
#include "scanner-drivers/feeder.h"

namespace chartscan::pipeline {
namespace {

using FeederPtr = std::unique_ptr<scan::Feeder>;

// Counts for the progress bar; heard from the intake's, the committer's and the main thread.
class Meter {
 public:
  explicit Meter(const ProgressSink& sink) : sink_(sink), start_(std::chrono::steady_clock::now()) {}

  void add(int fed, int processed, int waiting) {
    const std::lock_guard lock(mutex_);
    progress_.fed += fed;
    progress_.processed += processed;
    progress_.waiting += waiting;
    progress_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    if (sink_) sink_(progress_);
  }
  int processed() const {
    const std::lock_guard lock(mutex_);
    return progress_.processed;
  }

 private:
  const ProgressSink& sink_;
  const std::chrono::steady_clock::time_point start_;
  mutable std::mutex mutex_;
  Progress progress_;  // guarded by mutex_
};

class Session {
 public:
  Session(storage::Archive& archive, const IngestOptions& options, const ProgressSink& progress)
      : archive_(archive), options_(options), meter_(progress) {}

  Result<IngestReport> run(const std::vector<std::string>& paths) {
    TRY_STATUS(take_all(paths));
    TRY_STATUS(find_backlog());
    TRY_STATUS(read_backlog());
    TRY_STATUS(archive_.blobs().clear_work());
    TRY_STATUS(summarise());
    report_.pages_processed = meter_.processed();
    return report_;
  }

 private:
  // Intake first: what was given must be durable before anybody waits for recognition.
  Status take_all(const std::vector<std::string>& paths) {
    TRY(scan::FolderFeeders opened, scan::open_paths(paths, options_.limits));
    report_.ignored = opened.ignored;
    Intake intake(archive_, options_, clock_, [&](int sides) {
      sides_stored_ += sides;
      meter_.add(sides, 0, sides);
    });
    for (std::size_t i = 0; i < opened.feeders.size(); ++i) {
      const auto reopen = [&]() -> Result<FeederPtr> {
        TRY(scan::FolderFeeders again, scan::open_paths(paths, options_.limits));
        if (i >= again.feeders.size() || again.feeders[i]->source() != opened.feeders[i]->source())
          return Error{ErrorCode::InputUnreadable, "the folder changed while it was read; give the command again", {}};
        return std::move(again.feeders[i]);
      };
      TRY(const IntakeOutcome outcome, intake.take(*opened.feeders[i], reopen));
      report_.batches.push_back(outcome.batch);
      if (outcome.already_done) report_.already_done.push_back(outcome.batch);
    }
    return {};
  }

  // What waits in every fed batch that is not closed, of this command or of one that was interrupted.
  Status find_backlog() {
    TRY(const storage::Records records, archive_.read());
    TRY(const std::vector<Batch> batches, records.batches());
    for (const Batch& batch : batches) {
      if (batch.state != BatchState::Fed) continue;
      const std::size_t before = backlog_.size();
      TRY_STATUS(records.pages_of(batch.id, [&](const Page& page) {
        if (page.state == PageState::Received) backlog_.push_back(page.id);
        return true;
      }));
      unread_[batch.id] = static_cast<int>(backlog_.size() - before);
      if (unread_[batch.id] == 0) TRY_STATUS(close(batch.id));
    }
    meter_.add(0, 0, static_cast<int>(backlog_.size()) - sides_stored_);
    return {};
  }

  Status read_backlog() {
    if (backlog_.empty()) return {};
    Runner runner(archive_, options_, [&](const std::vector<BatchId>& batches) { return count_committed(batches); });
    TRY_STATUS(runner.start());
    TRY(const storage::Records records, archive_.read());
    for (const PageId id : backlog_) {
      TRY(std::optional<Page> page, records.page(id));
      if (!page) return Error{ErrorCode::Integrity, "page " + to_string(id) + " vanished from the archive; run chartscan verify", {}};
      if (!runner.submit(std::move(*page))) break;
    }
    return runner.finish();
  }

  // A batch closes as soon as its last page is durable. Committer's thread.
  Status count_committed(const std::vector<BatchId>& batches) {
    meter_.add(0, static_cast<int>(batches.size()), -static_cast<int>(batches.size()));
    for (const BatchId batch : batches)
      if (--unread_.at(batch) == 0) TRY_STATUS(close(batch));
    return {};
  }

  Status close(BatchId batch) { return close_batch(archive_, batch, clock_); }

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
  Meter meter_;
  SystemClock clock_;
  IngestReport report_;
  std::vector<PageId> backlog_;
  std::map<BatchId, int> unread_;  // pages a batch still waits for; the committer's once the runner has started
  int sides_stored_ = 0;  // by this run's intake
};

}  // namespace

Result<IngestReport> ingest(storage::Archive& archive, const std::vector<std::string>& paths, const IngestOptions& options,
                            const ProgressSink& progress) {
  return Session(archive, options, progress).run(paths);
}

}  // namespace chartscan::pipeline
