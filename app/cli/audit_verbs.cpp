#include "app/cli/audit_verbs.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/access/chart_numbers.h"
#include "app/cli/terminal.h"
#include "app/service.h"
#include "app/views.h"
#include "exchange/audit_export.h"

namespace chartscan::app::cli {
namespace {

using nlohmann::json;
using storage::AuditAction;
using storage::AuditRecord;
using storage::AuditTrail;

// A trail is begun in archives only, not wherever somebody mistypes a folder.
Status check_archive(const Common& common) {
  std::error_code ignored;
  if (std::filesystem::exists(common.config.archive / "FORMAT", ignored)) return {};
  return Error{ErrorCode::NotFound, "there is no archive in " + common.config.archive.string() + "; name its folder with --archive", {}};
}

Result<std::unique_ptr<AuditTrail>> open_trail(const Common& common) {
  TRY_STATUS(check_archive(common));
  return AuditTrail::open(common.config.archive, audit_options(common.config.audit));
}

std::string system_user() {
  if (!seat().user.empty()) return seat().user;
  std::array<char, 4096> room;
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(geteuid(), &entry, room.data(), room.size(), &found) == 0 && found) return entry.pw_name;
  return "uid " + std::to_string(geteuid());
}

AuditRecord read_of_trail(const std::string& what, const TrailWords& words) {
  AuditRecord record;
  record.action = AuditAction::AuditRead;
  record.detail = what;
  if (!words.mrn.empty()) record.mrns = {words.mrn};
  if (!words.user.empty()) record.detail += ": " + words.user;
  record.reason = words.reason;
  return record;
}

Result<storage::AuditQuery> query_of(const TrailWords& words) {
  storage::AuditQuery query;
  if (!words.mrn.empty()) query.mrns = {words.mrn};
  query.user = words.user;
  query.before = words.before;
  query.limit = words.limit;
  if (!words.page.empty()) {
    const auto page = parse_id<PageId>(words.page);
    if (!page) return Error{ErrorCode::Usage, "'" + words.page + "' is no page; they are written P00000001", {}};
    query.page = *page;
  }
  if (!words.document.empty()) {
    const auto document = parse_id<DocumentId>(words.document);
    if (!document) return Error{ErrorCode::Usage, "'" + words.document + "' is no document; they are written D00000001", {}};
    query.document = *document;
  }
  for (const std::string& text : words.actions) {
    const auto action = storage::parse_audit_action(text);
    if (!action) return Error{ErrorCode::Usage, "'" + text + "' is no action; docs/audit-trail.md lists them", {}};
    query.actions.push_back(*action);
  }
  for (const auto& [text, time] : {std::pair{&words.from, &query.from_ms}, {&words.to, &query.to_ms}}) {
    if (text->empty()) continue;
    const auto parsed = storage::parse_utc(*text);
    if (!parsed) return Error{ErrorCode::Usage, "'" + *text + "' is no time; it looks like 2026-11-22 or 2026-11-22T08:15, UTC", {}};
    *time = *parsed;
  }
  return query;
}

json to_json(const AuditRecord& record) {
  json out{{"number", record.number}, {"time", storage::utc_text(record.time_ms)}, {"user", record.user}, {"action", to_string(record.action)}, {"outcome", to_string(record.outcome)}};
  for (const auto& [name, text] : {std::pair{"origin", &record.origin}, {"session", &record.session}, {"reason", &record.reason}, {"detail", &record.detail}, {"query", &record.query}})
    if (!text->empty()) out[name] = *text;
  if (!record.mrns.empty()) out["mrns"] = record.mrns;
  if (record.page) out["page"] = to_string(record.page);
  if (record.document) out["document"] = to_string(record.document);
  if (record.batch) out["batch"] = to_string(record.batch);
  return out;
}

std::string what_of(const AuditRecord& record) {
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() || text.empty() ? "" : " ") + text; };
  if (record.page) add(to_string(record.page));
  if (record.document) add(to_string(record.document));
  if (record.batch) add(to_string(record.batch));
  if (!record.query.empty()) add("\"" + record.query + "\"");
  add(record.detail);
  return out;
}

std::string charts_of(const AuditRecord& record) {
  if (record.mrns.size() < 2) return record.mrns.empty() ? "" : record.mrns.front();
  return fmt::format("{} and {} more", record.mrns.front(), record.mrns.size() - 1);
}

void print(const storage::AuditAnswer& answer) {
  Table table;
  table.column("NO.", Table::Align::Right);
  for (const char* heading : {"TIME (UTC)", "USER", "FROM", "ACTION", "CHART", "WHAT", "WHY"}) table.column(heading);
  for (const AuditRecord& record : answer.records) {
    const std::string action = to_string(record.action);
    table.row({std::to_string(record.number), storage::utc_text(record.time_ms).substr(0, 19), printable(record.user), printable(record.origin),
               record.outcome == storage::AuditOutcome::Done ? action : styled(action + " (" + to_string(record.outcome) + ")", Style::Warn), printable(charts_of(record)),
               printable(what_of(record)), printable(record.reason)});
  }
  table.print(std_out());
  for (const std::string& segment : answer.unreadable)
    std::fprintf(std_err(), "%s\n", styled("✗ " + segment + " cannot be read as a whole: more may have stood there; `chartscan audit verify` names the place", Style::Bad).c_str());
  if (answer.next != 0) std::fprintf(std_out(), "more: --before %llu\n", static_cast<unsigned long long>(answer.next));
}

