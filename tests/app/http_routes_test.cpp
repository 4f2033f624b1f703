#include <set>

#include "app/http/router.h"
#include "imaging/decode.h"
#include "tests/app/served_archive.h"

using namespace chartscan;
using chartscan::testing::Answer;
using chartscan::testing::ServedArchive;
using nlohmann::json;

TEST_CASE("a search over HTTP gives the page with patient, snippet and hit boxes in both frames", "[app][http]") {
  const ServedArchive archive;
  const Answer answer = archive.get("/api/v1/search?q=wheezing&limit=1");
  REQUIRE(answer.status == 200);
  CHECK(answer.headers.at("content-type") == "application/json");
  CHECK(answer.headers.at("cache-control") == "no-store");
  const json body = answer.json();
  CHECK(body["total"] == 3);
  REQUIRE(body["items"].size() == 1);
  const json item = body["items"][0];
  CHECK(item["boxes"][0]["upright"] == json({160, 100, 250, 120}));
  CHECK(item["boxes"][0]["delivered"].size() == 4);
  CHECK(item["upright_size"] == json({400, 520}));
  bool marked = false;
  for (const json& run : item["snippet"]) marked = marked || (run["hit"] == true && run["text"] == "wheezing");
  CHECK(marked);
}

TEST_CASE("the cursor of a search walks through every hit once and ends", "[app][http]") {
  const ServedArchive archive;
  std::set<std::string> pages;
  std::string cursor;
  for (int step = 0; step < 3; ++step) {
    const Answer answer = archive.get("/api/v1/search?q=wheezing&limit=1&cursor=" + cursor);
    REQUIRE(answer.status == 200);
    const json body = answer.json();
    REQUIRE(body["items"].size() == 1);
    pages.insert(body["items"][0]["page"]);
    CHECK(body["next"].is_null() == (step == 2));
    if (step < 2) cursor = body["next"];
  }
  CHECK(pages.size() == 3);
}

TEST_CASE("a hit in a linked document names its patient and place; no answer holds the SSN", "[app][http]") {
  const ServedArchive archive;
  const Answer answer = archive.get("/api/v1/search?q=wheezing");
  const json items = answer.json()["items"];
  const auto first = std::find_if(items.begin(), items.end(), [](const json& item) { return item["page"] == "P00000001"; });
  REQUIRE(first != items.end());
  CHECK((*first)["patient"] == json({{"mrn", "A/100 7"}, {"name", "SAMPLE, PERSON"}, {"dob", "1958-03-14"}, {"sex", "F"}}));
  CHECK((*first)["page_number"] == 1);
  CHECK((*first)["pages_in_document"] == 2);
  CHECK((*first)["link_status"] == "auto");
  CHECK((*first)["doc_type_name"] == "Progress note");
  for (const char* target :
       {"/api/v1/search?q=wheezing", "/api/v1/charts/A%2F100%207", "/api/v1/patients?q=sam", "/api/v1/pages/1"}) {
    CHECK(archive.get(target).body.find("1234") == std::string::npos);
  }
}

TEST_CASE("a chart is found by an MRN with a slash in it", "[app][http]") {
  const ServedArchive archive;
  const Answer answer = archive.get("/api/v1/charts/A%2F100%207");
  REQUIRE(answer.status == 200);
  const json body = answer.json();
  CHECK(body["patient"]["name"] == "SAMPLE, PERSON");
  REQUIRE(body["sections"].size() == 1);
  const json document = body["sections"][0]["documents"][0];
  CHECK(document["pages"] == json({"P00000001", "P00000002"}));
  CHECK(document["service_date"] == "2019-10-15");
}

