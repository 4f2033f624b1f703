#include "app/http/router.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "app/http/problem.h"

namespace chartscan::app::http {

namespace {

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
    case ParameterType::Text: break;
  }
  if (static_cast<int>(value.size()) <= parameter.maximum) return {};
  return bad_parameter(parameter, "at most " + std::to_string(parameter.maximum) + " bytes long");
}

// A name that the route does not know is refused: a mistyped filter must not look like an answer.
Status refuse_unknown(const Route& route, const Request& request) {
  for (const auto& [name, value] : request.query) {
    const bool known = std::any_of(route.parameters.begin(), route.parameters.end(),
                                   [&](const Parameter& parameter) { return !parameter.in_path && parameter.name == name; });
    if (!known) return Error{ErrorCode::Usage, route.name + " takes no parameter of that name; see /api/v1/openapi.json"};
  }
  return {};
}

Result<Response> run(Api& api, const Route& route, const Request& request, std::map<std::string, std::string> values) {
  TRY_STATUS(refuse_unknown(route, request));
  for (const Parameter& parameter : route.parameters) {
    if (!parameter.in_path) {
      const auto given = request.query.find(parameter.name);
      values[parameter.name] = given == request.query.end() ? parameter.fallback : given->second;
    }
    TRY_STATUS(check(parameter, values[parameter.name]));
  }
  return route.run(api, Arguments(request, std::move(values)));
}

}  // namespace

Response dispatch(Api& api, const Request& request) {
  for (const Route& route : routes()) {
    if (auto values = match(route, request.path)) {
      Result<Response> response = run(api, route, request, std::move(*values));
      return response.ok() ? std::move(response).value() : problem(response.error());
    }
  }
  return problem({ErrorCode::NotFound, "no such route; /api/v1/openapi.json lists them"});
}

}  // namespace chartscan::app::http
