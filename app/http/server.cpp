#include "app/http/server.h"

#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <thread>

#include "app/http/connection.h"
#include "app/http/problem.h"
#include "app/http/router.h"
#include "app/http/security.h"
#include "app/http/static_files.h"
#include "core/log.h"
#include "core/queue.h"

namespace chartscan::app::http {

namespace {

constexpr int kThreads = 16;                     // mostly waiting for a browser's next request; decoding is bounded on its own
constexpr std::size_t kWaitingConnections = 64;  // beyond, the system's own queue holds them
constexpr int kRequestsPerConnection = 1000;

// Connections wait here for a thread. Full means accept() waits; none is dropped.
class ConnectionQueue final : public httplib::TaskQueue {
 public:
  explicit ConnectionQueue(std::atomic<int>& waiting) : waiting_(waiting) {
    for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { run(); });
  }
  void enqueue(std::function<void()> serve) override {
    ++waiting_;
    queue_.push(std::move(serve));
  }
  void shutdown() override {
    queue_.close();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void run() {
    while (auto serve = queue_.pop()) {
      --waiting_;
      (*serve)();
    }
  }

  std::atomic<int>& waiting_;
  BoundedQueue<std::function<void()>> queue_{kWaitingConnections};
  std::vector<std::thread> threads_;
};

// What the library reads a request from and writes its answer to.
class HeadStream final : public httplib::Stream {
 public:
  explicit HeadStream(Connection& connection) : connection_(connection) {}
  bool is_readable() const override { return position_ < connection_.head.size(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* out, size_t size) override {
    const std::size_t count = connection_.head.copy(out, size, position_);
    position_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* bytes, size_t size) override {
    return connection_.write(bytes, size) ? static_cast<ssize_t>(size) : -1;
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  // The library refuses descriptors too high for select(); we poll, and an archive may hold a thousand files open.
  socket_t socket() const override { return 0; }

 private:
  Connection& connection_;
  std::size_t position_ = 0;
};

// The library's server behind our guard.
class GuardedServer final : public httplib::Server {
 public:
  GuardedServer() {
    new_task_queue = [this] { return new ConnectionQueue(waiting_); };
  }

 private:
  bool process_and_close_socket(socket_t socket) override {
    Connection connection(socket, {});
    for (int left = kRequestsPerConnection; left > 0 && serve_one(connection, left == 1); --left) {
    }
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return true;
  }

  // True when the connection stays open for another request.
  bool serve_one(Connection& connection, bool last) {
    switch (connection.read_head([this] { return stopping() || waiting_ > 0; })) {
      case Connection::Read::Closed: return false;
      case Connection::Read::Refused: connection.send_refusal(); return false;
      case Connection::Read::Head: break;
    }
    connection.start_answer();
    HeadStream stream(connection);
    bool closed = false;
    try {
      const bool done = process_request(stream, last || stopping(), closed, [&](httplib::Request& request) {
        if (!connection.range.empty()) request.set_header("Range", connection.range);
      });
      return done && !closed && !last && !stopping();
    } catch (const std::exception&) {  // a head the library's parser stumbles over: nothing was answered yet
      connection.refusal = problem(400, "bad request", "the request cannot be understood");
      connection.send_refusal();
      return false;
    }
  }

  bool stopping() const { return svr_sock_ == INVALID_SOCKET; }

  std::atomic<int> waiting_{0};
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

// "/a/b%2Fc?x=1" -> {"a", "b/c"}; nothing for what is no path.
std::optional<std::vector<std::string>> path_of(std::string_view target) {
  target = target.substr(0, target.find('?'));
  if (!target.starts_with('/')) return std::nullopt;
  std::vector<std::string> path;
  while (target.size() > 1) {
    target.remove_prefix(1);
    const std::size_t end = std::min(target.find('/'), target.size());
    auto segment = percent_decoded(target.substr(0, end));
    if (!segment) return std::nullopt;
    path.push_back(std::move(*segment));
    target.remove_prefix(end);
  }
  return path;
}

std::optional<Request> request_of(const httplib::Request& from) {
  auto path = path_of(from.target);
  if (!path) return std::nullopt;
  Request request{std::move(*path), {}, from.get_header_value("If-None-Match"), from.get_header_value("Range")};
  for (const auto& [name, value] : from.params) request.query.emplace(name, value);
  return request;
}

void copy(Response&& from, httplib::Response& to) {
  to.status = from.status;
  to.body = std::move(from.body);
  if (!from.content_type.empty()) to.set_header("Content-Type", from.content_type);
  for (const auto& [name, value] : from.headers) to.set_header(name, value);
}

Result<ListenAddress> parse_listen(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  ListenAddress address;
  if (colon != listen.npos) {
    address.host = listen.substr(0, colon);
    if (address.host.starts_with('[') && address.host.ends_with(']'))
      address.host = address.host.substr(1, address.host.size() - 2);
    const char* const end = listen.data() + listen.size();
    const auto [stop, error] = std::from_chars(listen.data() + colon + 1, end, address.port);
    if (error == std::errc{} && stop == end && !address.host.empty() && address.port >= 0 && address.port <= 65535)
      return address;
  }
  return Error{ErrorCode::Usage, "cannot listen on '" + listen + "': give host:port, such as 127.0.0.1:8080"};
}

}  // namespace

class Server::Impl {
 public:
  Impl(Service& service, ListenAddress address, const std::filesystem::path& web_root)
      : address_(std::move(address)), api_{service}, files_(find_web_root(web_root)) {}
  ~Impl() { stop(); }

  Status start() {
    http_.set_socket_options([](socket_t socket) {  // the library would let a second server share the port unnoticed
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    http_.set_tcp_nodelay(true);
    httplib::Headers headers;
    for (const auto& [name, value] : security_headers()) headers.emplace(name, value);
    http_.set_default_headers(std::move(headers));
    http_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      copy(answer(request), response);
      return httplib::Server::HandlerResponse::Handled;
    });
    http_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty())
        copy(problem(response.status, "request refused", "the request cannot be answered as it stands"), response);
    });
    if (!bind()) {
      return Error{ErrorCode::Configuration,
                   "cannot listen on " + address_.host + " port " + std::to_string(address_.port) +
                       ": another program uses it or it is not of this machine; choose another address"};
    }
    if (!address_.loopback())
      log::warning("serving without users beyond this machine: whoever reaches the address reads the archive");
    thread_ = std::thread([this] { http_.listen_after_bind(); });
    while (!http_.is_running()) std::this_thread::yield();
    return {};
  }

