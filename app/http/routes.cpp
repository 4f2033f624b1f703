// The routes, in the order of the description. Adding one: a line here, a handler in handlers.h.
#include "app/http/handlers.h"

namespace chartscan::app::http {

namespace {

constexpr int kMaxQueryBytes = 2000;
constexpr int kMaxIdBytes = 64;
constexpr int kMaxImageWidth = 10000;

Parameter in_path(const std::string& name, const std::string& description) {
  return {name, ParameterType::Text, description, "", 0, kMaxIdBytes, {}, true};
}

Parameter text(const std::string& name, const std::string& description, int max_bytes) {
  return {name, ParameterType::Text, description, "", 0, max_bytes};
}

Parameter limit(int fallback, int maximum) {
  return {"limit", ParameterType::Integer, "how many at most", std::to_string(fallback), 1, maximum};
}

Parameter cursor() { return text("cursor", "`next` of the answer before, to go on from there", 200); }

}  // namespace

const std::vector<Route>& routes() {
  static const std::string json = "application/json";
  static const std::vector<Route> table{
      {"/status",
       "status",
       "The archive and what is in it",
       "{archive, batches, ledger}: name of the archive folder, number of batches, sum of all ledgers",
       json,
       {},
       get_status},
      {"/search",
       "search",
       "Pages that answer a question, best first",
       "{total, total_exact, as_written, similar, notes, items, next}: exact counts of the pages as written and of those in a similar spelling only, "
       "remarks on the question, pages with snippet and boxes of the hits; on request groups {document, patient, total, items} instead of items, "
       "and facets",
       json,
       {text("q", "words, \"phrases\", prefix*, fuzzy~, NEAR/5, AND, OR, NOT, parentheses, fields such as type: date: mrn:", kMaxQueryBytes),
        text("mrn", "only this patient's pages", kMaxIdBytes),
        {"group", ParameterType::Choice, "pages, or documents or charts with their best pages", "page", 0, 0, {"page", "document", "chart"}},
        {"sort", ParameterType::Choice, "where the question has no sort: of its own", "relevance", 0, 0, {"relevance", "date", "oldest"}},
        {"facets", ParameterType::Flag, "1 counts the pages by type, year, facility and status", "0"}, limit(20, 100), cursor()},
       get_search},
      {"/unfound",
       "unfound",
       "Pages that cannot be found, or hardly",
       "{pages, unfound, by_reason, items, next}: pages looked at, how many are not read, rejected, without text, with few words for their ink or read "
       "with doubts, and which",
       json,
       {limit(50, 200), cursor()},
       get_unfound},
      {"/patients",
       "patients",
       "Patients whose family name or MRN begins with a text",
       "{items}: MRN, name, date of birth, sex",
       json,
       {text("prefix", "beginning of a family name or MRN", 100), limit(20, 100)},
       get_patients},
      {"/charts/{mrn}",
       "chart",
       "A patient's documents in chart order",
       "{patient, sections}: sections as tabs, documents newest first inside each",
       json,
       {in_path("mrn", "medical record number")},
       get_chart},
      {"/batches",
       "batches",
       "Feeding sessions, newest first",
       "{items, next}: batches with their ledgers",
       json,
       {limit(50, 200), cursor()},
       get_batches},
      {"/batches/{id}",
       "batch",
       "One batch with its pages in feeding order",
       "{batch, pages, next}: the batch with its ledger, refused items, sheets, gaps, why it stands still and what speaks against its "
       "release; and for each page what a thumbnail shows",
       json,
       {in_path("id", "batch id"), limit(200, 1000), cursor()},
       get_batch},
      {"/documents/{id}",
       "document",
       "One document",
       "type, date, author, pages, link with its reasons, findings",
       json,
       {in_path("id", "document id")},
       get_document},
      {"/review",
       "review",
       "Documents that wait for a person, oldest first",
       "{total, items, next}",
       json,
       {limit(50, 200), cursor()},
       get_review},
      {"/pages/{id}",
       "page",
       "Everything known of one page",
       "state, geometry, types, fields, barcodes and cues of the form with their boxes, findings, stamps of the stages; words on request",
       json,
       {in_path("id", "page id"), {"words", ParameterType::Flag, "1 adds every word with its boxes", "0"}},
       get_page},
      {"/pages/{id}/image",
       "page_image",
       "The page as JPEG",
       "the image; ETag and single byte ranges are supported",
       "image/jpeg",
       {in_path("id", "page id"),
        {"kind", ParameterType::Choice, "straightened, or as it was scanned", "upright", 0, 0, {"upright", "delivered"}},
        {"box", ParameterType::Text, "x0,y0,x1,y1: only this part, in pixels of the image asked for; empty = all of it", "", 0, 32},
        {"width", ParameterType::Integer, "pixels across at most; 0 = as it is", "0", 0, kMaxImageWidth}},
       get_page_image},
      {"/openapi.json", "openapi", "This description", "OpenAPI 3.0.3", json, {}, get_openapi},
  };
  return table;
}

}  // namespace chartscan::app::http
