#include "core/worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include <fmt/format.h>

extern char** environ;

namespace chartscan {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kWorkerSocket = 3;  // its number inside the worker

class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawnattr_init(&attributes_);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  // Standard error stays: backends write their diagnostics there. Standard output is ours, so theirs goes there as well.
  bool prepare(int socket) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    if (::fcntl(2, F_GETFD) < 0 && ::posix_spawn_file_actions_addopen(&files_, 2, "/dev/null", O_WRONLY, 0) != 0) return false;
    return ::posix_spawn_file_actions_addopen(&files_, 0, "/dev/null", O_RDONLY, 0) == 0 &&
           ::posix_spawn_file_actions_adddup2(&files_, 2, 1) == 0 &&
           ::posix_spawn_file_actions_adddup2(&files_, socket, kWorkerSocket) == 0 &&
           ::posix_spawn_file_actions_addclosefrom_np(&files_, kWorkerSocket + 1) == 0 &&
           ::posix_spawnattr_setsigmask(&attributes_, &none) == 0 && ::posix_spawnattr_setsigdefault(&attributes_, &all) == 0 &&
           ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0;
  }

  int spawn(pid_t& id, char* const* argv) { return ::posix_spawn(&id, argv[0], &files_, &attributes_, argv, environ); }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

Error not_started(const std::string& program, int error) {
  return {ErrorCode::Internal, fmt::format("the worker process {} cannot be started: {}; is the program whole, and is memory left?", program, std::strerror(error)), {}};
}

// In the worker 0 to 2 are replaced and the socket becomes 3, so it must be none of these before.
int out_of_the_way(int socket) {
  if (socket > kWorkerSocket) return socket;
  const int moved = ::fcntl(socket, F_DUPFD_CLOEXEC, kWorkerSocket + 1);
  ::close(socket);
  return moved;
}

}  // namespace

Result<WorkerProcess::Started> WorkerProcess::start(std::vector<std::string> command, std::chrono::milliseconds farewell) {
  command.insert(command.end(), {"--fd", std::to_string(kWorkerSocket)});
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);

  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return not_started(command[0], errno);
  ends[1] = out_of_the_way(ends[1]);
  SpawnPlan plan;
  pid_t id = 0;
  const int error = plan.prepare(ends[1]) ? plan.spawn(id, argv.data()) : ENOMEM;
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    return not_started(command[0], error);
  }
  return Started{std::unique_ptr<WorkerProcess>(new WorkerProcess(id, farewell)), ends[0]};
}

WorkerProcess::~WorkerProcess() {
  for (const auto end = Clock::now() + farewell_; alive() && Clock::now() < end;)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  kill();
}

bool WorkerProcess::reap(int options) {
  if (status_) return true;
  int status = 0;
  pid_t got = 0;
  do got = ::waitpid(id_, &status, options);
  while (got < 0 && errno == EINTR);
  if (got == 0) return false;
  status_ = got == id_ ? status : 0;  // somebody else reaped it: nothing is known but that it is gone
  return true;
}

bool WorkerProcess::alive() { return !reap(WNOHANG); }

WorkerProcess::Death WorkerProcess::kill() {
  if (alive()) {
    ::kill(id_, SIGKILL);
    reap(0);
  }
  return {.signal = WIFSIGNALED(*status_) ? WTERMSIG(*status_) : 0, .exit_code = WIFEXITED(*status_) ? WEXITSTATUS(*status_) : 0};
}

void leave_with_supervisor(int socket, std::chrono::milliseconds farewell) {
  std::thread([socket, farewell] {
    pollfd watched{socket, POLLRDHUP, 0};
    while (::poll(&watched, 1, -1) <= 0) {
    }
    std::this_thread::sleep_for(farewell);
    ::_exit(0);
  }).detach();
}

}  // namespace chartscan
