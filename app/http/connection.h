// The guard before the HTTP library: reads one request from a wire within limits of bytes and time, and lets through only what is
// plainly one request with a body of a stated length, or none. The library then parses a small head from memory, never the open wire.
// One thread per connection.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/http/message.h"
#include "app/http/wire.h"

namespace chartscan::app::http {

struct ConnectionLimits {
  std::size_t max_head_bytes = 16 * 1024;
  std::size_t max_body_bytes = kMaxBodyBytes;
  std::chrono::milliseconds head_timeout{5000};    // from the first byte of a head to its end
  std::chrono::milliseconds body_timeout{10000};   // for a whole body
  // Between two requests; clients are told five seconds (Keep-Alive), so that none asks in the moment in which the line is cut.
  std::chrono::milliseconds idle_timeout{60000};
  std::chrono::milliseconds write_timeout{30000};  // for one whole answer
};

class Connection {
 public:
  Connection(std::unique_ptr<Wire> wire, const ConnectionLimits& limits) : wire_(std::move(wire)), limits_(limits) {}

  enum class Read { Request, Closed, Refused };
  // Request: `head`, `range` and `body` are filled. Closed: the peer went away, was idle too long, or `give_way` said to end an
  // idle connection. Refused: `refusal` says why; the connection must be closed after it was sent.
  Read read_request(const std::function<bool()>& give_way);
  std::string head;   // up to and with the empty line, without its Range, Content-Length and Expect lines
  std::string range;  // value of the Range header: the library's own parser of it is kept out of the way
  std::string body;
  Response refusal;

  bool write(const char* bytes, std::size_t size) { return wire_->write(bytes, size, write_deadline_); }
  void start_answer() { write_deadline_ = Wire::Clock::now() + limits_.write_timeout; }
  void send_refusal();  // sends it, then reads away a little of what still comes so that the peer sees the answer
  std::unique_ptr<Wire> release() { return std::move(wire_); }  // what follows is somebody else's to write

 private:
  Read refuse(int status, const std::string& title, const std::string& detail);
  Read read_head(const std::function<bool()>& give_way);
  Read check_head(const std::string& whole);
  Read check_line(std::string_view name, std::string_view value);
  Read read_body();

  std::unique_ptr<Wire> wire_;
  const ConnectionLimits limits_;
  std::string received_;  // bytes after the last request: the beginning of the next
  std::size_t body_bytes_ = 0;
  bool awaits_leave_ = false;  // the peer sends its body when it is told to
  Wire::Clock::time_point write_deadline_;
};

}  // namespace chartscan::app::http
