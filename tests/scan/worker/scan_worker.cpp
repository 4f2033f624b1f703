// The worker process of the tests: what the hidden verb of the program does, and nothing else.
#include <cstdlib>
#include <string_view>

#include "scanner-drivers/scan_feeder.h"

int main(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i)
    if (std::string_view(argv[i]) == "--fd") return chartscan::scan::run_scan_worker(std::atoi(argv[i + 1]));
  return 2;
}
