// The page export: one JSON object a line, a line a page, in the order the pages were fed. docs/contracts.md is its
// promise to others. Streamed: memory holds one page, whatever the archive. Any thread; `records` is one moment.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "core/document.h"
#include "core/page.h"
#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::exchange {

Status export_pages(const storage::Records& records, std::ostream& out);

// One line, without the line end. `text` is null for a page that has not been read, `document` for one that belongs to none.
// Bytes that are not UTF-8 leave as U+FFFD.
std::string export_line(const Page& page, const PageText* text, const Document* document);

}  // namespace chartscan::exchange
