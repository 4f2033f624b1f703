// Errors as application/problem+json (RFC 9457); text and status come from core/errors.def.
#pragma once

#include "app/http/message.h"
#include "core/result.h"

namespace chartscan::app::http {

Response problem(const Error& error);
Response problem(int status, const std::string& title, const std::string& detail);  // faults of HTTP itself: 400, 405, 421...

}  // namespace chartscan::app::http