TEST_CASE("a chart tells in which orders it can be read, and comes in the one asked for, copies too", "[app][http][chart-order]") {
  ServedArchive archive;
  storage::Change change;
  Document later = **archive.service().archive().read()->document({1});
  later.id = {2};
  later.pages = {{1}};
  later.service_date = {2020, 1, 2};
  change.put(later);
  change.file(later.link.mrn, later.id);
  REQUIRE(archive.service().archive().commit(change).ok());
  const auto documents = [](const json& chart) {
    std::vector<std::string> ids;
    for (const json& section : chart["sections"])
      for (const json& document : section["documents"]) ids.push_back(document["id"]);
    return ids;
  };

  const json usual = archive.get("/api/v1/charts/A%2F100%207").json();
  CHECK(usual["order"] == "care");
  CHECK(usual["orders"] == json({{{"name", "care"}, {"documents", "newest first"}}, {{"name", "permanent"}, {"documents", "oldest first"}}}));
  CHECK(documents(usual) == std::vector<std::string>{"D00000002", "D00000001"});
  const json forward = archive.get("/api/v1/charts/A%2F100%207?order=permanent").json();
  CHECK(forward["order"] == "permanent");
  CHECK(documents(forward) == std::vector<std::string>{"D00000001", "D00000002"});

  const Answer unknown = archive.get("/api/v1/charts/A%2F100%207?order=alphabet");
  CHECK(unknown.status == 400);
  CHECK(unknown.json()["detail"].get<std::string>().find("care, permanent") != std::string::npos);
  const auto copy = [&](const std::string& order) {
    return archive.call("POST", "/api/v1/exports", {{"mrn", "A/100 7"}, {"order", order}, {"why", "for the court"}}, archive.auth());
  };
  CHECK(copy("alphabet").status == 400);
  CHECK(copy("").status == 200);
  REQUIRE(copy("permanent").status == 200);
  const json record = archive.get("/api/v1/audit?action=export&limit=1").json()["items"][0];
  CHECK(record["detail"] == "D00000001 D00000002");
}

TEST_CASE("a batch shows its ledger, its refused item and its pages page by page", "[app][http]") {
  const ServedArchive archive;
  const json list = archive.get("/api/v1/batches").json();
  REQUIRE(list["items"].size() == 1);
  CHECK(list["items"][0]["ledger"]["fed"] == 4);
  CHECK(list["items"][0]["ledger"]["balances"] == true);
  CHECK(list["items"][0]["refused"][0] ==
        json({{"file", "tray.tif"}, {"page", 4}, {"message", "page 4 is truncated; scan it again"}}));

  const json first = archive.get("/api/v1/batches/B00000001?limit=2").json();
  REQUIRE(first["pages"].size() == 2);
  const json second = archive.get("/api/v1/batches/1?limit=2&cursor=" + first["next"].get<std::string>()).json();
  REQUIRE(second["pages"].size() == 1);
  CHECK(second["pages"][0]["separator"] == true);
  CHECK(second["next"].is_null());
}

