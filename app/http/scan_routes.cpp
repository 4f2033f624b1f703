// The scan station: scanners, feedings, work on batches, and what happens told as it happens.
#include <nlohmann/json.hpp>

#include "app/http/answers.h"
#include "app/http/event_hub.h"
#include "app/http/handlers.h"

namespace chartscan::app::http {

using nlohmann::json;

json job_json(const ScanJob& job) {
  return {{"id", job.id},
          {"kind", job.kind},
          {"state", to_string(job.state)},
          {"batch", job.batch ? json(to_string(*job.batch)) : json(nullptr)},
          {"operator", job.operator_name},
          {"device", job.device},
          {"sides", job.sides},
          {"of_sides", job.of_sides ? json(job.of_sides) : json(nullptr)},
          {"sides_per_min", job.feeding_seconds > 0 ? job.sides / job.feeding_seconds * 60 : 0},
          {"feeding_seconds", job.feeding_seconds},
          {"started_at", job.started_at},
          {"error", or_null(job.error)},
          {"advice", or_null(job.advice)},
          {"notes", job.notes}};
}

namespace {

DeviceWords device_words(const Call& call) {
  return {call.text("device"), call.text("profile"), call.text("source"), call.text("mode"), call.text("size"), call.number("dpi")};
}

// `news` is asked when something was written or fed since the last time; the stream ends with the session it belongs to.
Response event_stream(Api& api, const Call& call, std::function<std::optional<std::string>()> news) {
  const auto cookie = call.request().cookies.find(kSessionCookie);
  const std::string session = cookie == call.request().cookies.end() ? "" : cookie->second;
  EventSource source = [&api, session, news = std::move(news), seen = std::pair<std::uint64_t, std::uint64_t>(), asked = false]() mutable -> std::optional<std::string> {
    if (!session.empty() && !api.desk.session(session)) return std::nullopt;
    const std::pair now(api.service.archive().writes(), api.scans.changes());
    if (asked && now == seen) return "";
    asked = true;
    seen = now;
    return news();
  };
  std::string first = source().value_or("");
  return {200, "text/event-stream", std::move(first), {{"Cache-Control", "no-store"}}, std::move(source)};
}

Status record_scan(Api& api, const Call& call, const ScanJob& job) {
  storage::AuditRecord record;
  record.action = storage::AuditAction::Scan;
  if (job.batch) record.batch = *job.batch;
  record.detail = job.kind + " " + job.id + " from " + job.device;
  return api.desk.record(call.actor(), std::move(record));
}

Result<json> batch_answer(Api& api, const Call& call, BatchId id) {
  TRY(const BatchDetails details, call.at(api).batch(id));
  return to_json(details, false);
}

}  // namespace

Result<Response> get_devices(Api&, const Call&) {
  TRY(const scan::DeviceList found, scan::list_scanners());
  json items = json::array();
  for (const scan::DeviceInfo& one : found.devices) items.push_back({{"id", one.id}, {"vendor", one.vendor}, {"model", one.model}, {"kind", one.kind}});
  return answer({{"items", items}, {"notes", found.notes}});
}

Result<Response> get_profiles(Api& api, const Call&) {
  json items = json::array();
  for (const auto& [name, profile] : api.service.config().profiles)
    items.push_back({{"name", name}, {"device", profile.device}, {"source", profile.source}, {"dpi", profile.dpi}, {"mode", mode_word(profile.mode)},
                     {"size", size_words(profile.size)}, {"expect_sheets", profile.expect_sheets}});
  return answer({{"items", items}});
}

Result<Response> post_scan(Api& api, const Call& call) {
  pipeline::ScanOrder order;
  order.operator_name = call.actor().user;
  order.expected_sheets = call.number("expect_sheets");
  order.wish.expected_sheets = order.expected_sheets;
  order.wish.name = call.text("batch_name");
  if (!call.text("resume").empty()) {
    TRY(order.resume, parsed<BatchId>(call.text("resume")));
  }
  TRY(const ScanJob job, api.scans.scan(device_words(call), std::move(order)));
  TRY_STATUS(record_scan(api, call, job));
  return answer(job_json(job), 201);
}

Result<Response> get_scans(Api& api, const Call&) {
  json items = json::array();
  for (const ScanJob& job : api.scans.jobs())
    if (!is_upkeep(job)) items.push_back(job_json(job));
  return answer({{"items", items}});
}

Result<Response> get_scan(Api& api, const Call& call) {
  TRY(const ScanJob job, api.scans.job(call.text("id")));
  return answer(job_json(job));
}

Result<Response> stop_scan(Api& api, const Call& call) {
  TRY(const ScanJob job, api.scans.stop(call.text("id")));
  return answer(job_json(job));
}

Result<Response> rescan(Api& api, const Call& call) {
  TRY(const BatchId id, id_of<BatchId>(call));
  const int sheet = call.number("sheet");
  PageId page;
  if (sheet == 0) {
    TRY(page, parsed<PageId>(call.text("page")));
  }
  TRY(const ScanJob job, api.scans.repair("rescan", id, device_words(call), 1, call.actor().user,
                                          [id, sheet, page](pipeline::Repair& desk, scan::Feeder& feeder, const pipeline::IngestOptions& options) {
                                            return sheet > 0 ? desk.rescan_sheet(id, sheet, feeder, options) : desk.replace_page(id, page, feeder, options);
                                          }));
  TRY_STATUS(record_scan(api, call, job));
  return answer(job_json(job), 201);
}

Result<Response> insert_sheets(Api& api, const Call& call) {
  TRY(const BatchId id, id_of<BatchId>(call));
  PageId after;
  if (!call.text("after").empty()) {
    TRY(after, parsed<PageId>(call.text("after")));
  }
  TRY(const ScanJob job, api.scans.repair("insert", id, device_words(call), 0, call.actor().user,
                                          [id, after](pipeline::Repair& desk, scan::Feeder& feeder, const pipeline::IngestOptions& options) {
                                            return desk.insert(id, after, feeder, options);
                                          }));
  TRY_STATUS(record_scan(api, call, job));
  return answer(job_json(job), 201);
}

Result<Response> repair_batch(Api& api, const Call& call) {
  TRY(const BatchId id, id_of<BatchId>(call));
  const std::string what = call.text("do");
  PageId page, after;
  if (!call.text("page").empty()) {
    TRY(page, parsed<PageId>(call.text("page")));
  }
  if (!call.text("after").empty()) {
    TRY(after, parsed<PageId>(call.text("after")));
  }
  std::vector<PageId> pages;
  for (const std::string& one : call.list("pages")) {
    TRY(const PageId moved, parsed<PageId>(one));
    pages.push_back(moved);
  }
  TRY(const pipeline::Repaired done, call.at(api).repair(id, what, [&](pipeline::Repair& desk) -> Result<pipeline::Repaired> {
        if (what == "undo") return desk.undo(id);
        if (what == "recount") return desk.recount(id, call.number("sheets"), call.number("pages_counted"));
        if (what == "move") return desk.move(id, pages, after);
        if (!page) return Error{ErrorCode::Usage, "say which page", {}};
        if (what == "rotate") return desk.rotate(id, page, std::stoi(call.text("clockwise")));
        if (what == "split") return desk.split(id, page);
        if (what == "join") return desk.join(id, page);
        return what == "set-aside" ? desk.set_aside(id, page) : desk.restore(id, page);
      }));
  TRY(const json batch, batch_answer(api, call, id));
  return answer({{"words", done.words}, {"line", done.line}, {"needs_reading", done.needs_reading}, {"batch", batch}});
}

Result<Response> release_batch(Api& api, const Call& call) {
  TRY(const BatchId id, id_of<BatchId>(call));
  pipeline::Repair desk = api.service.repair(call.actor().user);
  Result<pipeline::Repaired> done = desk.release(id);
  storage::AuditRecord record;
  record.action = storage::AuditAction::Release;
  record.batch = id;
  if (!done) record.outcome = storage::AuditOutcome::Failed;
  TRY_STATUS(api.desk.record(call.actor(), std::move(record)));
  TRY_STATUS(std::move(done));
  TRY(const json batch, batch_answer(api, call, id));
  return answer({{"batch", batch}});
}

// Every change of a batch, with the pages that changed.
Result<Response> batch_events(Api& api, const Call& call) {
  TRY(const BatchId id, id_of<BatchId>(call));
  TRY_STATUS(call.at(api).batch(id));
  struct Seen {
    std::string batch;
    std::map<PageId, std::string> pages;
  };
  return event_stream(api, call, [&api, workplace = call.at(api), id, seen = std::make_shared<Seen>()]() mutable -> std::optional<std::string> {
    const Result<BatchDetails> details = workplace.batch(id);
    if (!details) return std::nullopt;
    const std::optional<ScanJob> job = api.scans.job_of(id);
    json told{{"batch", to_json(*details, false)}, {"scan", job ? job_json(*job) : json(nullptr)}};
    json pages = json::array();
    for (const Page& page : details->pages) {
      json thumbnail = thumbnail_of(page);
      std::string now = dump(thumbnail);
      std::string& before = seen->pages[page.id];
      if (before != now) pages.push_back(std::move(thumbnail));
      before = std::move(now);
    }
    std::string batch = dump(told);
    if (batch == seen->batch && pages.empty()) return "";
    seen->batch = std::move(batch);
    told["pages"] = std::move(pages);
    return event_text("batch", dump(told));
  });
}

// What every screen shows of the house.
Result<Response> state_events(Api& api, const Call& call) {
  return event_stream(api, call, [&api, workplace = call.at(api), told = std::string()]() mutable -> std::optional<std::string> {
    const Result<std::vector<WaitingDocument>> waiting = workplace.waiting({});
    const Result<Ledger> ledger = api.service.ledger();
    if (!waiting || !ledger) return std::nullopt;
    json scans = json::array();
    for (const ScanJob& job : api.scans.jobs())
      if (!is_upkeep(job)) scans.push_back(job_json(job));
    std::string now = dump({{"review_left", waiting->size()}, {"waiting", ledger->waiting}, {"ledger", to_json(*ledger)}, {"scans", scans}});
    if (now == told) return "";
    told = now;
    return event_text("state", now);
  });
}

}  // namespace chartscan::app::http
