// Charts that may hold two people, as they are asked for: `patients overlays`, `patients settle-overlay`, GET /patients/overlays. What an
// overlay is stands in tests/charts/overlays_test.cpp.
#include "charts/overlays.h"

#include "charts/patient_index.h"
#include "tests/app/served_archive.h"
#include "tests/app/terminal.h"

using namespace chartscan;
using chartscan::testing::Answer;
using chartscan::testing::ServedArchive;
using chartscan::testing::Terminal;
using nlohmann::json;

namespace {

// Of the index, and of the pages that do not fit: none of it may be told.
const std::vector<std::string> kValues{"DOE", "Doe",    "ANN",  "Ann",  "SAMPLE", "PERSON",
                                       "ROE", "WALTER", "1961", "1958", "1935",   "999-00"};

void check_no_value_in(const std::string& text) {
  for (const std::string& value : kValues) {
    CAPTURE(text, value);
    CHECK(text.find(value) == std::string::npos);
  }
}

void register_patient(storage::Change& change, const std::string& mrn) {
  Patient patient;
  patient.mrn = mrn;
  patient.family = "Doe";
  patient.given = "Ann";
  patient.dob = {1961, 2, 3};
  charts::put_patient(change, patient);
}

// A filed document of one page that names Walter Roe.
void file_strange(storage::Change& change, std::uint64_t id, const std::string& mrn, const std::string& type,
                  const std::string& type_of_page = "") {
  Page page;
  page.id = {id};
  page.document = DocumentId{id};
  page.fields = {{FieldKind::PatientName, "ROE, WALTER", {}, 0.95, "label"},
                 {FieldKind::BirthDate, "1935-10-28", {}, 0.95, "label"}};
  if (!type_of_page.empty()) page.types = {{type_of_page, 0.9}};
  Document document;
  document.id = {id};
  document.pages = {page.id};
  document.type = type;
  document.link = {LinkStatus::Person, mrn, 1, {}, {}};
  document.filed = true;
  change.put(page);
  change.put(document);
  change.file(mrn, document.id);
}

class Office : public Terminal {
 public:
  void store(const std::function<void(storage::Change&)>& what) {
    auto opened = storage::Archive::open(archive(), storage::Access::Write, "test");
    REQUIRE(opened.ok());
    storage::Change change;
    what(change);
    REQUIRE((*opened)->commit(change).ok());
  }
  json overlays() {
    REQUIRE(run({"patients", "overlays", "--json"}) == 0);
    check_no_value_in(out);
    return json::parse(out);
  }
  json trail(const std::string& action) {
    REQUIRE(run({"audit", "show", "--action", action, "--json"}) == 0);
    return json::parse(out)["records"];
  }
};

std::vector<std::string> mrns_of(const json& items) {
  std::vector<std::string> mrns;
  for (const json& item : items) mrns.push_back(item["mrn"]);
  return mrns;
}

std::vector<std::string> mrns(std::initializer_list<const char*> all) { return {all.begin(), all.end()}; }

}  // namespace

TEST_CASE("charts that may hold two people are listed with ids and reasons, most reasons first, and no values",
          "[app][overlays][cli]") {
  Office office;
  office.store([](storage::Change& change) {
    register_patient(change, "4410928");
    register_patient(change, "4410982");
    file_strange(change, 1, "4410982", "progress_note");
    charts::note_overlay(change, "4410928", "ADT^A08 message 17, refused,");
    charts::note_overlay(change, "4410982", "ADT^A08 message 18");
  });
  const json told = office.overlays();
  CHECK(told["documents"] == 1);
  REQUIRE(mrns_of(told["overlays"]) == mrns({"4410982", "4410928"}));
  CHECK(told["overlays"][0]["documents"] == json{"D00000001"});
  CHECK(told["overlays"][0]["reasons"].size() == 2);
  CHECK(told["overlays"][1]["documents"].empty());
  CHECK(told["overlays"][1]["reasons"] == json{"ADT^A08 message 17, refused, told another name and another birth date"});

  REQUIRE(office.run({"patients", "overlays"}) == 0);
  check_no_value_in(office.out);
  CHECK(office.out.find("4410982\n    ADT^A08 message 18 told") == 0);
  CHECK(office.out.find("document D00000001, page P00000001, reads another name") != std::string::npos);
  CHECK(office.out.find("2 charts that may hold two people; 1 documents looked at") != std::string::npos);
  REQUIRE(office.run({"patients", "overlays", "--limit", "1"}) == 0);
  CHECK(office.out.find("4410982") == 0);
  CHECK(office.out.find("4410928") == std::string::npos);
  CHECK(office.run({"patients", "overlays", "--limit", "0"}) == 2);
  const json looked = office.trail("view-patients");
  CHECK(looked.size() == 3);  // who asks wrongly has seen nothing
  CHECK(looked[0]["detail"] == "chartscan patients overlays");
}

