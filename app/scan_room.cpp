#include "app/scan_room.h"

#include <algorithm>
#include <ctime>
#include <thread>

namespace chartscan::app {
namespace {

constexpr std::size_t kMostKept = 50;  // jobs, those that are over included

bool is_over(const ScanJob& job) { return job.state != ScanJob::State::Starting && job.state != ScanJob::State::Feeding; }

}  // namespace

const char* to_string(ScanJob::State state) {
  constexpr const char* kNames[] = {"starting", "feeding", "done", "stopped", "failed"};
  return kNames[static_cast<std::size_t>(state)];
}

struct ScanRoom::Running {
  ScanJob job;
  Reach reach;
  pipeline::ScanControl control;
  std::thread thread;
  ~Running() {
    if (thread.joinable()) thread.join();
  }
};

ScanRoom::ScanRoom(Service& service) : service_(service) {}

ScanRoom::~ScanRoom() {
  std::list<std::unique_ptr<Running>> ending;  // waited for without the lock, which their threads still take
  {
    const std::lock_guard lock(mutex_);
    for (const auto& running : all_) {
      running->reach.end();
      running->control.stop();
    }
    ending.swap(all_);
  }
}

void ScanRoom::change(Running& running, const std::function<void(ScanJob&)>& how) {
  const std::lock_guard lock(mutex_);
  how(running.job);
  ++changes_;
}

Result<ScanJob> ScanRoom::begin(ScanJob job, Work work) {
  std::list<std::unique_ptr<Running>> gone;  // waited for without the lock, which their threads still take
  const std::lock_guard lock(mutex_);
  for (const auto& other : all_)
    if (!is_over(other->job) && other->job.device == job.device)
      return Error{ErrorCode::Conflict, "this scanner feeds already, for " + other->job.operator_name + "; wait until it is done, or stop it", {}};
  while (all_.size() >= kMostKept) {
    const auto oldest = std::find_if(all_.rbegin(), all_.rend(), [](const auto& one) { return is_over(one->job); });
    if (oldest == all_.rend()) return Error{ErrorCode::TooMany, "too many scanners feed at once", {}};
    gone.splice(gone.end(), all_, std::next(oldest).base());
  }
  job.id = "scan-" + std::to_string(++last_);
  job.started_at = std::time(nullptr);
  all_.push_front(std::make_unique<Running>());
  Running& running = *all_.front();
  running.job = job;
  ++changes_;
  running.thread = std::thread([this, &running, work = std::move(work)] {
    const Status outcome = work(running);
    change(running, [&](ScanJob& now) {
      if (outcome) return;
      now.state = ScanJob::State::Failed;
      now.error = to_string(outcome.error());
    });
  });
  return job;
}

Result<ScanJob> ScanRoom::scan(const DeviceWords& words, pipeline::ScanOrder order) {
  ScanProfile base;
  if (order.resume) {
    TRY(const BatchView view, service_.batch(*order.resume));
    if (is_scanned(view.batch)) base = profile_of(view.batch);
  }
  TRY(const ScanProfile profile, wanted_profile(service_.config(), words, base));
  order.wish.device = profile.device;
  order.wish.operator_name = order.operator_name;
  order.wish.profile = words.profile;
  order.wish.settings = settings_of(profile);
  if (order.wish.expected_sheets == 0) order.wish.expected_sheets = profile.expect_sheets;
  ScanJob job;
  job.kind = "scan";
  job.batch = order.resume;
  job.operator_name = order.operator_name;
  job.device = profile.device;
  return begin(std::move(job), [this, profile, order](Running& running) -> Status {
    const auto open = [&](const pipeline::FeedStart& from) -> Result<std::unique_ptr<scan::Feeder>> {
      TRY(auto feeder, scan::open_scanner(scanner_options(profile), {from.sheet, from.attempt}));
      change(running, [&](ScanJob& now) {
        now.state = ScanJob::State::Feeding;
        now.notes = feeder->settings().notes;
      });
      return running.reach.within(std::move(feeder));
    };
    const auto progress = [&](const pipeline::Progress& told) {
      change(running, [&](ScanJob& now) {
        now.sides = told.fed;
        now.feeding_seconds = told.feeding_seconds;
        if (told.batch) now.batch = told.batch;
      });
    };
    TRY(const pipeline::ScanReport report, service_.scan(open, order, 0, progress, running.control));
    change(running, [&](ScanJob& now) {
      now.batch = report.batch.id;
      now.sides = report.sides;
      now.feeding_seconds = report.feeding_seconds;
      const bool stopped = report.batch.state == BatchState::Stopped;
      now.state = stopped ? ScanJob::State::Stopped : ScanJob::State::Done;
      if (stopped && report.batch.stop) {
        now.error = report.batch.stop->message;
        now.advice = report.batch.stop->advice;
      }
    });
    return {};
  });
}

Result<ScanJob> ScanRoom::repair(const std::string& kind, BatchId batch, const DeviceWords& words, int sheet_limit, const std::string& who, FedRepair work) {
  TRY(const BatchView view, service_.batch(batch));
  if (view.ledger.waiting > 0) return Error{ErrorCode::Conflict, "pages of batch " + to_string(batch) + " are still being read; try again when they are", {}};
  ScanProfile base;
  if (is_scanned(view.batch)) base = profile_of(view.batch);
  TRY(const ScanProfile profile, wanted_profile(service_.config(), words, base));
  ScanJob job;
  job.kind = kind;
  job.batch = batch;
  job.operator_name = who;
  job.device = profile.device;
  return begin(std::move(job), [this, profile, sheet_limit, batch, who, work = std::move(work)](Running& running) -> Status {
    scan::ScannerOptions options = scanner_options(profile);
    options.request.sheet_limit = sheet_limit;
    TRY(std::unique_ptr<scan::ScanFeeder> feeder, scan::open_scanner(options, {}));
    change(running, [&](ScanJob& now) {
      now.state = ScanJob::State::Feeding;
      now.notes = feeder->settings().notes;
    });
    const std::unique_ptr<scan::Feeder> reached = running.reach.within(std::move(feeder));
    pipeline::Repair desk = service_.repair(who);
    TRY(const pipeline::Repaired done, work(desk, *reached, service_.intake_options(0)));
    if (done.needs_reading) TRY_STATUS(service_.read_again(batch));
    change(running, [](ScanJob& now) { now.state = ScanJob::State::Done; });
    return {};
  });
}

Result<ScanJob> ScanRoom::stop(const std::string& id) {
  const std::lock_guard lock(mutex_);
  for (const auto& running : all_) {
    if (running->job.id != id) continue;
    running->reach.end();
    running->control.stop();
    return running->job;
  }
  return Error{ErrorCode::NotFound, "there is no such scan; the list of scans names them", {}};
}

std::vector<ScanJob> ScanRoom::jobs() const {
  const std::lock_guard lock(mutex_);
  std::vector<ScanJob> all;
  for (const auto& running : all_) all.push_back(running->job);
  return all;
}

Result<ScanJob> ScanRoom::job(const std::string& id) const {
  for (ScanJob& job : jobs())
    if (job.id == id) return std::move(job);
  return Error{ErrorCode::NotFound, "there is no such scan; the list of scans names them", {}};
}

std::optional<ScanJob> ScanRoom::job_of(BatchId batch) const {
  for (ScanJob& job : jobs())
    if (job.batch == batch) return std::move(job);
  return std::nullopt;
}

}  // namespace chartscan::app
