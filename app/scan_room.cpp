#include "app/scan_room.h"

#include <algorithm>
#include <ctime>
#include <thread>

#include "app/upload_room.h"

namespace chartscan::app {
namespace {

constexpr std::size_t kMostKept = 50;  // jobs, those that are over included

bool is_over(const ScanJob& job) { return job.state != ScanJob::State::Starting && job.state != ScanJob::State::Feeding; }

}  // namespace

const char* to_string(ScanJob::State state) {
  constexpr const char* kNames[] = {"starting", "feeding", "done", "stopped", "failed"};
  return kNames[static_cast<std::size_t>(state)];
}

bool is_upkeep(const ScanJob& job) { return job.kind == "verify" || job.kind.ends_with("-index"); }

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
      return Error{ErrorCode::Conflict, (is_upkeep(job) ? "such work is under way already, for " : "this scanner feeds already, for ") + other->job.operator_name +
                                            "; wait until it is done, or stop it", {}};
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

Result<ScanJob> ScanRoom::take_in(const std::string& id, const std::filesystem::path& folder, const std::string& batch_name, int expected_pages, const std::string& who,
                                  std::function<void()> over) {
  ScanJob job;
  job.kind = "upload";
  job.operator_name = who;
  job.device = id;
  return begin(std::move(job), [this, folder, batch_name, expected_pages, who, over = std::move(over)](Running& running) -> Status {
    pipeline::IngestOptions options;
    TRY(options.called, name_of_content(folder));
    options.wait_until_read = false;
    options.batch_name = batch_name;
    options.operator_name = who;
    options.expected_pages = expected_pages;
    const auto progress = [&](const pipeline::Progress& told) {
      change(running, [&](ScanJob& now) {
        now.state = ScanJob::State::Feeding;
        now.sides = told.fed;
        now.feeding_seconds = told.seconds;
        if (told.batch) now.batch = told.batch;
      });
    };
    const Result<pipeline::IngestReport> report = service_.ingest({folder.string()}, options, progress, &running.control);
    if (!report) {
      // What the server or its disk is to blame for is taken up again at the next start; anything else would only fail again.
      const int exit_code = traits(report.error().code).exit_code;
      if (report.error().code != ErrorCode::Cancelled && exit_code != 5) over();
      return report.error();
    }
    over();
    change(running, [&](ScanJob& now) {
      now.state = ScanJob::State::Done;
      if (!report->batches.empty()) now.batch = report->batches.front();
      for (const std::string& name : report->ignored) now.notes.push_back(std::filesystem::path(name).filename().string() + " is no image and was left out");
      for (const BatchId known : report->already_done) now.notes.push_back("the same files are here already, as batch " + to_string(known));
      if (report->refused) now.error = "some of it could not be taken as pages: the batch names what";
    });
    return {};
  });
}

Result<ScanJob> ScanRoom::upkeep(const std::string& name, const std::string& who, Upkeep work) {
  ScanJob job;
  job.kind = name;
  job.operator_name = who;
  job.device = "the archive";
  return begin(std::move(job), [this, work = std::move(work)](Running& running) -> Status {
    std::atomic<bool> stopped = false;
    running.control.on_stop([&] { stopped = true; });
    change(running, [](ScanJob& now) { now.state = ScanJob::State::Feeding; });
    const auto progress = [&](std::uint64_t done, std::uint64_t all) {
      change(running, [&](ScanJob& now) {
        now.sides = static_cast<int>(done);
        now.of_sides = static_cast<int>(all);
      });
      return !stopped;
    };
    Result<std::vector<std::string>> notes = work(progress);
    running.control.on_stop({});
    if (!notes) return notes.error();
    change(running, [&](ScanJob& now) {
      now.notes = std::move(*notes);
      now.state = stopped ? ScanJob::State::Stopped : ScanJob::State::Done;
    });
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
