// Long work of a server: scanners that it feeds from, files that were sent to it, upkeep of the archive. Each is a job with a thread of its
// own, one at a time for each device. What arrives is read in the background (pipeline/resident.h). Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/service.h"
#include "app/sources.h"

namespace chartscan::app {

// A feeding as a screen shows it. Plain values.
struct ScanJob {
  enum class State { Starting, Feeding, Done, Stopped, Failed };  // Stopped: the batch stands still and says why; Failed: nothing came of it
  std::string id;    // "scan-3", new with every start of the server
  std::string kind;  // "scan", "rescan", "insert", "upload"; "verify", "tidy-index", "rebuild-index"
  State state = State::Starting;
  std::optional<BatchId> batch;
  std::string operator_name, device;
  int sides = 0;  // durable; of upkeep the pages done
  int of_sides = 0;  // of upkeep: there are so many; 0 = not known
  double feeding_seconds = 0;
  std::int64_t started_at = 0;
  std::string error, advice;       // in words; empty = none
  std::vector<std::string> notes;  // what the device differs in from what was wanted
};
const char* to_string(ScanJob::State state);
bool is_upkeep(const ScanJob& job);  // of the archive itself: nothing is fed

class ScanRoom {
 public:
  explicit ScanRoom(Service& service);
  ~ScanRoom();  // ends every feeding after the sheet in work

  // A new batch, or one that stopped. Conflict where the device feeds already.
  Result<ScanJob> scan(const DeviceWords& words, pipeline::ScanOrder order);
  // A repair of `batch` that takes sides in from the scanner it came from, or the one named: `work` does it.
  using FedRepair = std::function<Result<pipeline::Repaired>(pipeline::Repair& desk, scan::Feeder& feeder, const pipeline::IngestOptions& options)>;
  Result<ScanJob> repair(const std::string& kind, BatchId batch, const DeviceWords& words, int sheet_limit, const std::string& who, FedRepair work);
  // Files that lie ready in `folder`, named by `id`, into a batch. `over` is told when nobody needs them any longer.
  Result<ScanJob> take_in(const std::string& id, const std::filesystem::path& folder, const std::string& batch_name, int expected_pages, const std::string& who,
                          std::function<void()> over);
  // Work on the archive itself; `name` is its kind, and there is one of them at a time. What it returns are the job's notes.
  using Upkeep = std::function<Result<std::vector<std::string>>(const std::function<bool(std::uint64_t done, std::uint64_t all)>& progress)>;
  Result<ScanJob> upkeep(const std::string& name, const std::string& who, Upkeep work);
  Result<ScanJob> stop(const std::string& id);

  std::vector<ScanJob> jobs() const;  // newest first; some that are over as well
  Result<ScanJob> job(const std::string& id) const;
  std::optional<ScanJob> job_of(BatchId batch) const;  // the newest
  std::uint64_t changes() const { return changes_; }    // where it stands still, no job changed

 private:
  struct Running;
  using Work = std::function<Status(Running& job)>;
  Result<ScanJob> begin(ScanJob job, Work work);
  void change(Running& job, const std::function<void(ScanJob&)>& how);

  Service& service_;
  std::atomic<std::uint64_t> changes_ = 0;
  mutable std::mutex mutex_;
  int last_ = 0;                             // guarded by mutex_
  std::list<std::unique_ptr<Running>> all_;  // guarded by mutex_: newest first; what a Running holds but its thread
};

}  // namespace chartscan::app
