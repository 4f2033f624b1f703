// Fresh pages become segments. See index_upkeep.h.
#include <algorithm>

#include "indexer/index_state.h"
#include "indexer/index_upkeep.h"
#include "indexer/manifest_steps.h"
#include "indexer/segment_writer.h"
#include "storage/keys.h"

namespace chartscan::indexer {
namespace {

using storage::Change;
using storage::Family;
using storage::Records;
using storage::View;

constexpr std::size_t kDense = 2;  // numbers of pages for each fresh one; up to that their texts are read in a row

struct FreshRow {
  PageNo page = 0;
  std::string bytes;
};
using FreshRows = std::vector<FreshRow>;

// The oldest; none when there are fewer than `at_least`.
Result<FreshRows> fresh_rows(const View& view, Layer layer, std::size_t at_least) {
  FreshRows fresh;
  const auto rows = view.rows(Family::Dictionary, rows::fresh(layer));
  for (; !rows->at_end() && fresh.size() < kFlushPages; rows->next())
    fresh.push_back({rows::page_of(rows->key()).value_or(0), std::string(rows->value())});
  TRY_STATUS(rows->status());
  if (fresh.size() < at_least) fresh.clear();
  return fresh;
}

Error missing_text(PageNo page) { return damaged_index("the text of page " + to_string(PageId{page}) + ", which was just committed,"); }

// Texts of many pages that follow each other are read in a row: looking each up costs as much as cutting it into words.
Status add_words_in_a_row(const View& view, const FreshRows& fresh, Inversion& to) {
  auto row = fresh.begin();
  Status outcome;
  TRY_STATUS(view.scan(Family::Text, "", storage::keys::text(PageId{row->page}), [&](std::string_view key, std::string_view text) {
    const auto page = storage::keys::page_of_text(key);
    for (; row != fresh.end() && page && row->page <= page->value; ++row) {
      const bool is_own = row->page == page->value;
      if (!is_own && !row->bytes.empty()) return outcome = missing_text(row->page), false;
      const auto loaded = load_fresh(Layer::Words, row->page, row->bytes, is_own ? text : std::string_view());
      if (!loaded.ok()) return outcome = loaded.error(), false;
      to.add(**loaded);
    }
    return row != fresh.end();
  }));
  TRY_STATUS(std::move(outcome));
  for (; row != fresh.end(); ++row) {  // behind the last text: pages without words
    TRY(const FreshPagePtr page, load_fresh(view, Layer::Words, row->page, row->bytes));
    to.add(*page);
  }
  return {};
}

Status add_pages(const View& view, Layer layer, const FreshRows& fresh, Inversion& to) {
  const bool is_dense = std::size_t{fresh.back().page} - fresh.front().page < kDense * fresh.size();
  if (layer == Layer::Words && is_dense) return add_words_in_a_row(view, fresh, to);
  for (const FreshRow& row : fresh) {
    TRY(const FreshPagePtr page, load_fresh(view, layer, row.page, row.bytes));
    to.add(*page);
  }
  return {};
}

// What became of the fresh rows that were taken for a segment.
struct Since {
  std::vector<PageNo> changed;   // the page's row is another now, or none
  bool is_crowded = false;       // rows that were not taken stand between those that were
};

Result<Since> since(const View& view, Layer layer, const FreshRows& taken) {
  Since since;
  auto row = taken.begin();
  TRY_STATUS(view.scan(Family::Dictionary, rows::fresh(layer), rows::fresh(layer, row->page), [&](std::string_view key, std::string_view bytes) {
    const PageNo page = rows::page_of(key).value_or(0);
    for (; row != taken.end() && row->page < page; ++row) since.changed.push_back(row->page);
    if (row == taken.end()) return false;
    since.is_crowded = since.is_crowded || row->page != page;
    if (row->page == page && (row++)->bytes != bytes) since.changed.push_back(page);
    return true;
  }));
  for (; row != taken.end(); ++row) since.changed.push_back(row->page);
  return since;
}

void erase_fresh(Layer layer, const FreshRows& taken, const Since& since, Change& change) {
  if (since.changed.empty() && !since.is_crowded) {
    change.raw().erase_range(Family::Dictionary, rows::fresh(layer, taken.front().page), layout::behind(rows::fresh(layer, taken.back().page)));
    return;
  }
  for (const FreshRow& row : taken)
    if (!std::binary_search(since.changed.begin(), since.changed.end(), row.page)) change.raw().erase(Family::Dictionary, rows::fresh(layer, row.page));
}

// The segment counts from now on, its pages are no longer fresh, and older segments that hold them say nothing more of them.
// A page that was read anew or taken out while the segment was written is out of it, too.
Status switch_over(const View& view, Layer layer, const FreshRows& taken, const PageLengths& lengths, Segment segment, Change& change) {
  TRY(Manifest manifest, steps::manifest(view));
  TRY(const Since now, since(view, layer, taken));
  erase_fresh(layer, taken, now, change);
  std::vector<PageNo> hidden = lengths.pages;
  TRY_STATUS(view.scan(Family::Dictionary, rows::taken_out(layer), [&](std::string_view key, std::string_view) {
    if (const auto page = rows::page_of(key)) hidden.push_back(*page);
    change.raw().erase(Family::Dictionary, std::string(key));
    return true;
  }));
  std::sort(hidden.begin(), hidden.end());
  TRY_STATUS(steps::take_out(view, layer, hidden, manifest, change));
  steps::set_out(segment, lengths, now.changed, change);
  manifest.next_segment = segment.number + 1;
  manifest.segments.push_back(segment);
  steps::put(change, std::move(manifest));
  return {};
}

// The number of pages that are no longer fresh.
Result<std::size_t> flush_layer(storage::Archive& archive, Layer layer, std::size_t at_least) {
  FreshRows fresh;
  Inversion inversion;
  {
    TRY(const Records records, archive.read());
    TRY(fresh, fresh_rows(records.view(), layer, at_least));
    if (fresh.empty()) return std::size_t{0};
    TRY_STATUS(add_pages(records.view(), layer, fresh, inversion));
  }
  TRY(const std::uint32_t number, steps::new_segment(archive));
  TRY(const Segment segment, write_segment(archive.store(), number, layer, inversion));
  TRY_STATUS(archive.update_alone([&](const Records& records, Change& change) {
    return switch_over(records.view(), layer, fresh, inversion.pages(), segment, change);
  }));
  return fresh.size();
}

}  // namespace

Result<bool> flush(storage::Archive& archive, std::size_t at_least) {
  TRY(std::mutex* const mutex, steps::lock_of(archive));
  const std::lock_guard lock(*mutex);
  TRY(const bool stale, needs_rebuild(archive));
  if (stale) return false;  // first the rebuild: a segment of these pages could be older than what it makes
  std::size_t most = 0;
  for (const Layer layer : kLayers) {
    TRY(const std::size_t pages, flush_layer(archive, layer, at_least));
    most = std::max(most, pages);
  }
  // A range that was erased takes its room until somebody tidies there: the store counts erased rows only one by one.
  if (most == kFlushPages) TRY_STATUS(archive.store().compact(Family::Dictionary, "n", "o"));
  return most > 0;
}

}  // namespace chartscan::indexer
