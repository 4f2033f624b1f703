// The HTTP server: the API of routes.cpp under /api/v1/, the built screens beside it, /healthz and /metrics. Plain or under TLS. It
// bounds what a client can cost: size of head and body, time, connections, requests a second, images decoded at once.
// Runs in threads of its own from start() to stop(); `service` must live longer. start and stop from one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "app/access/access_desk.h"
#include "app/scan_room.h"
#include "app/service.h"
#include "core/result.h"

namespace chartscan::app::http {

struct ServerOptions {
  std::string listen;              // "127.0.0.1:8080", "[::1]:8080" or "localhost:0" (0 = any free port)
  std::filesystem::path web_root;  // folder of the built screens; empty = looked for beside the program (static_files.h)
  // PEM files; both or none. Beyond this machine nothing is served without them, unless `plain_beyond` says that a proxy has them.
  std::filesystem::path tls_certificate, tls_key;
  bool plain_beyond = false;
};

class Server {
 public:
  // Answers once this returns. What it is given must live longer.
  static Result<std::unique_ptr<Server>> start(Service& service, AccessDesk& desk, ScanRoom& scans, const ServerOptions& options);
  ~Server();

  int port() const;
  std::string url() const;  // "http://127.0.0.1:8080/"
  void wait();              // until stop() is called or the listening socket fails
  void stop();              // lets requests under way finish; twice is harmless

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace chartscan::app::http
