// What comes in over the network instead of from a scanner: files for a batch, the patient register; and upkeep of what is here.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/http/answers.h"
#include "app/http/handlers.h"

namespace chartscan::app::http {

using nlohmann::json;

namespace {

// What is to become of files that were handed over, as it is kept with them.
struct UploadOrder {
  std::string batch_name, who;
  int expected_pages = 0;
};

std::string written(const UploadOrder& order) { return json{{"batch", order.batch_name}, {"who", order.who}, {"expected_pages", order.expected_pages}}.dump(); }

std::optional<UploadOrder> order_in(const std::string& text) {
  const json order = json::parse(text, nullptr, false);
  if (!order.is_object() || !order.contains("batch")) return std::nullopt;
  return UploadOrder{order.value("batch", ""), order.value("who", ""), order.value("expected_pages", 0)};
}

Result<ScanJob> take_in(Api& api, const UploadRoom::HandedOver& upload, const UploadOrder& order) {
  return api.scans.take_in(upload.id, upload.folder, order.batch_name, order.expected_pages, order.who, [upload] { UploadRoom::done(upload); });
}

Status record(Api& api, const Call& call, storage::AuditAction action, const std::string& what, bool done = true) {
  storage::AuditRecord record;
  record.action = action;
  record.detail = what;
  if (!done) record.outcome = storage::AuditOutcome::Failed;
  return api.desk.record(call.actor(), std::move(record));
}

std::vector<std::string> noted(const VerifyReport& report) {
  std::vector<std::string> notes{fmt::format("{} originals, {} pages, {} documents and {} records of the audit trail read; {}", report.blobs, report.pages, report.documents,
                                             report.audit_records, report.faults.empty() ? "no fault" : fmt::format("{} faults", report.faults.size()))};
  notes.insert(notes.end(), report.faults.begin(), report.faults.end());
  return notes;
}

json index_json(const indexer::IndexStatus& status) {
  json out{{"pages", status.pages}, {"whole", !status.stale}, {"layers", json::array()}};
  for (const auto& layer : status.layers) out["layers"].push_back({{"segments", layer.segments}, {"pages", layer.pages}, {"fresh", layer.fresh}, {"bytes", layer.bytes}});
  return out;
}

}  // namespace

void resume_uploads(Api& api) {
  for (const UploadRoom::HandedOver& upload : api.uploads.handed_over()) {
    const std::optional<UploadOrder> order = order_in(upload.order);
    // What was no batch was answered, or not, to somebody who is gone.
    if (!order || !take_in(api, upload, *order)) UploadRoom::done(upload);
  }
}

Result<Response> begin_upload(Api& api, const Call& call) {
  TRY(const std::string id, api.uploads.begin(call.actor().user, api.desk.now()));
  return answer({{"id", id}, {"piece_bytes", kMaxBodyBytes}}, 201);
}

Result<Response> get_upload(Api& api, const Call& call) {
  TRY(const std::vector<UploadedFile> files, api.uploads.files(call.actor().user, call.text("id")));
  json items = json::array();
  for (const UploadedFile& file : files) items.push_back({{"name", file.name}, {"bytes", file.bytes}});
  return answer({{"id", call.text("id")}, {"files", items}});
}

Result<Response> put_piece(Api& api, const Call& call) {
  TRY(const std::uint64_t bytes, api.uploads.put(call.actor().user, call.text("id"), call.text("name"), std::stoull(call.text("offset")), call.request().body, api.desk.now()));
  return answer({{"bytes", bytes}});
}

Result<Response> drop_upload(Api& api, const Call& call) {
  TRY_STATUS(api.uploads.drop(call.actor().user, call.text("id")));
  return nothing();
}

Result<Response> ingest_upload(Api& api, const Call& call) {
  const UploadOrder order{call.text("batch_name"), call.actor().user, call.number("expect_pages")};
  TRY(const UploadRoom::HandedOver upload, api.uploads.hand_over(call.actor().user, call.text("id"), written(order)));
  TRY_STATUS(record(api, call, storage::AuditAction::Scan, "upload " + upload.id));
  TRY(const ScanJob job, take_in(api, upload, order));
  return answer(job_json(job), 201);
}

Result<Response> import_patients(Api& api, const Call& call) {
  const std::string id = call.text("upload");
  TRY(const std::vector<UploadedFile> files, api.uploads.files(call.actor().user, id));
  if (files.size() != 1) return Error{ErrorCode::Usage, "an import takes one CSV file; this upload has " + std::to_string(files.size()), {}};
  TRY(const UploadRoom::HandedOver upload, api.uploads.hand_over(call.actor().user, id, "patients"));
  Result<charts::ImportReport> done = api.service.import_patients(upload.folder / files.front().name);
  UploadRoom::done(upload);
  TRY_STATUS(record(api, call, storage::AuditAction::PatientChange, done ? fmt::format("import: {} added, {} refused", done->added, done->refused.size()) : "import", done.ok()));
  if (!done) return std::move(done).error();
  json refused = json::array();
  for (const charts::ImportRefusal& one : done->refused) {
    if (refused.size() == 1000) break;
    refused.push_back({{"line", one.line}, {"why", one.reason}});
  }
  return answer({{"added", done->added}, {"unchanged", done->unchanged}, {"refused", done->refused.size()}, {"refusals", refused}});
}

Result<Response> get_upkeep(Api& api, const Call&) {
  TRY(const indexer::IndexStatus index, api.service.index_status());
  json jobs = json::array();
  for (const ScanJob& job : api.scans.jobs())
    if (is_upkeep(job)) jobs.push_back(job_json(job));
  return answer({{"index", index_json(index)}, {"jobs", jobs}});
}

Result<Response> post_upkeep(Api& api, const Call& call) {
  const std::string what = call.text("do");
  TRY_STATUS(record(api, call, storage::AuditAction::Config, what));
  TRY(const ScanJob job, api.scans.upkeep(what, call.actor().user, [&service = api.service, what](const std::function<bool(std::uint64_t, std::uint64_t)>& progress) -> Result<std::vector<std::string>> {
        if (what == "verify") {
          TRY(const VerifyReport report, service.verify());
          return noted(report);
        }
        if (what == "tidy-index") TRY_STATUS(service.tidy_index());
        if (what == "rebuild-index") TRY_STATUS(service.rebuild_index(progress));
        return std::vector<std::string>{};
      }));
  return answer(job_json(job), 201);
}

}  // namespace chartscan::app::http
