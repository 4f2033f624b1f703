#include "tests/scan/rigs/environment.h"

#include <arpa/inet.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

extern char** environ;

namespace chartscan::testing {

namespace {

namespace fs = std::filesystem;

constexpr int kSanePort = 6566;  // the net backend knows no other
constexpr const char* kTestConf =
    "number_of_devices 2\ngeometry_max 420\ngeometry_quant 0.1\nbr_x 100\nbr_y 120\nresolution 75\ntest-picture \"Color "
    "pattern\"\n";

std::string backend_folder() { return std::string(CHARTSCAN_BINARY_DIR) + "/sane"; }

fs::path with_config(const fs::path& folder, const std::vector<std::string>& backends) {
  fs::create_directories(folder / "config");
  fs::create_directories(folder / "tray");
  std::string lines;
  for (const std::string& backend : backends) lines += backend + "\n";
  write_file(folder / "config/dll.conf", lines);
  return folder / "config";
}

bool answers(const std::string& address) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(kSanePort);
  ::inet_pton(AF_INET, address.c_str(), &to.sin_addr);
  const bool ok = ::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  ::close(fd);
  return ok;
}

// Tests that run at the same time must not share a port, so each process has a loopback address of its own.
std::string own_address() {
  static int count = 0;
  const auto id = static_cast<unsigned>(::getpid());
  return fmt::format("127.{}.{}.{}", 1 + id / 250 % 250, 1 + id % 250, 1 + count++ % 250);
}

}  // namespace

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (!std::isdigit(static_cast<unsigned char>(name[0]))) continue;
    const std::string stat = read_file(entry.path() / "stat");
    const std::size_t behind_name = stat.rfind(')');
    int its_parent = 0;
    char state = 0;
    if (behind_name != std::string::npos && std::sscanf(stat.c_str() + behind_name + 1, " %c %d", &state, &its_parent) == 2 &&
        its_parent == parent)
      children.push_back(std::stoi(name));
  }
  return children;
}

std::vector<std::string> worker_command() { return {std::string(CHARTSCAN_BINARY_DIR) + "/tests/scan_worker"}; }

Environment::Environment(const std::map<std::string, std::string>& variables) {
  for (const auto& [name, value] : variables) {
    const char* old = std::getenv(name.c_str());
    before_[name] = old ? std::optional<std::string>(old) : std::nullopt;
    ::setenv(name.c_str(), value.c_str(), 1);
  }
}

Environment::~Environment() {
  for (const auto& [name, value] : before_) {
    if (value)
      ::setenv(name.c_str(), value->c_str(), 1);
    else
      ::unsetenv(name.c_str());
  }
}

SaneWorld::SaneWorld(const std::vector<std::string>& backends)
    : environment_({{"SANE_CONFIG_DIR", with_config(folder_.path(), backends).string()},
                    {"LD_LIBRARY_PATH", backend_folder()},
                    {"VADF_TRAYS", tray().string()}}) {
  configure_test();
}

void SaneWorld::configure_test(const std::string& more) const { configure("test.conf", kTestConf + more); }

scan::ScannerOptions SaneWorld::scanner(const std::string& device, const std::string& source) const {
  scan::ScannerOptions options{.device = device, .worker_command = worker_command()};
  options.request.source = source;
  options.request.dpi = 100;
  return options;
}

Saned::Saned(const SaneWorld& client) : address_(own_address()) {
  write_file(config_ / "dll.conf", "vadf\ntest\n");
  write_file(config_ / "test.conf", kTestConf);
  write_file(config_ / "saned.conf", "127.0.0.0/8\n");
  client.configure("net.conf", "connect_timeout = 5\n" + address_ + "\n");
  const Environment environment({{"SANE_CONFIG_DIR", config_.path().string()}});
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // so that its children can be reached with it
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  for (const int fd : {1, 2}) ::posix_spawn_file_actions_addopen(&files, fd, "/dev/null", 1, 0);
  const char* argv[] = {"/usr/sbin/saned", "-l", "-b", address_.c_str(), nullptr};
  const int error = ::posix_spawn(&id_, argv[0], &files, &attributes, const_cast<char* const*>(argv), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::runtime_error("saned cannot be started: install sane-utils (scripts/setup)");
  for (int i = 0; !answers(address_); ++i) {
    if (i == 200) throw std::runtime_error("saned does not listen on " + address_);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

Saned::~Saned() {
  ::kill(-id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

void Saned::kill_connections() {
  for (const pid_t child : children_of(id_)) ::kill(child, SIGKILL);
}

}  // namespace chartscan::testing
