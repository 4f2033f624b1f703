#include "storage/archive.h"

#include <limits>

#include "storage/memory_blobs.h"
#include "storage/memory_store.h"

namespace chartscan::storage {

Archive::Archive() = default;
Archive::~Archive() = default;

std::unique_ptr<Archive> Archive::in_memory() {
  std::unique_ptr<Archive> archive(new Archive);
  archive->store_ = std::make_unique<MemoryStore>();
  archive->blobs_ = std::make_unique<MemoryBlobs>(*archive->store_);
  return archive;
}

Result<Records> Archive::read() {
  TRY(std::shared_ptr<const View> view, store_->view());
  return Records(std::move(view));
}

Status Archive::commit(const Change& change) { return store_->write(change.raw()); }

Result<std::uint64_t> Archive::free_bytes() const { return std::numeric_limits<std::uint64_t>::max(); }

}  // namespace chartscan::storage
