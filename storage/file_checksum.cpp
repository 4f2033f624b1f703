#include "storage/file_checksum.h"

#include <rocksdb/file_checksum.h>

#include <cstdint>
#include <cstring>
#include <string>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace chartscan::storage {

#if defined(__x86_64__)

namespace {

__attribute__((target("sse4.2"))) std::uint32_t extended(std::uint32_t crc, const char* data, std::size_t size) {
  std::uint64_t state = ~crc;
  for (; size >= 8; data += 8, size -= 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, data, 8);
    state = _mm_crc32_u64(state, bytes);
  }
  for (; size > 0; ++data, --size) state = _mm_crc32_u8(static_cast<std::uint32_t>(state), static_cast<unsigned char>(*data));
  return ~static_cast<std::uint32_t>(state);
}

class Crc32c final : public rocksdb::FileChecksumGenerator {
 public:
  static constexpr const char* kName = "FileChecksumCrc32c";  // stands beside each checksum in the database's manifest

  void Update(const char* data, std::size_t size) override { crc_ = extended(crc_, data, size); }
  void Finalize() override {
    for (const int shift : {24, 16, 8, 0}) text_ += static_cast<char>(crc_ >> shift);
  }
  std::string GetChecksum() const override { return text_; }
  const char* Name() const override { return kName; }

 private:
  std::uint32_t crc_ = 0;
  std::string text_;
};

class Factory final : public rocksdb::FileChecksumGenFactory {
 public:
  std::unique_ptr<rocksdb::FileChecksumGenerator> CreateFileChecksumGenerator(const rocksdb::FileChecksumGenContext& context) override {
    const std::string& wanted = context.requested_checksum_func_name;
    return wanted.empty() || wanted == Crc32c::kName ? std::make_unique<Crc32c>() : nullptr;
  }
  const char* Name() const override { return "FileChecksumGenCrc32cFactory"; }
};

}  // namespace

std::shared_ptr<rocksdb::FileChecksumGenFactory> file_checksums() {
  if (!__builtin_cpu_supports("sse4.2")) return rocksdb::GetFileChecksumGenCrc32cFactory();
  return std::make_shared<Factory>();
}

#else

std::shared_ptr<rocksdb::FileChecksumGenFactory> file_checksums() { return rocksdb::GetFileChecksumGenCrc32cFactory(); }

#endif

}  // namespace chartscan::storage
