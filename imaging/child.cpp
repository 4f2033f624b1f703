#include "imaging/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fmt/format.h>

namespace chartscan::imaging {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kComplaintBytes = 4096;
constexpr int kCannotStart = 127;

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_, O_CLOEXEC) != 0) ends_[0] = ends_[1] = -1;
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  bool ok() const { return ends_[0] >= 0; }
  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void close_end(int end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }

 private:
  int ends_[2] = {-1, -1};
};

std::string located(const std::string& program) {
  if (program.starts_with('/')) return program;
  for (const char* folder : {"/usr/bin/", "/usr/local/bin/", "/bin/"})
    if (::access((folder + program).c_str(), X_OK) == 0) return folder + program;
  return {};
}

void limit(int what, rlim_t most) {
  const rlimit both{most, most};
  ::setrlimit(static_cast<__rlimit_resource>(what), &both);
}

// Between fork and exec: only calls that are safe there, no memory taken.
[[noreturn]] void become(const char* path, char* const* arguments, char* const* environment, int output, int complaints, pid_t parent,
                         const ChildLimits& limits) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kCannotStart);  // it died before we could ask to die with it
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing < 0 || ::dup2(nothing, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(complaints, 2) < 0) ::_exit(kCannotStart);
  ::syscall(SYS_close_range, 3u, ~0u, 0u);
  limit(RLIMIT_AS, limits.address_space_bytes);
  limit(RLIMIT_CPU, static_cast<rlim_t>(limits.seconds));
  limit(RLIMIT_FSIZE, limits.file_bytes);
  limit(RLIMIT_CORE, 0);
  ::execve(path, arguments, environment);
  ::_exit(kCannotStart);
}

// The child and its end: killed and reaped however we leave.
class Process {
 public:
  explicit Process(pid_t id) : id_(id) {}
  ~Process() {
    if (reaped_) return;
    ::kill(id_, SIGKILL);
    wait_status();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The wait status once it has ended; false at the deadline.
  bool ended_by(Clock::time_point deadline, int& status) {
    for (;;) {
      const pid_t got = ::waitpid(id_, &status, WNOHANG);
      if (got == id_) return reaped_ = true;
      if (got < 0 && errno != EINTR) return reaped_ = true;
      if (Clock::now() >= deadline) return false;
      ::poll(nullptr, 0, 2);
    }
  }

 private:
  void wait_status() {
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {}
  }
  pid_t id_;
  bool reaped_ = false;
};

enum class Collected { All, TooMuch, TooLate };

// Takes what comes from both pipes until both are closed.
Collected collect(Pipe& output, Pipe& complaints, Clock::time_point deadline, std::uint64_t most, ChildOutput& into) {
  std::array<pollfd, 2> open{pollfd{output.reading(), POLLIN, 0}, pollfd{complaints.reading(), POLLIN, 0}};
  std::vector<std::uint8_t> piece(1 << 16);
  while (open[0].fd >= 0 || open[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return Collected::TooLate;
    if (::poll(open.data(), open.size(), static_cast<int>(std::min<long long>(left, 1000))) < 0 && errno != EINTR) return Collected::TooLate;
    for (pollfd& end : open) {
      if (end.fd < 0 || end.revents == 0) continue;
      const ssize_t got = ::read(end.fd, piece.data(), piece.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        end.fd = -1;
      } else if (&end == &open[0]) {
        if (into.output.size() + static_cast<std::size_t>(got) > most) return Collected::TooMuch;
        into.output.insert(into.output.end(), piece.begin(), piece.begin() + got);
      } else if (into.complaints.size() < kComplaintBytes) {
        into.complaints.append(reinterpret_cast<const char*>(piece.data()), static_cast<std::size_t>(got));
      }
    }
  }
  return Collected::All;
}

Error over_limit(const std::string& program, const std::string& what) {
  return {ErrorCode::InputTooLarge, fmt::format("{} was stopped: {}; the input asks for too much, export it again at a lower resolution", program, what)};
}

}  // namespace

Result<ChildOutput> run_child(const std::string& program, const std::vector<std::string>& arguments, const ChildLimits& limits) {
  const std::string path = located(program);
  if (path.empty()) return Error{ErrorCode::Configuration, fmt::format("{} is not installed; install poppler-utils", program)};
  std::vector<std::string> words{path};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::string locale = "LC_ALL=C.UTF-8", search = "PATH=/usr/bin:/bin", home = "HOME=/nonexistent";
  std::array<char*, 4> environment{locale.data(), search.data(), home.data(), nullptr};

  Pipe output, complaints;
  if (!output.ok() || !complaints.ok()) return Error{ErrorCode::Internal, fmt::format("no pipe for {}: {}", program, std::strerror(errno))};
  const auto deadline = Clock::now() + std::chrono::seconds(limits.seconds);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return Error{ErrorCode::Internal, fmt::format("{} cannot be started: {}", program, std::strerror(errno))};
  if (child == 0) become(path.c_str(), argv.data(), environment.data(), output.writing(), complaints.writing(), parent, limits);

  Process process(child);
  output.close_end(1);
  complaints.close_end(1);
  ChildOutput result;
  switch (collect(output, complaints, deadline, limits.output_bytes, result)) {
    case Collected::TooMuch: return over_limit(program, fmt::format("it wrote more than {} bytes", limits.output_bytes));
    case Collected::TooLate: return over_limit(program, fmt::format("it took longer than {} s", limits.seconds));
    case Collected::All: break;
  }
  int status = 0;
  if (!process.ended_by(deadline, status)) return over_limit(program, fmt::format("it took longer than {} s", limits.seconds));
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGXCPU || signal == SIGKILL) return over_limit(program, fmt::format("it took more than {} s of processor", limits.seconds));
    if (signal == SIGXFSZ) return over_limit(program, fmt::format("it wrote a file of more than {} bytes", limits.file_bytes));
    return Error{ErrorCode::InputRefused, fmt::format("{} crashed on this input (signal {}); the file is damaged or malicious: export it again from its source",
                                                      program, signal)};
  }
  result.exit_code = WEXITSTATUS(status);
  if (result.exit_code == kCannotStart) return Error{ErrorCode::Configuration, fmt::format("{} cannot be started; reinstall poppler-utils", program)};
  return result;
}

}  // namespace chartscan::imaging
