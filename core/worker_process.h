// A worker process as its supervisor holds it: foreign code that may crash, hang or eat memory without taking us along. Started by
// exec with one socket and nothing else of ours, ended and reaped with this object. Safe to start from any thread; then one thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"

namespace chartscan {

class WorkerProcess {
 public:
  struct Started {
    std::unique_ptr<WorkerProcess> process;
    int socket = -1;  // our end; the caller's. Closing it is the worker's good-bye
  };
  // `command` with "--fd N" behind it. Standard input is empty, standard output goes where standard error goes.
  static Result<Started> start(std::vector<std::string> command, std::chrono::milliseconds farewell);
  ~WorkerProcess();  // lets it finish for the time of its farewell, then kills
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  pid_t id() const { return id_; }
  bool alive();  // looks, does not wait

  struct Death {
    int signal = 0;  // that ended it, or 0
    int exit_code = 0;
  };
  Death kill();  // how it ended: by this, or before it

 private:
  WorkerProcess(pid_t id, std::chrono::milliseconds farewell) : id_(id), farewell_(farewell) {}
  bool reap(int options);

  pid_t id_;
  std::chrono::milliseconds farewell_;
  std::optional<int> status_;  // once reaped
};

// In the worker: ends this process when its supervisor is gone, whatever other threads are doing; they get `farewell` to finish.
// PR_SET_PDEATHSIG would not do: it fires when the supervisor's thread that started us ends.
void leave_with_supervisor(int socket, std::chrono::milliseconds farewell);

}  // namespace chartscan
