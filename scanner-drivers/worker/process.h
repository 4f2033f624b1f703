// The scanner's worker as the supervisor holds it: the process and the channel to it. A worker ends itself when its supervisor
// dies, whatever its driver is doing (worker.cpp). One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/worker_process.h"
#include "scanner-drivers/worker/messages.h"

namespace chartscan::scan::worker {

class Process {
 public:
  // `command` with "--fd N" behind it; empty: this program's own worker verb.
  static Result<std::unique_ptr<Process>> start(const std::vector<std::string>& command);

  Channel& channel() { return channel_; }
  pid_t id() const { return process_->id(); }
  bool alive() { return process_->alive(); }

  using Death = WorkerProcess::Death;
  Death kill() { return process_->kill(); }

 private:
  explicit Process(WorkerProcess::Started started) : process_(std::move(started.process)), channel_(started.socket) {}

  std::unique_ptr<WorkerProcess> process_;
  Channel channel_;  // goes first: the worker takes this as good-bye
};

}  // namespace chartscan::scan::worker
