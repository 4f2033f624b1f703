#include "app/http/connection.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "app/http/problem.h"
#include "app/http/security.h"

namespace chartscan::app::http {

namespace {

using Clock = Wire::Clock;
constexpr std::chrono::milliseconds kLinger{500};
constexpr std::array<std::string_view, 6> kMethods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool reads_only(std::string_view method) { return method == "GET" || method == "HEAD"; }

}  // namespace

Connection::Read Connection::refuse(int status, const std::string& title, const std::string& detail) {
  refusal = problem(status, title, detail);
  return Read::Refused;
}

Connection::Read Connection::read_request(const std::function<bool()>& give_way) {
  const Read got = read_head(give_way);
  return got == Read::Request ? read_body() : got;
}

Connection::Read Connection::read_head(const std::function<bool()>& give_way) {
  Clock::time_point deadline = Clock::now() + (received_.empty() ? limits_.idle_timeout : limits_.head_timeout);
  for (;;) {
    if (const std::size_t end = received_.find("\r\n\r\n"); end != received_.npos && end + 4 <= limits_.max_head_bytes) {
      const std::string whole = received_.substr(0, end + 4);
      received_.erase(0, end + 4);
      return check_head(whole);
    }
    if (received_.size() >= limits_.max_head_bytes)
      return refuse(431, "request head too large", "send shorter headers or a shorter address");
    const bool idle = received_.empty();
    switch (wire_->read(received_, deadline, idle ? give_way : std::function<bool()>{})) {
      case Wire::Got::Bytes: break;
      case Wire::Got::Closed: return Read::Closed;
      default: return idle ? Read::Closed : refuse(408, "request too slow", "the head of a request must arrive within a few seconds");
    }
    if (idle) deadline = Clock::now() + limits_.head_timeout;
  }
}

// Strict where two readers could differ about where a request ends: what is not plainly one request is refused.
Connection::Read Connection::check_head(const std::string& whole) {
  const std::size_t first_line = whole.find("\r\n") + 2;
  const std::string_view method = std::string_view(whole).substr(0, whole.find(' '));
  if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
    refuse(405, "method not allowed", "this server knows GET, HEAD, POST, PUT, PATCH and DELETE");
    refusal.headers.emplace_back("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE");
    return Read::Refused;
  }
  head = whole.substr(0, first_line);
  range.clear();
  body.clear();
  body_bytes_ = 0;
  awaits_leave_ = false;
  bool length_given = false;
  for (std::size_t start = first_line; start + 2 < whole.size();) {
    const std::size_t end = whole.find("\r\n", start);
    const std::string_view line(whole.data() + start, end - start);
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == line.npos || name.empty() || name.find_first_of(" \t\r\n") != name.npos) {
      return refuse(400, "bad request", "a header line is malformed");
    }
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (same_name(name, "content-length")) {
      if (length_given) return refuse(400, "bad request", "the length of the body is given twice");
      length_given = true;
    }
    if (const Read checked = check_line(name, value); checked != Read::Request) return checked;
    if (!same_name(name, "content-length") && !same_name(name, "expect") && !same_name(name, "range")) head.append(line).append("\r\n");
    start = end + 2;
  }
  if (body_bytes_ > 0 && reads_only(method)) return refuse(413, "no body expected", "send the request without a body");
  head += "\r\n";
  return Read::Request;
}

// The lines that say what follows the head.
Connection::Read Connection::check_line(std::string_view name, std::string_view value) {
  if (same_name(name, "range")) range = value;
  if (same_name(name, "transfer-encoding")) return refuse(413, "no chunks", "send the body whole, with its Content-Length");
  if (same_name(name, "expect")) {
    if (!same_name(value, "100-continue")) return refuse(417, "expectation failed", "send the request without Expect");
    awaits_leave_ = true;
  }
  if (same_name(name, "content-length")) {
    const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), body_bytes_);
    const bool whole = !value.empty() && stop == value.data() + value.size();
    if (error == std::errc::result_out_of_range || (whole && body_bytes_ > limits_.max_body_bytes))
      return refuse(413, "body too large", "a body may hold at most " + std::to_string(limits_.max_body_bytes) + " bytes");
    if (error != std::errc{} || !whole) return refuse(400, "bad request", "the length of the body is no number");
  }
  return Read::Request;
}

Connection::Read Connection::read_body() {
  if (body_bytes_ == 0) return Read::Request;
  const Clock::time_point deadline = Clock::now() + limits_.body_timeout;
  constexpr std::string_view kLeave = "HTTP/1.1 100 Continue\r\n\r\n";
  if (awaits_leave_ && !wire_->write(kLeave.data(), kLeave.size(), deadline)) return Read::Closed;
  while (received_.size() < body_bytes_) {
    switch (wire_->read(received_, deadline, {})) {
      case Wire::Got::Bytes: break;
      case Wire::Got::Closed: return Read::Closed;
      default: return refuse(408, "request too slow", "the body of a request must arrive within a few seconds");
    }
  }
  body = received_.substr(0, body_bytes_);
  received_.erase(0, body_bytes_);
  return Read::Request;
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
  wire_->end_of_writing();
  const Clock::time_point deadline = Clock::now() + kLinger;
  for (std::string rest; wire_->read(rest, deadline, {}) == Wire::Got::Bytes && Clock::now() < deadline;) rest.clear();
}

}  // namespace chartscan::app::http
