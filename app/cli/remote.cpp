// A command travels as one message: be32 count of bytes, then the archive's folder and the words, each ended by a zero; with it go four
// open files: standard input, output and error, and the working folder. The server answers with one byte, the exit code. A byte from the
// client meanwhile is a wish to end.
#include "app/cli/remote.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <list>
#include <mutex>
#include <thread>

#include "app/cli/cli.h"
#include "app/cli/terminal.h"
#include "core/log.h"

namespace chartscan::app::cli {
namespace {

constexpr const char* kSocketName = "control.sock";
constexpr std::size_t kFiles = 4;
constexpr std::size_t kMostBytes = 1 << 20;
constexpr int kInterrupted = 130;  // as shells call an end by Ctrl-C
constexpr int kSlice = 200;  // milliseconds between two looks whether to end

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

// A socket's address holds a hundred characters; through the open folder any path is short.
sockaddr_un address_in(const Fd& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", folder.get(), kSocketName);
  return address;
}

bool write_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(fd, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

// The first four bytes carry the files.
bool send_command(int socket, const std::string& words, const std::array<int, kFiles>& files) {
  const auto size = static_cast<std::uint32_t>(words.size());
  std::array<char, 4> head{static_cast<char>(size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8), static_cast<char>(size)};
  iovec piece{head.data(), head.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof files)> control{};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof files);
  std::memcpy(CMSG_DATA(rights), files.data(), sizeof files);
  return sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(head.size()) && write_all(socket, words.data(), words.size());
}

struct Command {
  std::vector<std::string> words;  // the archive's folder, then the words of the command
  std::array<Fd, kFiles> files;
};

std::optional<Command> receive_command(int socket) {
  std::array<unsigned char, 4> head{};
  iovec piece{head.data(), head.size()};
  std::array<int, kFiles> files{-1, -1, -1, -1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof files)> control{};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
  Command command;
  const cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  if (rights && rights->cmsg_type == SCM_RIGHTS && rights->cmsg_len == CMSG_LEN(sizeof files)) {
    std::memcpy(files.data(), CMSG_DATA(rights), sizeof files);
    for (std::size_t i = 0; i < kFiles; ++i) command.files[i] = Fd(files[i]);
  }
  if (got != static_cast<ssize_t>(head.size()) || !command.files.back()) return std::nullopt;
  const std::size_t size = std::size_t{head[0]} << 24 | std::size_t{head[1]} << 16 | std::size_t{head[2]} << 8 | head[3];
  if (size > kMostBytes) return std::nullopt;
  std::string bytes(size, '\0');
  if (size > 0 && ::recv(socket, bytes.data(), size, MSG_WAITALL) != static_cast<ssize_t>(size)) return std::nullopt;
  for (std::size_t start = 0; start < size;) {
    const std::size_t end = bytes.find('\0', start);
    if (end == bytes.npos) return std::nullopt;
    command.words.push_back(bytes.substr(start, end - start));
    start = end + 1;
  }
  if (command.words.size() < 2) return std::nullopt;
  return command;
}

// The system's name of who is at the other end; nothing for whom we do not serve.
std::optional<std::string> peer_of(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || (peer.uid != geteuid() && peer.uid != 0)) return std::nullopt;
  std::array<char, 4096> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(peer.uid, &entry, buffer.data(), buffer.size(), &found) != 0 || !found) return std::to_string(peer.uid);
  return std::string(entry.pw_name);
}

std::atomic<int> interrupts = 0;

}  // namespace

