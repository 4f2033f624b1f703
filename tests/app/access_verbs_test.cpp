// The verbs of users and of the audit trail, as a person gives them: words in, text and exit code out.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/app/terminal.h"

namespace chartscan::app::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

using testing::Terminal;

constexpr const char* kPassword = "eleven blue horses\n";

}  // namespace

TEST_CASE("users come, change and go by commands, and every step is in the trail", "[app][access][cli]") {
  Terminal terminal;
  REQUIRE(terminal.run({"users", "add", "Ann", "--full-name", "Ann Example"}, kPassword) == 0);
  CHECK(terminal.out.find("ann: added (administrator)") != std::string::npos);  // the first one
  CHECK(terminal.run({"users", "add", "bob", "--full-name", "Bob"}, kPassword) == 3);  // the second needs a role
  CHECK(terminal.run({"users", "add", "bob", "--full-name", "Bob", "--role", "emperor"}, kPassword) == 3);
  CHECK(terminal.run({"users", "add", "bob", "--full-name", "Bob", "--role", "clerk"}, "short\n") == 3);
  CHECK(terminal.run({"users", "add", "bob", "--full-name", "Bob", "--role", "clerk"}, "") == 3);
  CHECK(terminal.run({"users", "add", "bob", "--full-name", "Bob", "--role", "clerk", "--generate"}) == 0);
  CHECK(terminal.out.find("password") == std::string::npos);  // that goes to the person, not into what others read
  CHECK(terminal.err.find("password, to be changed") != std::string::npos);
  CHECK(terminal.run({"users", "roles", "bob", "--role", "clerk", "--role", "coder"}) == 0);
  CHECK(terminal.run({"users", "disable", "bob"}) == 0);
  CHECK(terminal.run({"users", "enable", "bob"}) == 0);
  CHECK(terminal.run({"users", "unlock", "bob"}) == 0);
  CHECK(terminal.run({"users", "reset", "bob"}, "another long password\n") == 0);
  CHECK(terminal.run({"users", "disable", "nobody"}) == 3);
  CHECK(terminal.run({"users", "disable", "ann"}) == 3);  // the last one who manages users
  REQUIRE(terminal.run({"users", "list", "--json"}) == 0);
  const json users = json::parse(terminal.out);
  REQUIRE(users.size() == 2);
  CHECK(users[1]["roles"] == json{"clerk", "coder"});
  CHECK(terminal.out.find("argon2") == std::string::npos);

  REQUIRE(terminal.run({"users", "tokens", "--issue", "nightly", "--user", "bob", "--scope", "view", "--json"}) == 0);
  const json token = json::parse(terminal.out);
  CHECK(token["secret"].get<std::string>().starts_with("cs.t-"));
  CHECK(terminal.run({"users", "tokens", "--revoke", token["id"]}) == 0);
  REQUIRE(terminal.run({"users", "tokens", "--json"}) == 0);
  CHECK(json::parse(terminal.out)[0]["revoked_at"] != 0);

  REQUIRE(terminal.run({"audit", "show", "--action", "user-change", "--json"}) == 0);
  const json records = json::parse(terminal.out)["records"];
  CHECK(records.size() == 7);
  CHECK(records[0]["detail"] == "bob: password reset");
  CHECK(records[0]["origin"] == "terminal");
  CHECK_FALSE(records[0]["user"].get<std::string>().empty());
  for (const json& record : records) CHECK(record.dump().find("horses") == std::string::npos);
}

TEST_CASE("the trail is verified, shown and exported by commands; what is wrong ends with 6 and is named", "[app][audit][cli]") {
  Terminal terminal;
  REQUIRE(terminal.run({"audit", "verify"}) == 0);
  for (int i = 0; i < 5; ++i) REQUIRE(terminal.run({"audit", "who-saw", "4711", "--reason", "the patient asked"}) == 0);
  REQUIRE(terminal.run({"audit", "who-saw", "4711", "--json", "--limit", "3"}) == 0);
  const json seen = json::parse(terminal.out);
  CHECK(seen["records"].size() == 3);
  CHECK(seen["records"][0]["action"] == "audit-read");  // asking who saw it is a look itself
  CHECK(seen["records"][1]["reason"] == "the patient asked");
  CHECK(seen["next"].is_number());
  REQUIRE(terminal.run({"audit", "anchor"}) == 0);
  const std::string anchor = terminal.out.substr(0, terminal.out.size() - 1);
  CHECK(terminal.run({"audit", "verify", "--anchor", anchor}) == 0);
  CHECK(terminal.run({"audit", "verify", "--anchor", "12"}) == 2);
  CHECK(terminal.run({"audit", "show", "--from", "yesterday"}) == 2);
  CHECK(terminal.run({"audit", "show", "--action", "stare"}) == 2);
  REQUIRE(terminal.run({"audit", "export", "--format", "csv", "-o", (terminal.archive() / "work" / "trail.csv").string()}) == 0);
  CHECK(fs::file_size(terminal.archive() / "work" / "trail.csv") > 500);
  REQUIRE(terminal.run({"verify", "--json"}) == 0);
  CHECK(json::parse(terminal.out)["audit_records"].get<int>() >= 9);

  const auto size = fs::file_size(terminal.trail());
  fs::resize_file(terminal.trail(), size - 1);  // the end of the last record
  REQUIRE(terminal.run({"audit", "verify", "--json"}) == 6);
  const json verdict = json::parse(terminal.out);
  CHECK(verdict["fault"]["kind"] == "cut");
  CHECK(verdict["fault"]["number"] == verdict["records"].get<int>() + 1);
  CHECK(terminal.run({"verify"}) == 6);
  CHECK(terminal.out.find("audit trail, trail-000001.log") != std::string::npos);
  CHECK(fs::file_size(terminal.trail()) == size - 1);  // verifying mends nothing
  CHECK(terminal.run({"audit", "verify", "--anchor", anchor}) == 6);
}

TEST_CASE("no trail is begun where there is no archive", "[app][audit][cli]") {
  Terminal terminal;
  fs::remove_all(terminal.archive());
  fs::create_directories(terminal.archive());
  for (const auto& words : {std::vector<std::string>{"audit", "show"}, {"audit", "verify"}, {"audit", "anchor"}, {"audit", "who-saw", "1"}}) CHECK(terminal.run(words) == 3);
  CHECK(fs::is_empty(terminal.archive()));
}

}  // namespace chartscan::app::cli
