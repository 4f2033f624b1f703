// The patient register and the error budget of automatic linking.
#include <nlohmann/json.hpp>
#include <random>

#include "app/http/answers.h"
#include "app/http/handlers.h"
#include "charts/link_audit.h"
#include "charts/register_pairs.h"

namespace chartscan::app::http {

using nlohmann::json;

namespace {

Status record_merge(Api& api, const Call& call, const std::string& what, std::vector<std::string> mrns, bool done) {
  storage::AuditRecord record;
  record.action = storage::AuditAction::PatientChange;
  record.detail = what;
  record.mrns = std::move(mrns);
  record.reason = call.text("why");
  if (!done) record.outcome = storage::AuditOutcome::Failed;
  return api.desk.record(call.actor(), std::move(record));
}

Status record_linking(Api& api, const Call& call, storage::AuditAction action, const std::string& what, DocumentId document = {}) {
  storage::AuditRecord record;
  record.action = action;
  record.detail = what;
  record.document = document;
  return api.desk.record(call.actor(), std::move(record));
}

json audited_json(const charts::AuditedLink& link) {
  return {{"document", to_string(link.document)}, {"mrn", link.mrn},          {"margin_bits", link.margin_bits}, {"verdict", to_string(link.verdict)},
          {"drawn_at", link.drawn_at},            {"judged_at", time_or_null(link.judged_at)}, {"judged_by", or_null(link.judged_by)}};
}

// Links of documents that the one who asks may not open are left out.
Result<Response> links_answer(Api& api, const Call& call, const std::vector<charts::AuditedLink>& links, int status) {
  json items = json::array();
  for (const charts::AuditedLink& link : links) {
    TRY(const bool open, call.at(api).is_open(link.document));
    if (open) items.push_back(audited_json(link));
  }
  return answer({{"items", items}}, status);
}

Result<Response> budget_answer(Api& api) {
  TRY(const storage::Records records, api.service.archive().read());
  TRY(const charts::BudgetReport r, charts::budget_report(records, api.service.config().error_budget));
  return answer({{"automatic", r.state.automatic},
                 {"because", or_null(r.state.because)},
                 {"margin_bits", r.state.margin_bits},
                 {"budget", r.budget},
                 {"right", r.right},
                 {"wrong", r.wrong},
                 {"waiting", r.waiting},
                 {"bound", r.upper},
                 {"still_needed", r.still_needed},
                 {"documents", r.documents},
                 {"linked_automatically", r.linked}});
}

}  // namespace

Result<Response> merge_patients(Api& api, const Call& call) {
  const Status done = api.service.merge_charts(call.text("mrn"), call.text("into"), call.actor().user);
  TRY_STATUS(record_merge(api, call, "merged", {call.text("mrn"), call.text("into")}, done.ok()));
  TRY_STATUS(Status(done));
  return nothing();
}

Result<Response> unmerge_patients(Api& api, const Call& call) {
  const Result<ChartMerge> done = api.service.unmerge_charts(call.text("mrn"), call.actor().user);
  TRY_STATUS(record_merge(api, call, "merge taken back", {call.text("mrn")}, done.ok()));
  if (!done) return done.error();
  return answer({{"mrn", done->from}, {"parted_from", done->into}, {"documents", done->documents.size()}});
}

Result<Response> get_duplicates(Api& api, const Call& call) {
  TRY(const storage::Records records, api.service.archive().read());
  TRY(const charts::Weights weights, charts::weights_of_register(records));
  charts::PairOptions options;
  options.limit = static_cast<std::size_t>(call.number("limit"));
  TRY(const charts::PairReport report, charts::possible_duplicates(records, weights, options));
  json items = json::array();
  storage::AuditRecord record;
  record.action = storage::AuditAction::ViewPatients;
  record.detail = "possible duplicates";
  for (const charts::PatientPair& pair : report.pairs) {
    items.push_back({{"mrn", pair.mrn}, {"other", pair.other}, {"probability", pair.probability}, {"reasons", pair.reasons}});
    record.mrns.insert(record.mrns.end(), {pair.mrn, pair.other});
  }
  TRY_STATUS(api.desk.record(call.actor(), std::move(record)));
  return answer({{"items", items}, {"groups", report.groups}});
}

Result<Response> get_overlays(Api& api, const Call& call) {
  TRY(const charts::OverlayReport report, call.at(api).overlays(static_cast<std::size_t>(call.number("limit"))));
  return answer({{"items", to_json(report)}, {"documents", report.documents}});
}

Result<Response> get_linking(Api& api, const Call&) { return budget_answer(api); }

Result<Response> set_linking(Api& api, const Call& call) {
  const bool automatic = call.flag("automatic");
  TRY_STATUS(record_linking(api, call, storage::AuditAction::Config, automatic ? "automatic linking on" : "automatic linking off"));
  TRY_STATUS(charts::set_automatic(api.service.archive(), automatic, call.actor().user, api.desk.now()));
  return budget_answer(api);
}

Result<Response> get_linking_audit(Api& api, const Call& call) {
  TRY(const storage::Records records, api.service.archive().read());
  TRY(const std::vector<charts::AuditedLink> links, charts::audited_links(records));
  TRY_STATUS(record_linking(api, call, storage::AuditAction::ViewReview, "audited links"));
  return links_answer(api, call, links, 200);
}

Result<Response> draw_linking_audit(Api& api, const Call& call) {
  std::random_device chance;  // nobody may know beforehand which links are looked at
  std::mt19937_64 random((static_cast<std::uint64_t>(chance()) << 32) | chance());
  TRY_STATUS(record_linking(api, call, storage::AuditAction::ViewReview, "links drawn for the audit"));
  TRY(const std::vector<charts::AuditedLink> drawn, charts::draw_links(api.service.archive(), call.number("count"), api.desk.now(), random));
  return links_answer(api, call, drawn, 201);
}

Result<Response> judge_link(Api& api, const Call& call) {
  TRY(const DocumentId id, id_of<DocumentId>(call));
  TRY_STATUS(call.at(api).document(id));  // who judges it has looked at it
  const auto verdict = call.text("verdict") == "wrong" ? charts::Verdict::Wrong : charts::Verdict::Right;
  TRY_STATUS(record_linking(api, call, storage::AuditAction::Change, "automatic link judged " + call.text("verdict"), id));
  TRY_STATUS(charts::record_verdict(api.service.archive(), id, verdict, call.actor().user, api.desk.now(), api.service.config().error_budget));
  return budget_answer(api);
}

}  // namespace chartscan::app::http
