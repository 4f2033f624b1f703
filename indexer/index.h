// Text -> postings. Additions travel in the same atomic write as the page they describe, so a page is findable exactly
// when it is stored. Nothing is read and the same call always writes the same keys, so doing it again is harmless.
// docs/formats.md and indexer/layout.h describe the keys. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/document.h"
#include "core/page.h"
#include "storage/archive.h"

namespace chartscan::indexer {

inline constexpr int kIndexVersion = 1;

// Words of the page but for what was misread in handwriting, signatures and stamps (Page::cues), and the fields that are known from the page alone (batch, file, barcodes, facility, findings, state).
void index_page(storage::Change& change, const Page& page, const PageText& text);

// Takes out what index_page wrote for exactly this page and text: call it with what is stored before indexing a page
// whose text was read anew.
void unindex_page(storage::Change& change, const Page& page, const PageText& text);

// Only the fields: whenever a page record is written again with another state, finding or document. `before` is the
// record as it was last indexed, if it was.
void index_page_fields(storage::Change& change, const Page* before, const Page& page);

// Fields that a document gives to each of its pages: type, linked chart, service date, author, findings, filed or in
// review. Called whenever a document is made or changed; `before` is the document as it was last indexed, if it was, and
// is taken out first. (Other names of the type, such as its LOINC code, are found through SearchOptions::types.)
void index_document(storage::Change& change, const Document* before, const Document& document);

// Takes out what index_document wrote for exactly this document: call it when the document is erased.
void unindex_document(storage::Change& change, const Document& document);

// Checks the postings against the page texts, page records and documents; one line per faulty page to `report`, without
// words. Returns the number of pages checked. Memory: some 50 bytes a page.
Result<std::uint64_t> verify_index(const storage::Records& records, const std::function<void(const std::string&)>& report);

}  // namespace chartscan::indexer
