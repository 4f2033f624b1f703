// The minimal lower layer protocol: HL7 messages over TCP, each between 0x0B and 0x1C 0x0D, each answered before the next. A thread
// a connection, as many as are allowed; what a peer sends is bounded in size and time, and noise between frames is passed over.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace chartscan::exchange {

struct MllpOptions {
  std::string address = "127.0.0.1:2575";  // host:port; port 0: any free one
  int connections = 32;                    // further ones wait in the system's queue
  int idle_seconds = 600;                  // a silent connection is closed
  std::size_t largest = std::size_t{1} << 20;  // bytes of a message; a larger one is answered by `too_large` and the connection closed
};

struct MllpHandlers {
  // Called from the connections' threads, several at once. `peer` is "address:port".
  std::function<std::string(std::string_view message, const std::string& peer)> answer;
  std::function<std::string(std::string_view beginning, const std::string& peer)> too_large;
};

class MllpServer {
 public:
  // Listens when it returns. Stops, and waits for the answers that are being made, when it is destroyed.
  static Result<std::unique_ptr<MllpServer>> start(const MllpOptions& options, MllpHandlers handlers);
  virtual ~MllpServer() = default;
  virtual std::string address() const = 0;  // with the port in use
};

}  // namespace chartscan::exchange
