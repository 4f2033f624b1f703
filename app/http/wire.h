// The bytes of one connection, plain or under TLS. The socket is the wire's: non-blocking while it lives, closed at its end. One
// thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/result.h"

namespace chartscan::app::http {

class Wire {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Got { Bytes, Closed, TimedOut, GaveWay };

  virtual ~Wire() = default;
  // Puts what comes behind `out`. GaveWay when `give_way` said so while nothing came.
  virtual Got read(std::string& out, Clock::time_point deadline, const std::function<bool()>& give_way) = 0;
  virtual bool write(const char* bytes, std::size_t size, Clock::time_point deadline) = 0;  // false: the peer is gone or too slow
  // As much as goes without waiting: what was taken; -1 when the peer is gone.
  virtual std::ptrdiff_t write_some(const char* bytes, std::size_t size) = 0;
  virtual bool peer_gone() = 0;        // without waiting; bytes that came are dropped
  virtual void end_of_writing() = 0;
};

// The keys of a server that speaks TLS (1.2 and later). Shared by all connections.
class TlsKeys {
 public:
  // PEM files: the certificate with its chain, and its private key.
  static Result<std::unique_ptr<TlsKeys>> load(const std::filesystem::path& certificate, const std::filesystem::path& key);
  virtual ~TlsKeys() = default;
  // Nothing when the peer does not speak TLS or takes too long.
  virtual std::unique_ptr<Wire> accept(int socket, Wire::Clock::time_point deadline) const = 0;
};

std::unique_ptr<Wire> plain_wire(int socket);
std::string peer_address(int socket);  // "10.0.0.7", "" when it is gone

}  // namespace chartscan::app::http
