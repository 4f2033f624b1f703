// A question -> ranked pages with the places of the hits. Words are joined by AND; "phrases", prefix*, fuzzy~, OR, NOT
// (or -), parentheses; fields type: mrn: patient: dob: date: batch: author: facility: finding: status: barcode: file: is:;
// date:2019..2021 and date:2020-03.
// A word that no page has is tried with the usual OCR confusions and one edit (two in long words); the answer says so.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/document.h"
#include "core/page.h"
#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::indexer {

// Other names under which a document type is asked for.
struct TypeName {
  std::string code;     // "progress_note": what is indexed
  std::string loinc;    // "11506-3"
  std::string section;  // tab of the chart; asking for it means all its types
};

struct SearchOptions {
  int limit = 20;
  int offset = 0;
  std::string mrn;                  // only pages linked to this patient, automatically or by a person; empty = all
  std::span<const TypeName> types;  // borrowed; without it type: knows codes only
};

struct HitBox {
  std::string word;  // as it stands on the page
  Box delivered;     // pixels of the image as delivered
  Box upright;       // pixels of the upright, straight working image
};

struct Hit {
  PageId page;
  std::optional<DocumentId> document;
  double score = 0;  // 0 when the question has filters only
  // Text around the best hit; the hit words stand between \x02 and \x03, so that each surface marks them its own way.
  std::string snippet;
  std::vector<HitBox> boxes;  // in reading order
};

struct Answer {
  std::vector<Hit> hits;           // best first, equals by page id
  int total = 0;                   // exact
  std::vector<std::string> notes;  // "no page has 'hypertenson'; searched for 'hypertension'"
};

// QuerySyntax errors give the position and what was expected. Any thread; reads one moment of the archive.
Result<Answer> search(const storage::Records& records, const std::string& query, const SearchOptions& options);

}  // namespace chartscan::indexer
