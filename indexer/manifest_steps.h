// What the steps of upkeep share: the manifest, and rows of segments that it is to name or no longer names. For
// index_upkeep.h's steps alone, which hold the store's work lock.
#pragma once

#include <mutex>
#include <vector>

#include "indexer/rows.h"
#include "storage/archive.h"

namespace chartscan::indexer::steps {

// The lock that a step holds; the archive's as long as it is open.
Result<std::mutex*> lock_of(storage::Archive& archive);

Result<Manifest> manifest(const storage::View& view);
Result<bool> is_of_older_version(const storage::View& view);  // it must be built anew
void put(storage::Change& change, Manifest manifest);  // in order
// A number that no row has yet: what an interrupted step left is swept first.
Result<std::uint32_t> new_segment(storage::Archive& archive);

Result<PageLengths> pages_of(const storage::View& view, std::uint32_t segment);
Result<std::vector<PageNo>> out_of(const storage::View& view, const Segment& segment);
// Notes that `pages` (rising) no longer count in those segments of the layer that hold them.
Status take_out(const storage::View& view, Layer layer, const std::vector<PageNo>& pages, Manifest& manifest, storage::Change& change);
// The same for one segment, whose pages are known.
void set_out(Segment& segment, const PageLengths& lengths, std::vector<PageNo> out, storage::Change& change);

// sweep() for who holds the lock.
Status sweep(storage::Archive& archive);

// Erases every row of a segment.
void erase(storage::WriteBatch& batch, std::uint32_t segment);

}  // namespace chartscan::indexer::steps
