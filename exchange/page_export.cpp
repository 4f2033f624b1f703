#include "exchange/page_export.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

#include "charts/document_types.h"
#include "exchange/delivered_words.h"

namespace chartscan::exchange {
namespace {

using Json = nlohmann::ordered_json;  // fields stand in the order of docs/contracts.md

// Shares and angles: more digits than the measurements carry would only make the file longer.
Json rounded(double value) {
  constexpr double kSteps = 10'000;
  if (!std::isfinite(value)) return nullptr;
  return std::round(value * kSteps) / kSteps;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

// Boxes are kept in the working image; the world outside knows only the image it delivered.
Json words_as_delivered(const Page& page, const PageText& text) {
  Json words = Json::array();
  for (const DeliveredLine& line : delivered_lines(text, page.geometry))
    for (const DeliveredWord& word : line.words)
      words.push_back({{"t", word.text},
                       {"b", Json::array({word.box.x0, word.box.y0, word.box.x1, word.box.y1})},
                       {"c", rounded(word.confidence)}});
  return words;
}

// A patch code carries no payload of its own: it is told by `separator`.
Json barcode_payloads(const Page& page) {
  Json payloads = Json::array();
  for (const Barcode& barcode : page.barcodes)
    if (!barcode.format.starts_with("Patch")) payloads.push_back(barcode.payload);
  return payloads;
}

Json form_cues(const Page& page) {
  Json cues = Json::array();
  for (const FormCue& cue : page.cues) {
    const Box box = delivered_box(cue.box, page.geometry, page.geometry.to_delivered());
    cues.push_back({{"kind", to_string(cue.kind)},
                    {"state", to_string(cue.state)},
                    {"b", Json::array({box.x0, box.y0, box.x1, box.y1})},
                    {"c", rounded(cue.confidence)},
                    {"label", text_or_null(cue.label)},
                    {"value", text_or_null(cue.value)},
                    {"written", to_string(cue.written)}});
  }
  return cues;
}

// Codes of the page, then those of its document; each once.
Json finding_codes(const Page& page, const Document* document) {
  std::vector<std::string> codes;
  const auto add = [&](const std::string& code) {
    if (std::ranges::find(codes, code) == codes.end()) codes.push_back(code);
  };
  for (const Finding& finding : page.findings) add(finding.code);
  if (page.state == PageState::Rejected) add(finding::kUndecodable);
  if (document)
    for (const Finding& finding : document->findings) add(finding.code);
  return codes;
}

// The text fields. Of a page that could not be read the text is known: there is none.
void add_text(Json& line, const Page& page, const PageText* text) {
  const PageText nothing;
  if (!text && page.state == PageState::Rejected) text = &nothing;
  line["text"] = text ? Json(text->text()) : Json(nullptr);
  line["words"] = text ? words_as_delivered(page, *text) : Json(nullptr);
}

// What the stages found; null while they have not run, or could not.
void add_measurements(Json& line, const Page& page, bool read) {
  const auto known = [&](Json value) { return read ? std::move(value) : Json(nullptr); };
  line["skew_deg"] = known(rounded(page.geometry.skew.value));
  line["rotation"] = known(page.geometry.rotation);
  line["blank"] = known(page.blank);
  line["separator"] = known(page.separator != SeparatorKind::None);
  line["duplicate_of"] = page.duplicate_of ? Json(to_string(*page.duplicate_of)) : Json(nullptr);
}

// A page of a document has the document's type. Of one that abstains each page says how surely nothing is known.
TypeGuess type_of(const Page& page, const Document* document) {
  const TypeGuess own = page.types.empty() ? TypeGuess{"unknown", 0} : page.types.front();
  if (!document) return own;
  if (document->type == "unknown" && own.type == "unknown") return own;
  return {document->type, document->type_confidence};
}

void add_type(Json& line, const Page& page, const Document* document) {
  const TypeGuess guess = type_of(page, document);
  line["document_id"] = document ? Json(to_string(document->id)) : Json(nullptr);
  line["doc_type"] = charts::export_code(guess.type);
  line["doc_type_confidence"] = rounded(guess.confidence);
}

// Others know three states. A link that a person confirmed is as good as an automatic one: the page is in the chart;
// `link_by` tells the two apart.
const char* link_status(const Link& link) {
  return to_string(link.status == LinkStatus::Person ? LinkStatus::Auto : link.status);
}

Json link_by(const Link& link) {
  switch (link.status) {
    case LinkStatus::Person: return "person";
    case LinkStatus::Auto: return "rules";
    default: return nullptr;
  }
}

Json link_reasons(const Link& link) {
  Json reasons = Json::array();
  for (const LinkReason& reason : link.reasons)
    reasons.push_back({{"field", reason.field},
                       {"agreement", to_string(reason.agreement)},
                       {"weight", rounded(reason.weight)},
                       {"detail", reason.detail}});
  return reasons;
}

void add_link(Json& line, const Document* document) {
  const Link link = document ? document->link : Link{};
  line["mrn"] = text_or_null(link.mrn);
  line["link_status"] = link_status(link);
  line["link_confidence"] = rounded(link.confidence);
  line["link_reasons"] = link_reasons(link);
  line["link_by"] = link_by(link);
}

Date service_date(const Page& page, const Document* document) {
  if (document) return document->service_date;
  const Field* field = first_field(page, FieldKind::ServiceDate);
  return field ? parse_iso_date(field->value).value_or(Date{}) : Date{};
}

// The document of the page visited last: neighbours mostly share it.
class LastDocument {
 public:
  explicit LastDocument(const storage::Records& records) : records_(records) {}

  Result<const Document*> of(const Page& page) {
    if (!page.document) return nullptr;
    if (!document_ || document_->id != *page.document) {
      TRY(document_, records_.document(*page.document), "page " + to_string(page.id));
      if (!document_)
        return Error{ErrorCode::Integrity, "page " + to_string(page.id) + " names document " + to_string(*page.document) +
                                               ", which the archive does not hold; run chartscan verify"};
    }
    return &*document_;
  }

 private:
  const storage::Records& records_;
  std::optional<Document> document_;
};

Status write_line(const storage::Records& records, const Page& page, LastDocument& documents, std::ostream& out) {
  TRY(const std::optional<PageText> text, records.text(page.id), "page " + to_string(page.id));
  TRY(const Document* document, documents.of(page));
  out << export_line(page, text ? &*text : nullptr, document) << '\n';
  if (!out)
    return Error{ErrorCode::Storage, "the page export stopped at page " + to_string(page.id) +
                                         ": its output cannot be written; check the space left where it goes and run it again"};
  return {};
}

}  // namespace

std::string export_line(const Page& page, const PageText* text, const Document* document) {
  const bool read = page.state != PageState::Received && page.state != PageState::Rejected;
  Json line;
  line["file"] = page.original.file;
  line["page_index"] = page.original.index;
  add_text(line, page, text);
  add_measurements(line, page, read);
  add_type(line, page, document);
  add_link(line, document);
  line["signature"] = read ? Json(page.signature) : Json(nullptr);
  line["service_date"] = text_or_null(to_string(service_date(page, document)));
  line["barcodes"] = barcode_payloads(page);
  line["findings"] = finding_codes(page, document);
  line["doc_type_detail"] = type_of(page, document).type;
  line["form_cues"] = form_cues(page);
  line["page_id"] = to_string(page.id);
  line["batch_id"] = to_string(page.batch);
  line["state"] = to_string(page.state);
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Status export_pages(const storage::Records& records, std::ostream& out) {
  LastDocument documents(records);
  TRY(const std::vector<Batch> batches, records.batches());
  for (const Batch& batch : batches) {
    Status written;
    const auto write_next = [&](const Page& page) {
      written = write_line(records, page, documents, out);
      return written.ok();
    };
    TRY_STATUS(records.pages_of(batch.id, write_next), "batch " + to_string(batch.id));
    TRY_STATUS(std::move(written));
  }
  out.flush();
  if (!out)
    return Error{ErrorCode::Storage,
                 "the page export cannot be written to its end; check the space left where it goes and run it again"};
  return {};
}

}  // namespace chartscan::exchange
