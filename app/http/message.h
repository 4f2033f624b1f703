// A request and an answer as the routes see them, free of any HTTP library. Plain values.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chartscan::app::http {

inline constexpr std::size_t kMaxBodyBytes = 1024 * 1024;

struct Request {
  std::string method = "GET";                // HEAD comes as GET
  std::vector<std::string> path;             // segments, each decoded on its own: "%2F" never makes a new segment
  std::map<std::string, std::string> query;  // decoded; of a repeated name the first
  std::string body, content_type;
  // Header values, empty when absent.
  std::string if_none_match, range, authorization, csrf, host, origin;
  std::map<std::string, std::string> cookies;
  std::string peer;         // address of who asks
  bool encrypted = false;   // came over TLS
  bool background = false;  // nobody did anything: a screen asks by itself
};

// What is new since the last call, as server-sent events; empty when nothing is, nothing when the stream ends.
using EventSource = std::function<std::optional<std::string>()>;

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  EventSource events;  // set: the answer is a stream of them and `body` its first
};

}  // namespace chartscan::app::http
