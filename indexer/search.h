// A question -> ranked pages with the places of the hits. docs/searching.md says what can be asked.
//
// An answer has two parts, one behind the other: the pages that hold what was asked as it is written, best first; and, once these are
// used up, those that hold it in a similar spelling, as OCR makes them (indexer/spelling.h). So a rare word, or one that no page has, is
// found where it was misread, and a frequent one is neither slowed nor diluted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/document.h"
#include "core/page.h"
#include "core/result.h"
#include "indexer/query.h"
#include "indexer/snippet.h"
#include "storage/archive.h"

namespace chartscan::indexer {

// Other names under which a document type is asked for.
struct TypeName {
  std::string code;     // "progress_note": what is indexed
  std::string loinc;    // "11506-3"
  std::string section;  // tab of the chart; asking for it means all its types
};

enum class Spelling { Tolerant, AsWritten };
enum class Counting { Exact, AtLeast };  // AtLeast: as far as it is known without looking further
enum class GroupBy { Page, Document, Chart };

struct SearchOptions {
  int limit = 20;                   // pages, or groups of them
  std::string after;                // Answer::next of the answer before
  std::string mrn;                  // only pages linked to this patient, automatically or by a person; empty = all
  std::span<const TypeName> types;  // borrowed; without it type: knows codes only
  // Codes of document types whose pages the asker may not open. A page whose own type or whose document's type is among them is answered
  // as if the archive did not hold it: it is in no hit, count, group, facet, snippet or note, what only it has is no similar spelling, and
  // scores do not know how often words stand on it. Kept with the index's state, so it costs little after the first question.
  std::vector<std::string> hidden_types;
  std::optional<Order> order;       // where the question does not say sort: itself
  GroupBy group = GroupBy::Page;
  bool facets = false;
  Spelling spelling = Spelling::Tolerant;
  Counting counting = Counting::Exact;
  bool exhaustive = false;          // score every page, to compare with: the answer is the same
};

struct RankedPage {
  PageId page;
  double score = 0;      // 0 when the question has filters only
  bool similar = false;  // only in a similar spelling
};

// The pages of an answer that belong together.
struct Group {
  std::optional<DocumentId> document;  // by document; nothing = in none
  std::string mrn;                     // by chart; "" = in none
  std::uint64_t total = 0;
  std::vector<RankedPage> best;  // at most kShownOfGroup
};
inline constexpr std::size_t kShownOfGroup = 3;

struct FacetValue {
  std::string value;  // "" = unknown
  std::uint64_t pages = 0;
};
// Most pages first; years newest first. Of the pages that the total counts.
struct Facets {
  std::vector<FacetValue> types, years, facilities, statuses;
};

struct Found {
  std::vector<RankedPage> pages;       // best first, equals by page id; empty where groups are asked for
  std::vector<Group> groups;           // best page first
  std::uint64_t total = 0;             // as written; where no page has it so, in a similar spelling
  bool total_exact = true;             // else there are at least so many
  std::uint64_t as_written = 0;
  std::optional<std::uint64_t> similar;  // pages that have it in a similar spelling only; nothing = not looked for
  std::optional<std::uint64_t> total_groups;
  std::optional<Facets> facets;
  // What SearchOptions::after takes to go on; "" = there is no more. Pages that come in meanwhile do not move the list: they are left
  // out of what follows, and the place to go on from is looked up anew.
  std::string next;
  std::vector<HitPhrase> phrases;      // what to mark
  std::vector<std::string> notes;      // "no page has 'hypertenson'; searched for 'hypertension'"
};

struct HitBox {
  std::string word;  // as it stands on the page
  Box delivered;     // pixels of the image as delivered
  Box upright;       // pixels of the upright, straight working image
};

struct Hit {
  PageId page;
  std::optional<DocumentId> document;
  double score = 0;
  bool similar = false;
  // Text around the best hit; the hit words stand between \x02 and \x03, so that each surface marks them its own way.
  std::string snippet;
  std::vector<HitBox> boxes;  // in reading order
};

struct Answer : Found {
  std::vector<Hit> hits;  // of `pages`, or of each group's best, in that order
};

// QuerySyntax errors give the position and what was expected. Any thread; reads one moment of the archive.
Result<Found> find(const storage::Records& records, const std::string& query, const SearchOptions& options);
// One page with snippet and boxes.
Result<Hit> show(const storage::Records& records, const RankedPage& page, const std::vector<HitPhrase>& phrases);
// Both: find, and show each page.
Result<Answer> search(const storage::Records& records, const std::string& query, const SearchOptions& options);

}  // namespace chartscan::indexer
