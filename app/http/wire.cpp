#include "app/http/wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace chartscan::app::http {
namespace {

using Clock = Wire::Clock;
constexpr std::chrono::milliseconds kSlice{100};  // how often a waiting connection looks whether it should give way
constexpr std::size_t kPiece = 16 * 1024;

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

enum class Wait { Ready, TimedOut, GaveWay };

Wait wait_for(int socket, short events, Clock::time_point deadline, const std::function<bool()>& give_way) {
  for (;;) {
    const int left = milliseconds_until(deadline);
    pollfd entry{socket, events, 0};
    if (poll(&entry, 1, std::min<int>(left, kSlice.count())) > 0) return Wait::Ready;
    if (left == 0) return Wait::TimedOut;
    if (give_way && give_way()) return Wait::GaveWay;
  }
}

// What both kinds share: they differ in how bytes are taken and given, and in what may have to be waited for.
class SocketWire : public Wire {
 public:
  explicit SocketWire(int socket) : socket_(socket) { fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK); }
  ~SocketWire() override {
    ::shutdown(socket_, SHUT_RDWR);
    ::close(socket_);
  }

  Got read(std::string& out, Clock::time_point deadline, const std::function<bool()>& give_way) override {
    std::array<char, kPiece> buffer;
    for (;;) {
      const std::ptrdiff_t got = take(buffer.data(), buffer.size());
      if (got > 0) {
        out.append(buffer.data(), static_cast<std::size_t>(got));
        return Got::Bytes;
      }
      if (got == kGone) return Got::Closed;
      switch (wait_for(socket_, wanted_, deadline, give_way)) {
        case Wait::TimedOut: return Got::TimedOut;
        case Wait::GaveWay: return Got::GaveWay;
        case Wait::Ready: break;
      }
    }
  }

  bool write(const char* bytes, std::size_t size, Clock::time_point deadline) override {
    while (size > 0) {
      const std::ptrdiff_t sent = give(bytes, size);
      if (sent == kGone) return false;
      if (sent == kAgain) {
        if (wait_for(socket_, wanted_, deadline, {}) != Wait::Ready) return false;
        continue;
      }
      bytes += sent;
      size -= static_cast<std::size_t>(sent);
    }
    return true;
  }

  std::ptrdiff_t write_some(const char* bytes, std::size_t size) override {
    const std::ptrdiff_t sent = give(bytes, size);
    return sent == kAgain ? 0 : sent;
  }

  bool peer_gone() override {
    std::array<char, kPiece> buffer;
    std::ptrdiff_t got;
    while ((got = take(buffer.data(), buffer.size())) > 0) {
    }
    return got == kGone;
  }

  void end_of_writing() override { ::shutdown(socket_, SHUT_WR); }

 protected:
  static constexpr std::ptrdiff_t kGone = -1, kAgain = -2;
  virtual std::ptrdiff_t take(char* out, std::size_t size) = 0;         // > 0, or kGone, or kAgain with wanted_ set
  virtual std::ptrdiff_t give(const char* bytes, std::size_t size) = 0;  // the same
  const int socket_;
  short wanted_ = POLLIN;
};

bool is_again(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

class PlainWire final : public SocketWire {
 public:
  using SocketWire::SocketWire;

 private:
  std::ptrdiff_t take(char* out, std::size_t size) override {
    const ssize_t got = ::recv(socket_, out, size, 0);
    if (got > 0) return got;
    wanted_ = POLLIN;
    return got < 0 && is_again(errno) ? kAgain : kGone;
  }
  std::ptrdiff_t give(const char* bytes, std::size_t size) override {
    const ssize_t sent = ::send(socket_, bytes, size, MSG_NOSIGNAL);
    if (sent > 0) return sent;
    wanted_ = POLLOUT;
    return sent < 0 && is_again(errno) ? kAgain : kGone;
  }
};

class TlsWire final : public SocketWire {
 public:
  TlsWire(int socket, SSL_CTX* context) : SocketWire(socket), ssl_(SSL_new(context)) { SSL_set_fd(ssl_, socket); }
  ~TlsWire() override {
    SSL_shutdown(ssl_);  // says so; the answer is not waited for
    SSL_free(ssl_);
  }

  bool shake_hands(Clock::time_point deadline) {
    for (;;) {
      const std::ptrdiff_t done = outcome_of(SSL_accept(ssl_));
      if (done > 0) return true;
      if (done == kGone || wait_for(socket_, wanted_, deadline, {}) != Wait::Ready) return false;
    }
  }

 private:
  std::ptrdiff_t take(char* out, std::size_t size) override { return outcome_of(SSL_read(ssl_, out, static_cast<int>(size))); }
  std::ptrdiff_t give(const char* bytes, std::size_t size) override {
    return outcome_of(SSL_write(ssl_, bytes, static_cast<int>(std::min<std::size_t>(size, 1 << 20))));
  }
  std::ptrdiff_t outcome_of(int result) {
    if (result > 0) return result;
    const int error = SSL_get_error(ssl_, result);
    ERR_clear_error();
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return kGone;
    wanted_ = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    return kAgain;
  }

  SSL* const ssl_;
};

class OpenSslKeys final : public TlsKeys {
 public:
  explicit OpenSslKeys(SSL_CTX* context) : context_(context) {}
  ~OpenSslKeys() override { SSL_CTX_free(context_); }
  std::unique_ptr<Wire> accept(int socket, Clock::time_point deadline) const override {
    auto wire = std::make_unique<TlsWire>(socket, context_);
    if (!wire->shake_hands(deadline)) return nullptr;
    return wire;
  }

 private:
  SSL_CTX* const context_;
};

Error no_tls(const std::filesystem::path& file, const char* what) {
  ERR_clear_error();
  return {ErrorCode::Configuration, file.string() + ": " + what, {}};
}

}  // namespace

Result<std::unique_ptr<TlsKeys>> TlsKeys::load(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  if (!context) return Error{ErrorCode::Internal, "TLS cannot be set up", {}};
  auto keys = std::make_unique<OpenSslKeys>(context);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    return no_tls(certificate, "holds no certificate in PEM; set serve.tls_certificate to the file with the certificate and its chain");
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
    return no_tls(key, "holds no private key in PEM; set serve.tls_key to the certificate's key, readable by this user only");
  if (SSL_CTX_check_private_key(context) != 1) return no_tls(key, "is not the key of the certificate; both must belong together");
  return std::unique_ptr<TlsKeys>(std::move(keys));
}

std::unique_ptr<Wire> plain_wire(int socket) { return std::make_unique<PlainWire>(socket); }

std::string peer_address(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  char text[INET6_ADDRSTRLEN] = "";
  const void* const bytes = address.ss_family == AF_INET6 ? static_cast<const void*>(&reinterpret_cast<sockaddr_in6*>(&address)->sin6_addr)
                                                          : static_cast<const void*>(&reinterpret_cast<sockaddr_in*>(&address)->sin_addr);
  inet_ntop(address.ss_family, bytes, text, sizeof text);
  return text;
}

}  // namespace chartscan::app::http
