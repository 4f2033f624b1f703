// What strangers send: the server answers in words or hangs up, stays up, and gives nothing away.
#include <chrono>
#include <thread>

#include "app/http/byte_range.h"
#include "app/http/cursor.h"
#include "app/http/image_cache.h"
#include "app/http/security.h"
#include "tests/app/served_archive.h"

using namespace chartscan;
using chartscan::testing::Answer;
using chartscan::testing::RawConnection;
using chartscan::testing::request;
using chartscan::testing::ServedArchive;

TEST_CASE("every answer carries the headers that keep a browser from being used against us", "[app][http]") {
  const ServedArchive archive;
  for (const char* target : {"/", "/api/v1/status", "/api/v1/pages/1/image", "/api/v1/pages/99", "/nothing"}) {
    const Answer answer = archive.get(target);
    INFO(target);
    CHECK(answer.headers.at("content-security-policy").find("default-src 'self'") == 0);
    CHECK(answer.headers.at("content-security-policy").find("frame-ancestors 'none'") != std::string::npos);
    CHECK(answer.headers.at("x-content-type-options") == "nosniff");
    CHECK(answer.headers.at("referrer-policy") == "no-referrer");
    CHECK(answer.headers.at("cross-origin-resource-policy") == "same-origin");
  }
  const Answer refused = testing::exchange(archive.port(), request("BREW", "/api/v1/status"));
  CHECK(refused.headers.contains("content-security-policy"));
}

TEST_CASE("on loopback only the machine's own names are answered, against DNS rebinding", "[app][http]") {
  const ServedArchive archive;
  const auto status_for = [&](const std::string& host) {
    return testing::exchange(archive.port(), "GET /healthz HTTP/1.1\r\n" + host + "\r\n").status;
  };
  CHECK(status_for("Host: localhost:8080\r\n") == 200);
  CHECK(status_for("Host: 127.0.0.1\r\n") == 200);
  CHECK(status_for("Host: [::1]:80\r\n") == 200);
  CHECK(status_for("Host: rebound.example\r\n") == 421);
  CHECK(status_for("Host: localhost.rebound.example\r\n") == 421);
  CHECK(status_for("") == 421);
  CHECK(app::http::host_is_believed({"10.0.0.7", 80}, "charts.hospital.example"));
}

TEST_CASE("files outside the web root are never served", "[app][http]") {
  const ServedArchive archive;
  std::filesystem::create_symlink("../secret.js", archive.web_root() / "link.js");
  std::filesystem::create_symlink("..", archive.web_root() / "up");
  CHECK(archive.get("/assets/app.js").body == "export {};");
  for (const char* target : {"/../secret.js", "/%2e%2e/secret.js", "/..%2fsecret.js", "/assets/../../secret.js",
                             "/assets/%2e%2e/%2e%2e/secret.js", "/link.js", "/up/secret.js", "//secret.js", "/assets", "/assets/",
                             "/./secret.js", "/%00/secret.js", "/..%5csecret.js", "/index.html%00.js"}) {
    const Answer answer = archive.get(target);
    INFO(target);
    CHECK(answer.status == 404);
    CHECK(answer.body.find("outside the root") == std::string::npos);
  }
}

TEST_CASE("addresses of screens get the first page, so that a reload stays where it was", "[app][http]") {
  const ServedArchive archive;
  for (const char* target : {"/", "/?q=a%20b", "/chart", "/chart/A%2F1", "/batches/B00000001"}) {
    INFO(target);
    CHECK(archive.get(target).body.find("<title>screens</title>") != std::string::npos);
  }
}

TEST_CASE("without built screens the API works and the first page says what to run", "[app][http]") {
  ServedArchive archive;
  auto bare = archive.start("127.0.0.1:0", archive.web_root() / "not-there");
  REQUIRE(bare.ok());
  const Answer first = testing::exchange((*bare)->port(), request("GET", "/"));
  CHECK(first.status == 200);
  CHECK(first.body.find("scripts/web") != std::string::npos);
  CHECK(testing::exchange((*bare)->port(), request("GET", "/healthz")).status == 200);
}

