#include "indexer/manifest_steps.h"

#include <algorithm>

#include "indexer/index_state.h"
#include "indexer/index_upkeep.h"

namespace chartscan::indexer {
namespace steps {

using storage::Change;
using storage::Family;
using storage::View;

Result<std::mutex*> lock_of(storage::Archive& archive) {
  TRY(const storage::Records records, archive.read());
  return &records.view().attachment().work;
}

Result<Manifest> manifest(const View& view) {
  TRY(const auto bytes, view.get(Family::Dictionary, rows::kManifest));
  if (!bytes) return Manifest{};
  auto manifest = rows::decode_manifest(*bytes);
  if (!manifest) return damaged_index("its list of segments");
  return std::move(*manifest);
}

Result<bool> is_of_older_version(const View& view) {
  TRY(const auto bytes, view.get(Family::Dictionary, rows::kManifest));
  if (bytes) return rows::is_older_manifest(*bytes);
  return std::ranges::any_of(rows::kOlderRows, [&](std::string_view kind) { return !view.rows(Family::Dictionary, kind)->at_end(); });
}

void put(Change& change, Manifest manifest) {
  std::sort(manifest.segments.begin(), manifest.segments.end(), [](const Segment& a, const Segment& b) {
    return std::tuple(a.layer, a.first, a.number) < std::tuple(b.layer, b.first, b.number);
  });
  change.raw().put(Family::Dictionary, std::string(rows::kManifest), rows::encode(manifest));
}

Result<std::uint32_t> new_segment(storage::Archive& archive) {
  TRY(const storage::Records records, archive.read());
  TRY(const Manifest now, manifest(records.view()));
  if (!records.view().rows(Family::Post, rows::postings(now.next_segment))->at_end()) TRY_STATUS(sweep(archive));
  return now.next_segment;
}

Result<PageLengths> pages_of(const View& view, std::uint32_t segment) {
  TRY(const auto row, view.pin(Family::Dictionary, rows::pages(segment)));
  auto pages = row ? rows::decode_pages(row->bytes) : std::nullopt;
  if (!pages) return damaged_index("the pages of a segment");
  return std::move(*pages);
}

Result<std::vector<PageNo>> out_of(const View& view, const Segment& segment) {
  if (segment.out == 0) return std::vector<PageNo>();
  TRY(const auto row, view.pin(Family::Dictionary, rows::out(segment.number)));
  auto pages = row ? rows::decode_out(row->bytes) : std::nullopt;
  if (!pages) return damaged_index("what a segment no longer holds");
  return std::move(*pages);
}

void set_out(Segment& segment, const PageLengths& lengths, std::vector<PageNo> out, Change& change) {
  std::erase_if(out, [&](PageNo page) { return !lengths.at(page); });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  if (out.size() == segment.out) return;
  segment.out = static_cast<std::uint32_t>(out.size());
  change.raw().put(Family::Dictionary, rows::out(segment.number), rows::encode_out(out));
}

Status take_out(const View& view, Layer layer, const std::vector<PageNo>& pages, Manifest& manifest, Change& change) {
  for (Segment& segment : manifest.segments) {
    if (segment.layer != layer) continue;
    const auto begin = std::lower_bound(pages.begin(), pages.end(), segment.first);
    const auto end = std::upper_bound(begin, pages.end(), segment.last);
    if (begin == end) continue;
    TRY(const PageLengths lengths, pages_of(view, segment.number));
    TRY(std::vector<PageNo> out, out_of(view, segment));
    out.insert(out.end(), begin, end);
    set_out(segment, lengths, std::move(out), change);
  }
  return {};
}

void erase(storage::WriteBatch& batch, std::uint32_t segment) {
  batch.erase_range(Family::Post, rows::postings(segment), rows::postings(segment + 1));
  batch.erase_range(Family::Dictionary, rows::terms(segment), rows::terms(segment + 1));
  batch.erase(Family::Dictionary, rows::pages(segment));
  batch.erase(Family::Dictionary, rows::out(segment));
}

}  // namespace steps
}  // namespace chartscan::indexer