std::optional<int> run_in_server(const std::filesystem::path& archive, int argc, char** argv) {
  const Fd folder(::open(archive.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return std::nullopt;
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = address_in(folder);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return std::nullopt;
  const Fd here(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::error_code error;
  std::string words = std::filesystem::absolute(archive, error).string() + '\0';
  for (int i = 1; i < argc; ++i) words += std::string(argv[i]) + '\0';
  if (!send_command(socket.get(), words, {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, here.get()})) return std::nullopt;
  struct sigaction hear {};
  hear.sa_handler = [](int) { ++interrupts; };  // no restart: the read below is woken
  sigaction(SIGINT, &hear, nullptr);
  sigaction(SIGTERM, &hear, nullptr);
  sigset_t ending;  // a verb that tried on its own before may have blocked them
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
  for (int told = 0;;) {
    unsigned char code = 0;
    const ssize_t got = ::recv(socket.get(), &code, 1, 0);
    if (got == 1) return code;
    if (got == 0 || errno != EINTR) {
      std::fprintf(stderr, "chartscan: the server ended before the command did; start it again and give the command again\n");
      return traits(ErrorCode::Storage).exit_code;
    }
    if (told < interrupts && write_all(socket.get(), "!", 1)) ++told;
    if (told < 2) continue;
    std::fprintf(stderr, "chartscan: the server goes on with it\n");
    return kInterrupted;
  }
}

class RemoteCommands::Impl {
 public:
  Impl(Fd listening, std::filesystem::path socket_file) : listening_(std::move(listening)), socket_file_(std::move(socket_file)), thread_([this] { accept_all(); }) {}
  ~Impl() {
    ending_ = true;
    thread_.join();
    ::unlink(socket_file_.c_str());
    for (const auto& one : running_) one->thread.join();
  }

 private:
  struct Running {
    std::thread thread;
    std::atomic<bool> over = false;
  };

  void accept_all() {
    while (!ending_) {
      pollfd entry{listening_.get(), POLLIN, 0};
      const bool somebody = poll(&entry, 1, kSlice) > 0;
      running_.remove_if([](const auto& one) {
        if (!one->over) return false;
        one->thread.join();
        return true;
      });
      if (!somebody) continue;
      Fd socket(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!socket) continue;
      running_.push_back(std::make_unique<Running>());
      Running& one = *running_.back();
      one.thread = std::thread([this, &one, socket = std::move(socket)] {
        serve(socket.get());
        one.over = true;
      });
    }
  }

  void serve(int socket) {
    const timeval patience{5, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const std::optional<std::string> user = peer_of(socket);
    std::optional<Command> command = user ? receive_command(socket) : std::nullopt;
    if (!command) {
      log::warning("a command for the server was refused: it comes from another user, or is none");
      return;
    }
    std::mutex mutex;
    std::function<void()> wished;  // guarded by mutex
    std::atomic<bool> over = false;
    std::thread listening([&] {  // for a wish to end, and for a terminal that is gone
      while (!over) {
        pollfd entry{socket, POLLIN, 0};
        char byte = 0;
        const bool wish = (poll(&entry, 1, kSlice) > 0 && ::recv(socket, &byte, 1, 0) >= 0) || ending_;
        if (!wish) continue;
        {
          const std::lock_guard lock(mutex);
          if (wished) wished();
        }
        if (byte == 0) std::this_thread::sleep_for(std::chrono::milliseconds(kSlice));
      }
    });
    const int code = run(*command, *user, [&](std::function<void()> now) {
      const std::lock_guard lock(mutex);
      wished = std::move(now);
    });
    const auto byte = static_cast<char>(code);
    write_all(socket, &byte, 1);
    over = true;
    listening.join();
  }

  // In a thread of its own, whose working folder is the caller's: so relative paths mean what the person meant.
  static int run(Command& command, const std::string& user, std::function<void(std::function<void()>)> on_end) {
    int code = traits(ErrorCode::Internal).exit_code;
    std::thread([&] {
      if (unshare(CLONE_FS) != 0 || fchdir(command.files[3].get()) != 0) return;
      std::FILE* const to = fdopen(command.files[1].release(), "w");
      std::FILE* const errors = fdopen(command.files[2].release(), "w");
      if (to && errors) {
        seat() = {to, errors, user, true, std::nullopt, std::move(on_end), command.files[0].get()};
        std::vector<char*> arguments;
        std::string program = "chartscan";
        arguments.push_back(program.data());
        for (std::size_t i = 1; i < command.words.size(); ++i) arguments.push_back(command.words[i].data());
        code = run_here(command.words.front(), static_cast<int>(arguments.size()), arguments.data());
      }
      if (to) std::fclose(to);
      if (errors) std::fclose(errors);
    }).join();
    return code;
  }

  const Fd listening_;
  const std::filesystem::path socket_file_;
  std::atomic<bool> ending_ = false;
  std::list<std::unique_ptr<Running>> running_;  // thread_'s, and the destructor's behind it
  std::thread thread_;
};

RemoteCommands::RemoteCommands(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RemoteCommands::~RemoteCommands() = default;

Result<std::unique_ptr<RemoteCommands>> RemoteCommands::listen(const std::filesystem::path& archive) {
  const Fd folder(::open(archive.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = address_in(folder);
  ::unlink(address.sun_path);  // of a server that was killed: we hold the archive now
  const mode_t before = umask(0177);
  const bool bound = folder && socket && ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(socket.get(), 16) == 0;
  umask(before);
  if (!bound)
    return Error{ErrorCode::Storage, (archive / kSocketName).string() + ": cannot be made, so commands that write would not reach this server: " + std::strerror(errno), {}};
  return std::unique_ptr<RemoteCommands>(new RemoteCommands(std::make_unique<Impl>(std::move(socket), std::filesystem::absolute(archive) / kSocketName)));
}

}  // namespace chartscan::app::cli
