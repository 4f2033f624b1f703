// One end of a socket between the program and a worker process of its own. Sends whole messages, collects them piece by piece.
// One thread. Type is an enumeration over std::uint8_t of what the two say to each other, with is_known(Type) beside it.
//
//   frame:  length of the payload, 4 bytes little-endian | type, 1 byte | payload
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <utility>

#include "core/wire.h"

namespace chartscan {

template <typename Type>
struct Message {
  Type type{};
  wire::Bytes payload;
};

// The bytes of it, whatever they mean.
class FrameSocket {
 public:
  FrameSocket(int socket, std::uint32_t longest) : socket_(socket), longest_(longest) {}  // taken over
  FrameSocket(FrameSocket&& other) noexcept : socket_(std::exchange(other.socket_, -1)), longest_(other.longest_) {}
  ~FrameSocket();

  bool send(std::uint8_t type, std::span<const std::uint8_t> payload);

  enum class Got { Whole, NotYet, Gone, Nonsense };
  Got receive(std::uint8_t& type, wire::Bytes& payload, std::chrono::milliseconds wait);

 private:
  Got receive_piece(std::uint8_t& type, wire::Bytes& payload);

  static constexpr std::size_t kHeader = 5;
  int socket_;
  std::uint32_t longest_;
  std::array<std::uint8_t, kHeader> header_{};
  std::size_t have_ = 0;  // bytes of header and payload that are here
};

template <typename Type, std::uint32_t kLongest>
class Channel {
 public:
  using Got = FrameSocket::Got;
  explicit Channel(int socket) : frames_(socket, kLongest) {}  // taken over

  // Waits while the other side is slow. False when it is gone.
  bool send(Type type, std::span<const std::uint8_t> payload = {}) { return frames_.send(static_cast<std::uint8_t>(type), payload); }
  bool send(const Message<Type>& message) { return send(message.type, message.payload); }

  // Waits at most `wait`; a message that is half here stays for the next call. `into` keeps its memory from call to call.
  Got receive(Message<Type>& into, std::chrono::milliseconds wait) {
    std::uint8_t type = 0;
    const Got got = frames_.receive(type, into.payload, wait);
    if (got != Got::Whole) return got;
    into.type = static_cast<Type>(type);
    return is_known(into.type) ? got : Got::Nonsense;
  }

 private:
  FrameSocket frames_;
};

}  // namespace chartscan
