// Originals for tests: bytes of a known size that no two seeds share, and sources that hand them out in pieces.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <string>

#include "storage/blobs.h"

namespace chartscan::storage {

inline std::string blob_bytes(std::uint32_t seed, std::size_t size) {
  std::mt19937_64 random(seed);
  std::string bytes(size + sizeof(std::uint64_t), '\0');
  for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = random();
    std::memcpy(bytes.data() + at, &word, sizeof word);
  }
  bytes.resize(size);
  return bytes;
}

inline ByteSource source_of(std::string bytes, std::size_t piece = 70'000) {
  auto rest = std::make_shared<std::pair<std::string, std::size_t>>(std::move(bytes), 0);
  return [rest, piece](std::span<std::uint8_t> out) -> Result<std::size_t> {
    auto& [all, at] = *rest;
    const std::size_t count = std::min({out.size(), piece, all.size() - at});
    std::memcpy(out.data(), all.data() + at, count);
    at += count;
    return count;
  };
}

inline Result<std::string> read_all(Blobs& blobs, const Hash& hash) {
  TRY(const std::unique_ptr<BlobReader> reader, blobs.open(hash));
  std::string bytes(reader->size() + 10, '\0');
  TRY(const std::size_t count, reader->read(0, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}));
  bytes.resize(count);
  return bytes;
}

}  // namespace chartscan::storage