TEST_CASE("what is not plainly one request is refused and the connection ends", "[app][http]") {
  const ServedArchive archive;
  const auto refused = [&](const std::string& bytes, int status) {
    RawConnection connection(archive.port());
    connection.send(bytes);
    INFO(bytes.substr(0, 60));
    CHECK(connection.receive().status == status);
    CHECK(connection.ended());
  };
  refused(request("POST", "/api/v1/session", "Content-Length: 1000000000\r\n"), 413);
  refused(request("POST", "/api/v1/session", "Content-Length: 99999999999999999999999\r\n"), 413);
  refused(request("POST", "/api/v1/session", "Content-Length: -1\r\n"), 400);
  refused(request("POST", "/api/v1/session", "Content-Length: 5\r\nContent-Length: 5\r\n") + "hello", 400);
  refused(request("BREW", "/"), 405);
  // A body on a GET would be read as the next request on the connection.
  refused(request("GET", "/", "Content-Length: 40\r\n") + request("GET", "/api/v1/pages/1"), 413);
  refused(request("GET", "/", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 413);
  refused(request("GET", "/", "Content-Length : 5\r\n"), 400);
  refused(request("GET", "/", "nonsense\r\n"), 400);
}

TEST_CASE("an address says which methods it answers", "[app][http]") {
  const ServedArchive archive;
  const Answer answer = archive.call("DELETE", "/api/v1/pages/1", nullptr, archive.auth());
  CHECK(answer.status == 405);
  CHECK(answer.headers.at("allow") == "GET");
  CHECK(archive.call("POST", "/healthz", nullptr, "").status == 405);
}

TEST_CASE("a request head is bounded in size", "[app][http]") {
  const ServedArchive archive;
  CHECK(testing::exchange(archive.port(), request("GET", "/", "X: " + std::string(20'000, 'x') + "\r\n")).status == 431);
  CHECK(testing::exchange(archive.port(), "GET /" + std::string(50'000, 'x')).status == 431);
  CHECK(archive.get("/api/v1/search?q=" + std::string(3000, 'x')).status == 400);
  std::string many = "Range: bytes=0-0";
  for (int i = 0; i < 1500; ++i) many += ",0-0";
  CHECK(archive.get("/api/v1/pages/1/image", many + "\r\n").status == 200);  // several ranges: the whole, once
}

TEST_CASE("bytes that are no HTTP do not bring the server down", "[app][http]") {
  const ServedArchive archive;
  for (const std::string& bytes :
       {std::string("\0\0\0\0\r\n\r\n", 8), std::string("\r\n\r\n"), std::string("GET\r\n\r\n"),
        std::string("GET  HTTP/1.1\r\n\r\n"), std::string("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"),
        std::string("GET http://x/ HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        std::string("GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"), std::string("GET /%4 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        std::string("GET /?a=b?c?d HTTP/1.1\r\nHost: localhost\r\n\r\n")}) {
    const Answer answer = testing::exchange(archive.port(), bytes);
    INFO(bytes);
    CHECK((answer.status == 0 || (answer.status >= 400 && answer.status < 500)));
    CHECK(archive.get("/api/v1/status").status == 200);
  }
  CHECK(archive.get("/api/v1/search?q=%ff%fe%80").status < 500);
}

TEST_CASE("a connection serves many requests, also sent at once", "[app][http]") {
  const ServedArchive archive;
  RawConnection connection(archive.port());
  const std::string one = request("GET", "/api/v1/status", archive.auth());
  connection.send(one + one + one);
  for (int i = 0; i < 3; ++i) CHECK(connection.receive().status == 200);
  connection.send(request("HEAD", "/api/v1/status", archive.auth()));
  const Answer head = connection.receive(true);
  CHECK(head.status == 200);
  CHECK(std::stoi(head.headers.at("content-length")) > 0);
  connection.send(one);
  CHECK(connection.receive().json().contains("archive"));
}

TEST_CASE("connections that wait give way: forty idle ones do not keep a request waiting", "[app][http]") {
  const ServedArchive archive;
  std::vector<std::unique_ptr<RawConnection>> idle;
  for (int i = 0; i < 40; ++i) idle.push_back(std::make_unique<RawConnection>(archive.port()));
  const auto before = std::chrono::steady_clock::now();
  CHECK(archive.get("/api/v1/status").status == 200);
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(3));
}

TEST_CASE("stopping lets go of idle connections at once and the port is free again", "[app][http]") {
  ServedArchive archive;
  RawConnection idle(archive.port());
  idle.send(request("GET", "/healthz"));
  CHECK(idle.receive().status == 200);
  const int port = archive.port();
  const auto before = std::chrono::steady_clock::now();
  archive.server().stop();
  archive.server().stop();
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(2));
  CHECK_FALSE(RawConnection(port).connected());
  auto again = archive.start("127.0.0.1:" + std::to_string(port), archive.web_root());
  REQUIRE(again.ok());
  auto taken = archive.start("127.0.0.1:" + std::to_string(port), archive.web_root());
  REQUIRE_FALSE(taken.ok());
  CHECK(taken.error().message.find("choose another") != std::string::npos);
}

TEST_CASE("a listen address that is none is refused in words", "[app][http]") {
  ServedArchive archive;
  for (const char* listen : {"8080", "127.0.0.1", "127.0.0.1:", ":80", "127.0.0.1:99999", "127.0.0.1:x"}) {
    INFO(listen);
    CHECK_FALSE(archive.start(listen, {}).ok());
  }
}

TEST_CASE("the image cache keeps what was used last within its bytes", "[app][http]") {
  app::http::ImageCache cache(100);
  cache.insert("a", std::string(40, 'a'));
  cache.insert("b", std::string(40, 'b'));
  CHECK(cache.find("a"));
  cache.insert("c", std::string(40, 'c'));
  CHECK(cache.find("a"));
  CHECK_FALSE(cache.find("b"));
  CHECK(*cache.insert("big", std::string(400, 'x')) == std::string(400, 'x'));
  CHECK_FALSE(cache.find("big"));
}

TEST_CASE("cursors come back as they went out and nothing else is taken for one", "[app][http]") {
  using app::http::make_cursor;
  using app::http::parse_cursor;
  CHECK(*parse_cursor("search", "") == 0);
  CHECK(*parse_cursor("search", make_cursor("search", 12345678901)) == 12345678901);
  for (const std::string& bad : {make_cursor("batches", 1), make_cursor("search", 1) + "x",
                                 make_cursor("search", 1) + "99999999999999999999999", std::string("7")}) {
    CHECK_FALSE(parse_cursor("search", bad).ok());
  }
}

TEST_CASE("byte ranges follow the standard at their edges", "[app][http]") {
  const auto get = [](const std::string& whole, const std::string& range) {
    app::http::Response response;
    app::http::apply_range(response, whole, range);
    return std::make_pair(response.status, response.body);
  };
  CHECK(get("abcdef", "") == std::make_pair(200, std::string("abcdef")));
  CHECK(get("abcdef", "bytes=0-0") == std::make_pair(206, std::string("a")));
  CHECK(get("abcdef", "bytes=4-100") == std::make_pair(206, std::string("ef")));
  CHECK(get("abcdef", "bytes=-100") == std::make_pair(206, std::string("abcdef")));
  CHECK(get("abcdef", "bytes=-0") == std::make_pair(416, std::string()));
  CHECK(get("abcdef", "bytes=6-") == std::make_pair(416, std::string()));
  CHECK(get("abcdef", "bytes=3-1").first == 200);
  CHECK(get("abcdef", "bytes=0-18446744073709551615").second == "abcdef");
  CHECK(get("abcdef", "lines=1-2").first == 200);
  CHECK(get("", "bytes=0-").first == 416);
}
