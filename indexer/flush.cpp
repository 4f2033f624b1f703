// Fresh pages become segments. See index_upkeep.h.
#include <algorithm>

#include "indexer/index_state.h"
#include "indexer/index_upkeep.h"
#include "indexer/manifest_steps.h"
#include "indexer/segment_writer.h"

namespace chartscan::indexer {
namespace {

using storage::Change;
using storage::Family;
using storage::Records;
using storage::View;

bool has_fresh(const View& view, Layer layer, std::size_t at_least) {
  std::size_t count = 0;
  for (const auto rows = view.rows(Family::Dictionary, rows::fresh(layer)); !rows->at_end() && count < at_least; rows->next()) ++count;
  return count >= at_least;
}

Result<std::vector<FreshPagePtr>> fresh_pages(const View& view, Layer layer) {
  std::vector<FreshPagePtr> pages;
  const auto rows = view.rows(Family::Dictionary, rows::fresh(layer));
  for (; !rows->at_end() && pages.size() < 4 * kFlushPages; rows->next()) {
    TRY(FreshPagePtr page, load_fresh(view, layer, rows::page_of(rows->key()).value_or(0), rows->value()));
    pages.push_back(std::move(page));
  }
  TRY_STATUS(rows->status());
  return pages;
}

std::vector<PageNo> numbers_of(const std::vector<FreshPagePtr>& pages) {
  std::vector<PageNo> numbers;
  for (const FreshPagePtr& page : pages) numbers.push_back(page->page);
  return numbers;
}

// Of pages that were taken for a segment: those whose fresh row is no longer what was taken.
Result<std::vector<PageNo>> changed_since(const View& view, Layer layer, const std::vector<FreshPagePtr>& taken) {
  std::vector<PageNo> changed;
  for (const FreshPagePtr& page : taken) {
    TRY(const auto now, view.pin(Family::Dictionary, rows::fresh(layer, page->page)));
    if (!now || now->bytes != page->row) changed.push_back(page->page);
  }
  return changed;
}

// The segment counts from now on, its pages are no longer fresh, and older segments that hold them say nothing more of them.
// A page that was read anew or taken out while the segment was written is out of it, too.
Status switch_over(const View& view, Layer layer, const std::vector<FreshPagePtr>& taken, Segment segment, Change& change) {
  TRY(Manifest manifest, steps::manifest(view));
  TRY(const std::vector<PageNo> changed, changed_since(view, layer, taken));
  PageLengths lengths;
  for (const FreshPagePtr& page : taken) {
    lengths.add(page->page, page->length);
    if (!std::binary_search(changed.begin(), changed.end(), page->page))
      change.raw().erase(Family::Dictionary, rows::fresh(layer, page->page));
  }
  std::vector<PageNo> hidden = numbers_of(taken);
  TRY_STATUS(view.scan(Family::Dictionary, rows::taken_out(layer), [&](std::string_view key, std::string_view) {
    if (const auto page = rows::page_of(key)) hidden.push_back(*page);
    change.raw().erase(Family::Dictionary, std::string(key));
    return true;
  }));
  std::sort(hidden.begin(), hidden.end());
  TRY_STATUS(steps::take_out(view, layer, hidden, manifest, change));
  steps::set_out(segment, lengths, changed, change);
  manifest.next_segment = segment.number + 1;
  manifest.segments.push_back(segment);
  steps::put(change, std::move(manifest));
  return {};
}

Result<bool> flush_layer(storage::Archive& archive, Layer layer, std::size_t at_least) {
  std::vector<FreshPagePtr> pages;
  {
    TRY(const Records records, archive.read());
    if (!has_fresh(records.view(), layer, at_least)) return false;
    TRY(pages, fresh_pages(records.view(), layer));
  }
  if (pages.empty()) return false;
  TRY(const std::uint32_t number, steps::new_segment(archive));
  const Inversion inversion(pages);
  SegmentWriter writer(archive.store(), number, layer, inversion.pages(), inversion.length());
  TRY_STATUS(inversion.visit([&](std::string_view term, const Postings& postings) { return writer.add(term, postings); }));
  TRY(const Segment segment, writer.finish());
  TRY_STATUS(archive.update_alone([&](const Records& records, Change& change) {
    return switch_over(records.view(), layer, pages, segment, change);
  }));
  return true;
}

}  // namespace

Result<bool> flush(storage::Archive& archive, std::size_t at_least) {
  TRY(std::mutex* const mutex, steps::lock_of(archive));
  const std::lock_guard lock(*mutex);
  TRY(const bool stale, needs_rebuild(archive));
  if (stale) return false;  // first the rebuild: a segment of these pages could be older than what it makes
  bool done = false;
  for (const Layer layer : kLayers) {
    TRY(const bool flushed, flush_layer(archive, layer, at_least));
    done = done || flushed;
  }
  return done;
}

}  // namespace chartscan::indexer
