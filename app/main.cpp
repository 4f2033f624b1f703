#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "app/cli/cli.h"
#include "core/arenas.h"

// OpenMP reads its limit when the program is loaded, so the only way to keep the libraries' own threads off is to start
// again with the limit set. Pages are parallel; what works on one page is not.
static void keep_library_threads_off(char** argv) {
  if (std::getenv("OMP_THREAD_LIMIT")) return;
  setenv("OMP_THREAD_LIMIT", "1", 1);
  execv("/proc/self/exe", argv);  // on failure the program runs as it is, only slower
}

int main(int argc, char** argv) {
  keep_library_threads_off(argv);
  chartscan::keep_one_arena_a_core();
  std::signal(SIGPIPE, SIG_IGN);
  return chartscan::app::cli::run(argc, argv);
}
