#include "app/http/problem.h"

#include <nlohmann/json.hpp>

#include "app/views.h"

namespace chartscan::app::http {

namespace {

Response problem_of(const nlohmann::json& body, int status) {
  return {status, "application/problem+json", dump(body), {{"Cache-Control", "no-store"}}};
}

}  // namespace

Response problem(const Error& error) {
  const ErrorTraits& row = traits(error.code);
  return problem_of({{"type", std::string("urn:chartscan:error:") + row.name},
                     {"title", row.text},
                     {"status", row.http_status},
                     {"detail", to_string(error)},
                     {"retry", row.retry}},
                    row.http_status);
}

Response problem(int status, const std::string& title, const std::string& detail) {
  return problem_of({{"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}, {"retry", false}},
                    status);
}

}  // namespace chartscan::app::http
