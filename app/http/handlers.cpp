#include "app/http/handlers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/http/cursor.h"
#include "app/search_json.h"
#include "app/views.h"

namespace chartscan::app::http {

using nlohmann::json;

namespace {

// Patients' data stays out of every cache between us and the screen.
Response answer(const json& body) { return {200, "application/json", dump(body), {{"Cache-Control", "no-store"}}}; }

template <typename IdType>
Result<IdType> id_of(const Arguments& arguments) {
  if (const auto id = parse_id<IdType>(arguments.text("id"))) return *id;
  return Error{ErrorCode::NotFound, "no such id; ids look like " + to_string(IdType{1})};
}

// One page of a list that is at hand as a whole: items from `position` on, and the cursor to what is left.
template <typename Items>
Result<json> page_of(const std::string& list, const Items& items, const Arguments& arguments) {
  TRY(const std::uint64_t position, parse_cursor(list, arguments.text("cursor")));
  const std::size_t begin = std::min<std::size_t>(position, items.size());
  const std::size_t end = std::min<std::size_t>(begin + arguments.number("limit"), items.size());
  json out{{"items", json::array()}, {"next", end < items.size() ? json(make_cursor(list, end)) : json(nullptr)}};
  for (std::size_t i = begin; i < end; ++i) out["items"].push_back(to_json(items[i]));
  return out;
}

json view_of(const BatchView& view) {
  json out = to_json(view.batch);
  out["ledger"] = to_json(view.ledger);
  return out;
}

}  // namespace

Result<Response> get_status(Api& api, const Arguments&) {
  TRY(const std::vector<BatchView> batches, api.service.batches());
  Ledger sum;
  for (const BatchView& view : batches) {
    sum.fed += view.ledger.fed;
    sum.filed += view.ledger.filed;
    sum.separators += view.ledger.separators;
    sum.blanks += view.ledger.blanks;
    sum.review += view.ledger.review;
    sum.rejected += view.ledger.rejected;
    sum.superseded += view.ledger.superseded;
    sum.waiting += view.ledger.waiting;
  }
  const std::filesystem::path folder = std::filesystem::absolute(api.service.config().archive).lexically_normal();
  const std::string name = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
  return answer({{"archive", name}, {"batches", batches.size()}, {"ledger", to_json(sum)}});
}

Result<Response> get_search(Api& api, const Arguments& arguments) {
  indexer::SearchOptions options;
  options.limit = arguments.number("limit");
  options.after = arguments.text("cursor");
  options.mrn = arguments.text("mrn");
  options.facets = arguments.flag("facets");
  const std::string group = arguments.text("group"), sort = arguments.text("sort");
  if (group != "page") options.group = group == "chart" ? indexer::GroupBy::Chart : indexer::GroupBy::Document;
  if (sort != "relevance") options.order = sort == "oldest" ? indexer::Order::Oldest : indexer::Order::Newest;
  TRY(const SearchView view, api.service.search(arguments.text("q"), options));
  return answer(to_json(view));
}

Result<Response> get_unfound(Api& api, const Arguments& arguments) {
  TRY(const std::uint64_t after, parse_cursor("unfound", arguments.text("cursor")));
  json items = json::array();
  bool more = false;
  std::uint64_t total = 0, last = 0;
  json by_reason = json::object();
  for (const indexer::Unfound reason : indexer::kUnfound) by_reason[indexer::to_string(reason)] = 0;
  TRY(const std::uint64_t pages, api.service.unfound([&](const UnfoundPage& page) {
        ++total;
        json& count = by_reason[indexer::to_string(page.reason)];
        count = count.get<std::uint64_t>() + 1;
        if (page.page.id.value <= after) return true;
        more = static_cast<int>(items.size()) == arguments.number("limit");
        if (more) return true;
        items.push_back(to_json(page));
        last = page.page.id.value;
        return true;
      }));
  return answer({{"pages", pages}, {"unfound", total}, {"by_reason", by_reason}, {"items", items},
                 {"next", more ? json(make_cursor("unfound", last)) : json(nullptr)}});
}

Result<Response> get_patients(Api& api, const Arguments& arguments) {
  TRY(const std::vector<Patient> patients, api.service.patients(arguments.text("prefix"), arguments.number("limit")));
  json items = json::array();
  for (const Patient& patient : patients) items.push_back(to_json(patient));
  return answer({{"items", items}});
}

Result<Response> get_chart(Api& api, const Arguments& arguments) {
  TRY(const ChartView view, api.service.chart(arguments.text("mrn")));
  return answer(to_json(view));
}

// The cursor is the id of the last batch given, so that batches arriving meanwhile neither hide nor repeat one.
Result<Response> get_batches(Api& api, const Arguments& arguments) {
  TRY(const std::uint64_t before, parse_cursor("batches", arguments.text("cursor")));
  TRY(const std::vector<BatchView> batches, api.service.batches());
  json items = json::array();
  json next = nullptr;
  std::uint64_t last = 0;
  for (auto view = batches.rbegin(); view != batches.rend(); ++view) {
    if (before && view->batch.id.value >= before) continue;
    if (static_cast<int>(items.size()) == arguments.number("limit")) {
      next = make_cursor("batches", last);
      break;
    }
    items.push_back(view_of(*view));
    last = view->batch.id.value;
  }
  return answer({{"items", items}, {"next", next}});
}

Result<Response> get_batch(Api& api, const Arguments& arguments) {
  TRY(const BatchId id, id_of<BatchId>(arguments));
  TRY(const BatchDetails details, api.service.batch_details(id));
  const std::vector<Page>& pages = details.pages;
  TRY(const std::uint64_t position, parse_cursor("pages", arguments.text("cursor")));
  const std::size_t begin = std::min<std::size_t>(position, pages.size());
  const std::size_t end = std::min<std::size_t>(begin + arguments.number("limit"), pages.size());
  json thumbnails = json::array();
  for (std::size_t i = begin; i < end; ++i) thumbnails.push_back(thumbnail_of(pages[i]));
  return answer({{"batch", to_json(details, false)},
                 {"pages", thumbnails},
                 {"next", end < pages.size() ? json(make_cursor("pages", end)) : json(nullptr)}});
}

Result<Response> get_document(Api& api, const Arguments& arguments) {
  TRY(const DocumentId id, id_of<DocumentId>(arguments));
  TRY(const Document document, api.service.document(id));
  return answer(to_json(document));
}

Result<Response> get_review(Api& api, const Arguments& arguments) {
  TRY(const std::vector<Document> waiting, api.service.review());
  TRY(json out, page_of("review", waiting, arguments));
  out["total"] = waiting.size();
  return answer(out);
}

Result<Response> get_page(Api& api, const Arguments& arguments) {
  TRY(const PageId id, id_of<PageId>(arguments));
  TRY(const PageView view, api.service.page(id));
  return answer(to_json(view, arguments.flag("words")));
}

Result<Response> get_openapi(Api&, const Arguments&) {
  return Response{200, "application/json", openapi(), {{"Cache-Control", "no-cache"}}};
}

}  // namespace chartscan::app::http
