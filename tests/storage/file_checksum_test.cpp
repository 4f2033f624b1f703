#include "storage/file_checksum.h"

#include <rocksdb/file_checksum.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

namespace chartscan::storage {
namespace {

std::string checksum(rocksdb::FileChecksumGenFactory& factory, const std::string& bytes, std::size_t portion) {
  const auto generator = factory.CreateFileChecksumGenerator({});
  REQUIRE(generator);
  for (std::size_t at = 0; at < bytes.size(); at += portion) generator->Update(bytes.data() + at, std::min(portion, bytes.size() - at));
  generator->Finalize();
  return generator->Name() + (":" + generator->GetChecksum());
}

TEST_CASE("checksums of files are those that RocksDB itself takes", "[storage]") {
  const auto stock = rocksdb::GetFileChecksumGenCrc32cFactory(), ours = file_checksums();
  std::mt19937 random(1);
  for (const std::size_t size : {0, 1, 7, 8, 9, 4096, 70001}) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    for (const std::size_t portion : {1, 13, 4096, 100000}) CHECK(checksum(*ours, bytes, portion) == checksum(*stock, bytes, 100000));
  }
  rocksdb::FileChecksumGenContext other;
  other.requested_checksum_func_name = "another";
  CHECK(!ours->CreateFileChecksumGenerator(other));
}

}  // namespace
}  // namespace chartscan::storage
