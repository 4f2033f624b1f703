#include "app/search_view.h"

#include <algorithm>

namespace chartscan::app {

std::string linked_mrn(const std::optional<Document>& document) {
  const bool linked = document && (document->link.status == LinkStatus::Auto || document->link.status == LinkStatus::Person);
  return linked ? document->link.mrn : "";
}

Result<SearchRow> row_of(const storage::Records& records, indexer::Hit hit) {
  SearchRow row;
  TRY(std::optional<Page> page, records.page(hit.page));
  if (!page) return Error{ErrorCode::Integrity, "page " + to_string(hit.page) + " has no record; run verify and restore what it names", ""};
  row.page = std::move(*page);
  if (row.page.document) {
    TRY(row.document, records.document(*row.page.document));
  }
  if (row.document) {
    const auto& pages = row.document->pages;
    row.page_number = static_cast<int>(std::ranges::find(pages, row.page.id) - pages.begin()) + 1;
  }
  if (const std::string mrn = linked_mrn(row.document); !mrn.empty()) {
    TRY(row.patient, records.patient(mrn));
  }
  row.hit = std::move(hit);
  return row;
}

Result<SearchView> view_of(const storage::Records& records, indexer::Answer answer) {
  SearchView view;
  std::vector<indexer::Hit> hits = std::move(answer.hits);
  view.found = std::move(answer);
  for (indexer::Hit& hit : hits) {
    TRY(SearchRow row, row_of(records, std::move(hit)));
    view.rows.push_back(std::move(row));
  }
  if (view.found.groups.empty()) return view;
  auto next = view.rows.begin();  // the rows of one group after the other
  for (const indexer::Group& group : view.found.groups) {
    SearchGroup shown;
    shown.total = group.total;
    const auto end = next + static_cast<std::ptrdiff_t>(group.best.size());
    shown.rows.assign(std::make_move_iterator(next), std::make_move_iterator(end));
    next = end;
    if (group.document) shown.document = shown.rows.front().document;
    if (group.document || !group.mrn.empty()) shown.patient = shown.rows.front().patient;
    view.groups.push_back(std::move(shown));
  }
  view.rows.clear();
  return view;
}

}  // namespace chartscan::app