Result<int> answer_query(const Common& common, AuditTrail& trail, const storage::AuditQuery& query) {
  TRY(const storage::AuditAnswer answer, trail.query(query));
  if (common.json) {
    json records = json::array();
    for (const AuditRecord& record : answer.records) records.push_back(to_json(record));
    std::fprintf(std_out(), "%s\n", dump({{"records", records}, {"next", answer.next ? json(answer.next) : json(nullptr)}, {"unreadable", answer.unreadable}}).c_str());
  } else {
    print(answer);
  }
  return answer.unreadable.empty() ? kDone : kIntegrityFailed;
}

json to_json(const storage::AuditAnchor& anchor) { return {{"number", anchor.number}, {"hash", anchor.hash}, {"time", storage::utc_text(anchor.time_ms)}}; }

void print(const storage::AuditVerdict& verdict) {
  std::fprintf(std_out(), "%llu records in %llu segments, held against %llu anchors; %s\n", static_cast<unsigned long long>(verdict.records),
               static_cast<unsigned long long>(verdict.segments), static_cast<unsigned long long>(verdict.anchors),
               verdict.fault ? styled("✗ not in order", Style::Bad).c_str() : styled("✓ in order", Style::Good).c_str());
  if (verdict.fault) std::fprintf(std_out(), "  %s\n", printable(verdict.fault->message).c_str());
  if (verdict.recoveries > 0)
    std::fprintf(std_out(), "  %llu recoveries after crashes or damage: `chartscan audit show --action trail-recovered` tells them\n", static_cast<unsigned long long>(verdict.recoveries));
  if (verdict.last.number > 0) std::fprintf(std_out(), "  last: %llu:%s\n", static_cast<unsigned long long>(verdict.last.number), verdict.last.hash.c_str());
}

}  // namespace

Actor person_here() { return terminal_actor(system_user()); }

Status record_look(const Common& common, AuditRecord what) {
  TRY(const std::unique_ptr<AuditTrail> trail, open_trail(common));
  const Actor actor = person_here();
  what.user = actor.user;
  what.origin = actor.origin;
  TRY(const std::uint64_t number, trail->append(std::move(what)));
  (void)number;
  return {};
}

Result<int> verify_trail(const Common& common, const TrailWords& words) {
  TRY_STATUS(check_archive(common));
  storage::AuditChecks checks;
  checks.anchor = words.anchor_file.empty() ? common.config.audit.anchor : words.anchor_file;
  for (const std::string& text : words.anchors) {
    const auto anchor = storage::parse_audit_anchor(text);
    if (!anchor) return Error{ErrorCode::Usage, "'" + text + "' is no anchor; `chartscan audit anchor` prints one, NUMBER:HASH", {}};
    checks.anchors.push_back(*anchor);
  }
  if (is_terminal(std_err()))
    checks.progress = [](std::uint64_t records) { std::fprintf(std_err(), "\r%llu records", static_cast<unsigned long long>(records)); };
  TRY(const storage::AuditVerdict verdict, storage::verify_audit_trail(common.config.archive, checks));
  if (is_terminal(std_err()) && verdict.records >= 100'000) std::fprintf(std_err(), "\n");
  if (common.json) {
    json fault = nullptr;
    if (verdict.fault)
      fault = {{"kind", to_string(verdict.fault->kind)}, {"number", verdict.fault->number}, {"segment", verdict.fault->segment}, {"offset", verdict.fault->offset}, {"message", verdict.fault->message}};
    std::fprintf(std_out(), "%s\n", dump({{"records", verdict.records}, {"segments", verdict.segments}, {"recoveries", verdict.recoveries}, {"anchors", verdict.anchors}, {"last", to_json(verdict.last)}, {"fault", fault}}).c_str());
  } else {
    print(verdict);
  }
  // What is not in order is left exactly as it is: a record of this look would mend what can be mended.
  if (verdict.fault) return kIntegrityFailed;
  TRY_STATUS(record_look(common, read_of_trail(fmt::format("verified up to record {}", verdict.records), words)));
  return kDone;
}

Result<int> show_trail(const Common& common, const TrailWords& words) {
  TRY(const storage::AuditQuery query, query_of(words));
  TRY_STATUS(record_look(common, read_of_trail("shown", words)));
  TRY(const auto trail, open_trail(common));
  return answer_query(common, *trail, query);
}

Result<int> who_saw(const Common& common, const TrailWords& words) {
  TRY(storage::AuditQuery query, query_of(words));
  {
    TRY(const auto service, Service::open(common.config, storage::Access::Read, "audit who-saw"));
    TRY(const storage::Records records, service->archive().read());
    TRY(query.mrns, chart_numbers(records, words.mrn));
  }
  TRY_STATUS(record_look(common, read_of_trail("who saw this chart", words)));
  TRY(const auto trail, open_trail(common));
  return answer_query(common, *trail, query);
}

Result<int> export_trail(const Common& common, const TrailWords& words) {
  TRY(storage::AuditQuery query, query_of(words));
  const auto format = exchange::parse_audit_format(words.format);
  if (!format) return Error{ErrorCode::Usage, "--format is csv or fhir", {}};
  AuditRecord record = read_of_trail("audit trail as " + words.format, words);
  record.action = AuditAction::Export;
  TRY_STATUS(record_look(common, std::move(record)));
  TRY(const auto trail, open_trail(common));
  return write_out(words.out, [&](std::ostream& out) { return exchange::export_audit(*trail, query, *format, out); });
}

Result<int> anchor_trail(const Common& common) {
  TRY(const auto trail, open_trail(common));
  TRY(const storage::AuditAnchor anchor, trail->anchor());
  if (common.json) std::fprintf(std_out(), "%s\n", dump(to_json(anchor)).c_str());
  else std::fprintf(std_out(), "%llu:%s\n", static_cast<unsigned long long>(anchor.number), anchor.hash.c_str());
  return kDone;
}

}  // namespace chartscan::app::cli
