// The command line: verbs first, results on stdout, progress and messages on stderr. docs/contracts.md is its promise.
#pragma once

namespace chartscan::app::cli {

int run(int argc, char** argv);  // the exit code

}  // namespace chartscan::app::cli
