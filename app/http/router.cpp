#include "app/http/router.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/http/problem.h"

namespace chartscan::app::http {

namespace {

using nlohmann::json;

std::vector<std::string> split_pattern(const std::string& pattern) {
  std::vector<std::string> segments;
  for (std::size_t start = 1; start <= pattern.size();) {
    const std::size_t end = std::min(pattern.find('/', start), pattern.size());
    segments.push_back(pattern.substr(start, end - start));
    start = end + 1;
  }
  return segments;
}

// Values of the path parameters, or nothing when the path is another.
std::optional<std::map<std::string, std::string>> match(const Route& route, const std::vector<std::string>& path) {
  const std::vector<std::string> pattern = split_pattern(route.pattern);
  if (pattern.size() != path.size()) return std::nullopt;
  std::map<std::string, std::string> values;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (pattern[i].starts_with('{')) {
      values[pattern[i].substr(1, pattern[i].size() - 2)] = path[i];
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  return values;
}

Error bad_parameter(const Parameter& parameter, const std::string& wanted) {
  return {ErrorCode::Usage, "parameter '" + parameter.name + "' must be " + wanted};
}

Status check_integer(const Parameter& parameter, const std::string& value) {
  int number = 0;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error == std::errc{} && stop == end && number >= parameter.minimum && number <= parameter.maximum) return {};
  return bad_parameter(parameter,
                       "a whole number from " + std::to_string(parameter.minimum) + " to " + std::to_string(parameter.maximum));
}

Status check(const Parameter& parameter, const std::string& value) {
  switch (parameter.type) {
    case ParameterType::Integer: return check_integer(parameter, value);
    case ParameterType::Flag: return value == "0" || value == "1" ? Status{} : bad_parameter(parameter, "0 or 1");
    case ParameterType::Choice: {
      if (std::find(parameter.choices.begin(), parameter.choices.end(), value) != parameter.choices.end()) return {};
      std::string list;
      for (const std::string& choice : parameter.choices) list += (list.empty() ? "" : " or ") + choice;
      return bad_parameter(parameter, list);
    }
    case ParameterType::Text:
    case ParameterType::Texts: break;
  }
  if (static_cast<int>(value.size()) <= parameter.maximum) return {};
  return bad_parameter(parameter, "at most " + std::to_string(parameter.maximum) + " bytes long");
}

// A name that the route does not know is refused: a mistyped filter must not look like an answer.
Error unknown_name(const Route& route) { return {ErrorCode::Usage, route.name + " takes no parameter of that name; see /api/v1/openapi.json", {}}; }

const Parameter* find(const Route& route, const std::string& name, In in) {
  for (const Parameter& parameter : route.parameters)
    if (parameter.in == in && parameter.name == name) return &parameter;
  return nullptr;
}

Result<json> body_of(const Request& request) {
  if (request.body.empty()) return json::object();
  if (!request.content_type.starts_with("application/json")) return Error{ErrorCode::Usage, "send the body as application/json", {}};
  json body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) return Error{ErrorCode::Usage, "the body is no JSON object", {}};
  return body;
}

// A value of the body as text, as if it stood in the address; nothing where it has another type.
std::optional<std::string> text_of(const Parameter& parameter, const json& value) {
  switch (parameter.type) {
    case ParameterType::Integer: return value.is_number_integer() ? std::optional(value.dump()) : std::nullopt;
    case ParameterType::Flag: return value.is_boolean() ? std::optional<std::string>(value.get<bool>() ? "1" : "0") : std::nullopt;
    case ParameterType::Text:
    case ParameterType::Choice: return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
    case ParameterType::Texts: break;
  }
  return std::nullopt;
}

Status take_list(const Parameter& parameter, const json& value, Call::Values& values) {
  constexpr std::size_t kLongest = 200;  // bytes of one
  const auto wrong = [&] { return bad_parameter(parameter, "a list of at most " + std::to_string(parameter.maximum) + " short texts"); };
  if (!value.is_array() || value.size() > static_cast<std::size_t>(parameter.maximum)) return wrong();
  std::vector<std::string>& list = values.lists[parameter.name];
  for (const json& one : value) {
    if (!one.is_string() || one.get_ref<const std::string&>().size() > kLongest) return wrong();
    list.push_back(one.get<std::string>());
  }
  values.given.insert(parameter.name);
  return {};
}

Status take_body(const Route& route, const Request& request, Call::Values& values) {
  if (route.takes_bytes)
    return request.content_type == "application/octet-stream" ? Status{} : Error{ErrorCode::Usage, "send the body as application/octet-stream", {}};
  TRY(const json body, body_of(request));
  for (const auto& [name, value] : body.items()) {
    const Parameter* parameter = find(route, name, In::Body);
    if (!parameter) return unknown_name(route);
    if (value.is_null()) continue;  // as if it were not there
    if (parameter->type == ParameterType::Texts) {
      TRY_STATUS(take_list(*parameter, value, values));
      continue;
    }
    std::optional<std::string> text = text_of(*parameter, value);
    if (!text) return bad_parameter(*parameter, "of another type");
    values.texts[name] = std::move(*text);
    values.given.insert(name);
  }
  return {};
}

Result<Call::Values> values_of(const Route& route, const Request& request, std::map<std::string, std::string> of_path) {
  Call::Values values;
  values.texts = std::move(of_path);
  for (const auto& [name, value] : request.query) {
    if (!find(route, name, In::Query)) return unknown_name(route);
    values.texts[name] = value;
    values.given.insert(name);
  }
  TRY_STATUS(take_body(route, request, values));
  for (const Parameter& parameter : route.parameters) {
    if (parameter.required && !values.given.contains(parameter.name)) return Error{ErrorCode::Usage, "parameter '" + parameter.name + "' is missing", {}};
    if (parameter.type == ParameterType::Texts) {
      values.lists.try_emplace(parameter.name);
      continue;
    }
    const auto [value, absent] = values.texts.try_emplace(parameter.name, parameter.fallback);
    if (!absent || !parameter.fallback.empty()) TRY_STATUS(check(parameter, value->second));
  }
  return values;
}

bool changes_something(const Request& request) { return request.method != "GET"; }

// "https://charts.example:8443" and "charts.example:8443"
bool same_place(const std::string& origin, const std::string& host) {
  const std::size_t at = origin.find("://");
  return at != origin.npos && origin.substr(at + 3) == host;
}

// Nobody is an actor without a name. A session's cookie comes with every call that a browser makes, also those of foreign pages: what
// changes something needs the session's own word beside it.
Result<ActorPtr> caller(Api& api, const Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  if (request.authorization.starts_with(kBearer)) return api.desk.actor_of_token(request.authorization.substr(kBearer.size()), request.peer);
  const auto cookie = request.cookies.find(kSessionCookie);
  if (cookie == request.cookies.end()) return ActorPtr(std::make_shared<Actor>());
  TRY(ActorPtr actor, api.desk.actor_of_session(cookie->second, request.background ? Touch::No : Touch::Yes));
  if (!changes_something(request)) return actor;
  const bool foreign = !request.origin.empty() && !same_place(request.origin, request.host);
  if (foreign || !api.desk.csrf_is_right(cookie->second, request.csrf))
    return Error{ErrorCode::NoRight, "the call does not come from this server's own screens; load the screen again", {}};
  return actor;
}

Status let_in(Api& api, const Route& route, const Actor& actor, const Request& request) {
  if (route.door == Door::Open) return {};
  storage::AuditRecord about;
  about.action = storage::AuditAction::Refused;
  about.outcome = storage::AuditOutcome::Refused;
  about.detail = route.method + " " + route.pattern;
  if (actor.user.empty()) {
    if (api.strangers.take(request.peer)) {
      Actor stranger = actor;
      stranger.origin = request.peer;
      TRY_STATUS(api.desk.record(stranger, std::move(about)));
    }
    return Error{ErrorCode::NotLoggedIn, "log in first: POST /api/v1/session, or send an API token", {}};
  }
  if (route.door == Door::LoggedIn) return {};
  if (actor.must_change) return Error{ErrorCode::NoRight, "change the password first", {}};
  for (const Right right : route.rights)
    if (actor.may(right)) return {};
  return api.desk.require(actor, route.rights.front(), std::move(about));
}

Result<Response> run(Api& api, const Route& route, const Request& request, std::map<std::string, std::string> of_path) {
  Result<ActorPtr> actor = caller(api, request);
  if (!actor && route.door != Door::Open) return std::move(actor).error();
  const ActorPtr who = actor ? *actor : std::make_shared<Actor>();
  TRY_STATUS(let_in(api, route, *who, request));
  TRY(Call::Values values, values_of(route, request, std::move(of_path)));
  return route.run(api, Call(request, who, std::move(values)));
}

Response refusal(const Route& route, const Error& error) {
  Response response = problem(error);
  if (error.code != ErrorCode::NoRight || route.rights.empty()) return response;
  json body = json::parse(response.body);
  body["right"] = to_string(route.rights.front());
  response.body = body.dump();
  return response;
}

}  // namespace

Response dispatch(Api& api, const Request& request) {
  std::string allowed;
  for (const Route& route : routes()) {
    auto values = match(route, request.path);
    if (!values) continue;
    if (route.method == request.method) {
      Result<Response> response = run(api, route, request, std::move(*values));
      return response.ok() ? std::move(response).value() : refusal(route, response.error());
    }
    allowed += (allowed.empty() ? "" : ", ") + route.method;
  }
  if (allowed.empty()) return problem({ErrorCode::NotFound, "no such route; /api/v1/openapi.json lists them", {}});
  Response response = problem(405, "method not allowed", "this address answers " + allowed);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace chartscan::app::http