  void wait() {
    if (thread_.joinable()) thread_.join();
  }
  void stop() {
    http_.stop();
    wait();
  }
  int port() const { return address_.port; }
  std::string url() const {
    const bool v6 = address_.host.find(':') != std::string::npos;
    return "http://" + (v6 ? '[' + address_.host + ']' : address_.host) + ':' + std::to_string(address_.port) + '/';
  }

 private:
  bool bind() {
    if (address_.port) return http_.bind_to_port(address_.host, address_.port);
    address_.port = http_.bind_to_any_port(address_.host);
    return address_.port > 0;
  }

  Response answer(const httplib::Request& from) {
    if (!host_is_believed(address_, from.get_header_value("Host"))) {
      return problem(421, "misdirected request", "this server is known as localhost or 127.0.0.1; use that name");
    }
    std::optional<Request> request = request_of(from);
    if (!request) return problem(400, "bad request", "the address cannot be understood");
    if (request->path.size() < 2 || request->path[0] != "api" || request->path[1] != "v1") return files_.serve(*request);
    request->path.erase(request->path.begin(), request->path.begin() + 2);
    try {
      return dispatch(api_, *request);
    } catch (const std::exception&) {  // its words may hold a patient's: neither logged nor shown
      log::error("http: a request ended in an unexpected exception");
      return problem({ErrorCode::Internal, "the request failed inside the server; try again, and report it if it stays"});
    }
  }

  ListenAddress address_;
  Api api_;
  StaticFiles files_;
  GuardedServer http_;
  std::thread thread_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;
int Server::port() const { return impl_->port(); }
std::string Server::url() const { return impl_->url(); }
void Server::wait() { impl_->wait(); }
void Server::stop() { impl_->stop(); }

Result<std::unique_ptr<Server>> Server::start(Service& service, const std::string& listen,
                                              const std::filesystem::path& web_root) {
  TRY(ListenAddress address, parse_listen(listen));
  auto impl = std::make_unique<Impl>(service, std::move(address), web_root);
  TRY_STATUS(impl->start());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

}  // namespace chartscan::app::http
