// Text -> postings. Additions travel in the same atomic write as the page they describe, so a page is findable exactly
// when it is stored. docs/formats.md describes the keys.
#pragma once

#include "core/document.h"
#include "core/page.h"
#include "storage/archive.h"

namespace chartscan::indexer {

inline constexpr int kIndexVersion = 1;

// Words of the page, and the fields that are known from the page alone (batch, findings, barcodes, blank).
void index_page(storage::Change& change, const Page& page, const PageText& text);

// Fields that come from the page's document: type, mrn, date, author, link status. Called whenever a document is made or
// changed; `before` is what was indexed for it, if anything, and is taken out first. `pages` are the page records of
// document.pages as they are being written, in that order (for findings and states).
void index_document(storage::Change& change, const Document* before, const Document& document);

// Checks the postings against the page texts; one line per fault to `report`. Returns the number of pages checked.
Result<std::uint64_t> verify_index(const storage::Records& records, const std::function<void(const std::string&)>& report);

}  // namespace chartscan::indexer
