// The Range header (RFC 9110 section 14): one range of bytes. Several ranges, other units and nonsense are ignored, as
// the standard allows: the whole is sent.
#pragma once

#include <string>

#include "app/http/message.h"

namespace chartscan::app::http {

// Sets body, status (200, 206 or 416) and Content-Range of `response`.
void apply_range(Response& response, const std::string& whole, const std::string& range_header);

}  // namespace chartscan::app::http
