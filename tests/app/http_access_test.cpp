// Who may call what: every route without a login, with every role, and in every way a stranger's page could try.
#include <set>

#include "app/http/router.h"
#include "tests/app/served_archive.h"

using namespace chartscan;
using chartscan::testing::Answer;
using chartscan::testing::RawConnection;
using chartscan::testing::ServedArchive;
using nlohmann::json;

namespace {

std::string target_of(const app::http::Route& route) {
  std::string target = "/api/v1" + route.pattern;
  for (std::size_t start; (start = target.find('{')) != target.npos;)
    target.replace(start, target.find('}') - start + 1, route.pattern.starts_with("/charts") ? "A%2F100%207" : route.pattern.starts_with("/users") ? "nobody" : "1");
  return target;
}

// Values that are good enough to come past the check of parameters, not good for anything else.
json body_of(const app::http::Route& route) {
  json body = json::object();
  for (const app::http::Parameter& parameter : route.parameters)
    if (parameter.required) body[parameter.name] = parameter.type == app::http::ParameterType::Choice ? parameter.choices.front() : "x";
  return route.method == "GET" ? json(nullptr) : body;
}

struct LoggedIn {
  std::string cookie, csrf;
};

LoggedIn log_in(const ServedArchive& archive, const std::string& name) {
  const Answer answer = archive.call("POST", "/api/v1/session", {{"name", name}, {"password", ServedArchive::kPassword}}, "");
  REQUIRE(answer.status == 201);
  const std::string set = answer.headers.at("set-cookie");
  CHECK(set.find("HttpOnly") != std::string::npos);
  CHECK(set.find("SameSite=Strict") != std::string::npos);
  return {"Cookie: " + set.substr(0, set.find(';')) + "\r\n", answer.json()["csrf"]};
}

}  // namespace

TEST_CASE("without a login every route but the door itself answers that one must log in", "[app][http][access]") {
  const ServedArchive archive;
  int closed = 0;
  for (const app::http::Route& route : app::http::routes()) {
    INFO(route.method << ' ' << route.pattern);
    const Answer answer = archive.call(route.method, target_of(route), body_of(route), "");
    if (route.door == app::http::Door::Open) {
      CHECK(std::set<std::string>{"/session", "/setup", "/openapi.json"}.contains(route.pattern));
      continue;
    }
    ++closed;
    CHECK(answer.status == 401);
    CHECK(answer.body.find("SAMPLE") == std::string::npos);
    CHECK(archive.call(route.method, target_of(route), body_of(route), ServedArchive::bearer("cs.t-00000000.guess")).status == 401);
    CHECK(archive.call(route.method, target_of(route), body_of(route), "Cookie: chartscan_session=guess\r\n").status == 401);
  }
  CHECK(closed > 50);
}

TEST_CASE("with every role every route answers or names the right that is missing, as the table of roles says", "[app][http][access]") {
  ServedArchive archive;
  for (const app::Role& role : app::RoleBook::built_in().roles()) {
    const std::string headers = ServedArchive::bearer(archive.token_of({role.name}));
    for (const app::http::Route& route : app::http::routes()) {
      if (route.content_type == "text/event-stream" || route.name == "devices" || route.door != app::http::Door::Right) continue;
      INFO(role.name << ' ' << route.method << ' ' << route.pattern);
      const bool may = std::any_of(route.rights.begin(), route.rights.end(), [&](app::Right right) { return role.rights.has(right); });
      const Answer answer = archive.call(route.method, target_of(route), body_of(route), headers);
      CHECK(answer.status != 401);
      CHECK(answer.status < 500);
      if (may) continue;
      CHECK(answer.status == 403);
      CHECK(answer.json()["right"] == to_string(route.rights.front()));
      CHECK(answer.body.find("SAMPLE") == std::string::npos);
    }
  }
}

TEST_CASE("refusals stand in the audit trail", "[app][http][access]") {
  ServedArchive archive;
  const std::string clerk = ServedArchive::bearer(archive.token_of({"clerk"}));
  archive.call("GET", "/api/v1/users", nullptr, clerk);
  archive.call("GET", "/api/v1/charts/A%2F100%207", nullptr, "");
  const json refused = archive.get("/api/v1/audit?action=refused").json()["items"];
  REQUIRE(refused.size() >= 2);
  std::set<std::string> who;
  for (const json& one : refused) who.insert(one["user"].is_null() ? "" : one["user"].get<std::string>());
  CHECK(who.contains("clerk"));
  CHECK(who.contains(""));
}

