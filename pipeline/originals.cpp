#include "pipeline/originals.h"

namespace chartscan::pipeline {

Result<imaging::ByteReader> open_original(storage::Blobs& blobs, const Original& original) {
  TRY(std::shared_ptr<storage::BlobReader> blob, blobs.open(original.blob), original.file);
  imaging::ByteReader reader;
  reader.size = blob->size();
  reader.read = [blob](std::uint64_t offset, std::span<std::uint8_t> out) { return blob->read(offset, out); };
  reader.path = [&blobs, hash = original.blob] { return blobs.materialise(hash); };
  return reader;
}

}  // namespace chartscan::pipeline
