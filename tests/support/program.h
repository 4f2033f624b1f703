// Runs the real program as its user would, and kills it as a power cut would.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace chartscan::testing {

struct Outcome {
  int exit_code = -1;  // -1 when a signal ended it
  int signal = 0;
  std::string out, err;
};

// A folder that goes when the test ends.
class TempFolder {
 public:
  explicit TempFolder(const std::string& name);
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

class Program {
 public:
  explicit Program(std::filesystem::path binary) : binary_(std::move(binary)) {}

  Outcome run(const std::vector<std::string>& words) const;
  // kill -9 after `delay`, unless it ended before.
  Outcome run_and_kill(const std::vector<std::string>& words, std::chrono::milliseconds delay) const;

  // In the background; its output is thrown away.
  pid_t start(const std::vector<std::string>& words) const;
  static void stop(pid_t process, int signal);  // sends the signal and waits for the end

 private:
  std::filesystem::path binary_;
};

std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& bytes);
std::vector<std::string> lines_of(const std::string& text);

}  // namespace chartscan::testing
