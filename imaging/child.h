// Runs an outside program in a corner where it can do little harm: no shell, no input, nothing of ours inherited, limits
// on memory, processor time, wall time and what it may write. Blocks the calling thread; any number of threads at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"

namespace chartscan::imaging {

struct ChildLimits {
  std::uint64_t address_space_bytes = 0;
  int seconds = 0;                  // of processor, and the same of wall time
  std::uint64_t file_bytes = 0;     // largest file it may write
  std::uint64_t output_bytes = 0;   // most of its standard output that is taken; more ends it
};

struct ChildOutput {
  int exit_code = 0;
  std::vector<std::uint8_t> output;
  std::string complaints;  // standard error, the first few thousand characters
};

// `program` by name (looked up in the system's folders, never in PATH) or as an absolute path. An error when it cannot be
// started, was ended by a limit or crashed; any exit code of its own is a result.
Result<ChildOutput> run_child(const std::string& program, const std::vector<std::string>& arguments, const ChildLimits& limits);

}  // namespace chartscan::imaging
