#include "app/views.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "charts/document_types.h"
#include "charts/encounters.h"

namespace chartscan::app {

using nlohmann::json;

namespace {

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

template <typename Id>
json or_null(const std::optional<Id>& id) {
  return id ? json(to_string(*id)) : json(nullptr);
}

json time_or_null(std::int64_t unix_seconds) { return unix_seconds ? json(unix_seconds) : json(nullptr); }

// A box of the working image in both frames.
void add_boxes(json& out, const Box& working, const Geometry& geometry) {
  out["upright"] = to_json(working);
  out["delivered"] = to_json(geometry.to_delivered().bounds_of(working));
}

int page_number(const Page& page, const Document& document) {
  const auto found = std::find(document.pages.begin(), document.pages.end(), page.id);
  return found == document.pages.end() ? 0 : static_cast<int>(found - document.pages.begin()) + 1;
}

json reasons_of(const std::vector<LinkReason>& reasons) {
  json out = json::array();
  for (const LinkReason& reason : reasons) {
    out.push_back({{"field", reason.field},
                   {"agreement", to_string(reason.agreement)},
                   {"weight", reason.weight},
                   {"detail", reason.detail}});
  }
  return out;
}

json link_of(const Link& link) {
  json candidates = json::array();
  for (const LinkCandidate& candidate : link.candidates) {
    candidates.push_back(
        {{"mrn", candidate.mrn}, {"confidence", candidate.confidence}, {"reasons", reasons_of(candidate.reasons)}});
  }
  return {{"status", to_string(link.status)},
          {"mrn", or_null(link.mrn)},
          {"confidence", link.confidence},
          {"reasons", reasons_of(link.reasons)},
          {"candidates", candidates}};
}

json fields_of(const Page& page) {
  json out = json::array();
  for (const Field& field : page.fields) {
    json one{{"kind", to_string(field.kind)}, {"value", field.value}, {"confidence", field.confidence}, {"source", field.source}};
    add_boxes(one, field.box, page.geometry);
    out.push_back(std::move(one));
  }
  return out;
}

json barcodes_of(const Page& page) {
  json out = json::array();
  for (const Barcode& barcode : page.barcodes) {
    json one{{"payload", barcode.payload}, {"format", barcode.format}};
    add_boxes(one, barcode.box, page.geometry);
    out.push_back(std::move(one));
  }
  return out;
}

json cues_of(const Page& page) {
  json out = json::array();
  for (const FormCue& cue : page.cues) {
    json one{{"kind", to_string(cue.kind)},   {"state", to_string(cue.state)},         {"confidence", cue.confidence},
             {"label", or_null(cue.label)},   {"value", or_null(cue.value)},           {"written", to_string(cue.written)}};
    add_boxes(one, cue.box, page.geometry);
    out.push_back(std::move(one));
  }
  return out;
}

json words_of(const PageText& text, const Geometry& geometry) {
  json out = json::array();
  for (const Word& word : text.words) {
    json one{{"text", word.text}, {"confidence", word.confidence}, {"line", word.line}};
    add_boxes(one, word.box, geometry);
    out.push_back(std::move(one));
  }
  return out;
}

json stamps_of(const std::vector<StageStamp>& stamps) {
  json out = json::array();
  for (const StageStamp& stamp : stamps) {
    out.push_back({{"name", stamp.name}, {"version", stamp.version}, {"settings", stamp.settings}});
  }
  return out;
}

json types_of(const std::vector<TypeGuess>& types) {
  json out = json::array();
  for (const TypeGuess& guess : types) {
    out.push_back({{"type", guess.type}, {"name", type_name(guess.type)}, {"confidence", guess.confidence}});
  }
  return out;
}

json type_reasons_of(const Page& page) {
  json out = json::array();
  for (const TypeReason& reason : page.type_reasons) {
    json one{{"says", reason.says}, {"weight", reason.weight}};
    if (reason.box.width() > 0) add_boxes(one, reason.box, page.geometry);
    out.push_back(std::move(one));
  }
  return out;
}

json start_of(const Page& page) {
  if (!page.start) return nullptr;
  return {{"probability", page.start->probability}, {"because", page.start->because}};
}

json place_in_document(const Page& page, const std::optional<Document>& document) {
  if (!document) return nullptr;
  return {{"id", to_string(document->id)},
          {"type", document->type},
          {"type_name", type_name(document->type)},
          {"type_confidence", document->type_confidence},
          {"service_date", or_null(to_string(document->service_date))},
          {"page_number", page_number(page, *document)},
          {"pages", document->pages.size()},
          {"filed", document->filed},
          {"link", link_of(document->link)},
          {"findings", to_json(document->findings)}};
}

json stop_of(const Batch& batch) {
  if (!batch.stop) return nullptr;
  const Stop& stop = *batch.stop;
  return {{"reason", stop.reason},   {"phase", or_null(stop.phase)}, {"raw", or_null(stop.raw)}, {"sheet", stop.sheet ? json(stop.sheet) : json(nullptr)},
          {"side", stop.side},       {"message", stop.message},      {"advice", stop.advice},    {"at", time_or_null(stop.at)},
          {"stands", batch.state == BatchState::Stopped}};
}

json scan_of(const Batch& batch) {
  if (!is_scanned(batch)) return nullptr;
  return {{"source", batch.scan.source}, {"dpi", batch.scan.dpi}, {"mode", batch.scan.mode}, {"width_mm", batch.scan.width_mm},
          {"height_mm", batch.scan.height_mm}, {"separators", !batch.scan.ignore_separators}};
}

json capture_of(const Page& page) {
  if (!page.capture) return nullptr;
  const Capture& side = *page.capture;
  return {{"sheet", side.sheet}, {"side", side.side == 0 ? "front" : "back"}, {"attempt", side.attempt}, {"dpi", side.dpi}, {"mode", side.mode}};
}

bool resumable(const Batch& batch) {
  return is_scanned(batch) && (batch.state == BatchState::Open || batch.state == BatchState::Stopped);
}

}  // namespace

std::string type_name(const std::string& code) {
  const charts::DocumentType* type = charts::find_document_type(code);
  return type ? type->name : "Unknown type";
}

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

json to_json(const Box& box) { return {box.x0, box.y0, box.x1, box.y1}; }

json to_json(const Size& size) { return {size.width, size.height}; }

json to_json(const PageQuality& quality) {
  return {{"paper", quality.paper},     {"ink_level", quality.ink_level}, {"contrast", quality.contrast},
          {"noise", quality.noise},     {"sharpness", quality.sharpness}, {"skew_confidence", quality.skew_confidence},
          {"streak", quality.streak},   {"streak_at", quality.streak_at}, {"cut_off_inches", quality.cut_off},
          {"ink", quality.ink}};
}

json to_json(const std::vector<Finding>& findings) {
  json out = json::array();
  for (const Finding& finding : findings) {
    out.push_back({{"code", finding.code}, {"detail", finding.detail}, {"score", finding.score}});
  }
  return out;
}

json to_json(const Patient& patient) {
  return {{"mrn", patient.mrn},
          {"name", display_name(patient)},
          {"dob", or_null(to_string(patient.dob))},
          {"sex", or_null(patient.sex)}};
}

json to_json(const Ledger& ledger) {
  return {{"fed", ledger.fed},
          {"filed", ledger.filed},
          {"separators", ledger.separators},
          {"blanks", ledger.blanks},
          {"review", ledger.review},
          {"rejected", ledger.rejected},
          {"superseded", ledger.superseded},
          {"waiting", ledger.waiting},
          {"balances", ledger.balances()}};
}

json to_json(const Batch& batch) {
  json refused = json::array();
  for (const RefusedItem& item : batch.refused) {
    refused.push_back({{"file", item.file}, {"page", item.page ? json(item.page) : json(nullptr)}, {"message", item.message}});
  }
  return {{"id", to_string(batch.id)},
          {"name", batch.name},
          {"source", batch.source},
          {"device", or_null(batch.device)},
          {"operator", or_null(batch.operator_name)},
          {"state", to_string(batch.state)},
          {"expected_pages", batch.expected_pages ? json(batch.expected_pages) : json(nullptr)},
          {"expected_sheets", batch.expected_sheets ? json(batch.expected_sheets) : json(nullptr)},
          {"profile", or_null(batch.profile)},
          {"scan", scan_of(batch)},
          {"stop", stop_of(batch)},
          {"suspect_sheets", batch.suspects},
          {"interruptions", batch.interruptions},
          {"opened_at", time_or_null(batch.opened_at)},
          {"closed_at", time_or_null(batch.closed_at)},
          {"findings", to_json(batch.findings)},
          {"refused", refused}};
}

json to_json(const Document& document) {
  json pages = json::array();
  for (const PageId page : document.pages) pages.push_back(to_string(page));
  return {{"id", to_string(document.id)},
          {"batch", to_string(document.batch)},
          {"pages", pages},
          {"type", document.type},
          {"type_name", type_name(document.type)},
          {"type_confidence", document.type_confidence},
          {"service_date", or_null(to_string(document.service_date))},
          {"author", or_null(document.author)},
          {"link", link_of(document.link)},
          {"filed", document.filed},
          {"findings", to_json(document.findings)},
          {"decided_by", or_null(document.decided_by)}};
}

json to_json(const charts::OverlayReport& report) {
  json items = json::array();
  for (const charts::Overlay& overlay : report.overlays) {
    json documents = json::array();
    for (const DocumentId id : overlay.documents) documents.push_back(to_string(id));
    items.push_back({{"mrn", overlay.mrn}, {"reasons", overlay.reasons}, {"documents", documents}});
  }
  return items;
}

json to_json(const ChartView& view) {
  json sections = json::array(), encounters = json::array();
  std::map<const Encounter*, json> of_encounter;
  for (const charts::ChartSection& section : view.sections) {
    json documents = json::array();
    for (const Document& document : section.documents) {
      documents.push_back(to_json(document));
      of_encounter[charts::encounter_of(document, view.encounters)].push_back(to_string(document.id));
    }
    sections.push_back({{"name", section.name}, {"documents", documents}});
  }
  for (const Encounter& one : view.encounters)
    encounters.push_back({{"visit", one.visit}, {"class", one.patient_class}, {"location", one.location}, {"attending", one.attending},
                          {"admitted", to_string(one.admitted)}, {"discharged", to_string(one.discharged)}, {"cancelled", one.cancelled},
                          {"documents", of_encounter.contains(&one) ? of_encounter[&one] : json::array()}});
  json orders = json::array();
  for (const charts::ChartProfile& one : view.orders) orders.push_back({{"name", one.name}, {"documents", to_string(one.order)}});
  json out = {{"patient", to_json(view.patient)}, {"encounters", encounters}, {"order", view.order}, {"orders", orders}, {"sections", sections}};
  if (!view.asked.empty()) out["merged_from"] = view.asked;
  return out;
}

json thumbnail_of(const Page& page) {
  return {{"id", to_string(page.id)},
          {"sequence", page.sequence},
          {"state", to_string(page.state)},
          {"findings", to_json(page.findings)},
          {"blank", page.blank},
          {"separator", page.separator != SeparatorKind::None},
          {"document", or_null(page.document)},
          {"duplicate_of", or_null(page.duplicate_of)},
          {"superseded_by", or_null(page.superseded_by)},
          {"capture", capture_of(page)},
          {"upright_size", to_json(page.geometry.working)},
          {"delivered_size", to_json(page.geometry.delivered)}};
}

json to_json(const JournalLine& line) {
  json out{{"line", line.number}, {"event", to_string(line.event)}, {"at", line.at}, {"by", or_null(line.who)}, {"detail", line.detail},
           {"previous", line.previous}};
  if (line.page)
    out.update({{"page", to_string(line.page)}, {"sequence", line.sequence}, {"sheet", line.sheet}, {"side", line.side},
                {"attempt", line.attempt}, {"sha256", line.hash}, {"bytes", line.size}});
  if (line.undoes) out["undoes"] = line.undoes;
  return out;
}

json to_json(const BatchDetails& details, bool with_pages) {
  json out = to_json(details.view.batch);
  out["ledger"] = to_json(details.view.ledger);
  out["sheets"] = {{"stored", details.sheets.counted()},
                   {"last_whole", details.sheets.last_whole()},
                   {"incomplete", details.sheets.incomplete()},
                   {"missing", details.sheets.missing()}};
  out["gaps"] = details.gaps;
  out["against_release"] = details.against;
  out["resume_from_sheet"] = resumable(details.view.batch) ? json(resume_point(details.view.batch, details.sheets).sheet) : json(nullptr);
  if (!with_pages) return out;
  out["pages"] = json::array();
  for (const Page& page : details.pages) out["pages"].push_back(thumbnail_of(page));
  out["journal"] = json::array();
  for (const JournalLine& line : details.journal) out["journal"].push_back(to_json(line));
  return out;
}

json to_json(const PageView& view, bool with_words) {
  const Page& page = view.page;
  json out = thumbnail_of(page);
  out.update({{"batch", to_string(page.batch)},
              {"file", page.original.file},
              {"page_index", page.original.index},
              {"media", to_string(page.original.media)},
              {"sha256", page.original.blob},
              {"rejected_because", or_null(page.rejected_because)},
              {"dpi", {page.geometry.dpi_x, page.geometry.dpi_y}},
              {"rotation", page.geometry.rotation},
              {"skew_deg", page.geometry.skew.value},
              {"text_confidence", page.quality.text_confidence},
              {"words_found", page.quality.words},
              {"quality", to_json(page.quality)},
              {"separator_kind", to_string(page.separator)},
              {"types", types_of(page.types)},
              {"type_reasons", type_reasons_of(page)},
              {"starts_document", start_of(page)},
              {"fields", fields_of(page)},
              {"barcodes", barcodes_of(page)},
              {"cues", cues_of(page)},
              {"signature_line", page.signature_line},
              {"signature", page.signature},
              {"stamps", stamps_of(page.stamps)},
              {"in_document", place_in_document(page, view.document)}});
  if (with_words) out["words"] = words_of(view.text, page.geometry);
  return out;
}

json labelled(const Page& page, const PageText& text, const std::string& type) {
  json words = json::array();
  for (const Word& word : text.words)
    words.push_back({{"t", word.text}, {"b", {word.box.x0, word.box.y0, word.box.x1, word.box.y1}}, {"c", word.confidence}});
  const auto count = [&](CueKind kind) { return std::ranges::count(page.cues, kind, &FormCue::kind); };
  return {{"source", to_string(page.id)}, {"doc_type", type}, {"words", words}, {"check_boxes", count(CueKind::CheckBox)},
          {"places_to_sign", count(CueKind::Signature)}};
}

}  // namespace chartscan::app
