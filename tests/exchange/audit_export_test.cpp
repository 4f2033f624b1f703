#include "exchange/audit_export.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace chartscan::exchange {
namespace {

using nlohmann::json;
using storage::AuditAction;
using storage::AuditRecord;

AuditRecord full_record() {
  AuditRecord record;
  record.number = 12;
  record.time_ms = 1'795'335'300'250;
  record.action = AuditAction::BreakGlass;
  record.user = "ann";
  record.origin = "10.0.0.7";
  record.session = "s-12ab34cd";
  record.mrns = {"M1", "M2"};
  record.page = {7};
  record.document = {5};
  record.batch = {3};
  record.reason = "unconscious, \"no card\"";
  record.detail = "no. 1";
  record.query = "chest pain";
  return record;
}

// What the R4 definition of AuditEvent demands, and what it allows as values (hl7.org/fhir/R4/auditevent.html).
void check_audit_event(const json& event) {
  static const std::set<std::string> kMembers{"resourceType", "id", "type", "subtype", "action", "recorded", "outcome", "outcomeDesc", "purposeOfEvent", "agent", "source", "entity"};
  for (const auto& [name, value] : event.items()) CHECK(kMembers.contains(name));
  CHECK(event.at("resourceType") == "AuditEvent");
  CHECK_FALSE(event.at("type").at("code").get<std::string>().empty());
  CHECK(std::set<std::string>{"C", "R", "U", "D", "E"}.contains(event.at("action").get<std::string>()));
  CHECK(std::set<std::string>{"0", "4", "8", "12"}.contains(event.at("outcome").get<std::string>()));
  CHECK(storage::parse_utc(event.at("recorded").get<std::string>()));
  REQUIRE(event.at("agent").size() >= 1);
  for (const json& agent : event.at("agent")) CHECK(agent.at("requestor").is_boolean());
  CHECK(event.at("source").contains("observer"));
  if (event.contains("entity"))
    for (const json& entity : event.at("entity")) CHECK_FALSE((entity.contains("name") && entity.contains("query")));  // sev-1
  for (const auto& [name, value] : event.items())
    if (value.is_array() || value.is_object() || value.is_string()) CHECK_FALSE(value.empty());  // nothing in FHIR may be empty
}

}  // namespace

TEST_CASE("a record as CSV has every column, quoted, and no cell that a spreadsheet would run", "[exchange][audit]") {
  CHECK(audit_csv_line(full_record()) ==
        "12,\"2026-11-22T08:15:00.250Z\",\"ann\",\"break-glass\",\"done\",\"10.0.0.7\",\"s-12ab34cd\",\"M1 M2\",\"P00000007\",\"D00000005\",\"B00000003\","
        "\"unconscious, \"\"no card\"\"\",\"no. 1\",\"chest pain\"\r\n");
  for (const char* evil : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"}) {
    AuditRecord record;
    record.query = evil;
    const std::string line = audit_csv_line(record);
    CHECK(line.ends_with("\"'" + std::string(evil) + "\"\r\n"));
  }
  const std::string header = audit_csv_header();
  CHECK(std::count(header.begin(), header.end(), ',') == 13);
}

TEST_CASE("a record as FHIR AuditEvent says who, when, from where, whose, what and why", "[exchange][audit]") {
  const json event = json::parse(fhir_audit_event(full_record()));
  check_audit_event(event);
  CHECK(event["id"] == "trail-12");
  CHECK(event["type"]["code"] == "110113");
  CHECK(event["subtype"][0]["code"] == "110127");
  CHECK(event["subtype"][1]["code"] == "break-glass");
  CHECK(event["purposeOfEvent"][0]["coding"][0]["code"] == "BTG");
  CHECK(event["purposeOfEvent"][0]["text"] == "unconscious, \"no card\"");
  CHECK(event["agent"][0]["who"]["identifier"]["value"] == "ann");
  CHECK(event["agent"][0]["network"] == json{{"address", "10.0.0.7"}, {"type", "2"}});
  REQUIRE(event["entity"].size() == 6);
  CHECK(event["entity"][0]["what"]["identifier"]["value"] == "M1");
  CHECK(event["entity"][0]["role"]["code"] == "1");
  CHECK(event["entity"][5]["query"] == "Y2hlc3QgcGFpbg==");
}

TEST_CASE("every action is a sound AuditEvent, whatever a record holds", "[exchange][audit]") {
  for (const AuditAction action : storage::audit_actions()) {
    AuditRecord record;
    record.number = 1;
    record.action = action;
    record.outcome = storage::AuditOutcome::Refused;
    INFO(to_string(action));
    const json bare = json::parse(fhir_audit_event(record));
    check_audit_event(bare);
    CHECK(bare["subtype"].back()["code"] == to_string(action));
    record.query = "\xff\xfe not UTF-8";
    record.user = "\xc3";
    check_audit_event(json::parse(fhir_audit_event(record)));
  }
}

TEST_CASE("the export goes through the whole trail, oldest first, and takes what is asked for", "[exchange][audit]") {
  std::string pattern = (std::filesystem::temp_directory_path() / "chartscan-export-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  {
    const auto trail = *storage::AuditTrail::open(folder);
    std::vector<AuditRecord> records(250);
    for (std::size_t i = 0; i < records.size(); ++i) records[i].user = i % 5 ? "ann" : "bob";
    REQUIRE(trail->append(std::move(records)).ok());
    storage::AuditQuery query;
    query.user = "bob";
    query.limit = 1;
    std::ostringstream csv, fhir;
    REQUIRE(export_audit(*trail, query, AuditFormat::Csv, csv).ok());
    const std::string text = csv.str();
    CHECK(std::count(text.begin(), text.end(), '\n') == 51);
    CHECK(text.find("\r\n1,") < text.find("\r\n6,"));
    REQUIRE(export_audit(*trail, {}, AuditFormat::Fhir, fhir).ok());
    std::istringstream lines(fhir.str());
    int number = 0;
    for (std::string line; std::getline(lines, line);) CHECK(json::parse(line)["id"] == "trail-" + std::to_string(++number));
    CHECK(number == 250);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace chartscan::exchange