TEST_CASE("a batch tells of its paper: why it stands still, what is missing, what speaks against its release", "[app][http]") {
  ServedArchive archive;
  storage::Change change;
  Batch batch;
  batch.id = {2};
  batch.name = "from the scanner";
  batch.state = BatchState::Stopped;
  batch.scan = {"adf-duplex", 300, "gray", 0, 0, false};
  batch.sides_fed = 1;
  batch.expected_sheets = 2;
  batch.suspects = {1};
  batch.stop = Stop{"jam", "read", "SANE_STATUS_JAMMED", 1, 1, "paper is jammed", "put back sheet 1", 1'767'225'700};
  Page front = **archive.service().archive().read()->page({1});
  front.id = {90};
  front.batch = batch.id;
  front.sequence = 1;
  front.state = PageState::Received;
  front.document.reset();
  front.capture = Capture{1, 0, 1, false, 300, "gray"};
  change.put(front);
  change.put(batch);
  REQUIRE(archive.service().archive().commit(change).ok());

  const json shown = archive.get("/api/v1/batches/2").json();
  const json& told = shown["batch"];
  CHECK(told["state"] == "stopped");
  CHECK(told["stop"]["reason"] == "jam");
  CHECK(told["stop"]["advice"] == "put back sheet 1");
  CHECK(told["stop"]["stands"] == true);
  CHECK(told["suspect_sheets"] == json{1});
  CHECK(told["resume_from_sheet"] == 1);
  CHECK(told["sheets"]["stored"] == 0);
  CHECK(told["sheets"]["incomplete"] == json{1});
  CHECK(told["gaps"].size() == 1);
  CHECK(told["against_release"].size() >= 3);
  CHECK(told["ledger"]["waiting"] == 1);
  CHECK(shown["pages"][0]["capture"]["side"] == "front");
  CHECK(archive.get("/api/v1/batches").json()["items"][0]["stop"]["reason"] == "jam");
}

TEST_CASE("a page gives its fields with their places, and its words only when asked", "[app][http]") {
  const ServedArchive archive;
  const json page = archive.get("/api/v1/pages/P00000001").json();
  CHECK(page["fields"][0]["kind"] == "mrn");
  CHECK(page["fields"][0]["upright"] == json({50, 100, 250, 120}));
  CHECK(page["in_document"]["page_number"] == 1);
  CHECK_FALSE(page.contains("words"));
  CHECK(archive.get("/api/v1/pages/P00000001?words=1").json()["words"].size() == 2);
}

TEST_CASE("a page image is sent whole, in part, or not at all when the browser has it", "[app][http]") {
  const ServedArchive archive;
  const std::string target = "/api/v1/pages/1/image?width=200";
  const Answer whole = archive.get(target);
  REQUIRE(whole.status == 200);
  CHECK(whole.headers.at("content-type") == "image/jpeg");
  CHECK(whole.body.substr(0, 2) == "\xff\xd8");
  const std::string tag = whole.headers.at("etag");

  const Answer kept = archive.get(target, "If-None-Match: " + tag + "\r\n");
  CHECK(kept.status == 304);
  CHECK(kept.body.empty());
  CHECK(archive.get("/api/v1/pages/1/image?width=100").headers.at("etag") != tag);
  CHECK(archive.get("/api/v1/pages/1/image?kind=delivered&width=200").headers.at("etag") != tag);
  CHECK(archive.get("/api/v1/pages/1/image?box=10,10,60,40").headers.at("etag") != tag);

  const Answer part = archive.get(target, "Range: bytes=2-9\r\n");
  CHECK(part.status == 206);
  CHECK(part.body == whole.body.substr(2, 8));
  CHECK(part.headers.at("content-range") == "bytes 2-9/" + std::to_string(whole.body.size()));
  CHECK(archive.get(target, "Range: bytes=-5\r\n").body == whole.body.substr(whole.body.size() - 5));
  CHECK(archive.get(target, "Range: bytes=99999999999999999999999-\r\n").status == 200);  // no number: ignored
  CHECK(archive.get(target, "Range: bytes=9999999-\r\n").status == 416);
}

TEST_CASE("what is wrong with a request is a problem with status, reason and next step", "[app][http]") {
  const ServedArchive archive;
  const auto check = [&](const std::string& target, int status) {
    const Answer answer = archive.get(target);
    INFO(target);
    CHECK(answer.status == status);
    REQUIRE(answer.headers.at("content-type") == "application/problem+json");
    const json body = answer.json();
    CHECK(body["status"] == status);
    CHECK_FALSE(body["detail"].get<std::string>().empty());
  };
  check("/api/v1/pages/P00000099", 404);
  check("/api/v1/pages/none", 404);
  check("/api/v1/charts/nobody", 404);
  check("/api/v1/nothing", 404);
  check("/api/v1/search?q=(", 400);
  check("/api/v1/search?q=a&limit=0", 400);
  check("/api/v1/search?q=a&limit=many", 400);
  check("/api/v1/search?q=a&limt=5", 400);
  check("/api/v1/search?q=a&cursor=zz", 400);
  check("/api/v1/pages/1/image?kind=sideways", 400);
  check("/api/v1/pages/1/image?box=10,20,5,40", 400);
  check("/api/v1/pages/1/image?box=10,20,30,40x", 400);
  check("/api/v1/pages/1/image?box=900000,0,900010,10", 404);
  check("/api/v1/pages/1?words=yes", 400);
  check("/nothing.js", 404);
}

TEST_CASE("a cursor of another list is refused", "[app][http]") {
  const ServedArchive archive;
  const std::string next = archive.get("/api/v1/batches/1?limit=1").json()["next"];
  CHECK(archive.get("/api/v1/search?q=wheezing&cursor=" + next).status == 400);
}

TEST_CASE("the description names every route with its parameters, and every route that reads answers", "[app][http]") {
  const ServedArchive archive;
  const json document = archive.get("/api/v1/openapi.json").json();
  CHECK(document["openapi"] == "3.0.3");
  std::size_t described = 0;
  for (const auto& [path, methods] : document["paths"].items()) described += methods.size();
  CHECK(described == app::http::routes().size());
  for (const app::http::Route& route : app::http::routes()) {
    INFO(route.method << ' ' << route.pattern);
    std::string method = route.method;
    std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return std::tolower(c); });
    const json operation = document["paths"][route.pattern][method];
    CHECK(operation["operationId"] == route.name);
    std::size_t parameters = operation["parameters"].size();
    if (operation.contains("requestBody") && !route.takes_bytes) parameters += operation["requestBody"]["content"]["application/json"]["schema"]["properties"].size();
    CHECK(parameters == route.parameters.size());
    CHECK(operation["x-rights"].size() == route.rights.size());
    CHECK((route.door != app::http::Door::Right) == route.rights.empty());
    const bool asks_the_program = route.name == "devices";  // which this one is not
    if (route.method != "GET" || route.content_type == "text/event-stream" || asks_the_program) continue;
    std::string target = route.pattern;
    for (const json& parameter : operation["parameters"]) {
      if (parameter["in"] == "path")
        target.replace(target.find('{'), target.find('}') - target.find('{') + 1, route.pattern.starts_with("/charts") ? "A%2F100%207" : "1");
    }
    const std::set<std::string> needs_more{"search", "review_item", "scan_job", "upload"};  // a question, a document that waits, a scan, an upload
    const int status = archive.get("/api/v1" + target).status;
    CHECK((needs_more.contains(route.name) ? status == 400 || status == 404 : status == 200));
  }
}

