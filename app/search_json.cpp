#include "app/search_json.h"

#include <nlohmann/json.hpp>

#include "app/views.h"

namespace chartscan::app {

using nlohmann::json;

namespace {

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

template <typename Number>
json or_null(const std::optional<Number>& number) {
  return number ? json(*number) : json(nullptr);
}

// "... \x02chest\x03 pain ..." -> runs of text, hits marked.
json snippet_of(const std::string& marked) {
  json runs = json::array();
  std::string text;
  bool hit = false;
  const auto close_run = [&] {
    if (!text.empty()) runs.push_back({{"text", text}, {"hit", hit}});
    text.clear();
  };
  for (const char c : marked) {
    if (c != '\x02' && c != '\x03') {
      text += c;
      continue;
    }
    close_run();
    hit = c == '\x02';
  }
  close_run();
  return runs;
}

json values_of(const std::vector<indexer::FacetValue>& values) {
  json out = json::array();
  for (const indexer::FacetValue& value : values) out.push_back({{"value", or_null(value.value)}, {"pages", value.pages}});
  return out;
}

json types_of(const std::vector<indexer::FacetValue>& values) {
  json out = values_of(values);
  for (std::size_t i = 0; i < values.size(); ++i) out[i]["name"] = type_name(values[i].value);
  return out;
}

json facets_of(const indexer::Facets& facets) {
  return {{"type", types_of(facets.types)}, {"year", values_of(facets.years)}, {"facility", values_of(facets.facilities)}, {"status", values_of(facets.statuses)}};
}

template <typename Rows>
json list_of(const Rows& rows) {
  json out = json::array();
  for (const auto& row : rows) out.push_back(to_json(row));
  return out;
}

json group_of(const SearchGroup& group) {
  return {{"document", group.document ? to_json(*group.document) : json(nullptr)},
          {"patient", group.patient ? to_json(*group.patient) : json(nullptr)},
          {"total", group.total},
          {"items", list_of(group.rows)}};
}

}  // namespace

json to_json(const SearchRow& row) {
  const std::optional<Document>& document = row.document;
  const std::string type = document ? document->type : row.page.types.empty() ? "unknown" : row.page.types.front().type;
  json boxes = json::array();
  for (const indexer::HitBox& box : row.hit.boxes) {
    boxes.push_back({{"word", box.word}, {"upright", to_json(box.upright)}, {"delivered", to_json(box.delivered)}});
  }
  return {{"page", to_string(row.page.id)},
          {"batch", to_string(row.page.batch)},
          {"document", document ? json(to_string(document->id)) : json(nullptr)},
          {"page_number", row.page_number},
          {"pages_in_document", document ? document->pages.size() : 0},
          {"doc_type", type},
          {"doc_type_name", type_name(type)},
          {"service_date", document ? or_null(to_string(document->service_date)) : json(nullptr)},
          {"patient", row.patient ? to_json(*row.patient) : json(nullptr)},
          {"link_status", to_string(document ? document->link.status : LinkStatus::None)},
          {"file", row.page.original.file},
          {"page_index", row.page.original.index},
          {"score", row.hit.score},
          {"similar", row.hit.similar},
          {"snippet", snippet_of(row.hit.snippet)},
          {"boxes", boxes},
          {"upright_size", to_json(row.page.geometry.working)},
          {"delivered_size", to_json(row.page.geometry.delivered)}};
}

json to_json(const SearchView& view) {
  const indexer::Found& found = view.found;
  json out{{"total", found.total},   {"total_exact", found.total_exact}, {"as_written", found.as_written}, {"similar", or_null(found.similar)},
           {"notes", found.notes}, {"next", or_null(found.next)}};
  if (found.total_groups) {
    out["total_groups"] = *found.total_groups;
    out["groups"] = json::array();
    for (const SearchGroup& group : view.groups) out["groups"].push_back(group_of(group));
  }
  out["items"] = list_of(view.rows);
  if (found.facets) out["facets"] = facets_of(*found.facets);
  return out;
}

json to_json(const UnfoundPage& unfound) {
  const Page& page = unfound.page;
  return {{"page", to_string(page.id)},
          {"batch", to_string(page.batch)},
          {"sequence", page.sequence},
          {"document", page.document ? json(to_string(*page.document)) : json(nullptr)},
          {"mrn", or_null(linked_mrn(unfound.document))},
          {"file", page.original.file},
          {"page_index", page.original.index},
          {"state", to_string(page.state)},
          {"reason", indexer::to_string(unfound.reason)},
          {"advice", indexer::advice(unfound.reason)},
          {"words", page.quality.words},
          {"text_confidence", page.quality.text_confidence},
          {"ink", page.quality.ink},
          {"findings", to_json(page.findings)}};
}

}  // namespace chartscan::app
