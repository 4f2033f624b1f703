#include "scanner-drivers/worker/process.h"

#include <chrono>

namespace chartscan::scan::worker {

namespace {
constexpr std::chrono::milliseconds kFarewell{2000};  // to stop the feeder, park the lamp and close the device
}

Result<std::unique_ptr<Process>> Process::start(const std::vector<std::string>& command) {
  auto started = WorkerProcess::start(command.empty() ? std::vector<std::string>{"/proc/self/exe", "scan-worker"} : command, kFarewell);
  if (!started) return Error{ErrorCode::DeviceFault, "for the scanner: " + started.error().message, {}};
  return std::unique_ptr<Process>(new Process(std::move(*started)));
}

}  // namespace chartscan::scan::worker
