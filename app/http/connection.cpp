#include "app/http/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "app/http/problem.h"
#include "app/http/security.h"

namespace chartscan::app::http {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kSlice{100};  // how often a waiting connection looks whether it should give way
constexpr std::chrono::milliseconds kLinger{500};

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(0, left));
}

}  // namespace

Connection::Wait Connection::wait_readable(Clock::time_point deadline, const std::function<bool()>& give_way) const {
  for (;;) {
    const int left = milliseconds_until(deadline);
    pollfd entry{socket_, POLLIN, 0};
    if (poll(&entry, 1, std::min<int>(left, kSlice.count())) > 0) return Wait::Ready;
    if (left == 0) return Wait::TimedOut;
    if (give_way()) return Wait::GaveWay;
  }
}

Connection::Read Connection::refuse(int status, const std::string& title, const std::string& detail) {
  refusal = problem(status, title, detail);
  return Read::Refused;
}

Connection::Read Connection::read_head(const std::function<bool()>& give_way) {
  const auto never = [] { return false; };
  Clock::time_point deadline = Clock::now() + (received_.empty() ? limits_.idle_timeout : limits_.head_timeout);
  std::array<char, 4096> buffer;
  for (;;) {
    if (const std::size_t end = received_.find("\r\n\r\n"); end != received_.npos && end + 4 <= limits_.max_head_bytes) {
      std::string whole = received_.substr(0, end + 4);
      received_.erase(0, end + 4);
      return check_head(std::move(whole));
    }
    if (received_.size() >= limits_.max_head_bytes)
      return refuse(431, "request head too large", "send shorter headers or a shorter address");
    const bool idle = received_.empty();
    if (wait_readable(deadline, idle ? give_way : never) != Wait::Ready) {
      return idle ? Read::Closed : refuse(408, "request too slow", "the head of a request must arrive within a few seconds");
    }
    const ssize_t got = recv(socket_, buffer.data(), buffer.size(), 0);
    if (got <= 0) return Read::Closed;
    if (idle) deadline = Clock::now() + limits_.head_timeout;
    received_.append(buffer.data(), got);
  }
}

// Strict where two readers could differ about where a request ends: what is not plainly a head without a body is refused.
Connection::Read Connection::check_head(std::string whole) {
  const std::size_t first_line = whole.find("\r\n") + 2;
  const std::string_view method = std::string_view(whole).substr(0, whole.find(' '));
  if (method != "GET" && method != "HEAD") {
    refuse(405, "method not allowed", "this server only reads: use GET or HEAD");
    refusal.headers.emplace_back("Allow", "GET, HEAD");
    return Read::Refused;
  }
  head = whole.substr(0, first_line);
  range.clear();
  for (std::size_t start = first_line; start + 2 < whole.size();) {
    const std::size_t end = whole.find("\r\n", start);
    const std::string_view line(whole.data() + start, end - start);
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == line.npos || name.empty() || name.find_first_of(" \t\r\n") != name.npos) {
      return refuse(400, "bad request", "a header line is malformed");
    }
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (same_name(name, "transfer-encoding") || (same_name(name, "content-length") && value != "0")) {
      return refuse(413, "no body expected", "send the request without a body");
    }
    if (same_name(name, "range")) {
      range = value;
    } else {
      head.append(line).append("\r\n");
    }
    start = end + 2;
  }
  head += "\r\n";
  return Read::Head;
}

bool Connection::write(const char* bytes, std::size_t size) {
  while (size > 0) {
    pollfd entry{socket_, POLLOUT, 0};
    if (poll(&entry, 1, milliseconds_until(write_deadline_)) <= 0) return false;
    const ssize_t sent = send(socket_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (sent > 0) {
      bytes += sent;
      size -= sent;
    }
  }
  return true;
}

void Connection::send_refusal() {
  std::string answer = "HTTP/1.1 " + std::to_string(refusal.status) +
                       " Refused\r\nConnection: close\r\nContent-Type: " + refusal.content_type +
                       "\r\nContent-Length: " + std::to_string(refusal.body.size()) + "\r\n";
  for (const auto& [name, value] : security_headers()) answer += name + ": " + value + "\r\n";
  for (const auto& [name, value] : refusal.headers) answer += name + ": " + value + "\r\n";
  answer += "\r\n" + refusal.body;
  start_answer();
  if (!write(answer.data(), answer.size())) return;
  shutdown(socket_, SHUT_WR);
  std::array<char, 4096> buffer;
  const Clock::time_point deadline = Clock::now() + kLinger;
  while (wait_readable(deadline, [] { return false; }) == Wait::Ready && recv(socket_, buffer.data(), buffer.size(), 0) > 0) {
    if (Clock::now() >= deadline) return;
  }
}

}  // namespace chartscan::app::http
