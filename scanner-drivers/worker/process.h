// The worker as the supervisor holds it: started by exec with one socket and nothing else of ours, ended and reaped with
// this object. A worker ends itself when its supervisor dies, whatever its driver is doing (worker.cpp). One thread.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "scanner-drivers/worker/channel.h"

namespace chartscan::scan::worker {

class Process {
 public:
  // `command` with "--fd N" behind it; empty: this program's own worker verb.
  static Result<std::unique_ptr<Process>> start(const std::vector<std::string>& command);
  ~Process();  // lets it finish for a moment, then kills
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  Channel& channel() { return *channel_; }
  pid_t id() const { return id_; }
  bool alive();  // looks, does not wait

  struct Death {
    int signal = 0;  // that ended it, or 0
    int exit_code = 0;
  };
  Death kill();  // how it ended: by this, or before it

 private:
  Process(pid_t id, int socket) : id_(id), channel_(std::make_unique<Channel>(socket)) {}
  bool reap(int options);

  pid_t id_;
  std::unique_ptr<Channel> channel_;
  std::optional<int> status_;  // once reaped
};

}  // namespace chartscan::scan::worker
