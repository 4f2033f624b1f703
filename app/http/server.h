// The HTTP server: the API of routes.cpp under /api/v1/ and the built screens beside it. Read only. It answers GET and
// HEAD, takes no bodies, and bounds what a client can cost: head size, time, connections, images decoded at once.
// Runs in threads of its own from start() to stop(); `service` must live longer. start and stop from one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "app/service.h"
#include "core/result.h"

namespace chartscan::app::http {

class Server {
 public:
  // `listen` is "127.0.0.1:8080", "[::1]:8080" or "localhost:0" (0 = any free port). `web_root` is the folder of the
  // built screens; empty = looked for beside the program (static_files.h). Answers once this returns.
  static Result<std::unique_ptr<Server>> start(Service& service, const std::string& listen,
                                               const std::filesystem::path& web_root);
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
