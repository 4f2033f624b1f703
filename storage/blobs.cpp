#include "storage/blobs.h"

namespace chartscan::storage {

Result<ByteReader> open_blob(Blobs& blobs, const Hash& hash) {
  TRY(const std::shared_ptr<BlobReader> blob, blobs.open(hash), "original " + hash);
  ByteReader bytes;
  bytes.size = blob->size();
  bytes.read = [blob](std::uint64_t offset, std::span<std::uint8_t> out) { return blob->read(offset, out); };
  bytes.path = [&blobs, hash] { return blobs.materialise(hash); };
  return bytes;
}

}  // namespace chartscan::storage
