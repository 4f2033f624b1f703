// What is indexed of a page and a document beside the page's words, and how values are spelled in the index. Writing and
// querying both go through here, so they cannot disagree. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"
#include "core/page.h"
#include "indexer/layout.h"
#include "indexer/tokenizer.h"

namespace chartscan::indexer {

namespace field {
// Codes: one term a value, matched whole or by prefix.
inline constexpr const char* kType = "type";        // code of the document's type
inline constexpr const char* kOwnType = "own_type";  // of the page itself, whatever its document is
inline constexpr const char* kMrn = "mrn";          // linked chart, without case
inline constexpr const char* kChart = "chart";      // linked chart, byte for byte: the patient filter
inline constexpr const char* kDate = "date";        // service date, yyyymmdd
inline constexpr const char* kBatch = "batch";      // "b00000012"
inline constexpr const char* kFinding = "finding";  // of the page or its document
inline constexpr const char* kStatus = "status";    // see fields.cpp
inline constexpr const char* kSite = "site";        // the facility as a whole, for counting
// Words: cut like text, with positions.
inline constexpr const char* kAuthor = "author";
inline constexpr const char* kFacility = "facility";
inline constexpr const char* kBarcode = "barcode";
inline constexpr const char* kFile = "file";
}  // namespace field

// "Radiology Report" -> "radiology_report", "no-text" -> "no_text"
std::string code_value(std::string_view text);
// ASCII lower case, nothing else changed.
std::string lower_case(std::string_view text);
// Value of the date field; "" when unknown.
std::string date_value(const Date& date);
// True when the document stands in the chart of link.mrn; a proposal is not a link.
bool is_linked(const Document& document);

struct Posting {
  std::string term;
  std::vector<Place> places;  // ascending
};
// Numbers of the words that are not searched, rising; `page` says where a pen or a stamp wrote. The others keep their positions among all.
std::vector<std::uint32_t> unsearched_words(const PageText& text, const Page& page);
// Each term once, in order.
std::vector<Posting> postings_of(const PageText& text, const Page& page);
std::uint32_t length_of(const std::vector<Posting>& words);  // positions of the page they were taken from
std::vector<Posting> postings_of(const Page& page);
std::vector<Posting> postings_of(const Document& document);  // the same for each of its pages

}  // namespace chartscan::indexer
