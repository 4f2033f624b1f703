// The table of routes: what each is called, takes and gives. Matching, checking of parameters and the OpenAPI document
// all read this one table, so the description cannot drift from what the server does.
#pragma once

#include <map>
#include <semaphore>
#include <string>
#include <vector>

#include "app/http/image_cache.h"
#include "app/http/message.h"
#include "app/service.h"
#include "core/result.h"

namespace chartscan::app::http {

// What handlers work on. Shared by all HTTP threads.
struct Api {
  Service& service;
  ImageCache images{64 << 20};
  // Decoding takes a page's pixels in memory; this many at a time, the others wait.
  std::counting_semaphore<> decoders{2};
};

enum class ParameterType { Text, Integer, Flag, Choice };

struct Parameter {
  std::string name;
  ParameterType type = ParameterType::Text;
  std::string description;
  std::string fallback;              // taken when the query does not name it
  int minimum = 0, maximum = 0;      // of an Integer; of a Text the longest length in bytes is `maximum`
  std::vector<std::string> choices;  // of a Choice
  bool in_path = false;
};

// Parameters of one call, already checked against the table: a getter of a declared name always has a value.
class Arguments {
 public:
  Arguments(const Request& request, std::map<std::string, std::string> values) : request_(request), values_(std::move(values)) {}
  const std::string& text(const std::string& name) const { return values_.at(name); }
  int number(const std::string& name) const { return std::stoi(values_.at(name)); }
  bool flag(const std::string& name) const { return values_.at(name) == "1"; }
  const Request& request() const { return request_; }

 private:
  const Request& request_;
  std::map<std::string, std::string> values_;
};

struct Route {
  std::string pattern;  // below /api/v1: "/pages/{id}/image"; a segment in braces is a path parameter
  std::string name;     // operationId
  std::string summary;
  std::string answer;  // what a 200 holds
  std::string content_type;
  std::vector<Parameter> parameters;
  Result<Response> (*run)(Api& api, const Arguments& arguments) = nullptr;
};

const std::vector<Route>& routes();  // routes.cpp; every one is a GET

// Finds the route, checks the parameters, runs it; errors become problems. `request.path` starts below /api/v1.
Response dispatch(Api& api, const Request& request);

std::string openapi();  // the table as OpenAPI 3.0.3

}  // namespace chartscan::app::http
