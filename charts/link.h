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
Result<LinkDecision> link_document(std::span<const Page> pages, const PatientIndex& index);

}  // namespace chartscan::charts