TEST_CASE("settling a chart forgets what was told of it, of no other, and leaves documents that disagree",
          "[app][overlays][cli]") {
  Office office;
  office.store([](storage::Change& change) {
    for (const char* mrn : {"4410982", "44109", "A/100", "A"}) register_patient(change, mrn);
    file_strange(change, 1, "4410982", "progress_note");
    charts::note_overlay(change, "4410982", "ADT^A08 message 18");
    charts::note_overlay(change, "44109", "ADT^A08 message 19");
    charts::note_overlay(change, "A", "ADT^A08 message 20");
    charts::note_overlay(change, "A/100", "ADT^A08 message 21/b");
  });
  CHECK(mrns_of(office.overlays()["overlays"]) == mrns({"4410982", "44109", "A", "A/100"}));  // two reasons, then by number
  REQUIRE(office.run({"patients", "settle-overlay", "A"}) == 0);
  CHECK(mrns_of(office.overlays()["overlays"]) == mrns({"4410982", "44109", "A/100"}));
  REQUIRE(office.run({"patients", "settle-overlay", "A/100"}) == 0);
  REQUIRE(office.run({"patients", "settle-overlay", "4410982"}) == 0);
  const json left = office.overlays()["overlays"];
  REQUIRE(mrns_of(left) == mrns({"44109", "4410982"}));
  CHECK(left[1]["reasons"].size() == 1);
  CHECK(left[1]["documents"] == json{"D00000001"});

  CHECK(office.run({"patients", "settle-overlay"}) == 2);
  const json changed = office.trail("patient-change");
  REQUIRE(changed.size() == 3);
  CHECK(changed[0]["detail"] == "chartscan patients settle-overlay");
  CHECK(changed[0]["mrns"] == json{"4410982"});
  CHECK(changed[0]["outcome"] == "done");
}

TEST_CASE("a number that the register writes otherwise is the same chart, and one of which nothing was told is refused",
          "[app][overlays][cli]") {
  Office office;
  office.store([](storage::Change& change) {
    register_patient(change, "441-0982");
    charts::note_overlay(change, "4410982", "ADT^A08 message 18, refused,");
    charts::note_overlay(change, "441-0982", "ADT^A08 message 19");
  });
  const json told = office.overlays()["overlays"];
  REQUIRE(mrns_of(told) == mrns({"441-0982"}));
  CHECK(told[0]["reasons"].size() == 2);
  CHECK(office.run({"patients", "settle-overlay", "4410928"}) == 3);
  CHECK(office.err.find("patients overlays") != std::string::npos);
  CHECK(office.trail("patient-change")[0]["outcome"] == "failed");
  CHECK(office.overlays()["overlays"].size() == 1);
  REQUIRE(office.run({"patients", "settle-overlay", "441 0982"}) == 0);
  CHECK(office.overlays()["overlays"].empty());
  CHECK(office.run({"patients", "settle-overlay", "441 0982"}) == 3);
}

