#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "app/http/router.h"

namespace chartscan::app::http {

namespace {

using nlohmann::json;

json schema_of(const Parameter& parameter) {
  switch (parameter.type) {
    case ParameterType::Integer: {
      json schema{{"type", "integer"}, {"minimum", parameter.minimum}, {"maximum", parameter.maximum}};
      if (!parameter.fallback.empty()) schema["default"] = std::stoi(parameter.fallback);
      return schema;
    }
    case ParameterType::Flag: return {{"type", "string"}, {"enum", {"0", "1"}}, {"default", parameter.fallback}};
    case ParameterType::Choice: {
      json schema{{"type", "string"}, {"enum", parameter.choices}};
      if (!parameter.required) schema["default"] = parameter.fallback;
      return schema;
    }
    case ParameterType::Texts: return {{"type", "array"}, {"maxItems", parameter.maximum}, {"items", {{"type", "string"}}}};
    case ParameterType::Text: break;
  }
  return {{"type", "string"}, {"maxLength", parameter.maximum}};
}

json parameter_of(const Parameter& parameter) {
  const bool in_path = parameter.in == In::Path;
  return {{"name", parameter.name}, {"in", in_path ? "path" : "query"}, {"required", in_path || parameter.required}, {"description", parameter.description},
          {"schema", schema_of(parameter)}};
}

// Flags stand as true and false in a body, as 0 and 1 in an address.
json body_of(const Route& route) {
  if (route.takes_bytes) return {{"required", true}, {"content", {{"application/octet-stream", {{"schema", {{"type", "string"}, {"format", "binary"}}}}}}}};
  json properties = json::object(), required = json::array();
  for (const Parameter& parameter : route.parameters) {
    if (parameter.in != In::Body) continue;
    json schema = parameter.type == ParameterType::Flag ? json{{"type", "boolean"}} : schema_of(parameter);
    if (!parameter.description.empty()) schema["description"] = parameter.description;
    properties[parameter.name] = std::move(schema);
    if (parameter.required) required.push_back(parameter.name);
  }
  if (properties.empty()) return nullptr;
  json schema{{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
  if (!required.empty()) schema["required"] = required;
  return {{"required", !required.empty()}, {"content", {{"application/json", {{"schema", schema}}}}}};
}

json security_of(const Route& route) {
  if (route.door == Door::Open) return json::array();
  return {{{"session", json::array()}}, {{"token", json::array()}}};
}

json operation_of(const Route& route) {
  json parameters = json::array();
  for (const Parameter& parameter : route.parameters)
    if (parameter.in != In::Body) parameters.push_back(parameter_of(parameter));
  json done{{"description", route.answer}};
  if (!route.content_type.empty()) {
    const bool is_json = route.content_type == "application/json";
    done["content"][route.content_type]["schema"] = is_json ? json{{"type", "object"}} : json{{"type", "string"}, {"format", "binary"}};
  }
  json rights = json::array();
  for (const Right right : route.rights) rights.push_back(to_string(right));
  json operation{{"operationId", route.name},
                 {"summary", route.summary},
                 {"parameters", parameters},
                 {"security", security_of(route)},
                 {"x-rights", rights},  // one of them is enough
                 {"responses",
                  {{"2XX", done},
                   {"default",
                    {{"description", "A problem: what failed, why, what to do next"},
                     {"content", {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}}}}}};
  if (json body = body_of(route); !body.is_null()) operation["requestBody"] = std::move(body);
  return operation;
}

json security_schemes() {
  return {{"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", kSessionCookie}, {"description", "POST /session sets it; what changes something also sends X-CSRF-Token"}}},
          {"token", {{"type", "http"}, {"scheme", "bearer"}, {"description", "an API token"}}}};
}

json problem_schema() {
  const json text{{"type", "string"}};
  return {
      {"type", "object"},
      {"required", {"type", "title", "status", "detail", "retry"}},
      {"properties",
       {{"type", text}, {"title", text}, {"status", {{"type", "integer"}}}, {"detail", text}, {"retry", {{"type", "boolean"}}}, {"right", text}}}};
}

}  // namespace

std::string openapi() {
  json paths = json::object();
  for (const Route& route : routes()) {
    std::string method = route.method;
    std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return std::tolower(c); });
    paths[route.pattern][method] = operation_of(route);
  }
  const json document{
      {"openapi", "3.0.3"},
      {"info", {{"title", "Chartscan"}, {"version", "1"}, {"description", "The digital chart of scanned paper."}}},
      {"servers", {{{"url", "/api/v1"}}}},
      {"paths", paths},
      {"components", {{"schemas", {{"Problem", problem_schema()}}}, {"securitySchemes", security_schemes()}}}};
  return document.dump(2);
}

}  // namespace chartscan::app::http