TEST_CASE("a session's cookie alone changes nothing: a foreign page has it, but not the word that goes with it", "[app][http][access]") {
  ServedArchive archive;
  archive.token_of({"clerk"});
  const LoggedIn session = log_in(archive, "clerk");
  const json body{{"name", "mine"}, {"q", "wheezing"}};
  const auto save = [&](const std::string& headers) { return archive.call("POST", "/api/v1/searches", body, session.cookie + headers).status; };
  const std::string word = "X-CSRF-Token: " + session.csrf + "\r\n";
  CHECK(save("") == 403);
  CHECK(save("X-CSRF-Token: guess\r\n") == 403);
  CHECK(save(word + "Origin: https://elsewhere.example\r\n") == 403);
  CHECK(save(word + "Origin: http://localhost\r\n") == 201);
  CHECK(archive.call("GET", "/api/v1/searches", nullptr, session.cookie).json()["saved"].size() == 1);
  // A form of a foreign page can send text, never JSON with our header.
  const Answer form = testing::exchange(archive.port(), testing::request("POST", "/api/v1/searches", session.cookie + word + "Content-Type: text/plain\r\nContent-Length: 2\r\n") + "{}");
  CHECK(form.status == 400);
}

TEST_CASE("logging out ends the session; another user's session shows nothing of mine", "[app][http][access]") {
  ServedArchive archive;
  archive.token_of({"clerk"});
  archive.token_of({"auditor"});
  const LoggedIn clerk = log_in(archive, "clerk"), auditor = log_in(archive, "auditor");
  archive.call("POST", "/api/v1/searches", {{"name", "mine"}, {"q", "wheezing"}}, clerk.cookie + "X-CSRF-Token: " + clerk.csrf + "\r\n");
  CHECK(archive.call("GET", "/api/v1/searches", nullptr, auditor.cookie).json()["saved"].empty());
  CHECK(archive.call("DELETE", "/api/v1/searches/1", nullptr, auditor.cookie + "X-CSRF-Token: " + auditor.csrf + "\r\n").status == 404);
  CHECK(archive.call("DELETE", "/api/v1/session", nullptr, clerk.cookie + "X-CSRF-Token: " + auditor.csrf + "\r\n").status == 403);
  CHECK(archive.call("DELETE", "/api/v1/session", nullptr, clerk.cookie + "X-CSRF-Token: " + clerk.csrf + "\r\n").status == 204);
  CHECK(archive.call("GET", "/api/v1/searches", nullptr, clerk.cookie).status == 401);
  CHECK(archive.call("GET", "/api/v1/session", nullptr, clerk.cookie).json()["user"].is_null());
}

