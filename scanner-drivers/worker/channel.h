// One end of the socket between supervisor and worker. Sends whole messages, collects them piece by piece. One thread.
#pragma once

#include <array>
#include <chrono>
#include <span>

#include "scanner-drivers/worker/messages.h"

namespace chartscan::scan::worker {

class Channel {
 public:
  explicit Channel(int socket) : socket_(socket) {}  // taken over
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Waits while the other side is slow. False when it is gone.
  bool send(MessageType type, std::span<const std::uint8_t> payload = {});
  bool send(const Message& message) { return send(message.type, message.payload); }

  enum class Got { Whole, NotYet, Gone, Nonsense };
  // Waits at most `wait`; a message that is half here stays for the next call. `into` keeps its memory from call to call.
  Got receive(Message& into, std::chrono::milliseconds wait);

 private:
  Got receive_piece(Message& into);

  static constexpr std::size_t kHeader = 5;
  int socket_;
  std::array<std::uint8_t, kHeader> header_{};
  std::size_t have_ = 0;  // bytes of header and payload that are here
};

}  // namespace chartscan::scan::worker
