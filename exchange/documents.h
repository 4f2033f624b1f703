// What every export of documents does: find them, then go through their pages in order with the words read on them.
#pragma once

#include <functional>
#include <vector>

#include "core/document.h"
#include "core/page.h"
#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::exchange {

Result<std::vector<Document>> load_documents(const storage::Records& records, const std::vector<DocumentId>& ids);

// `visit` gets each page once, with its document; its error ends the walk and is told with the names of both. Text is empty
// for a page that has not been read. No page at all is an error: an empty file would look like an empty chart.
using VisitPage = std::function<Status(const Document& document, const Page& page, const PageText& text)>;
Status each_page(const storage::Records& records, const std::vector<Document>& documents, const VisitPage& visit);

}  // namespace chartscan::exchange
