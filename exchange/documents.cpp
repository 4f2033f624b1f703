#include "exchange/documents.h"

namespace chartscan::exchange {
namespace {

Status visit_page(const storage::Records& records, const Document& document, PageId id, const VisitPage& visit) {
  TRY(const std::optional<Page> page, records.page(id));
  if (!page) return Error{ErrorCode::Integrity, "the archive does not hold this page of the document; run chartscan verify"};
  TRY(const std::optional<PageText> text, records.text(id));
  return visit(document, *page, text.value_or(PageText{}));
}

}  // namespace

Result<std::vector<Document>> load_documents(const storage::Records& records, const std::vector<DocumentId>& ids) {
  std::vector<Document> documents;
  for (const DocumentId id : ids) {
    TRY(std::optional<Document> document, records.document(id), "document " + to_string(id));
    if (!document)
      return Error{ErrorCode::NotFound,
                   "there is no document " + to_string(id) + " in this archive; chartscan chart MRN lists them"};
    documents.push_back(std::move(*document));
  }
  return documents;
}

Status each_page(const storage::Records& records, const std::vector<Document>& documents, const VisitPage& visit) {
  bool any = false;
  for (const Document& document : documents)
    for (const PageId id : document.pages) {
      TRY_STATUS(visit_page(records, document, id, visit), "document " + to_string(document.id) + ", page " + to_string(id));
      any = true;
    }
  if (!any) return Error{ErrorCode::NotFound, "no page to export: name a document or a chart that has pages"};
  return {};
}

}  // namespace chartscan::exchange
