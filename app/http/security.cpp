#include "app/http/security.h"

#include <algorithm>
#include <cctype>

namespace chartscan::app::http {

namespace {

std::string without_port(std::string host) {
  const std::size_t colon = host.rfind(':');
  if (colon != host.npos && host.find(']', colon) == host.npos) host.erase(colon);
  std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) { return std::tolower(c); });
  return host;
}

}  // namespace

const std::vector<std::pair<std::string, std::string>>& security_headers() {
  static const std::vector<std::pair<std::string, std::string>> headers{
      {"Content-Security-Policy",
       "default-src 'self'; img-src 'self' blob: data:; frame-src blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
       "frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
  };
  return headers;
}

bool ListenAddress::loopback() const { return host == "localhost" || host == "::1" || host.starts_with("127."); }

bool host_is_believed(const ListenAddress& address, const std::string& host_header) {
  if (!address.loopback()) return true;
  const std::string name = without_port(host_header);
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]" || name == address.host;
}

}  // namespace chartscan::app::http
