// The guard before the HTTP library: reads one request head from a socket within a limit of bytes and time, and lets
// through only what this server answers. The library then parses a small head from memory, never the open socket.
// One thread per connection.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

#include "app/http/message.h"

namespace chartscan::app::http {

struct ConnectionLimits {
  std::size_t max_head_bytes = 16 * 1024;
  std::chrono::milliseconds head_timeout{5000};    // from the first byte of a head to its end
  std::chrono::milliseconds idle_timeout{5000};    // between two requests
  std::chrono::milliseconds write_timeout{30000};  // for one whole answer
};

class Connection {
 public:
  Connection(int socket, const ConnectionLimits& limits) : socket_(socket), limits_(limits) {}

  enum class Read { Head, Closed, Refused };
  // Head: `head` and `range` are filled. Closed: the peer went away, was idle too long, or `give_way` said to end an
  // idle connection. Refused: `refusal` says why; the connection must be closed after it was sent.
  Read read_head(const std::function<bool()>& give_way);
  std::string head;   // up to and with the empty line, without its Range line
  std::string range;  // value of the Range header: the library's own parser of it is kept out of the way
  Response refusal;

  bool write(const char* bytes, std::size_t size);  // false when the peer is gone or too slow
  void start_answer() { write_deadline_ = std::chrono::steady_clock::now() + limits_.write_timeout; }
  void send_refusal();  // sends it, then reads away a little of what still comes so that the peer sees the answer

 private:
  enum class Wait { Ready, TimedOut, GaveWay };
  Wait wait_readable(std::chrono::steady_clock::time_point deadline, const std::function<bool()>& give_way) const;
  Read refuse(int status, const std::string& title, const std::string& detail);
  Read check_head(std::string whole);

  const int socket_;
  const ConnectionLimits limits_;
  std::string received_;  // bytes after the last head: the beginning of the next
  std::chrono::steady_clock::time_point write_deadline_;
};

}  // namespace chartscan::app::http
