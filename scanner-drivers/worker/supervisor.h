// The supervisor's side of one worker: asks, waits within limits, and believes nothing it cannot read. A worker that hangs is
// killed and reported as Hung, one that dies or talks nonsense as Crashed; either way it is over with this object.
// Only bytes from the device count as life while a side is read. One thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/result.h"
#include "scanner-drivers/scan_feeder.h"
#include "scanner-drivers/worker/process.h"

namespace chartscan::scan::worker {

class Supervisor {
 public:
  static Result<std::unique_ptr<Supervisor>> start(const std::vector<std::string>& worker_command, Patience patience);

  // Errors are refusals (a wrong name, a source the device has not got); faults are the device's or the worker's.
  Result<std::optional<Fault>> open(const std::string& id);
  Result<std::variant<Settings, Fault>> configure(const ScanRequest& request);
  Result<std::optional<Fault>> start_batch();
  Result<std::vector<DeviceInfo>> list(const std::string& scheme);
  Result<Capabilities> capabilities();

  struct Due {
    int side = 0;
    bool fed_from_stack = true;
    bool feeds_ahead = false;
  };
  Result<SideOutcome> next_side(SideSink& sink, Due due);  // an error: the sink's, or a refusal

 private:
  using Seconds = std::chrono::seconds;
  Supervisor(std::unique_ptr<Process> process, Patience patience) : process_(std::move(process)), patience_(patience) {}

  // The answer lies in message_; a fault when none came.
  std::optional<Fault> ask(const Message& request, FaultPhase phase, Seconds limit);
  std::optional<Fault> wait(FaultPhase phase, std::chrono::steady_clock::time_point deadline, Seconds limit);
  Fault hung(FaultPhase phase, Seconds limit);
  Fault crashed(FaultPhase phase);
  Fault nonsense(FaultPhase phase, const char* what);
  Result<std::optional<Fault>> done_or_fault(const Message& request, FaultPhase phase, Seconds limit);
  Error refusal();
  class SideInWork;

  std::unique_ptr<Process> process_;
  Patience patience_;
  Message message_;  // the last that came
};

}  // namespace chartscan::scan::worker
