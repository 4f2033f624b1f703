// Where documents begin and end in a batch, from separators, page numbers, titles, types and identities; and which pages
// are sheets fed twice. Pure: looks at page records only.
#pragma once

#include <span>
#include <vector>

#include "core/document.h"
#include "core/page.h"

namespace chartscan::charts {

struct Assembly {
  std::vector<Document> documents;  // ids, batch, pages, type, service date, author set; link not yet
  // State and duplicate_of of every page are set in `pages` given: Separator, BlankAside, Superseded; the rest keep
  // theirs and belong to exactly one document.
};
// `pages` in feeding order, one batch, rejected ones included (they belong to no document). `texts` runs beside it.
Assembly assemble(std::span<Page> pages, std::span<const PageText> texts);

}  // namespace chartscan::charts
