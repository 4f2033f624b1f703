// The files of the audit trail, byte by byte: segments `trail-000001.log` of a header and frames, each frame chained to the one before.
// Pure but for reading; storage/audit_writer.h writes. Numbers are big-endian.
//
//   header   0 "CSAT"   4 be16 version 1   6 be16 0   8 be32 segment, from 1   12 be32 0   16 be64 number of its first record
//            24 be64 made at, ms   32 hash before it (32 bytes): of the last record of the segment before; of the first segment that of the
//            trail's id   64 id of the trail (16 bytes)   80 zero (16)   96 SHA-256 of the 96 bytes before
//   frame    be32 length, payload (storage/audit_record.h), SHA-256 of: hash before, be32 length, payload
//   The hash before the first frame is the one that ends the header. So every byte of a segment is under a hash.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "storage/disk.h"
#include "storage/hasher.h"

struct evp_md_ctx_st;

namespace chartscan::storage {

inline constexpr std::size_t kSegmentHeaderSize = 128;
inline constexpr std::size_t kTrailIdSize = 16;
inline constexpr std::size_t kFrameOverhead = 4 + kDigestSize;

// SHA-256 over several pieces, many times: a hasher that keeps its context. One thread.
class ChainHasher {
 public:
  ChainHasher();
  ~ChainHasher();
  ChainHasher(const ChainHasher&) = delete;
  ChainHasher& operator=(const ChainHasher&) = delete;
  std::string hash(std::initializer_list<std::string_view> pieces);  // 32 bytes
  std::string link(std::string_view before, std::string_view payload);  // of a frame

 private:
  evp_md_ctx_st* context_;
};

struct SegmentHeader {
  std::uint32_t segment = 1;
  std::uint64_t first = 1;
  std::int64_t made_ms = 0;
  std::string before;    // 32 bytes
  std::string trail_id;  // 16 bytes
};
std::string encode(const SegmentHeader& header);  // 128 bytes; the last 32 are the hash before its first frame
std::optional<SegmentHeader> decode_segment_header(std::string_view bytes);  // nothing unless all of it is as encode writes it
std::string hash_of_trail_id(std::string_view trail_id);  // what stands before the first segment

std::string frame(std::string_view payload, std::string_view hash);

// One frame as it stands in a file; the hash is not checked.
struct Frame {
  std::uint64_t offset = 0;
  std::string_view payload;
  std::string_view hash;
  std::uint64_t end() const { return offset + payload.size() + kFrameOverhead; }
};

// Frames of a file one after the other, up to `end`. Views hold until the next call.
class FrameReader {
 public:
  // `at_once`: bytes read from the file together; small for a single record.
  FrameReader(const File& file, std::uint64_t from, std::uint64_t end, std::size_t at_once = 256 << 10)
      : file_(file), at_once_(at_once), at_(from), end_(end) {}
  // Nothing where no whole frame stands any more: at the end, or, where at() < end, at something that is none.
  Result<std::optional<Frame>> next();
  std::uint64_t at() const { return at_; }  // behind the last frame

 private:
  Status fill(std::size_t wanted);  // so that `wanted` bytes from at_ on are in the buffer, if there are so many

  const File& file_;
  const std::size_t at_once_;
  std::uint64_t at_, end_;
  std::string buffer_;
  std::uint64_t buffer_at_ = 0;
};

inline constexpr const char* kAuditFolder = "audit";
std::string segment_name(std::uint32_t segment);  // "trail-000001.log"
std::optional<std::uint32_t> segment_of_name(std::string_view name);
Result<std::vector<std::uint32_t>> segments_in(const std::filesystem::path& folder);  // rising; empty where the folder is missing

}  // namespace chartscan::storage