TEST_CASE("single pages are taken out with a reason, named in the trail, and never without their document", "[app][http]") {
  ServedArchive archive;
  const auto out = [&](const json& body) { return archive.call("POST", "/api/v1/exports", body, archive.auth()); };
  const Answer both = out({{"documents", {"D00000001"}}, {"why", "for the court"}});
  const Answer one = out({{"pages", {"P00000002"}}, {"why", "for the court"}});
  REQUIRE(both.status == 200);
  REQUIRE(one.status == 200);
  const auto pages_in = [&](const std::string& pdf) {
    const std::filesystem::path file = archive.folder() / "out.pdf";
    std::ofstream(file, std::ios::binary) << pdf;
    return imaging::count_pages(imaging::file_reader(file).value(), MediaType::Pdf, {}).value();
  };
  CHECK(pages_in(one.body) == 1);
  CHECK(pages_in(both.body) == 2);
  const json record = archive.get("/api/v1/audit?action=export&limit=1").json()["items"][0];
  CHECK(record["page"] == "P00000002");
  CHECK(record["detail"] == "P00000002");
  CHECK(out({{"pages", {"P00000003"}}, {"why", "for the court"}}).status == 409);  // a separator sheet is nobody's
  CHECK(out({{"pages", {"P00000099"}}, {"why", "for the court"}}).status == 404);
  CHECK(out({{"pages", {"P00000002"}}}).status == 400);
  CHECK(out({{"pages", {"P00000002"}}, {"documents", {"D00000001"}}, {"why", "for the court"}}).status == 400);
}

TEST_CASE("separator sheets are printed for those who feed, a patient's with the patient's number", "[app][http]") {
  ServedArchive archive;
  const std::string who = ServedArchive::bearer(archive.token_of({"operator"}));
  const auto sheets = [&](const json& body) { return archive.call("POST", "/api/v1/sheets", body, who); };
  const Answer two = sheets({{"kind", "document"}, {"count", 2}});
  REQUIRE(two.status == 200);
  CHECK(two.headers.at("content-type") == "application/pdf");
  std::ofstream(archive.folder() / "sheets.pdf", std::ios::binary) << two.body;
  CHECK(imaging::count_pages(imaging::file_reader(archive.folder() / "sheets.pdf").value(), MediaType::Pdf, {}).value() == 2);
  CHECK(sheets({{"kind", "patient"}, {"mrns", {"A/100 7"}}}).status == 200);
  CHECK(sheets({{"kind", "patient"}, {"mrns", {"nobody"}}}).status == 404);
  CHECK(sheets({{"kind", "patient"}}).status == 400);
  CHECK(sheets({{"kind", "coffee"}}).status == 400);
}
