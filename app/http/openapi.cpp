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
    case ParameterType::Choice: return {{"type", "string"}, {"enum", parameter.choices}, {"default", parameter.fallback}};
    case ParameterType::Text: break;
  }
  return {{"type", "string"}, {"maxLength", parameter.maximum}};
}

json parameter_of(const Parameter& parameter) {
  return {{"name", parameter.name},
          {"in", parameter.in_path ? "path" : "query"},
          {"required", parameter.in_path},
          {"description", parameter.description},
          {"schema", schema_of(parameter)}};
}

json operation_of(const Route& route) {
  json parameters = json::array();
  for (const Parameter& parameter : route.parameters) parameters.push_back(parameter_of(parameter));
  const bool is_image = route.content_type.starts_with("image/");
  const json schema = is_image ? json{{"type", "string"}, {"format", "binary"}} : json{{"type", "object"}};
  return {{"operationId", route.name},
          {"summary", route.summary},
          {"parameters", parameters},
          {"responses",
           {{"200", {{"description", route.answer}, {"content", {{route.content_type, {{"schema", schema}}}}}}},
            {"default",
             {{"description", "A problem: what failed, why, what to do next"},
              {"content", {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}}}}}};
}

json problem_schema() {
  const json text{{"type", "string"}};
  return {
      {"type", "object"},
      {"required", {"type", "title", "status", "detail", "retry"}},
      {"properties",
       {{"type", text}, {"title", text}, {"status", {{"type", "integer"}}}, {"detail", text}, {"retry", {{"type", "boolean"}}}}}};
}

}  // namespace

std::string openapi() {
  json paths = json::object();
  for (const Route& route : routes()) paths[route.pattern]["get"] = operation_of(route);
  const json document{
      {"openapi", "3.0.3"},
      {"info", {{"title", "Chartscan"}, {"version", "1"}, {"description", "The digital chart of scanned paper, read only."}}},
      {"servers", {{{"url", "/api/v1"}}}},
      {"paths", paths},
      {"components", {{"schemas", {{"Problem", problem_schema()}}}}}};
  return document.dump(2);
}

}  // namespace chartscan::app::http
