// An HTTP client that sends exactly the bytes it is given, for tests of a server that must bear any bytes.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace chartscan::testing {

struct Answer {
  int status = 0;                              // 0 = the connection ended without an answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  nlohmann::json json() const { return nlohmann::json::parse(body); }
};

class RawConnection {
 public:
  explicit RawConnection(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    const timeval patience{20, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~RawConnection() { ::close(socket_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  bool connected() const { return connected_; }
  bool send(const std::string& bytes) const {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  // One answer, by its Content-Length; the connection stays usable.
  Answer receive(bool head_only = false) {
    Answer answer;
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == buffer_.npos) {
      if (!fill()) return answer;
    }
    parse_head(buffer_.substr(0, end), answer);
    buffer_.erase(0, end + 4);
    const std::size_t length = answer.headers.contains("content-length") ? std::stoul(answer.headers["content-length"]) : 0;
    if (head_only) return answer;
    while (buffer_.size() < length && fill()) {
    }
    answer.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return answer;
  }
  bool ended() { return buffer_.empty() && !fill(); }

 private:
  bool fill() {
    char bytes[4096];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got > 0) buffer_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }
  static void parse_head(const std::string& head, Answer& answer) {
    answer.status = std::stoi(head.substr(9, 3));
    for (std::size_t start = head.find("\r\n"); start != head.npos;) {
      start += 2;
      const std::size_t end = head.find("\r\n", start);
      const std::string line = head.substr(start, end == head.npos ? end : end - start);
      const std::size_t colon = line.find(": ");
      if (colon != line.npos) {
        std::string name = line.substr(0, colon);
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
        answer.headers[name] = line.substr(colon + 2);
      }
      start = end;
    }
  }

  int socket_;
  bool connected_ = false;
  std::string buffer_;
};

inline std::string request(const std::string& method, const std::string& target, const std::string& headers = "") {
  return method + ' ' + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

inline Answer exchange(int port, const std::string& bytes) {
  RawConnection connection(port);
  connection.send(bytes);
  return connection.receive();
}

}  // namespace chartscan::testing
