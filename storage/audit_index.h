// Where the records of a chart, a user, a page ... stand in one segment of the audit trail: in memory for the open segment, as a sorted
// file `trail-000001.idx` beside each closed one. Made from the segment alone and always the same for the same segment, so it can be thrown
// away, and verify holds it against the records instead of trusting it. A key's hash may collide: whoever reads a record looks at it.
//
//   0 "CSAI"   4 be32 version 1   8 hash that ends the segment's header (32)   40 be64 end of the segment   48 be64 first number
//   56 be64 earliest time, ms   64 be64 latest   72 be64 how far it could be read   80 be32 records n
//   84 be32 keys k   88 offsets: n times be32
//   then k times, by hash: be64 hash of the key, be32 its first place, be32 how many;   then the places: be32 each, rising
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "storage/audit_record.h"
#include "storage/disk.h"

namespace chartscan::storage {

// What a record is found by.
enum class AuditKey : char { Mrn = 'm', User = 'u', Page = 'p', Document = 'd', Batch = 'b', Action = 'a' };
std::uint64_t audit_key(AuditKey kind, std::string_view value);
std::uint64_t audit_key(AuditKey kind, std::uint64_t value);

// Places are ranks within the segment, from 0.
class SegmentPlaces {
 public:
  virtual ~SegmentPlaces() = default;
  virtual std::uint32_t records() const = 0;
  virtual std::int64_t earliest_ms() const = 0;
  virtual std::int64_t latest_ms() const = 0;
  virtual Result<std::vector<std::uint32_t>> places(std::uint64_t key) const = 0;  // rising
  virtual Result<std::uint64_t> offset(std::uint32_t place) const = 0;
  virtual bool whole() const = 0;  // all of the segment could be read
};

// In memory. Any thread.
class OpenIndex final : public SegmentPlaces {
 public:
  explicit OpenIndex(std::uint64_t first_number);
  std::uint32_t records() const override;
  std::int64_t earliest_ms() const override;
  std::int64_t latest_ms() const override;
  Result<std::vector<std::uint32_t>> places(std::uint64_t key) const override;
  Result<std::uint64_t> offset(std::uint32_t place) const override;
  bool whole() const override;

  // Reads what stands up to `end`, from where it stopped the last time. What is no record is passed over; nothing is checked.
  Status read(const File& segment, std::uint64_t end);
  std::string encode(std::string_view header_hash) const;  // the sidecar's bytes

 private:
  void add(const AuditRecord& record, std::uint64_t offset);

  mutable std::shared_mutex mutex_;  // guards all of the following
  const std::uint64_t first_;
  std::uint64_t read_to_, end_;
  std::int64_t earliest_ = std::numeric_limits<std::int64_t>::max(), latest_ = 0;
  std::vector<std::uint32_t> offsets_;
  // The places of a key as a list from its newest back: one block of memory for all, whatever the number of keys.
  struct Place {
    std::uint32_t place = 0;
    std::uint32_t before = 0;  // in places_, from 1; 0 = none
  };
  std::vector<std::uint32_t> places_of(std::uint32_t newest) const;  // rising
  std::vector<Place> places_;
  std::unordered_map<std::uint64_t, std::uint32_t> newest_;  // by key, in places_, from 1
};

// The sidecar of a closed segment. Many threads.
class ClosedIndex final : public SegmentPlaces {
 public:
  // Nothing when the file is not this segment's index, or not a whole one: then it is to be made anew.
  static Result<std::unique_ptr<ClosedIndex>> open(const std::filesystem::path& path, std::string_view header_hash, std::uint64_t end);

  std::uint32_t records() const override { return records_; }
  std::int64_t earliest_ms() const override { return earliest_; }
  std::int64_t latest_ms() const override { return latest_; }
  Result<std::vector<std::uint32_t>> places(std::uint64_t key) const override;
  Result<std::uint64_t> offset(std::uint32_t place) const override;
  bool whole() const override { return whole_; }

 private:
  ClosedIndex() = default;
  Result<std::string> read(std::uint64_t at, std::size_t size) const;

  std::unique_ptr<File> file_;
  std::int64_t earliest_ = 0, latest_ = 0;
  std::uint32_t records_ = 0, keys_ = 0;
  std::uint64_t size_ = 0;
  bool whole_ = false;
};

std::string index_name(std::uint32_t segment);  // "trail-000001.idx"

}  // namespace chartscan::storage
