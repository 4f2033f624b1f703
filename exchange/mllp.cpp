#include "exchange/mllp.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <list>
#include <thread>
#include <utility>

namespace chartscan::exchange {
namespace {

using Moment = std::chrono::steady_clock::time_point;

constexpr char kBegin = 0x0b, kEnd = 0x1c;
constexpr std::size_t kMostNoise = 65536;     // bytes outside of frames, one after the other; more is no MLLP
constexpr int kAnswerSeconds = 30;            // for the peer to take an answer

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept { return std::swap(fd_, other.fd_), *this; }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Error cannot_listen(const std::string& address, const std::string& why) {
  return {ErrorCode::Configuration, "cannot listen on " + address + " for HL7 messages: " + why + "; set feed.listen to a free host:port", {}};
}

std::string name_of(const sockaddr_storage& address, socklen_t length) {
  char host[NI_MAXHOST], port[NI_MAXSERV];
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&address), length, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return "unknown";
  return std::string(host) + ":" + port;
}

Result<Descriptor> listening(const std::string& where) {
  const std::size_t colon = where.rfind(':');
  int port = -1;
  const char* const end = where.data() + where.size();
  if (colon == std::string::npos || colon == 0 || std::from_chars(where.data() + colon + 1, end, port).ptr != end || port < 0 || port > 65535)
    return cannot_listen(where, "it is no host:port");
  addrinfo hints{}, *found = nullptr;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  if (const int fault = ::getaddrinfo(where.substr(0, colon).c_str(), where.substr(colon + 1).c_str(), &hints, &found); fault != 0)
    return cannot_listen(where, ::gai_strerror(fault));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, ::freeaddrinfo);
  std::string why = "no address";
  for (const addrinfo* one = list.get(); one; one = one->ai_next) {
    Descriptor fd(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int yes = 1;
    if (fd.get() >= 0) ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (fd.get() >= 0 && ::bind(fd.get(), one->ai_addr, one->ai_addrlen) == 0 && ::listen(fd.get(), 64) == 0) return fd;
    why = std::strerror(errno);
  }
  return cannot_listen(where, why);
}

class Server final : public MllpServer {
 public:
  Server(const MllpOptions& options, MllpHandlers handlers, Descriptor listener, Descriptor stop)
      : options_(options), handlers_(std::move(handlers)), listener_(std::move(listener)), stop_(std::move(stop)) {
    accepting_ = std::thread([this] { accept_all(); });
  }

  ~Server() override {
    const std::uint64_t one = 1;
    if (::write(stop_.get(), &one, sizeof one) != sizeof one) std::abort();  // an eventfd that is never read takes it
    accepting_.join();
  }

  std::string address() const override {
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&bound), &length);
    return name_of(bound, length);
  }

 private:
  struct Connection {
    std::thread thread;
    std::atomic<bool> done = false;
  };

  // False: it is time to stop, or `until` has passed.
  bool wait(int fd, short events, Moment until) const {
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
      if (left <= 0) return false;
      std::array<pollfd, 2> polled{{{fd, events, 0}, {stop_.get(), POLLIN, 0}}};
      const int ready = ::poll(polled.data(), polled.size(), static_cast<int>(std::min<long long>(left, 60'000)));
      if (polled[1].revents != 0 || (ready < 0 && errno != EINTR)) return false;
      if (ready > 0 && polled[0].revents != 0) return true;
    }
  }

  void accept_all() {
    std::list<Connection> connections;
    const auto forget_ended = [&] {
      for (auto it = connections.begin(); it != connections.end();) {
        if (!it->done) { ++it; continue; }
        it->thread.join();
        it = connections.erase(it);
      }
    };
    for (;;) {
      const bool full = static_cast<int>(connections.size()) >= options_.connections;
      std::array<pollfd, 2> polled{{{full ? -1 : listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
      ::poll(polled.data(), polled.size(), full ? 50 : 1000);
      forget_ended();
      if (polled[1].revents != 0) break;
      if (polled[0].revents == 0) continue;
      sockaddr_storage from{};
      socklen_t length = sizeof from;
      Descriptor fd(::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&from), &length, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (fd.get() < 0) continue;
      const int yes = 1;
      ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      Connection& connection = connections.emplace_back();
      connection.thread = std::thread([this, &connection, fd = std::move(fd), peer = name_of(from, length)] {
        serve(fd.get(), peer);
        connection.done = true;
      });
    }
    for (Connection& connection : connections) connection.thread.join();
  }

  void serve(int fd, const std::string& peer) const {
    std::string message;
    bool inside = false, ending = false;  // of a frame; behind its 0x1C
    std::size_t noise = 0;
    std::array<char, 16384> piece;
    for (;;) {
      if (!wait(fd, POLLIN, std::chrono::steady_clock::now() + std::chrono::seconds(options_.idle_seconds))) return;
      const ssize_t got = ::recv(fd, piece.data(), piece.size(), 0);
      if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return;
      for (ssize_t i = 0; i < got; ++i) {
        const char c = piece[static_cast<std::size_t>(i)];
        const bool maybe_ended = std::exchange(ending, false);
        if (maybe_ended && c != '\r') message.push_back(kEnd);  // it was none
        if (maybe_ended && c == '\r') {
          if (!send_frame(fd, handlers_.answer(message, peer))) return;
          message.clear(), inside = false, noise = 0;
        } else if (c == kBegin) {  // also within a frame that never ended: its sender began anew
          message.clear(), inside = true;
        } else if (!inside) {
          if (++noise > kMostNoise) return;
        } else if (c == kEnd) {
          ending = true;
        } else {
          message.push_back(c);
          if (message.size() > options_.largest) return void(send_frame(fd, handlers_.too_large(message, peer)));
        }
      }
    }
  }

  bool send_frame(int fd, const std::string& answer) const {
    const std::string frame = kBegin + answer + kEnd + '\r';
    const Moment until = std::chrono::steady_clock::now() + std::chrono::seconds(kAnswerSeconds);
    for (std::size_t at = 0; at < frame.size();) {
      const ssize_t sent = ::send(fd, frame.data() + at, frame.size() - at, MSG_NOSIGNAL);
      if (sent > 0) at += static_cast<std::size_t>(sent);
      else if (errno != EAGAIN && errno != EINTR) return false;
      else if (!wait(fd, POLLOUT, until)) return false;
    }
    return true;
  }

  const MllpOptions options_;
  const MllpHandlers handlers_;
  const Descriptor listener_, stop_;
  std::thread accepting_;
};

}  // namespace

Result<std::unique_ptr<MllpServer>> MllpServer::start(const MllpOptions& options, MllpHandlers handlers) {
  TRY(Descriptor listener, listening(options.address));
  Descriptor stop(::eventfd(0, EFD_CLOEXEC));
  if (stop.get() < 0) return cannot_listen(options.address, std::strerror(errno));
  return std::unique_ptr<MllpServer>(std::make_unique<Server>(options, std::move(handlers), std::move(listener), std::move(stop)));
}

}  // namespace chartscan::exchange
