// Commands that write, while a server has the archive: the command line hands its words, its folder and its own standard streams to the
// server through a socket in the archive's folder, and the server runs the command in their place. What the person sees is the same. Only
// the server's own user and root are served: who can reach the socket could write the files.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"

namespace chartscan::app::cli {

// The exit code; nothing when no server of this archive listens. Ctrl-C goes to the server.
std::optional<int> run_in_server(const std::filesystem::path& archive, int argc, char** argv);

// A server's end of it. Runs commands, each in a thread of its own, until it is destroyed.
class RemoteCommands {
 public:
  static Result<std::unique_ptr<RemoteCommands>> listen(const std::filesystem::path& archive);
  ~RemoteCommands();  // ends commands under way as Ctrl-C would, and waits for them

 private:
  class Impl;
  explicit RemoteCommands(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace chartscan::app::cli
