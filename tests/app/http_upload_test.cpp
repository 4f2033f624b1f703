#include <set>
#include <thread>

#include "app/upload_room.h"
#include "tests/app/served_archive.h"
#include "tests/support/draw.h"

using namespace chartscan;
using chartscan::testing::Answer;
using chartscan::testing::ServedArchive;
using nlohmann::json;

namespace {

Answer put(const ServedArchive& archive, const std::string& target, const std::string& bytes, const std::string& who) {
  const std::string head = who + "Content-Type: application/octet-stream\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\n";
  return chartscan::testing::exchange(archive.port(), chartscan::testing::request("PUT", target, head) + bytes);
}

std::string begun(const ServedArchive& archive, const std::string& who) {
  const Answer answer = archive.call("POST", "/api/v1/uploads", nullptr, who);
  REQUIRE(answer.status == 201);
  return answer.json()["id"];
}

json when_over(const ServedArchive& archive, const std::string& address, const std::function<json(const json&)>& job_in) {
  for (int tries = 0; tries < 600; ++tries) {
    const json job = job_in(archive.get(address).json());
    if (job["state"] != "starting" && job["state"] != "feeding") return job;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  FAIL("the job does not end");
  return {};
}

std::string page_file() {
  const std::vector<std::uint8_t> bytes = chartscan::testing::jpeg_bytes(chartscan::testing::draw_text_page({"Progress note", "Seen today for wheezing."}), 80);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("files sent in pieces become a batch, whichever pieces come twice", "[app][http]") {
  ServedArchive archive;
  const std::string who = archive.auth(), id = begun(archive, who), file = page_file();
  const std::string target = "/api/v1/uploads/" + id + "/file?name=page%201.jpg&offset=";
  const std::size_t half = file.size() / 2;
  CHECK(put(archive, target + "0", file.substr(0, half), who).json()["bytes"] == half);
  CHECK(put(archive, target + "0", file.substr(0, half), who).json()["bytes"] == half);
  const Answer gap = put(archive, target + std::to_string(half + 1), "x", who);
  CHECK(gap.status == 409);
  CHECK(gap.json()["detail"].get<std::string>().find(std::to_string(half) + " bytes") != std::string::npos);
  CHECK(put(archive, target + std::to_string(half), file.substr(half), who).json()["bytes"] == file.size());
  CHECK(put(archive, "/api/v1/uploads/" + id + "/file?name=notes.txt&offset=0", "no image at all", who).status == 200);
  CHECK(archive.get("/api/v1/uploads/" + id).json()["files"] == json({{{"name", "notes.txt"}, {"bytes", 15}}, {{"name", "page 1.jpg"}, {"bytes", file.size()}}}));

  const Answer begun = archive.call("POST", "/api/v1/uploads/" + id + "/ingest", {{"batch_name", "monday's faxes"}, {"expect_pages", 1}}, who);
  REQUIRE(begun.status == 201);
  CHECK(begun.json()["kind"] == "upload");
  const json job = when_over(archive, "/api/v1/scans/" + begun.json()["id"].get<std::string>(), [](const json& answer) { return answer; });
  CHECK(job["state"] == "done");
  CHECK(job["sides"] == 1);
  CHECK(job["notes"] == json({"notes.txt is no image and was left out"}));
  const json batch = archive.get("/api/v1/batches/" + job["batch"].get<std::string>()).json();
  CHECK(batch["batch"]["name"] == "monday's faxes");
  CHECK(batch["batch"]["operator"] == "operator-and-all");
  CHECK(batch["batch"]["source"].get<std::string>().starts_with("upload-"));
  REQUIRE(batch["pages"].size() == 1);
  const json page = archive.get("/api/v1/pages/" + batch["pages"][0]["id"].get<std::string>() + "?words=1").json();
  CHECK(page.dump().find("wheezing") != std::string::npos);
  CHECK(page["file"] == "page 1.jpg");  // where it lay on the server is nobody's business
  CHECK(std::filesystem::is_empty(archive.service().folder_for_uploads()));
  CHECK(archive.get("/api/v1/uploads/" + id).status == 404);

  const std::string again = ::begun(archive, who);
  put(archive, "/api/v1/uploads/" + again + "/file?name=page%201.jpg", file, who);
  put(archive, "/api/v1/uploads/" + again + "/file?name=notes.txt", "no image at all", who);
  const Answer twice = archive.call("POST", "/api/v1/uploads/" + again + "/ingest", {{"batch_name", "tuesday's"}}, who);
  const json known = when_over(archive, "/api/v1/scans/" + twice.json()["id"].get<std::string>(), [](const json& answer) { return answer; });
  CHECK(known["sides"] == 0);
  CHECK(known["batch"] == job["batch"]);
  CHECK(known["notes"][1].get<std::string>().find("the same files are here already") == 0);
}

TEST_CASE("an upload is its user's alone, and takes plain names within its limits", "[app][http]") {
  ServedArchive archive;
  const std::string mine = ServedArchive::bearer(archive.token_of({"operator"})), others = archive.auth();
  const std::string id = begun(archive, mine), target = "/api/v1/uploads/" + id;
  CHECK(put(archive, target + "/file?name=a.tif", "x", others).status == 404);
  CHECK(archive.call("DELETE", target, nullptr, others).status == 404);
  CHECK(archive.call("POST", target + "/ingest", {{"batch_name", "x"}}, others).status == 404);
  for (const char* name : {"..", "..%2F..%2Fetc%2Fpasswd", "a%2Fb.tif", "a%5Cb.tif", ".hidden", "a%00b", "a%1b%5B2J", ""}) {
    INFO(name);
    CHECK(put(archive, target + "/file?name=" + name, "x", mine).status == 400);
  }
  CHECK(archive.call("PUT", target + "/file?name=a.tif", {{"x", 1}}, mine).status == 400);  // JSON is not bytes
  CHECK(archive.call("POST", target + "/ingest", {{"batch_name", "x"}}, mine).status == 409);  // nothing sent
  CHECK(archive.call("DELETE", target, nullptr, mine).status == 204);
  CHECK(put(archive, target + "/file?name=a.tif", "x", mine).status == 404);
  for (int i = 0; i < 20; ++i) begun(archive, mine);
  CHECK(archive.call("POST", "/api/v1/uploads", nullptr, mine).status == 429);
}

TEST_CASE("what was handed over outlives the server, what was not does not", "[app]") {
  const ServedArchive archive;
  const std::filesystem::path folder = archive.folder() / "uploads";
  std::string handed, open;
  {
    app::UploadRoom room(folder, {});
    handed = room.begin("op", 1'790'000'000).value();
    open = room.begin("op", 1'790'000'000).value();
    for (const std::string& id : {handed, open}) REQUIRE(room.put("op", id, "a.tif", 0, "bytes", 1'790'000'001).ok());
    REQUIRE(room.hand_over("op", handed, "what to do").ok());
    CHECK_FALSE(room.put("op", handed, "a.tif", 5, "more", 1'790'000'002).ok());
  }
  app::UploadRoom room(folder, {});
  const auto left = room.handed_over();
  REQUIRE(left.size() == 1);
  CHECK(left[0].id == handed);
  CHECK(left[0].order == "what to do");
  CHECK(std::filesystem::file_size(left[0].folder / "a.tif") == 5);
  CHECK_FALSE(std::filesystem::exists(folder / open));
  app::UploadRoom::done(left[0]);
  CHECK(std::filesystem::is_empty(folder));
}

TEST_CASE("an upload that nobody feeds any more makes room for others, one too large is refused", "[app]") {
  const ServedArchive archive;
  app::UploadRoom room(archive.folder() / "uploads", {.most_bytes = 10, .most_files = 2, .most_open = 1, .leave_free = 0});
  const std::string first = room.begin("op", 1000).value();
  CHECK(room.put("op", first, "a", 0, "12345", 1000).ok());
  CHECK(room.put("op", first, "b", 0, "123456", 1000).error().code == ErrorCode::InputTooLarge);
  CHECK(room.put("op", first, "b", 0, "12345", 1000).ok());
  CHECK(room.put("op", first, "c", 0, "", 1000).error().code == ErrorCode::InputTooLarge);
  CHECK(room.begin("op", 1000 + 3599).error().code == ErrorCode::TooMany);
  CHECK(room.begin("op", 1000 + 3600).ok());
  CHECK(room.files("op", first).error().code == ErrorCode::NotFound);
  app::UploadRoom full(archive.folder() / "full", {.leave_free = ~std::uint64_t{0} / 2});
  CHECK(full.put("op", full.begin("op", 1).value(), "a", 0, "1", 1).error().code == ErrorCode::StorageFull);
}

TEST_CASE("a register sent as an upload is imported, with every refusal told", "[app][http]") {
  ServedArchive archive;
  const std::string who = ServedArchive::bearer(archive.token_of({"clerk"})), id = begun(archive, who);
  const std::string csv = "mrn,family,given,dob,sex\nM-1,LIND,EVA,1970-02-03,F\nM-2,LIND,OLE,never,M\n";
  REQUIRE(put(archive, "/api/v1/uploads/" + id + "/file?name=patients.csv", csv, who).status == 200);
  const Answer done = archive.call("POST", "/api/v1/patients/import", {{"upload", id}}, who);
  REQUIRE(done.status == 200);
  CHECK(done.json()["added"] == 1);
  CHECK(done.json()["refused"] == 1);
  CHECK(done.json()["refusals"][0]["line"] == 3);
  CHECK(archive.get("/api/v1/patients?q=M-1").json()["items"][0]["mrn"] == "M-1");
  CHECK(std::filesystem::is_empty(archive.service().folder_for_uploads()));
  CHECK(archive.call("POST", "/api/v1/patients/import", {{"upload", id}}, who).status == 404);
}

TEST_CASE("upkeep is a job with its outcome in the notes, and one at a time", "[app][http]") {
  const ServedArchive archive;
  for (const std::string what : {"tidy-index", "rebuild-index", "verify"}) {
    const Answer begun = archive.call("POST", "/api/v1/upkeep", {{"do", what}}, archive.auth());
    REQUIRE(begun.status == 201);
    const json job = when_over(archive, "/api/v1/upkeep", [](const json& answer) { return answer["jobs"][0]; });
    CHECK(job["kind"] == what);
    CHECK(job["state"] == "done");
    if (what == "verify") CHECK(job["notes"][0].get<std::string>().find("3 pages") != std::string::npos);
  }
  CHECK(archive.get("/api/v1/upkeep").json()["index"]["whole"] == true);
  CHECK(archive.get("/api/v1/upkeep").json()["index"]["pages"] == 3);
  CHECK(archive.get("/api/v1/scans").json()["items"].empty());
}
