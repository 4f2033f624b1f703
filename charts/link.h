// Whose chart a document belongs to. Never guesses: an automatic link needs two agreeing identifiers (MRN with name or
// birth date, or name with a birth date that is unique in the index) and no contradiction on any page of the document;
// everything else goes to review with its reasons and candidates.
#pragma once

#include <span>
#include <vector>

#include "charts/patient_index.h"
#include "core/document.h"
#include "core/page.h"

namespace chartscan::charts {

struct LinkDecision {
  Link link;
  std::vector<Finding> findings;   // why it is not automatic; foreign-page and so on
  std::vector<PageId> foreign;     // pages that name another patient than the document
};

// What an automatic link must reach; set by the error budget (charts/link_audit.h).
struct LinkLimits {
  bool automatic = true;    // false: everything goes to review
  double margin_bits = 10;  // ahead of the second candidate, and of a person the index does not know: 10 = a thousand times likelier
};

// The name of the reason whose weight says by how many bits the linked patient was ahead; of automatic links only.
inline constexpr const char* kMarginReason = "margin";

Result<LinkDecision> link_document(std::span<const Page> pages, const PatientIndex& index, const LinkLimits& limits = {});

}  // namespace chartscan::charts
