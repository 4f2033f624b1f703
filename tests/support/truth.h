// The truth beside the samples (samples/truth.jsonl, one object a page, in file order): what a perfect reader would find.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace chartscan::testing {

enum class ExpectedLink {
  AutoOk,  // two printed identifiers agree with one patient and nothing speaks against it
  Review,  // must not be linked without a person
  None,    // nothing to link: separators, and blank sides
};

struct PageRef {
  std::string file;
  int page_index = 0;
  auto operator<=>(const PageRef&) const = default;
};

struct TruthPage {
  PageRef page;                         // file as the page export names it
  std::string batch;                    // "batch-0001"
  std::optional<std::string> document;  // key within the batch; none for separators and blank sides
  std::string doc_type;                 // code of the contract; "" for separators and blank sides
  std::optional<std::string> mrn;       // whose page it is; none when nobody in the index
  ExpectedLink link = ExpectedLink::None;
  bool blank = false, separator = false;
  bool foreign = false;                     // another patient's page inside a document
  std::optional<PageRef> duplicate_of;      // the same sheet fed before
  int rotation = 0;                         // clockwise turn that makes it upright
  double skew_deg = 0;                      // counter-clockwise positive, of the upright page
  bool signature = false;                   // ink, not print
  std::optional<std::string> service_date;  // YYYY-MM-DD
  std::vector<std::string> barcodes;        // payloads on the page
  std::vector<std::string> search_terms;    // the document's words and phrases that are printed on this page
  std::vector<std::string> printed;         // patient fields on the page: "name", "dob", "mrn"
  std::string text;                         // reading order
  std::string note;                         // what is special about the page; empty = plain

  bool operator==(const TruthPage&) const = default;
};

std::string truth_line(const TruthPage& page);  // one JSON object, no line end
// Throws std::runtime_error naming the line that is wrong.
std::vector<TruthPage> load_truth(const std::filesystem::path& truth_jsonl);

}  // namespace chartscan::testing
