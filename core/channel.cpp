#include "core/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace chartscan {

namespace {

using wire::Bytes;
using Clock = std::chrono::steady_clock;

}  // namespace

FrameSocket::~FrameSocket() {
  if (socket_ >= 0) ::close(socket_);
}

bool FrameSocket::send(std::uint8_t type, std::span<const std::uint8_t> payload) {
  if (payload.size() > longest_) return false;
  std::array<std::uint8_t, kHeader> header{};
  const auto length = static_cast<std::uint32_t>(payload.size());
  std::memcpy(header.data(), &length, sizeof length);
  header[4] = type;
  std::array<iovec, 2> parts{iovec{header.data(), header.size()},
                             iovec{const_cast<std::uint8_t*>(payload.data()), payload.size()}};
  msghdr out{};
  out.msg_iov = parts.data();
  out.msg_iovlen = parts.size();
  for (std::size_t left = header.size() + payload.size(); left > 0;) {
    const ssize_t sent = ::sendmsg(socket_, &out, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    left -= static_cast<std::size_t>(sent);
    std::size_t gone = static_cast<std::size_t>(sent);
    for (iovec& part : parts) {
      const std::size_t taken = std::min(gone, part.iov_len);
      part.iov_base = static_cast<std::uint8_t*>(part.iov_base) + taken;
      part.iov_len -= taken;
      gone -= taken;
    }
  }
  return true;
}

FrameSocket::Got FrameSocket::receive(std::uint8_t& type, Bytes& payload, std::chrono::milliseconds wait) {
  const auto deadline = Clock::now() + wait;
  for (;;) {
    if (const Got got = receive_piece(type, payload); got != Got::NotYet) return got;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return Got::NotYet;
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(left)) < 0 && errno != EINTR) return Got::Gone;
  }
}

// Everything that is here without waiting, up to one whole message.
FrameSocket::Got FrameSocket::receive_piece(std::uint8_t& type, Bytes& payload) {
  for (;;) {
    const bool in_header = have_ < kHeader;
    std::uint8_t* to = in_header ? header_.data() + have_ : payload.data() + (have_ - kHeader);
    const std::size_t missing = in_header ? kHeader - have_ : kHeader + payload.size() - have_;
    if (missing > 0) {
      const ssize_t got = ::recv(socket_, to, missing, MSG_DONTWAIT);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Got::NotYet;
      if (got <= 0) return Got::Gone;
      have_ += static_cast<std::size_t>(got);
      if (have_ < kHeader || static_cast<std::size_t>(got) < missing) continue;
    }
    if (in_header) {
      std::uint32_t length = 0;
      std::memcpy(&length, header_.data(), sizeof length);
      if (length > longest_) return Got::Nonsense;
      payload.resize(length);
      continue;
    }
    type = header_[4];
    have_ = 0;
    return Got::Whole;
  }
}

}  // namespace chartscan
