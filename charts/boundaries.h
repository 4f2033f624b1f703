// Where documents begin and end in a batch, from separators, page numbers, titles, types and identities; and which pages
// are sheets fed twice. Pure: looks at page records, and at texts it is handed on demand.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/document.h"
#include "core/page.h"
#include "core/result.h"

namespace chartscan::charts {

struct Assembly {
  std::vector<Document> documents;  // ids, batch, pages, type, service date, author set; link not yet
  // State and duplicate_of of every page are set in `pages` given: Separator, BlankAside, Superseded; the rest keep
  // theirs and belong to exactly one document.
};
// The text of the page at a position of `pages`. Asked for only where two pictures look alike or a signature is missing, so
// that memory does not grow with the words of a batch.
using TextOf = std::function<Result<PageText>(std::size_t)>;

// `pages` in feeding order, one batch, rejected ones included (they belong to no document). Fails only where `text_of` does.
// Pages of one patient that lie between the pages of another's document become documents of their own with a finding.
Result<Assembly> assemble(std::span<Page> pages, const TextOf& text_of);

}  // namespace chartscan::charts
