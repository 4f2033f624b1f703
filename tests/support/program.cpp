#include "tests/support/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace chartscan::testing {
namespace {

namespace fs = std::filesystem;

pid_t launch(const fs::path& binary, const std::vector<std::string>& words, const fs::path& out, const fs::path& err) {
  std::vector<std::string> owned{binary.string()};
  owned.insert(owned.end(), words.begin(), words.end());
  std::vector<char*> argv;
  for (std::string& word : owned) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child > 0) return child;
  const int in = open("/dev/null", O_RDONLY), to = open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600),
            error = open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(in, 0);
  dup2(to, 1);
  dup2(error, 2);
  execv(binary.c_str(), argv.data());
  _exit(127);
}

Outcome outcome_of(int status) {
  Outcome outcome;
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  return outcome;
}

Outcome wait_for(pid_t child, const fs::path& out, const fs::path& err) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) throw std::runtime_error("lost a child process");
  Outcome outcome = outcome_of(status);
  outcome.out = read_file(out);
  outcome.err = read_file(err);
  return outcome;
}

}  // namespace

TempFolder::TempFolder(const std::string& name) {
  std::string pattern = (fs::temp_directory_path() / ("chartscan-" + name + "-XXXXXX")).string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("cannot make a folder like " + pattern);
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Outcome Program::run(const std::vector<std::string>& words) const {
  const TempFolder io("io");
  return wait_for(launch(binary_, words, io / "out", io / "err"), io / "out", io / "err");
}

Outcome Program::run_and_kill(const std::vector<std::string>& words, std::chrono::milliseconds delay) const {
  const TempFolder io("io");
  const pid_t child = launch(binary_, words, io / "out", io / "err");
  const auto end = std::chrono::steady_clock::now() + delay;
  while (std::chrono::steady_clock::now() < end) {
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  kill(child, SIGKILL);  // a child that has ended keeps its own exit status
  return wait_for(child, io / "out", io / "err");
}

pid_t Program::start(const std::vector<std::string>& words) const { return launch(binary_, words, "/dev/null", "/dev/null"); }

void Program::stop(pid_t process, int signal) {
  kill(process, signal);
  int status = 0;
  waitpid(process, &status, 0);
}

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_file(const fs::path& file, const std::string& bytes) {
  std::ofstream out(file, std::ios::binary);
  out << bytes;
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace chartscan::testing
