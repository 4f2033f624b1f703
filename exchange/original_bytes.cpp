#include "exchange/original_bytes.h"

#include <utility>

namespace chartscan::exchange {

Result<imaging::ByteReader> original_bytes(storage::Blobs& blobs, const Hash& hash) {
  TRY(std::unique_ptr<storage::BlobReader> opened, blobs.open(hash), "original " + hash);
  const std::shared_ptr<storage::BlobReader> blob = std::move(opened);
  imaging::ByteReader bytes;
  bytes.size = blob->size();
  bytes.read = [blob](std::uint64_t offset, std::span<std::uint8_t> out) { return blob->read(offset, out); };
  bytes.path = [&blobs, hash] { return blobs.materialise(hash); };
  return bytes;
}

}  // namespace chartscan::exchange
