// A request and an answer as the routes see them, free of any HTTP library. Plain values.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace chartscan::app::http {

struct Request {
  std::vector<std::string> path;             // segments, each decoded on its own: "%2F" never makes a new segment
  std::map<std::string, std::string> query;  // decoded; of a repeated name the first
  std::string if_none_match, range;          // header values, empty when absent
};

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

}  // namespace chartscan::app::http
