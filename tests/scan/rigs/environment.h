// A private world for libsane: own configuration folder, our virtual backend, nothing of the machine's own scanners and no
// look at its network. One at a time; the process's environment is put back at the end.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scanner-drivers/scan_feeder.h"
#include "tests/support/program.h"

namespace chartscan::testing {

std::vector<pid_t> children_of(pid_t parent);

std::vector<std::string> worker_command();  // the worker program of these tests

// Sets variables for this process and those it starts.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& variables);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

class SaneWorld {
 public:
  explicit SaneWorld(const std::vector<std::string>& backends);

  std::filesystem::path tray() const { return folder_ / "tray"; }
  std::filesystem::path config() const { return folder_ / "config"; }
  void configure(const std::string& file, const std::string& text) const { write_file(config() / file, text); }
  // The test backend as the real one is set up, and `more` lines of its own.
  void configure_test(const std::string& more = "") const;

  scan::ScannerOptions scanner(const std::string& device, const std::string& source = "adf") const;
  std::string vadf() const { return "sane:vadf:" + tray().string(); }

 private:
  TempFolder folder_{"sane"};
  Environment environment_;
};

// The real saned, serving this world's tray and test devices on a loopback address of its own.
class Saned {
 public:
  explicit Saned(const SaneWorld& client);
  ~Saned();
  Saned(const Saned&) = delete;
  Saned& operator=(const Saned&) = delete;

  std::string device(const std::string& behind) const { return "sane:net:" + address_ + ":" + behind; }
  void kill_connections();  // kill -9 of what serves the client now, as a server that dies

 private:
  TempFolder config_{"saned"};
  std::string address_;
  pid_t id_ = 0;
};

}  // namespace chartscan::testing
