#include "indexer/grouping.h"

#include <algorithm>
#include <array>
#include <map>

#include "indexer/fields.h"

namespace chartscan::indexer {
namespace {

// What the facet tells of a page's standing, in this order; a page may have several.
constexpr std::array kStanding{"filed", "review", "auto", "person", "unfound", "blank", "separator", "duplicate", "superseded", "rejected"};

// Pages by value of one column.
class Counts {
 public:
  explicit Counts(std::shared_ptr<const Column> column) : column_(std::move(column)), pages_(column_->values().size()) {}
  void add(PageNo page) { ++pages_[column_->at(page)]; }

  std::vector<FacetValue> values() const {
    std::vector<FacetValue> values;
    for (std::size_t i = 0; i < pages_.size(); ++i)
      if (pages_[i] > 0) values.push_back({column_->values()[i], pages_[i]});
    return values;
  }

 private:
  std::shared_ptr<const Column> column_;
  std::vector<std::uint64_t> pages_;
};

std::vector<FacetValue> most_first(std::vector<FacetValue> values) {
  std::stable_sort(values.begin(), values.end(), [](const FacetValue& a, const FacetValue& b) { return a.pages > b.pages; });
  return values;
}

// "20190305" -> "2019", newest first.
std::vector<FacetValue> years_of(const std::vector<FacetValue>& dates) {
  std::map<std::string, std::uint64_t, std::greater<>> years;
  for (const FacetValue& date : dates) years[date.value.substr(0, 4)] += date.pages;
  std::vector<FacetValue> values;
  for (const auto& [year, pages] : years) values.push_back({year, pages});
  return values;
}

}  // namespace

Result<Grouping> Grouping::of(const storage::Records& records, IndexReader& reader, GroupBy by) {
  Grouping grouping(records);
  if (by == GroupBy::Chart) {
    TRY(grouping.charts_, reader.column(field::kChart));
  }
  return grouping;
}

Result<std::uint32_t> Grouping::group_of(PageNo page) { return charts_ ? charts_->at(page) : document_of(page); }

// A document's other pages are learnt with its first, so records are read once a document.
Result<std::uint32_t> Grouping::document_of(PageNo page) {
  if (const auto known = known_.find(page); known != known_.end()) {
    const std::uint32_t number = known->second;
    known_.erase(known);
    return number;
  }
  TRY(const std::optional<Page> record, records_->page(PageId{page}));
  if (!record || !record->document) return std::uint32_t{0};
  const auto [entry, is_new] = numbers_.emplace(record->document->value, static_cast<std::uint32_t>(documents_.size()));
  if (!is_new) return entry->second;
  documents_.push_back(*record->document);
  TRY(const std::optional<Document> document, records_->document(*record->document));
  for (std::size_t i = 0; document && i < document->pages.size(); ++i)
    if (document->pages[i].value > page) known_.emplace(static_cast<PageNo>(document->pages[i].value), entry->second);
  return entry->second;
}

Group Grouping::named(std::uint32_t group) const {
  Group named;
  if (charts_) named.mrn = charts_->values()[group];
  else if (group > 0) named.document = documents_[group];
  return named;
}

Result<Facets> count_facets(IndexReader& reader, PageCursor& cursor) {
  TRY(auto type, reader.column(field::kType));
  TRY(auto date, reader.column(field::kDate));
  TRY(auto site, reader.column(field::kSite));
  Counts types(std::move(type)), dates(std::move(date)), sites(std::move(site));
  std::vector<PageCursorPtr> standings;
  for (const char* status : kStanding) {
    TRY(PageCursorPtr standing, reader.constant({layout::field_term(field::kStatus, status)}, 0));
    standings.push_back(std::move(standing));
  }
  std::array<std::uint64_t, kStanding.size()> standing_pages{};
  for (; cursor.page() != PageCursor::kEnd; cursor.next()) {
    const PageNo page = cursor.page();
    types.add(page), dates.add(page), sites.add(page);
    for (std::size_t i = 0; i < standings.size(); ++i) {
      if (standings[i]->page() < page) standings[i]->seek(page);
      if (standings[i]->page() == page) ++standing_pages[i];
    }
  }
  Facets facets{most_first(types.values()), years_of(dates.values()), most_first(sites.values()), {}};
  for (std::size_t i = 0; i < standing_pages.size(); ++i)
    if (standing_pages[i] > 0) facets.statuses.push_back({kStanding[i], standing_pages[i]});
  facets.statuses = most_first(std::move(facets.statuses));
  return facets;
}

}  // namespace chartscan::indexer
