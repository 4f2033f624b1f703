// Who may open what: the whole rule in one place. policy.cpp reads like the policy; everything that shows, lists, counts, prints or
// exports asks here. Pure but for the reads of the archive; no clock of its own. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/access/actor.h"
#include "core/batch.h"
#include "core/document.h"
#include "core/page.h"
#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::app {

// Which class a document type belongs to: charts/types/*.toml, overridden by [access.sensitivity].
class SensitivityTable {
 public:
  SensitivityTable() : SensitivityTable(std::map<std::string, std::string>()) {}
  explicit SensitivityTable(const std::map<std::string, std::string>& overrides);  // type code -> class, "" = none
  const std::string& of(std::string_view type) const;             // "" = open to all who may view
  const std::map<std::string, std::string, std::less<>>& types() const { return types_; }  // only those with a class
  std::vector<std::string> classes() const;                       // sorted, once each

 private:
  std::map<std::string, std::string, std::less<>> types_;
};

enum class Opening {
  Allowed,
  Hidden,      // answer as if it were not there (404), never "forbidden": that it exists is confidential, too
  NeedsGlass,  // closed to this person, who has the right to break the glass (403 GlassNeeded); lists still leave it out
};

// What somebody wants to open, as far as the rule looks at it.
struct Subject {
  std::string mrn;          // of the chart it is filed in or proposed for; empty = nobody's
  std::string sensitivity;  // class of its type
  bool filed = false;       // stands in a chart; else somebody still works on it
  bool released = false;    // its batch was let go
  std::string fed_by;       // who fed its batch
};
Opening may_open(const Actor& actor, const Subject& subject, std::int64_t now);

// Is a chart as such (its cover: demographics, encounters, list of documents) open? Its documents are asked one by one.
Opening may_open_chart(const Actor& actor, const std::string& mrn, std::int64_t now);

// The same for stored things. What the archive does not have is Hidden.
class Doorkeeper {
 public:
  explicit Doorkeeper(const SensitivityTable& table) : table_(table) {}
  Result<Opening> may_open(const Actor& actor, const storage::Records& records, PageId page, std::int64_t now) const;
  Result<Opening> may_open(const Actor& actor, const storage::Records& records, const Page& page, std::int64_t now) const;
  Result<Opening> may_open(const Actor& actor, const storage::Records& records, const Document& document, std::int64_t now) const;
  Subject subject_of(const Document& document, const Batch* batch) const;
  Subject subject_of(const Page& page, const Document* document, const Batch* batch) const;

  // Document type codes whose pages this person must not see anywhere: search, counts, facets, thumbnails. Sorted. A grant does not take a
  // type out (it holds for one chart only): a search within one chart (`mrn`) does.
  std::vector<std::string> hidden_types(const Actor& actor, std::int64_t now, const std::string& mrn = "") const;

 private:
  const SensitivityTable& table_;
};

// NotFound, GlassNeeded or fine, in words for the API; `what` as in "page P00000042".
Status as_status(Opening opening, const std::string& what);

}  // namespace chartscan::app
