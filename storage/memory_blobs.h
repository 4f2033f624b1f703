// The blobs' twin in memory, for tests. A blob exists once the change that put() wrote into is written to `store`, as on
// disk. Any thread. The work folder is a temporary one, removed at the end.
#pragma once

#include <map>
#include <mutex>

#include "storage/blobs.h"

namespace chartscan::storage {

class MemoryBlobs final : public Blobs {
 public:
  explicit MemoryBlobs(Store& store);
  ~MemoryBlobs() override;
  Result<StoredBlob> put(const ByteSource& source, WriteBatch& change) override;
  Result<std::unique_ptr<BlobReader>> open(const Hash& hash) override;
  Result<std::filesystem::path> materialise(const Hash& hash) override;
  Status clear_work() override;
  Result<std::uint64_t> verify(const std::function<void(const std::string&)>& report) override;
  Result<Repacked> repack(const IsNamed&, double) override { return Repacked{}; }  // there are no packs

 private:
  using Bytes = std::shared_ptr<const std::string>;
  Result<Bytes> find(const Hash& hash);
  Result<bool> is_known(const Hash& hash);

  Store& store_;
  std::mutex mutex_;
  std::map<Hash, Bytes> blobs_;       // guarded by mutex_; also bytes whose change was never written
  std::filesystem::path work_;        // guarded by mutex_; empty until it is needed
};

}  // namespace chartscan::storage