TEST_CASE("overlays over HTTP are for those who keep the patients, hold ids and no values, and stand in the trail",
          "[app][overlays][http]") {
  ServedArchive archive;
  storage::Change change;
  register_patient(change, "4410982");
  file_strange(change, 21, "A/100 7", "progress_note");
  file_strange(change, 22, "4410982", "progress_note");
  charts::note_overlay(change, "4410982", "ADT^A08 message 18");
  REQUIRE(archive.service().archive().commit(change).ok());
  const std::string target = "/api/v1/patients/overlays";

  const std::string clerk = ServedArchive::bearer(archive.token_of({"clerk"}));
  const Answer answer = archive.call("GET", target, nullptr, clerk);
  REQUIRE(answer.status == 200);
  check_no_value_in(answer.body);
  const json told = answer.json();
  CHECK(told["documents"] == 3);
  REQUIRE(mrns_of(told["items"]) == mrns({"4410982", "A/100 7"}));
  CHECK(told["items"][0]["reasons"].size() == 2);
  CHECK(told["items"][0]["documents"] == json{"D00000022"});
  CHECK(told["items"][1]["documents"] == json{"D00000021"});
  const json record = archive.get("/api/v1/audit?action=view-patients&limit=1").json()["items"][0];
  CHECK(record["user"] == "clerk");
  CHECK(record["detail"] == "charts that may hold two people");
  CHECK(record["mrns"] == json{"4410982", "A/100 7"});

  CHECK(mrns_of(archive.call("GET", target + "?limit=1", nullptr, clerk).json()["items"]) == mrns({"4410982"}));
  CHECK(archive.get("/api/v1/audit?action=view-patients&limit=1").json()["items"][0]["mrns"] ==
        json{"4410982"});  // what was seen, no more
  for (const char* wrong : {"?limit=0", "?limit=501", "?limit=all", "?mrn=1"})
    CHECK(archive.call("GET", target + wrong, nullptr, clerk).status == 400);

  CHECK(archive.call("GET", target, nullptr, "").status == 401);
  for (const char* role : {"operator", "coder", "auditor", "privacy-officer", "manager", "administrator"}) {
    CAPTURE(role);
    const Answer refused = archive.call("GET", target, nullptr, ServedArchive::bearer(archive.token_of({role})));
    CHECK(refused.status == 403);
    CHECK(refused.json()["right"] == "patients");
    for (const char* id : {"4410982", "A/100", "D0000002", "message 18"}) CHECK(refused.body.find(id) == std::string::npos);
  }
}

TEST_CASE("a chart is not listed for papers that whoever asks may not open", "[app][overlays][http]") {
  ServedArchive archive;
  storage::Change change;
  for (const char* mrn : {"4410982", "4410983", "4410984"}) register_patient(change, mrn);
  file_strange(change, 21, "4410982", "psychotherapy_note");
  file_strange(change, 22, "4410983", "unknown", "psychotherapy_note");  // nobody has said yet what it is
  file_strange(change, 23, "4410984", "progress_note");
  file_strange(change, 24, "4410984", "psychotherapy_note");
  REQUIRE(archive.service().archive().commit(change).ok());
  const auto told = [&](const std::string& role) {
    const Answer answer =
        archive.call("GET", "/api/v1/patients/overlays", nullptr, ServedArchive::bearer(archive.token_of({role})));
    REQUIRE(answer.status == 200);
    return answer.json();
  };

  const json clerk = told("clerk");
  CHECK(mrns_of(clerk["items"]) == mrns({"4410984"}));
  CHECK(clerk["items"][0]["documents"] == json{"D00000023"});
  CHECK(clerk["items"][0]["reasons"].size() == 1);
  CHECK(clerk["documents"] == 2);  // and D00000001: what is closed is not counted either
  for (const char* id :
       {"D00000021", "D00000022", "D00000024", "P00000021", "P00000022", "P00000024", "4410982", "4410983", "psycho"})
    CHECK(clerk.dump().find(id) == std::string::npos);
  CHECK(archive.get("/api/v1/audit?action=view-patients&limit=1").json()["items"][0]["mrns"] == json{"4410984"});

  const json all = told("sensitive-clerk");
  CHECK(mrns_of(all["items"]) == mrns({"4410984", "4410982", "4410983"}));
  CHECK(all["documents"] == 5);
}
