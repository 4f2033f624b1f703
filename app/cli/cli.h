// The command line: verbs first, results on stdout, progress and messages on stderr. docs/contracts.md is its promise.
#pragma once

#include <filesystem>

namespace chartscan::app::cli {

int run(int argc, char** argv);  // the exit code
// In a server, for somebody at another terminal (terminal.h: Seat), on this archive.
int run_here(const std::filesystem::path& archive, int argc, char** argv);

}  // namespace chartscan::app::cli
