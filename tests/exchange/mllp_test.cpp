// HL7 over TCP, as peers behave and misbehave.
#include "exchange/mllp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace chartscan;
using exchange::MllpServer;

namespace {

std::unique_ptr<MllpServer> echoing(exchange::MllpOptions options = {}) {
  options.address = "127.0.0.1:0";
  auto server = MllpServer::start(options, {[](std::string_view message, const std::string&) { return "<" + std::string(message) + ">"; },
                                            [](std::string_view, const std::string&) { return std::string("too large"); }});
  REQUIRE(server.ok());
  return std::move(server).value();
}

class Peer {
 public:
  explicit Peer(const MllpServer& server) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const std::string address = server.address();
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    const timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~Peer() { ::close(fd_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void send(const std::string& bytes) { REQUIRE(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size())); }
  std::string receive() {  // up to a frame's end, or until the other side closes
    std::string got;
    for (char c; !got.ends_with("\x1c\r") && ::recv(fd_, &c, 1, 0) == 1;) got.push_back(c);
    return got;
  }

 private:
  int fd_;
};

std::string framed(const std::string& text) { return "\x0b" + text + "\x1c\r"; }

}  // namespace

TEST_CASE("messages are answered one by one, also when they come in one piece or byte by byte", "[exchange][mllp]") {
  const auto server = echoing();
  Peer peer(*server);
  peer.send(framed("one") + framed("two"));
  CHECK(peer.receive() == framed("<one>"));
  CHECK(peer.receive() == framed("<two>"));
  for (const char c : framed("three")) peer.send(std::string(1, c));
  CHECK(peer.receive() == framed("<three>"));
}

TEST_CASE("noise between frames is passed over, and a frame begun anew drops what came before it", "[exchange][mllp]") {
  const auto server = echoing();
  Peer peer(*server);
  peer.send("\r\n noise " + framed("a\x1c" "b") + "\x0bhalf" + framed("whole"));
  CHECK(peer.receive() == framed("<a\x1c" "b>"));
  CHECK(peer.receive() == framed("<whole>"));
}

TEST_CASE("a message beyond the limit is answered and the connection closed", "[exchange][mllp]") {
  const auto server = echoing({.largest = 1000});
  Peer peer(*server);
  peer.send("\x0b" + std::string(1500, 'A'));
  CHECK(peer.receive() == framed("too large"));
  CHECK(peer.receive().empty());
}

TEST_CASE("a flood without frames and a silent peer are cut off", "[exchange][mllp]") {
  const auto server = echoing({.idle_seconds = 1});
  Peer flood(*server), silent(*server);
  flood.send(std::string(70'000, 'x'));
  CHECK(flood.receive().empty());
  CHECK(silent.receive().empty());
}

TEST_CASE("many peers are served at once, more than are allowed wait, and stopping waits for nobody", "[exchange][mllp]") {
  auto server = echoing({.connections = 3});
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      Peer peer(*server);
      const std::string text = "peer " + std::to_string(i);
      peer.send(framed(text));
      right += peer.receive() == framed("<" + text + ">");
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 8);
  Peer idle(*server);
  server.reset();
  CHECK(idle.receive().empty());
}

TEST_CASE("an address that cannot be listened on is an error that names it", "[exchange][mllp]") {
  for (const char* address : {"nonsense", "127.0.0.1:99999999", "203.0.113.1:2575"}) {
    const auto server = MllpServer::start({.address = address}, {});
    REQUIRE_FALSE(server.ok());
    CHECK(server.error().message.find(address) != std::string::npos);
  }
}
