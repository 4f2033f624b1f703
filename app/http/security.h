// What every answer carries, and which names of this server are believed.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace chartscan::app::http {

// The screens load nothing from elsewhere, are framed by nobody and tell nobody where they were.
const std::vector<std::pair<std::string, std::string>>& security_headers();

struct ListenAddress {
  std::string host;  // without brackets
  int port = 0;
  bool loopback() const;
};

// A page of the web can point a name of its own at 127.0.0.1 and have a browser read from here (DNS rebinding). On
// loopback only the machine's own names are answered; elsewhere the hospital's names are not known to us.
bool host_is_believed(const ListenAddress& address, const std::string& host_header);

}  // namespace chartscan::app::http