TEST_CASE("bodies that are no JSON object, or hold what the route does not know, are refused by name", "[app][http][access]") {
  const ServedArchive archive;
  const auto post = [&](const std::string& bytes) {
    return testing::exchange(archive.port(), testing::request("POST", "/api/v1/documents/1/decide",
                                                              archive.auth() + "Content-Type: application/json\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\n") +
                                                 bytes);
  };
  for (const std::string& bytes : {std::string("{"), std::string("[]"), std::string("\"x\""), std::string("{\"mrn\":1}"), std::string("{\"mrn\":{\"a\":[]}}"), std::string("{\"nonsense\":\"x\"}"),
                                   std::string("{\"mrn\":\"\xff\xfe\"}"), std::string("{\"service_date\":\"2026-02-31\"}"), std::string(200'000, '['), std::string(900'000, '{'),
                                   "{\"mrn\":\"" + std::string(10'000, 'x') + "\"}", std::string("\0\0", 2)}) {
    const Answer answer = post(bytes);
    INFO(bytes.substr(0, 40));
    CHECK(answer.status == 400);
    CHECK(answer.headers.at("content-type") == "application/problem+json");
  }
  CHECK(post("{}").status == 400);  // says nothing
  CHECK(archive.get("/api/v1/status").status == 200);
}

TEST_CASE("a script in a file's or patient's name stays text", "[app][http][access]") {
  const ServedArchive archive;
  const Answer answer = archive.get("/api/v1/batches/1");
  CHECK(answer.headers.at("content-type") == "application/json");
  CHECK(answer.headers.at("x-content-type-options") == "nosniff");
  CHECK(answer.json()["batch"]["name"] == "tray <script>alert(1)</script>");
}

TEST_CASE("a client that sends a byte now and then is let go, and keeps nobody else waiting", "[app][http][access]") {
  const ServedArchive archive;
  std::vector<std::unique_ptr<RawConnection>> slow;
  for (int i = 0; i < 40; ++i) {
    slow.push_back(std::make_unique<RawConnection>(archive.port()));
    slow.back()->send("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
  }
  const auto before = std::chrono::steady_clock::now();
  CHECK(archive.get("/api/v1/status").status == 200);
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(3));
}

TEST_CASE("what a role may not open shows in no search, count, facet or chart, as if it were not there", "[app][http][access]") {
  app::AccessConfig access;
  access.sensitivity = {{"consult_note", "psychiatric"}};
  ServedArchive archive(access);
  storage::Change change;
  const auto records = archive.service().archive().read();
  REQUIRE(records.ok());
  Document document = **records->document({1});
  Document closed = document;
  closed.type = "consult_note";
  change.put(closed);
  indexer::index_document(change, &document, closed);
  REQUIRE(archive.service().archive().commit(change).ok());

  const std::string auditor = ServedArchive::bearer(archive.token_of({"auditor"}));
  const json found = archive.call("GET", "/api/v1/search?q=wheezing&facets=1", nullptr, auditor).json();
  CHECK(found["total"] == 1);  // the separator sheet's page; the two of the document are not there
  for (const json& value : found["facets"]["type"]) CHECK(value["value"] != "consult_note");
  CHECK(archive.call("GET", "/api/v1/pages/1", nullptr, auditor).status != 200);
  CHECK(archive.call("GET", "/api/v1/pages/1/image?width=100", nullptr, auditor).status != 200);
  CHECK(archive.call("GET", "/api/v1/documents/1", nullptr, auditor).status != 200);
  CHECK(archive.call("GET", "/api/v1/charts/A%2F100%207", nullptr, auditor).json()["sections"].empty());
  CHECK(archive.call("POST", "/api/v1/exports", {{"documents", {"D00000001"}}, {"why", "curious"}}, auditor).status != 200);
  // With the reason for it the glass breaks, for this chart and a time.
  const std::string clerk = ServedArchive::bearer(archive.token_of({"clerk"}));
  for (const auto& [verb, body] : {std::pair<std::string, json>{"split", {{"page", "P00000002"}}}, {"join", json::object()}, {"accept", json::object()}, {"undo", json::object()},
                                   {"decide", {{"mrn", "another"}}}, {"hold", {{"why", "to look at it later"}}}}) {
    const Answer answer = archive.call("POST", "/api/v1/documents/1/" + verb, body, clerk);
    INFO(verb << ' ' << answer.body);
    CHECK((answer.json()["type"] == "urn:chartscan:error:NotFound" || answer.json()["type"] == "urn:chartscan:error:GlassNeeded"));
    CHECK(answer.body.find("A/100") == std::string::npos);
  }
  CHECK(archive.call("POST", "/api/v1/linking/audit/1", {{"verdict", "right"}}, clerk).status != 200);
  const LoggedIn session = log_in(archive, "auditor");
  const auto break_glass = [&](const std::string& why) {
    return archive.call("POST", "/api/v1/glass", {{"mrn", "A/100 7"}, {"why", why}}, session.cookie + "X-CSRF-Token: " + session.csrf + "\r\n");
  };
  CHECK(break_glass("hurry").status == 422);
  REQUIRE(break_glass("unconscious in the emergency room").status == 201);
  CHECK(archive.call("GET", "/api/v1/documents/1", nullptr, session.cookie).status == 200);
  CHECK(archive.call("GET", "/api/v1/charts/A%2F100%207", nullptr, session.cookie).json()["sections"].size() == 1);
  CHECK(archive.get("/api/v1/glass/queue").json()["items"][0]["why"] == "unconscious in the emergency room");
}
