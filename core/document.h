// A run of pages of one type, and its place in a patient's chart. Made when the batch closes, or by a person;
// a person's decision outlives every recomputation.
#pragma once

#include <string>
#include <vector>

#include "core/date.h"
#include "core/finding.h"
#include "core/ids.h"
#include "core/page.h"

namespace chartscan {

enum class LinkStatus { None, Review, Auto, Person };  // Person: a person confirmed or chose it

enum class Agreement { Agrees, Close, Disagrees, Missing };

// One compared field of one candidate, in words a person can check.
struct LinkReason {
  std::string field;   // "mrn", "name", "dob", "sex", ...
  Agreement agreement = Agreement::Missing;
  double weight = 0;   // contribution to the score, in bits; negative speaks against
  std::string detail;  // "page P00000003 reads 1961-02-03, index has 1961-02-13"
};

struct LinkCandidate {
  std::string mrn;
  double confidence = 0;  // 0..1
  std::vector<LinkReason> reasons;
};

struct Link {
  LinkStatus status = LinkStatus::None;
  std::string mrn;                        // linked, or the first candidate proposed; empty = none
  double confidence = 0;                  // 0..1
  std::vector<LinkReason> reasons;        // of `mrn`
  std::vector<LinkCandidate> candidates;  // best first, at most five
};

struct Document {
  DocumentId id;
  BatchId batch;
  std::vector<PageId> pages;  // in order
  std::string type = "unknown";
  double type_confidence = 0;
  Date service_date;
  std::string author;
  Link link;
  std::optional<DocumentId> duplicate_of;  // the same paper, scanned and filed before: the chart shows it once
  bool filed = false;              // in a chart; otherwise it waits in review
  std::vector<Finding> findings;   // why it waits, and what else a person should know
  std::string decided_by;          // "" = the pipeline; otherwise the person who decided
};

// Why a document waits, as one word: "held" by a person, "foreign-page", "patient", "type" or "other"; the first that fits.
const char* review_queue(const Document& document);
// How sure the machine is of what it is least sure of: type or patient.
double surety_of(const Document& document);

// A document that waits, as far as a queue needs it.
struct WaitingDocument {
  DocumentId id;
  BatchId batch;
  double surety = 0;
  std::string queue, type, mrn;  // as of the document
};

const char* to_string(LinkStatus status);  // "none", "review", "auto", "person"
const char* to_string(Agreement agreement);
std::optional<LinkStatus> parse_link_status(std::string_view text);
std::optional<Agreement> parse_agreement(std::string_view text);

}  // namespace chartscan
