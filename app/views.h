// Core values as the JSON of the API. Boxes appear twice: `upright` in pixels of the straightened image, `delivered` in
// pixels of the page as it was scanned.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/service.h"
#include "charts/overlays.h"

namespace chartscan::app {

std::string type_name(const std::string& code);  // of a document type, as people call it
std::string dump(const nlohmann::json& value);  // bytes that are no UTF-8 are replaced, never thrown at

nlohmann::json to_json(const Box& box);
nlohmann::json to_json(const Size& size);
nlohmann::json to_json(const std::vector<Finding>& findings);
nlohmann::json to_json(const Patient& patient);  // what identifies; never SSN, phone or address
nlohmann::json to_json(const Ledger& ledger);
nlohmann::json to_json(const Batch& batch);
nlohmann::json to_json(const JournalLine& line);
nlohmann::json to_json(const BatchDetails& details, bool with_pages);  // with_pages: and the journal
nlohmann::json to_json(const Document& document);
nlohmann::json to_json(const charts::OverlayReport& report);  // its charts
nlohmann::json to_json(const ChartView& view);
nlohmann::json to_json(const PageView& view, bool with_words);
// A page and what a person said it is, as `chartscan train` takes it.
nlohmann::json labelled(const Page& page, const PageText& text, const std::string& type);
nlohmann::json thumbnail_of(const Page& page);  // the few facts a strip of pages shows

}  // namespace chartscan::app
