#include "pipeline/supersede.h"

#include "indexer/index.h"

namespace chartscan::pipeline {

PageBefore before_of(const Page& page) { return {page.id, page.sequence, page.decisions, page.superseded_by}; }

Status put_page(const storage::Records& records, storage::Change& change, const Page& after) {
  change.put(after);
  TRY(const std::optional<PageText> text, records.text(after.id), "page " + to_string(after.id));
  if (text) indexer::index_page_fields(change, after);  // a page that was read is indexed, one that waits is not
  return {};
}

Status supersede(const storage::Records& records, storage::Change& change, PageId id, PageId by, PageBefore& before) {
  TRY(const std::optional<Page> page, records.page(id));
  if (!page) return Error{ErrorCode::Integrity, "page " + to_string(id) + " vanished from the archive; run chartscan verify", {}};
  before = before_of(*page);
  Page marked = *page;
  marked.superseded_by = by;
  marked.state = PageState::Superseded;
  return put_page(records, change, marked);
}

}  // namespace chartscan::pipeline
