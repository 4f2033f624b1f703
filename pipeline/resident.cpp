#include "pipeline/resident.h"

#include <algorithm>
#include <chrono>

#include "core/log.h"
#include "pipeline/intake.h"
#include "pipeline/reading.h"

namespace chartscan::pipeline {
namespace {

using FeederPtr = std::unique_ptr<scan::Feeder>;
constexpr std::chrono::seconds kPauseAfterFault{5};
constexpr std::chrono::milliseconds kLook{200};  // how often somebody who waits for a batch looks

bool is_open(const Batch& batch) { return batch.state != BatchState::Closed && batch.state != BatchState::Released; }

}  // namespace

Resident::Resident(storage::Archive& archive, IngestOptions options) : archive_(archive), options_(std::move(options)) {
  reading_ = std::make_unique<Reading>(archive_, options_, clock_, meter_);
  if (const Status loaded = reading_->load_backlog(); !loaded) log::error("reading: " + to_string(loaded.error()));
  thread_ = std::thread([this] { run(); });
}

Resident::~Resident() {
  end();
  thread_.join();
}

void Resident::end() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  const std::shared_lock lock(reading_mutex_);
  reading_->stop();
}

// Reading goes on until the process ends. A fault of the archive or of the workers ends one round of it; the next begins with what the
// archive says is unread.
void Resident::run() {
  for (;;) {
    const Status read = reading_->run();  // only this thread ever changes reading_
    std::unique_lock lock(mutex_);
    if (ending_) return;
    if (!read) log::error("reading stopped and is tried again: " + to_string(read.error()));
    if (wake_.wait_for(lock, kPauseAfterFault, [this] { return ending_; })) return;
    lock.unlock();
    if (const Status begun = begin_reading(); !begun) log::error("reading: " + to_string(begun.error()));
    lock.lock();
    if (ending_) return;
  }
}

Status Resident::begin_reading() {
  const std::unique_lock alone(reading_mutex_);
  reading_ = std::make_unique<Reading>(archive_, options_, clock_, meter_);
  return reading_->load_backlog();
}

void Resident::stored(const Page& page) {
  const std::shared_lock lock(reading_mutex_);
  reading_->stored(page);
}

Status Resident::fed(BatchId batch) {
  const std::shared_lock lock(reading_mutex_);
  return reading_->fed(batch);
}

Result<ScanReport> Resident::scan(const OpenFeeder& open, const ScanOrder& order, const ProgressSink& progress) {
  ScanReport report;
  const ProgressSink sink = [&](const Progress& now) {
    report.feeding_seconds = now.feeding_seconds;
    if (progress) progress(now);
  };
  Meter meter(sink);
  ScanIntake intake(archive_, options_, clock_, [&](const Page& page) {
    ++report.sides;
    meter.found(page);
    meter.add(1, 0, 0);
    stored(page);
  });
  std::optional<ScanIntake::Resumption> resumption;
  FeedStart from;
  if (order.resume) {
    TRY(resumption, intake.resume(*order.resume, order.operator_name, order.expected_sheets));
    from = {resumption->point.sheet, resumption->point.attempt, &resumption->batch};
  }
  TRY(const FeederPtr feeder, open(from));
  meter.feeding(true);
  auto fed_batch = resumption ? intake.feed_resumed(*feeder, std::move(*resumption)) : intake.feed_new(*feeder, order.wish);
  meter.feeding(false);
  TRY(Batch batch, std::move(fed_batch));
  report.batch = std::move(batch);
  if (report.batch.state == BatchState::Fed) TRY_STATUS(fed(report.batch.id));
  report.left_unread = true;
  return report;
}

Result<IngestReport> Resident::ingest(const std::vector<std::string>& paths, const IngestOptions& wish, const ProgressSink& progress,
                                      ScanControl& control) {
  IngestOptions options = options_;
  options.batch_name = wish.batch_name;
  options.expected_pages = wish.expected_pages;
  options.called = wish.called;
  options.operator_name = wish.operator_name;
  IngestReport report;
  TRY(scan::FolderFeeders opened, scan::open_paths(paths, options.limits, options.called));
  report.ignored = opened.ignored;
  int sides = 0;
  Meter meter(progress);
  Intake intake(archive_, options, clock_, [&](const Page& page) {
    ++sides;
    meter.found(page);
    meter.add(1, 0, 1);
    stored(page);
  });
  for (std::size_t i = 0; i < opened.feeders.size(); ++i) {
    const auto reopen = [&]() -> Result<FeederPtr> {
      TRY(scan::FolderFeeders again, scan::open_paths(paths, options.limits, options.called));
      if (i >= again.feeders.size() || again.feeders[i]->source() != opened.feeders[i]->source())
        return Error{ErrorCode::InputUnreadable, "the folder changed while it was read; give the command again", {}};
      return std::move(again.feeders[i]);
    };
    TRY(const IntakeOutcome outcome, intake.take(*opened.feeders[i], reopen));
    report.batches.push_back(outcome.batch);
    if (outcome.already_done) report.already_done.push_back(outcome.batch);
    else TRY_STATUS(fed(outcome.batch));
  }
  if (wish.wait_until_read && !report.batches.empty()) TRY_STATUS(read_to_the_end(report.batches, progress, control));
  report.pages_processed = sides;
  TRY(const storage::Records records, archive_.read());
  for (const BatchId id : report.batches) {
    TRY(const std::optional<Batch> batch, records.batch(id));
    if (!batch) continue;
    TRY(const Ledger ledger, records.ledger(*batch));
    report.refused = report.refused || ledger.rejected > 0;
    report.needs_person = report.needs_person || ledger.review > 0 || !batch->findings.empty() || !ledger.balances();
  }
  return report;
}

Status Resident::read_to_the_end(const std::vector<BatchId>& batches, const ProgressSink& progress, ScanControl& control) {
  std::atomic<bool> stopped = false;
  control.on_stop([&] { stopped = true; });
  const auto start = std::chrono::steady_clock::now();
  Status outcome;
  for (int total = -1; !stopped;) {
    Progress now;
    bool open = false;
    const auto count = [&]() -> Status {
      TRY(const storage::Records records, archive_.read());
      TRY(const std::vector<Batch> all, records.batches());
      for (const Batch& batch : all) {
        const bool meant = batches.empty() ? batch.state == BatchState::Fed : std::ranges::find(batches, batch.id) != batches.end();
        if (!meant || !is_open(batch)) continue;
        TRY(const Ledger ledger, records.ledger(batch));
        now.waiting += ledger.waiting;
        open = true;
      }
      return {};
    };
    outcome = count();
    if (!outcome || !open) break;
    total = std::max(total, now.waiting);
    now.fed = total;
    now.processed = total - now.waiting;
    now.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (progress) progress(now);
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, kLook, [this] { return ending_; }))
      outcome = Error{ErrorCode::Cancelled, "the server ends; everything taken in is stored, and read when it is started again", {}};
    if (!outcome) break;
  }
  control.on_stop({});
  return outcome;
}

Status Resident::watch(const WatchOrder& order, const WatchSink& sink, ScanControl& control) {
  WatchOrder read_here = order;
  read_here.read = false;
  read_here.stored = [this](const Page& page) { stored(page); };
  read_here.fed = [this](BatchId batch) { return fed(batch); };
  return pipeline::watch(archive_, read_here, options_, sink, control);
}

Status Resident::look_again(BatchId batch) {
  const std::shared_lock lock(reading_mutex_);
  return reading_->look_again(batch);
}

}  // namespace chartscan::pipeline
