// Users, roles, tokens, broken glass and the audit trail.
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/access/chart_numbers.h"
#include "app/http/answers.h"
#include "app/http/handlers.h"
#include "exchange/audit_export.h"

namespace chartscan::app::http {

using nlohmann::json;

namespace {

json user_json(const User& user, int sessions) {
  return {{"name", user.name},
          {"full_name", user.full_name},
          {"roles", user.roles},
          {"disabled", user.disabled},
          {"locked_until", time_or_null(user.locked_until)},
          {"must_change_password", user.must_change},
          {"last_login", time_or_null(user.last_login_at)},
          {"created_at", time_or_null(user.created_at)},
          {"sessions", sessions}};
}

json token_json(const ApiToken& token) {
  return {{"id", token.id},
          {"name", token.name},
          {"user", token.user},
          {"scopes", token.scopes},
          {"created_at", time_or_null(token.created_at)},
          {"expires_at", time_or_null(token.expires_at)},
          {"last_used_at", time_or_null(token.last_used_at)},
          {"revoked_at", time_or_null(token.revoked_at)}};
}

json glass_json(const GlassBreak& glass) {
  return {{"id", glass.number},
          {"user", glass.user},
          {"mrn", glass.mrn},
          {"class", or_null(glass.sensitivity)},
          {"why", glass.reason},
          {"origin", glass.origin},
          {"at", glass.at},
          {"until", glass.until},
          {"verdict", or_null(glass.verdict)},
          {"note", or_null(glass.note)},
          {"seen_by", or_null(glass.seen_by)},
          {"seen_at", time_or_null(glass.seen_at)}};
}

json record_json(const storage::AuditRecord& record) {
  return {{"number", record.number},
          {"at", storage::utc_text(record.time_ms)},
          {"user", or_null(record.user)},
          {"origin", or_null(record.origin)},
          {"session", or_null(record.session)},
          {"action", to_string(record.action)},
          {"outcome", to_string(record.outcome)},
          {"mrns", record.mrns},
          {"page", record.page ? json(to_string(record.page)) : json(nullptr)},
          {"document", record.document ? json(to_string(record.document)) : json(nullptr)},
          {"batch", record.batch ? json(to_string(record.batch)) : json(nullptr)},
          {"why", or_null(record.reason)},
          {"detail", or_null(record.detail)},
          {"query", or_null(record.query)}};
}

template <typename Items, typename ToJson>
Response listed(const Items& items, ToJson to_json_of) {
  json out = json::array();
  for (const auto& one : items) out.push_back(to_json_of(one));
  return answer({{"items", out}});
}

Result<storage::AuditQuery> audit_query(const Call& call) {
  storage::AuditQuery query;
  query.user = call.text("user");
  if (!call.text("mrn").empty()) query.mrns = {call.text("mrn")};
  if (!call.text("page").empty()) {
    TRY(query.page, parsed<PageId>(call.text("page")));
  }
  if (!call.text("document").empty()) {
    TRY(query.document, parsed<DocumentId>(call.text("document")));
  }
  if (!call.text("action").empty()) {
    const auto action = storage::parse_audit_action(call.text("action"));
    if (!action) return Error{ErrorCode::Usage, "there is no such action in the audit trail", {}};
    query.actions = {*action};
  }
  for (const auto& [name, moment] : {std::pair("from", &query.from_ms), std::pair("to", &query.to_ms)}) {
    if (call.text(name).empty()) continue;
    const auto time = storage::parse_utc(call.text(name));
    if (!time) return Error{ErrorCode::Usage, std::string(name) + " is no time; it looks like 2026-11-22 or 2026-11-22T08:15", {}};
    *moment = *time;
  }
  return query;
}

Status record_reading(Api& api, const Call& call, const std::string& detail) {
  storage::AuditRecord record;
  record.action = storage::AuditAction::AuditRead;
  record.detail = detail;
  return api.desk.record(call.actor(), std::move(record));
}

Result<Response> records_answer(Api& api, const Call& call, storage::AuditQuery query) {
  TRY(query.before, parse_cursor("audit", call.text("cursor")));
  query.limit = call.number("limit");
  TRY(const storage::AuditAnswer found, api.desk.trail().query(query));
  json items = json::array();
  for (const storage::AuditRecord& record : found.records) items.push_back(record_json(record));
  return answer({{"items", items}, {"next", found.next ? json(make_cursor("audit", found.next)) : json(nullptr)}});
}

}  // namespace

// --- users ----------------------------------------------------------------------------------------------------------------------

Result<Response> get_config(Api& api, const Call&) {
  return Response{200, "text/plain; charset=utf-8", to_toml(api.service.config()), {{"Cache-Control", "no-store"}}, {}};
}

Result<Response> get_users(Api& api, const Call& call) {
  TRY(const std::vector<User> users, api.desk.users(call.actor()));
  TRY(const std::vector<Session> sessions, api.desk.sessions(call.actor()));
  return listed(users, [&](const User& user) {
    return user_json(user, static_cast<int>(std::ranges::count_if(sessions, [&](const Session& one) { return one.actor->user == user.name; })));
  });
}

Result<Response> post_user(Api& api, const Call& call) {
  TRY(const User user, api.desk.add_user(call.actor(), {call.text("name"), call.text("full_name"), call.list("roles"), call.text("password"), true}));
  return answer(user_json(user, 0), 201);
}

Result<Response> patch_user(Api& api, const Call& call) {
  UserChange change;
  if (call.given("full_name")) change.full_name = call.text("full_name");
  if (call.given("roles")) change.roles = call.list("roles");
  if (call.given("disabled")) change.disabled = call.flag("disabled");
  TRY(const User user, api.desk.change_user(call.actor(), call.text("name"), change));
  return answer(user_json(user, 0));
}

Result<Response> unlock_user(Api& api, const Call& call) {
  UserChange change;
  change.unlock = true;
  TRY(const User user, api.desk.change_user(call.actor(), call.text("name"), change));
  return answer(user_json(user, 0));
}

Result<Response> reset_password(Api& api, const Call& call) {
  TRY_STATUS(api.desk.reset_password(call.actor(), call.text("name"), call.text("password")));
  return nothing();
}

Result<Response> revoke_user(Api& api, const Call& call) {
  TRY(const std::vector<Session> sessions, api.desk.sessions(call.actor()));
  for (const Session& one : sessions)
    if (one.actor->user == call.text("name")) TRY_STATUS(api.desk.end_session(call.actor(), one.id));
  return nothing();
}

Result<Response> get_roles(Api& api, const Call&) {
  json rights = json::array();
  for (const Right right : all_rights()) rights.push_back({{"right", to_string(right)}, {"means", words_of(right)}});
  json items = json::array();
  for (const Role& role : api.desk.roles().roles())
    items.push_back({{"name", role.name}, {"title", role.title}, {"rights", role.rights.texts()}, {"sensitive", role.sensitive}});
  return answer({{"items", items}, {"rights", rights}, {"classes", api.desk.sensitivity().classes()}});
}

// --- tokens ---------------------------------------------------------------------------------------------------------------------

Result<Response> get_tokens(Api& api, const Call& call) {
  TRY(const std::vector<ApiToken> tokens, api.desk.tokens(call.actor()));
  return listed(tokens, token_json);
}

Result<Response> post_token(Api& api, const Call& call) {
  const std::string user = call.text("user").empty() ? call.actor().user : call.text("user");
  TRY(const IssuedToken issued, api.desk.issue_token(call.actor(), {call.text("name"), user, call.list("scopes"), call.number("days")}));
  json body = token_json(issued.token);
  body["token"] = issued.secret;
  return answer(body, 201);
}

Result<Response> delete_token(Api& api, const Call& call) {
  TRY_STATUS(api.desk.revoke_token(call.actor(), call.text("id")));
  return nothing();
}

// --- breaking the glass -----------------------------------------------------------------------------------------------------------

Result<Response> post_glass(Api& api, const Call& call) {
  TRY(const GlassBreak glass, api.desk.break_glass(call.actor(), call.text("mrn"), call.text("class"), call.text("why")));
  return answer(glass_json(glass), 201);
}

Result<Response> get_glass(Api& api, const Call& call) {
  json items = json::array();
  for (const Grant& grant : call.actor().grants)
    if (grant.until > api.desk.now()) items.push_back({{"id", grant.number}, {"mrn", grant.mrn}, {"class", or_null(grant.sensitivity)}, {"until", grant.until}});
  return answer({{"items", items}});
}

Result<Response> get_glass_queue(Api& api, const Call& call) {
  TRY(const std::vector<GlassBreak> queue, api.desk.privacy_queue(call.actor(), call.flag("all") ? AccessDesk::Queue::All : AccessDesk::Queue::Waiting));
  return listed(queue, glass_json);
}

Result<Response> judge_glass(Api& api, const Call& call) {
  TRY(const GlassBreak glass, api.desk.judge_glass(call.actor(), call.number("id"), call.text("verdict"), call.text("note")));
  return answer(glass_json(glass));
}

// --- the audit trail --------------------------------------------------------------------------------------------------------------

Result<Response> get_audit(Api& api, const Call& call) {
  TRY(storage::AuditQuery query, audit_query(call));
  TRY_STATUS(record_reading(api, call, "searched"));
  return records_answer(api, call, std::move(query));
}

Result<Response> get_chart_accesses(Api& api, const Call& call) {
  storage::AuditQuery query;
  {
    TRY(const storage::Records records, api.service.archive().read());
    TRY(query.mrns, chart_numbers(records, call.text("mrn")));
  }
  TRY_STATUS(record_reading(api, call, "who saw a chart"));
  return records_answer(api, call, std::move(query));
}

Result<Response> verify_audit(Api& api, const Call& call) {
  TRY(const storage::AuditVerdict verdict, storage::verify_audit_trail(api.service.archive().folder(), {api.service.config().audit.anchor, {}, {}}));
  TRY_STATUS(record_reading(api, call, "verified"));  // afterwards: a record of this look would mend what a crash, or somebody, left
  json fault = nullptr;
  if (verdict.fault)
    fault = {{"kind", to_string(verdict.fault->kind)}, {"number", verdict.fault->number}, {"segment", or_null(verdict.fault->segment)},
             {"offset", verdict.fault->offset}, {"message", verdict.fault->message}};
  return answer({{"records", verdict.records}, {"segments", verdict.segments}, {"anchors", verdict.anchors}, {"ok", !verdict.fault}, {"fault", fault},
                 {"head", {{"number", verdict.last.number}, {"hash", verdict.last.hash}}}});
}

Result<Response> export_audit(Api& api, const Call& call) {
  TRY(const storage::AuditQuery query, audit_query(call));
  storage::AuditRecord record;
  record.action = storage::AuditAction::Export;
  record.reason = call.text("why");
  record.detail = "audit trail as " + call.text("format");
  TRY_STATUS(api.desk.record(call.actor(), std::move(record)));
  const bool csv = call.text("format") == "csv";
  std::ostringstream out;
  TRY_STATUS(exchange::export_audit(api.desk.trail(), query, csv ? exchange::AuditFormat::Csv : exchange::AuditFormat::Fhir, out));
  return Response{200,
                  csv ? "text/csv; charset=utf-8" : "application/fhir+ndjson",
                  std::move(out).str(),
                  {{"Cache-Control", "no-store"}, {"Content-Disposition", std::string("attachment; filename=\"audit.") + (csv ? "csv" : "ndjson") + "\""}},
                  {}};
}

}  // namespace chartscan::app::http
