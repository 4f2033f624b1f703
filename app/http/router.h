// The table of routes: what each is called, takes, gives and who may call it. Matching, rights, checking of parameters and bodies, and
// the OpenAPI document all read this one table, so the description cannot drift from what the server does.
#pragma once

#include <map>
#include <optional>
#include <semaphore>
#include <set>
#include <string>
#include <vector>

#include "app/access/access_desk.h"
#include "app/figures.h"
#include "app/http/image_cache.h"
#include "app/http/message.h"
#include "app/http/rate_limit.h"
#include "app/scan_room.h"
#include "app/upload_room.h"
#include "app/workplace.h"
#include "core/result.h"

namespace chartscan::app::http {

// What handlers work on. Shared by all HTTP threads.
struct Api {
  Service& service;
  AccessDesk& desk;
  ScanRoom& scans;
  UploadRoom uploads{service.folder_for_uploads(), {.leave_free = service.config().keep_free_bytes}};
  FigureBook figures{service};
  RateLimit logins{0.5, 20};    // tries to log in, by address: hashing a password is dear on purpose
  RateLimit strangers{5, 20};  // refusals of people who are not logged in that the audit trail takes, by address
  ImageCache images{64 << 20};
  // Decoding takes a page's pixels in memory; this many at a time, the others wait.
  std::counting_semaphore<> decoders{2};
};

enum class ParameterType { Text, Integer, Flag, Choice, Texts };
enum class In { Query, Path, Body };

struct Parameter {
  std::string name;
  ParameterType type = ParameterType::Text;
  std::string description;
  std::string fallback;              // taken when the call does not name it
  int minimum = 0, maximum = 0;      // of an Integer; of a Text the longest length in bytes, of Texts the most of them is `maximum`
  std::vector<std::string> choices;  // of a Choice
  In in = In::Query;
  bool required = false;
};

// Who calls, with what: parameters already checked against the table, so a getter of a declared name always has a value.
class Call {
 public:
  struct Values {
    std::map<std::string, std::string> texts;
    std::map<std::string, std::vector<std::string>> lists;
    std::set<std::string> given;  // named by the caller, not taken from the table
  };
  Call(const Request& request, ActorPtr actor, Values values) : request_(request), actor_(std::move(actor)), values_(std::move(values)) {}
  const std::string& text(const std::string& name) const { return values_.texts.at(name); }
  int number(const std::string& name) const { return std::stoi(values_.texts.at(name)); }
  bool flag(const std::string& name) const { return values_.texts.at(name) == "1"; }
  const std::vector<std::string>& list(const std::string& name) const { return values_.lists.at(name); }
  bool given(const std::string& name) const { return values_.given.contains(name); }
  const Request& request() const { return request_; }
  const Actor& actor() const { return *actor_; }  // of nobody where the route is open and nobody is logged in
  Workplace at(Api& api) const { return {api.service, api.desk, actor_}; }

 private:
  const Request& request_;
  const ActorPtr actor_;
  Values values_;
};

// Who may call a route.
enum class Door {
  Open,      // anybody: what is needed before a login
  LoggedIn,  // every user
  Right,     // who has Route::right
};

struct Route {
  std::string method;
  std::string pattern;  // below /api/v1: "/pages/{id}/image"; a segment in braces is a path parameter
  std::string name;     // operationId
  std::string summary;
  std::string answer;  // what a 200 holds
  std::string content_type;
  Door door = Door::Right;
  std::vector<Right> rights;  // one of them is enough
  std::vector<Parameter> parameters;
  Result<Response> (*run)(Api& api, const Call& call) = nullptr;
  bool takes_bytes = false;  // the body is bytes as they are, not JSON
};

const std::vector<Route>& routes();  // routes.cpp

// Finds the route, finds out who calls, checks right and parameters, runs it; errors become problems. `request.path` starts below
// /api/v1. Refusals stand in the audit trail.
Response dispatch(Api& api, const Request& request);

std::string openapi();  // the table as OpenAPI 3.0.3

inline constexpr const char* kSessionCookie = "chartscan_session";

}  // namespace chartscan::app::http
