// Text -> what is searched. Additions travel in the same atomic write as the page they describe, so a page is findable
// exactly when it is stored: as fresh rows (indexer/fresh_page.h), which indexer/index_upkeep.h brings into segments later.
// Nothing is read, and a page's rows replace what the index said of it before. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/document.h"
#include "core/page.h"
#include "storage/archive.h"

namespace chartscan::indexer {

// Words of the page but for what was misread in handwriting, signatures and stamps (Page::cues), and the fields that are
// known from the page alone (batch, file, barcodes, facility, findings, state). In place of what was indexed of the page before.
// `text` must be put as the page's text by the same change, or stand there already: its words are read from there.
void index_page(storage::Change& change, const Page& page, const PageText& text);
void unindex_page(storage::Change& change, PageId page);  // for a page that shall not be found; not before index_page

// Only the fields: whenever the record of an indexed page is written again with another state, finding or document.
void index_page_fields(storage::Change& change, const Page& page);

// Fields that a document gives to each of its pages: type, linked chart, service date, author, findings, filed or in
// review. Called whenever a document is made or changed; `before` is the document as it was last indexed, if it was: of
// pages that left it nothing is said any more. (Other names of the type, such as its LOINC code, are found through
// SearchOptions::types.)
void index_document(storage::Change& change, const Document* before, const Document& document);

// Of its pages nothing is said any more: call it when the document is erased, before other documents take its pages.
void unindex_document(storage::Change& change, const Document& document);

// Fresh rows of fields: what the functions above put and a rebuild puts together.
std::string fresh_fields_row(const Page& page);
std::string fresh_fields_row(const Document& document);

// Checks the postings against the page texts, page records and documents; the segments' tables against their lists;
// one line per fault to `report`, without words. Returns the number of pages checked. Memory: some 50 bytes a page.
Result<std::uint64_t> verify_index(const storage::Records& records, const std::function<void(const std::string&)>& report);

}  // namespace chartscan::indexer
