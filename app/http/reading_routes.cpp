// Looking: everything that shows and changes nothing.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/http/answers.h"
#include "app/http/handlers.h"
#include "app/search_json.h"
#include "charts/document_types.h"

namespace chartscan::app::http {

using nlohmann::json;

namespace {

json view_of(const BatchView& view) {
  json out = to_json(view.batch);
  out["ledger"] = to_json(view.ledger);
  return out;
}

}  // namespace

Result<Response> get_status(Api& api, const Call&) {
  TRY(const storage::Records records, api.service.archive().read());
  TRY(const std::vector<Batch> batches, records.batches());
  TRY(const Ledger ledger, api.service.ledger());
  const std::filesystem::path folder = std::filesystem::absolute(api.service.config().archive).lexically_normal();
  const std::string name = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
  return answer({{"archive", name}, {"batches", batches.size()}, {"ledger", to_json(ledger)}});
}

Result<Response> get_search(Api& api, const Call& call) {
  indexer::SearchOptions options;
  options.limit = call.number("limit");
  options.after = call.text("cursor");
  options.mrn = call.text("mrn");
  options.facets = call.flag("facets");
  const std::string group = call.text("group"), sort = call.text("sort");
  if (group != "page") options.group = group == "chart" ? indexer::GroupBy::Chart : indexer::GroupBy::Document;
  if (sort != "relevance") options.order = sort == "oldest" ? indexer::Order::Oldest : indexer::Order::Newest;
  TRY(const SearchView view, call.at(api).search(call.text("q"), options));
  return answer(to_json(view));
}

Result<Response> get_unfound(Api& api, const Call& call) {
  TRY(const std::uint64_t after, parse_cursor("unfound", call.text("cursor")));
  json items = json::array();
  bool more = false;
  std::uint64_t total = 0, last = 0;
  json by_reason = json::object();
  for (const indexer::Unfound reason : indexer::kUnfound) by_reason[indexer::to_string(reason)] = 0;
  TRY(const std::uint64_t pages, call.at(api).unfound([&](const UnfoundPage& page) {
        ++total;
        json& count = by_reason[indexer::to_string(page.reason)];
        count = count.get<std::uint64_t>() + 1;
        if (page.page.id.value <= after) return true;
        more = static_cast<int>(items.size()) == call.number("limit");
        if (more) return true;
        items.push_back(to_json(page));
        last = page.page.id.value;
        return true;
      }));
  return answer({{"pages", pages}, {"unfound", total}, {"by_reason", by_reason}, {"items", items},
                 {"next", more ? json(make_cursor("unfound", last)) : json(nullptr)}});
}

Result<Response> get_patients(Api& api, const Call& call) {
  TRY(const std::vector<charts::PatientMatch> found, call.at(api).patients(call.text("q"), call.number("limit")));
  json items = json::array();
  for (const charts::PatientMatch& match : found) {
    json one = to_json(match.patient);
    one["score"] = match.score;
    one["why"] = match.why;
    items.push_back(std::move(one));
  }
  return answer({{"items", items}});
}

Result<Response> get_types(Api&, const Call&) {
  json items = json::array();
  for (const charts::DocumentType& type : charts::document_types())
    items.push_back({{"code", type.code}, {"name", type.name}, {"loinc", type.loinc}, {"section", type.section}});
  return answer({{"items", items}});
}

Result<Response> get_chart(Api& api, const Call& call) {
  TRY(const ChartView view, call.at(api).chart(call.text("mrn"), call.text("order")));
  return answer(to_json(view));
}

// The cursor is the id of the last batch given, so that batches arriving meanwhile neither hide nor repeat one.
Result<Response> get_batches(Api& api, const Call& call) {
  TRY(const std::uint64_t before, parse_cursor("batches", call.text("cursor")));
  const auto limit = static_cast<std::size_t>(call.number("limit"));
  TRY(const std::vector<BatchView> views, api.service.batches(before, limit + 1));
  json items = json::array();
  for (std::size_t i = 0; i < std::min(limit, views.size()); ++i) items.push_back(view_of(views[i]));
  return answer({{"items", items}, {"next", views.size() > limit ? json(make_cursor("batches", views[limit - 1].batch.id.value)) : json(nullptr)}});
}

Result<Response> get_batch(Api& api, const Call& call) {
  TRY(const BatchId id, id_of<BatchId>(call));
  TRY(const BatchDetails details, call.at(api).batch(id));
  if (!call.request().background) {
    storage::AuditRecord record;
    record.action = storage::AuditAction::ViewBatch;
    record.batch = id;
    TRY_STATUS(api.desk.record(call.actor(), std::move(record)));
  }
  const std::vector<Page>& pages = details.pages;
  TRY(const std::uint64_t position, parse_cursor("pages", call.text("cursor")));
  const std::size_t begin = std::min<std::size_t>(position, pages.size());
  const std::size_t end = std::min<std::size_t>(begin + call.number("limit"), pages.size());
  json thumbnails = json::array();
  for (std::size_t i = begin; i < end; ++i) thumbnails.push_back(thumbnail_of(pages[i]));
  return answer({{"batch", to_json(details, false)},
                 {"pages", thumbnails},
                 {"next", end < pages.size() ? json(make_cursor("pages", end)) : json(nullptr)}});
}

Result<Response> get_document(Api& api, const Call& call) {
  TRY(const DocumentId id, id_of<DocumentId>(call));
  TRY(const Document document, call.at(api).document(id));
  return answer(to_json(document));
}

Result<Response> get_page(Api& api, const Call& call) {
  TRY(const PageId id, id_of<PageId>(call));
  TRY(const PageView view, call.at(api).page(id));
  return answer(to_json(view, call.flag("words")));
}

Result<Response> get_openapi(Api&, const Call&) {
  return Response{200, "application/json", openapi(), {{"Cache-Control", "no-cache"}}, {}};
}

}  // namespace chartscan::app::http
