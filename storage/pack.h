// The bytes of a pack: packs/00000001.pack, 00000002.pack, ... each a run of records, appended and never rewritten.
//
//   offset  bytes
//        0      4  "CSPK"
//        4      2  version (1), big-endian like all numbers here
//        6      2  flags (0)
//        8      8  length of the payload
//       16     32  SHA-256 of the payload
//       48     12  zero; room for a later version's nonce
//       60      4  CRC-32C of the 60 bytes before
//       64         payload; a later version may let a tag follow it
//
// The header is written after its payload and both are synced before anything points here, so a record that a crash left
// half made has no valid header, or a payload that does not match it. Records follow each other without gaps. A whole
// record that no locator names (its change was never committed) is an orphan: harmless, and used when the same bytes come again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "storage/disk.h"

namespace chartscan::storage {

inline constexpr std::size_t kRecordHeaderSize = 64;

struct RecordHeader {
  std::string digest;  // SHA-256, 32 bytes
  std::uint64_t length = 0;
};
std::string encode(const RecordHeader& header);
std::optional<RecordHeader> decode_record_header(std::string_view bytes);  // nothing when damaged

// Where a record is: the value of a blob's row.
struct Locator {
  std::uint32_t pack = 0;
  std::uint64_t offset = 0;  // of the header
  std::uint64_t length = 0;  // of the payload

  std::uint64_t payload() const { return offset + kRecordHeaderSize; }
  std::uint64_t end() const { return payload() + length; }
  bool operator==(const Locator&) const = default;
};
std::string encode(const Locator& locator);
Result<Locator> decode_locator(std::string_view bytes);

std::filesystem::path pack_path(const std::filesystem::path& folder, std::uint32_t pack);
Result<std::vector<std::uint32_t>> packs_in(const std::filesystem::path& folder);  // rising

// The header at `offset`; nothing when there is none, or when it promises more than the file's `size`.
Result<std::optional<RecordHeader>> read_header(const File& file, std::uint64_t offset, std::uint64_t size);

// Reads bytes piece by piece. A file that ends before `length` bytes is an Integrity error.
Status read_pieces(const File& file, std::uint64_t offset, std::uint64_t length,
                   const std::function<Status(std::span<const std::uint8_t>)>& visit);
Result<std::string> digest_in(const File& file, std::uint64_t offset, std::uint64_t length);

std::uint32_t crc32c(std::string_view bytes);

}  // namespace chartscan::storage
