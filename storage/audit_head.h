// `audit/head`: where the trail ends, so that not even its last record can be cut off unnoticed. Two slots of 256 bytes, written in turns
// after each group of records is on disk, and synced about once a second: a torn write spoils one of them, and the older one is still there.
//
//   slot   0 "CSAH"   4 be16 version 1   6 be16 0   8 be64 turn, from 1   16 be64 number of the newest record, 0 = none   24 be64 its time, ms
//          32 its hash (32 bytes)   64 id of the trail (16)   80 be32 its segment   84 be32 0   88 be64 where it ends there   96 zero
//          224 SHA-256 of the 224 bytes before
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "storage/disk.h"

namespace chartscan::storage {

inline constexpr const char* kHeadFile = "head";
inline constexpr std::size_t kHeadSlot = 256;
inline constexpr std::size_t kHeadSize = 2 * kHeadSlot;

struct AuditHead {
  std::uint64_t turn = 0;
  std::uint64_t number = 0;
  std::int64_t time_ms = 0;
  std::string hash;      // 32 bytes; of an empty trail the hash that ends the first segment's header
  std::string trail_id;  // 16 bytes
  std::uint32_t segment = 1;
  std::uint64_t end = 0;
};

std::string encode(const AuditHead& head);  // one slot
std::optional<AuditHead> decode_audit_head(std::string_view slot);

struct HeadFile {
  std::optional<AuditHead> newest;
  bool whole = false;  // both slots are sound, and nothing else is there
};
Result<HeadFile> read_head(const File& file);
Status write_head(File& file, const AuditHead& head);  // into the slot of its turn; not synced
Status begin_head(File& file, const AuditHead& head);  // both slots

}  // namespace chartscan::storage
