// What waits for a person: the queue, one item with its evidence, and what a person says of it.
#include <nlohmann/json.hpp>

#include "app/http/answers.h"
#include "app/http/handlers.h"

namespace chartscan::app::http {

using nlohmann::json;

namespace {

ReviewQueue queue_of(const Call& call) {
  return {call.text("queue") == "any" ? "" : call.text("queue"), call.text("order") == "worst" ? ReviewQueue::Order::Worst : ReviewQueue::Order::Oldest};
}

json shown(const Document& document) {
  json out = to_json(document);
  out["queue"] = document.filed ? json(nullptr) : json(review_queue(document));
  out["version"] = version_of(document);
  return out;
}

json boxes_of(const Page& page, const Box& box) {
  return {{"page", to_string(page.id)}, {"upright", to_json(box)}, {"delivered", to_json(page.geometry.to_delivered().bounds_of(box))}};
}

// The words on the pages that a proposal rests on.
json evidence_of(const std::vector<Page>& pages) {
  json type = json::array(), patient = json::array(), date = json::array();
  for (const Page& page : pages) {
    for (const TypeReason& reason : page.type_reasons) {
      if (reason.box.width() <= 0) continue;
      json one = boxes_of(page, reason.box);
      one["says"] = reason.says;
      one["weight"] = reason.weight;
      type.push_back(std::move(one));
    }
    for (const Field& field : page.fields) {
      json one = boxes_of(page, field.box);
      one["field"] = to_string(field.kind);
      one["value"] = field.value;
      one["confidence"] = field.confidence;
      (field.kind == FieldKind::ServiceDate ? date : patient).push_back(std::move(one));
    }
  }
  return {{"type", type}, {"patient", patient}, {"date", date}};
}

Result<Response> item_answer(Api& api, const Call& call, DocumentId id) {
  TRY(const ReviewItem item, call.at(api).review_item(id, queue_of(call)));
  json document = shown(item.document);
  document["waits_since"] = time_or_null(item.fed_at);
  json pages = json::array(), candidates = json::array();
  for (const Page& page : item.pages) pages.push_back(thumbnail_of(page));
  const json& proposed = document["link"]["candidates"];
  for (std::size_t i = 0; i < item.candidates.size(); ++i) {
    json one{{"patient", to_json(item.candidates[i].patient)}, {"confidence", item.candidates[i].proposed.confidence}, {"reasons", json::array()}};
    for (const json& candidate : proposed)
      if (candidate["mrn"] == item.candidates[i].proposed.mrn) one["reasons"] = candidate["reasons"];
    candidates.push_back(std::move(one));
  }
  return answer({{"item", {{"document", document}, {"pages", pages}, {"candidates", candidates}, {"evidence", evidence_of(item.pages)}}},
                 {"left", item.left},
                 {"next", item.next ? json(to_string(*item.next)) : json(nullptr)}});
}

Result<Response> done(Api& api, const Call& call, const Document& document) {
  TRY(const std::vector<WaitingDocument> left, call.at(api).waiting({}));
  return answer({{"document", shown(document)}, {"left", left.size()}});
}

json list_of(const std::vector<Document>& documents) {
  json out = json::array();
  for (const Document& document : documents) out.push_back(shown(document));
  return out;
}

}  // namespace

Result<Response> get_review(Api& api, const Call& call) {
  Workplace at = call.at(api);
  TRY(const std::vector<WaitingDocument> waiting, at.waiting(queue_of(call)));
  json by_queue{{"foreign-page", 0}, {"patient", 0}, {"type", 0}, {"other", 0}, {"held", 0}};
  for (const char* name : {"foreign-page", "patient", "type", "other", "held"}) {
    TRY(const std::vector<WaitingDocument> one, at.waiting({name, ReviewQueue::Order::Oldest}));
    by_queue[name] = one.size();
  }
  TRY(const storage::Records records, api.service.archive().read());
  Status fault;
  TRY(json out, page_of("review", waiting, call, [&](const WaitingDocument& row) -> json {
        const auto document = records.document(row.id);
        if (document && *document) return shown(**document);
        if (!document) fault = document.error();
        return nullptr;
      }));
  TRY_STATUS(std::move(fault));
  std::int64_t oldest = 0;
  if (!waiting.empty()) {
    const BatchId batch = std::ranges::min(waiting, {}, &WaitingDocument::batch).batch;
    TRY(const std::optional<Batch> first, records.batch(batch));
    if (first) oldest = first->opened_at;
  }
  out["total"] = waiting.size();
  out["by_queue"] = by_queue;
  out["oldest_at"] = time_or_null(oldest);
  return answer(out);
}

Result<Response> get_review_item(Api& api, const Call& call) {
  TRY(const DocumentId id, parsed<DocumentId>(call.text("document")));
  return item_answer(api, call, id);
}

// The first of the queue, or what comes after the document named, whether that still waits or not.
Result<Response> get_review_next(Api& api, const Call& call) {
  TRY(const std::vector<WaitingDocument> waiting, call.at(api).waiting(queue_of(call)));
  auto next = waiting.begin();
  if (!call.text("after").empty()) {
    TRY(const DocumentId after, parsed<DocumentId>(call.text("after")));
    const auto here = std::ranges::find(waiting, after, &WaitingDocument::id);
    if (here != waiting.end()) next = here + 1;
    else if (call.text("order") != "worst") next = std::ranges::upper_bound(waiting, after, {}, &WaitingDocument::id);
    if (next == waiting.end()) next = waiting.begin();  // those passed over come again
    if (next != waiting.end() && next->id == after) next = waiting.end();
  }
  if (next == waiting.end()) return answer({{"item", nullptr}, {"left", waiting.size()}, {"next", nullptr}});
  return item_answer(api, call, next->id);
}

Result<Response> accept_document(Api& api, const Call& call) {
  TRY(const DocumentId id, id_of<DocumentId>(call));
  TRY(const Document document, call.at(api).accept(id, call.text("version")));
  return done(api, call, document);
}

Result<Response> decide_document(Api& api, const Call& call) {
  TRY(const DocumentId id, id_of<DocumentId>(call));
  pipeline::ReviewDecision decision;
  if (call.given("mrn")) decision.mrn = call.text("mrn");
  if (call.given("type")) decision.type = call.text("type");
  if (call.given("service_date")) {
    decision.service_date = parse_iso_date(call.text("service_date"));
    if (!decision.service_date || !is_valid(*decision.service_date)) return Error{ErrorCode::Usage, "service_date is no date; it looks like 2026-11-22", {}};
  }
  if (!decision.mrn && !decision.type && !decision.service_date) return Error{ErrorCode::Usage, "say what is right: mrn, type or service_date", {}};
  TRY(const Document document, call.at(api).decide(id, decision, call.text("why"), call.text("version")));
  return done(api, call, document);
}

Result<Response> hold_document(Api& api, const Call& call) {
  TRY(const DocumentId id, id_of<DocumentId>(call));
  TRY(const Document document, call.at(api).hold(id, call.text("why")));
  return done(api, call, document);
}

Result<Response> undo_document(Api& api, const Call& call) {
  TRY(const DocumentId id, id_of<DocumentId>(call));
  TRY(const Document document, call.at(api).undo(id));
  return done(api, call, document);
}

Result<Response> split_document(Api& api, const Call& call) {
  TRY(const DocumentId id, id_of<DocumentId>(call));
  TRY(const PageId page, parsed<PageId>(call.text("page")));
  TRY(const std::vector<Document> documents, call.at(api).split(id, page, call.text("version")));
  return answer({{"documents", list_of(documents)}});
}

Result<Response> join_document(Api& api, const Call& call) {
  TRY(const DocumentId id, id_of<DocumentId>(call));
  TRY(const std::vector<Document> documents, call.at(api).join(id, call.text("version")));
  return answer({{"documents", list_of(documents)}});
}

}  // namespace chartscan::app::http
