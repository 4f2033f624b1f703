// The index built anew from stored texts and records, kFlushPages pages at a time. See index_upkeep.h.
#include <algorithm>

#include "indexer/index.h"
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

Result<std::optional<RebuildProgress>> progress_in(const View& view) {
  TRY(const auto bytes, view.get(Family::Dictionary, rows::kRebuild));
  if (!bytes) return std::optional<RebuildProgress>();
  const auto progress = rows::decode_rebuild(*bytes);
  if (!progress) return damaged_index("the mark of its rebuilding");
  return progress;
}

// Numbers of segments are not used twice, even where the manifest cannot be read: readers remember segments by them.
Result<Manifest> empty_manifest(const View& view) {
  Manifest empty;
  if (const auto now = steps::manifest(view); now.ok()) empty.next_segment = now->next_segment;
  TRY(const auto last, view.last(Family::Post, ""));
  if (last) empty.next_segment = std::max(empty.next_segment, rows::segment_of_postings(*last).value_or(0) + 1);
  return empty;
}

// Everything goes; from here on pages that are committed are fresh again.
Status begin(storage::Archive& archive, RebuildProgress& progress) {
  return archive.update_alone([&](const Records& records, Change& change) -> Status {
    TRY(const PageId next, records.next_page());
    if (next.value > PageCursor::kEnd) return Error{ErrorCode::Internal, "the index holds at most four billion pages"};
    progress = {1, static_cast<PageNo>(next.value - 1)};
    TRY(const Manifest empty, empty_manifest(records.view()));
    const std::string end(64, '\xff');
    change.raw().erase_range(Family::Post, "", end);
    change.raw().erase_range(Family::Dictionary, "", end);
    change.raw().put(Family::Dictionary, std::string(rows::kManifest), rows::encode(empty));
    change.raw().put(Family::Dictionary, std::string(rows::kRebuild), rows::encode(progress));
    return {};
  });
}

using Portion = std::array<Inversion, kLayers.size()>;

void add(Portion& portion, Layer layer, const FreshPagePtr& page) { portion[static_cast<std::size_t>(layer)].add(*page); }

// What is indexed of pages from..until, from their records.
Result<Portion> read_portion(const Records& records, PageNo from, PageNo until) {
  Portion portion;
  std::optional<Document> document;  // neighbouring pages most often share one
  for (PageNo number = from; number <= until; ++number) {
    const PageId id{number};
    TRY(const std::optional<Page> page, records.page(id));
    if (!page) continue;
    TRY(const std::optional<PageText> text, records.text(id));
    if (text) {
      add(portion, Layer::Words, fresh_words(number, *page, *text));
      TRY(const FreshPagePtr fields, load_fresh(records.view(), Layer::Page, number, fresh_fields_row(*page)));
      add(portion, Layer::Page, fields);
    }
    if (!page->document) continue;
    if (!document || document->id != *page->document) {
      TRY(document, records.document(*page->document));
    }
    if (!document) continue;
    TRY(const FreshPagePtr fields, load_fresh(records.view(), Layer::Document, number, fresh_fields_row(*document)));
    add(portion, Layer::Document, fields);
  }
  return portion;
}

Status build_portion(storage::Archive& archive, RebuildProgress& progress) {
  const PageNo until = std::min<std::uint64_t>(progress.until, std::uint64_t{progress.next} + kFlushPages - 1);
  std::uint32_t number = 0;
  std::vector<Segment> segments;
  {
    TRY(const Records records, archive.read());
    TRY(const Portion portion, read_portion(records, progress.next, until));
    TRY(number, steps::new_segment(archive));
    for (const Layer layer : kLayers) {
      const Inversion& inversion = portion[static_cast<std::size_t>(layer)];
      if (inversion.pages().pages.empty()) continue;
      TRY(const Segment segment, write_segment(archive.store(), number++, layer, inversion));
      segments.push_back(segment);
    }
  }
  progress.next = until + 1;
  return archive.update_alone([&](const Records& records, Change& change) -> Status {
    TRY(Manifest manifest, steps::manifest(records.view()));
    manifest.next_segment = number;
    manifest.segments.insert(manifest.segments.end(), segments.begin(), segments.end());
    steps::put(change, std::move(manifest));
    if (progress.next > progress.until)
      change.raw().erase(Family::Dictionary, std::string(rows::kRebuild));
    else
      change.raw().put(Family::Dictionary, std::string(rows::kRebuild), rows::encode(progress));
    return {};
  });
}

}  // namespace

Result<bool> needs_rebuild(storage::Archive& archive) {
  TRY(const Records records, archive.read());
  TRY(const auto progress, progress_in(records.view()));
  if (progress) return true;
  return steps::is_of_older_version(records.view());
}

Status rebuild(storage::Archive& archive, Rebuild mode, const RebuildSink& sink) {
  TRY(std::mutex* const mutex, steps::lock_of(archive));
  const std::lock_guard lock(*mutex);
  TRY_STATUS(steps::sweep(archive));
  std::optional<RebuildProgress> progress;
  if (mode == Rebuild::Continue) {
    TRY(const Records records, archive.read());
    TRY(progress, progress_in(records.view()));
  }
  if (!progress) TRY_STATUS(begin(archive, progress.emplace()));
  do {
    if (!sink(progress->next - 1, progress->until)) return {};
    TRY_STATUS(build_portion(archive, *progress));
  } while (progress->next <= progress->until);
  sink(progress->until, progress->until);
  return {};
}

}  // namespace chartscan::indexer
