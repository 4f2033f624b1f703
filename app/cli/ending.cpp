#include "app/cli/ending.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "app/cli/terminal.h"

namespace chartscan::app::cli {
namespace {

constexpr int kInterrupted = 130;  // as shells call an end by Ctrl-C

sigset_t ending_signals(int also = 0) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (also) sigaddset(&set, also);
  return set;
}

constexpr int kOver = SIGUSR2;  // ours, to end the waiting thread

}  // namespace

Ending::Ending(std::function<void()> wished) : wished_(std::move(wished)) {
  if (seat().elsewhere) {  // the signals are the server's
    seat().on_end(wished_);
    return;
  }
  const sigset_t all = ending_signals(kOver);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  waiting_ = std::thread([this, all] {
    for (int times = 0;; ++times) {
      int signal = 0;
      if (sigwait(&all, &signal) != 0 || signal == kOver) return;
      if (times > 0) _exit(kInterrupted);
      std::fprintf(std_err(), "\nchartscan: ending; once more ends at once\n");
      wished_();
    }
  });
}

Ending::~Ending() {
  if (seat().elsewhere) {
    seat().on_end({});
    return;
  }
  pthread_kill(waiting_.native_handle(), kOver);
  waiting_.join();
}

}  // namespace chartscan::app::cli
