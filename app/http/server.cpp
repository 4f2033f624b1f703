#include "app/http/server.h"

#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <thread>

#include "app/http/connection.h"
#include "app/http/event_hub.h"
#include "app/http/handlers.h"
#include "app/http/problem.h"
#include "app/http/router.h"
#include "app/http/security.h"
#include "app/http/static_files.h"
#include "core/log.h"
#include "core/queue.h"

namespace chartscan::app::http {

namespace {

constexpr int kThreads = 48;                     // mostly waiting for a browser's next request; decoding is bounded on its own
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
    if (silent) return static_cast<ssize_t>(size);
    return connection_.write(bytes, size) ? static_cast<ssize_t>(size) : -1;
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  // The library refuses descriptors too high for select(); we poll, and an archive may hold a thousand files open.
  socket_t socket() const override { return 0; }
  bool silent = false;  // the answer is a stream of events: somebody else writes it

 private:
  Connection& connection_;
  std::size_t position_ = 0;
};

// One request as it comes from the wire, beside what the library makes of its head; and an answer that is a stream.
struct Turn {
  const std::string* body = nullptr;
  std::string peer;
  bool encrypted = false;
  HeadStream* stream = nullptr;
  EventSource events;       // set by the answer
  std::string first_event;
};

// The library calls back without a word of ours: it does so on the thread that called it.
thread_local Turn* this_turn = nullptr;

std::string head_of_events() {
  std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n";
  for (const auto& [name, value] : security_headers()) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

// The library's server behind our guard.
class GuardedServer final : public httplib::Server {
 public:
  GuardedServer() {
    new_task_queue = [this] { return new ConnectionQueue(waiting_); };
  }
  std::unique_ptr<TlsKeys> tls;  // set before it listens

 private:
  bool process_and_close_socket(socket_t socket) override {
    const std::string peer = peer_address(socket);
    const ConnectionLimits limits;
    std::unique_ptr<Wire> wire = tls ? tls->accept(socket, Wire::Clock::now() + limits.head_timeout) : plain_wire(socket);
    if (!wire) return true;
    Connection connection(std::move(wire), limits);
    for (int left = kRequestsPerConnection; left > 0 && serve_one(connection, peer, left == 1); --left) {
    }
    return true;
  }

  // True when the connection stays open for another request.
  bool serve_one(Connection& connection, const std::string& peer, bool last) {
    switch (connection.read_request([this] { return stopping() || waiting_ > 0; })) {
      case Connection::Read::Closed: return false;
      case Connection::Read::Refused: connection.send_refusal(); return false;
      case Connection::Read::Request: break;
    }
    connection.start_answer();
    HeadStream stream(connection);
    Turn turn{&connection.body, peer, tls != nullptr, &stream, {}, {}};
    this_turn = &turn;
    bool closed = false;
    try {
      const bool done = process_request(stream, last || stopping(), closed, [&](httplib::Request& request) {
        if (!connection.range.empty()) request.set_header("Range", connection.range);
      });
      if (turn.events) {
        hub_.add(connection.release(), head_of_events() + turn.first_event, std::move(turn.events));
        return false;
      }
      return done && !closed && !last && !stopping();
    } catch (const std::exception&) {  // a head the library's parser stumbles over: nothing was answered yet
      connection.refusal = problem(400, "bad request", "the request cannot be understood");
      connection.send_refusal();
      return false;
    }
  }

  bool stopping() const { return svr_sock_ == INVALID_SOCKET; }

  std::atomic<int> waiting_{0};
  EventHub hub_;
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

// "a=1; b=2"
std::map<std::string, std::string> cookies_of(const std::string& header) {
  std::map<std::string, std::string> cookies;
  for (std::size_t start = 0; start < header.size();) {
    const std::size_t end = std::min(header.find(';', start), header.size());
    const std::string one = header.substr(start, end - start);
    const std::size_t name = one.find_first_not_of(' '), equals = one.find('=');
    if (name != one.npos && equals != one.npos && equals > name) cookies.emplace(one.substr(name, equals - name), one.substr(equals + 1));
    start = end + 1;
  }
  return cookies;
}

std::optional<Request> request_of(const httplib::Request& from) {
  auto path = path_of(from.target);
  if (!path) return std::nullopt;
  Request request;
  request.method = from.method == "HEAD" ? "GET" : from.method;
  request.path = std::move(*path);
  for (const auto& [name, value] : from.params) request.query.emplace(name, value);
  request.body = *this_turn->body;
  request.content_type = from.get_header_value("Content-Type");
  request.if_none_match = from.get_header_value("If-None-Match");
  request.range = from.get_header_value("Range");
  request.authorization = from.get_header_value("Authorization");
  request.csrf = from.get_header_value("X-CSRF-Token");
  request.host = from.get_header_value("Host");
  request.origin = from.get_header_value("Origin");
  request.background = from.has_header("X-Background");
  request.cookies = cookies_of(from.get_header_value("Cookie"));
  request.peer = this_turn->peer;
  request.encrypted = this_turn->encrypted;
  return request;
}

void copy(Response&& from, httplib::Response& to) {
  if (from.events) {  // the head is written by whoever writes the stream
    this_turn->events = std::move(from.events);
    this_turn->first_event = std::move(from.body);
    this_turn->stream->silent = true;
    return;
  }
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
  Impl(Service& service, AccessDesk& desk, ScanRoom& scans, ListenAddress address, const ServerOptions& options)
      : address_(std::move(address)), options_(options), api_{service, desk, scans}, files_(find_web_root(options.web_root)) {}
  ~Impl() { stop(); }

  Status start() {
    TRY_STATUS(prepare_tls());
    http_.set_socket_options([](socket_t socket) {  // the library would let a second server share the port unnoticed
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    http_.set_tcp_nodelay(true);
    httplib::Headers headers;
    for (const auto& [name, value] : security_headers()) headers.emplace(name, value);
    if (http_.tls) headers.emplace("Strict-Transport-Security", "max-age=31536000");
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
    thread_ = std::thread([this] { http_.listen_after_bind(); });
    while (!http_.is_running()) std::this_thread::yield();
    return {};
  }

  void resume() { resume_uploads(api_); }

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
    return (http_.tls ? "https://" : "http://") + (v6 ? '[' + address_.host + ']' : address_.host) + ':' + std::to_string(address_.port) + '/';
  }

 private:
  Status prepare_tls() {
    if (options_.tls_certificate.empty() != options_.tls_key.empty())
      return Error{ErrorCode::Configuration, "serve.tls_certificate and serve.tls_key belong together; give both or none", {}};
    if (!options_.tls_certificate.empty()) {
      TRY(http_.tls, TlsKeys::load(options_.tls_certificate, options_.tls_key));
      return {};
    }
    if (address_.loopback() || options_.plain_beyond) return {};
    return Error{ErrorCode::Configuration,
                 "passwords and charts are not served unencrypted beyond this machine: set serve.tls_certificate and serve.tls_key, or "
                 "serve.plain_beyond = true behind a proxy that has them",
                 {}};
  }

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
    const std::string who = request->cookies.contains(kSessionCookie) ? request->cookies.at(kSessionCookie) : request->peer;
    if (!requests_.take(who)) return problem({ErrorCode::TooMany, "too many requests a second; slow down", {}});
    try {
      return answer(*request);
    } catch (const std::exception&) {  // its words may hold a patient's: neither logged nor shown
      log::error("http: a request ended in an unexpected exception");
      return problem({ErrorCode::Internal, "the request failed inside the server; try again, and report it if it stays", {}});
    }
  }

  Response answer(Request& request) {
    if (request.path.size() >= 2 && request.path[0] == "api" && request.path[1] == "v1") {
      request.path.erase(request.path.begin(), request.path.begin() + 2);
      return dispatch(api_, request);
    }
    if (request.method != "GET") return problem(405, "method not allowed", "use GET or HEAD");
    if (request.path == std::vector<std::string>{"healthz"}) return {200, "text/plain; charset=utf-8", "ok\n", {{"Cache-Control", "no-store"}}, {}};
    if (request.path == std::vector<std::string>{"metrics"}) return metrics_answer(request);
    return files_.serve(request);
  }

  // Counts only, no word of a patient: open on this machine, elsewhere for a token that may see the dashboard.
  Response metrics_answer(const Request& request) {
    constexpr std::string_view kBearer = "Bearer ";
    if (!address_.loopback()) {
      const auto actor = request.authorization.starts_with(kBearer)
                             ? api_.desk.actor_of_token(request.authorization.substr(kBearer.size()), request.peer)
                             : Result<ActorPtr>(Error{ErrorCode::NotLoggedIn, "send an API token with the right to see the dashboard", {}});
      if (!actor) return problem(actor.error());
      if (!(*actor)->may(Right::Dashboard)) return problem({ErrorCode::NoRight, "the token does not have the right to see the dashboard", {}});
    }
    const Result<std::string> text = metrics(api_);
    if (!text) return problem(text.error());
    return {200, "text/plain; version=0.0.4; charset=utf-8", *text, {{"Cache-Control", "no-store"}}, {}};
  }

  ListenAddress address_;
  const ServerOptions options_;
  RateLimit requests_{200, 1000};  // by session, or by address of people who are not logged in
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

Result<std::unique_ptr<Server>> Server::start(Service& service, AccessDesk& desk, ScanRoom& scans, const ServerOptions& options) {
  TRY(ListenAddress address, parse_listen(options.listen));
  auto impl = std::make_unique<Impl>(service, desk, scans, std::move(address), options);
  TRY_STATUS(impl->start());
  impl->resume();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

}  // namespace chartscan::app::http
