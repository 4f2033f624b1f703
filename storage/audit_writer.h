// The end of the trail, where records are added. Brings the files in order after a crash, and goes on behind whatever was lost. Many
// processes may have one each: a lock file is held through every step, and the head file says what the others did. One thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "storage/audit_head.h"
#include "storage/audit_record.h"
#include "storage/audit_segment.h"

namespace chartscan::storage {

class AuditWriter {
 public:
  struct Options {
    std::uint64_t segment_bytes = 4 << 20;
    std::function<std::int64_t()> now_ms;
  };
  // `folder` is the audit folder; it is made where it is missing. Returns with the trail in order.
  static Result<std::unique_ptr<AuditWriter>> open(const std::filesystem::path& folder, Options options);
  ~AuditWriter();

  // Numbers and stamps the records and adds them; on disk when this returns. All of them or none.
  Status append(std::vector<AuditRecord*> records);
  // The newest state, as this process knows it.
  const AuditHead& head() const { return head_; }

 private:
  class Lock;
  AuditWriter(std::filesystem::path folder, Options options) : folder_(std::move(folder)), options_(std::move(options)) {}

  // All of these with the lock held. What was swapped under us is noticed: files are opened anew for every group.
  Status settle();       // the files are in order and head_ tells their end
  Status begin(std::uint32_t segment);  // a new trail
  Status recover_without_head(const std::vector<std::uint32_t>& segments);
  Status follow_on();    // takes in what stands behind the head
  Result<std::uint64_t> take_in(std::uint64_t size);  // of the open segment; returns how many bytes behind are no record
  Result<bool> go_to_next_segment();                  // false where there is none
  Status continue_behind_gap(const std::string& what_happened);
  Status open_segment(std::uint32_t segment);
  Status begin_segment(std::uint32_t segment);
  Status set_aside(std::uint64_t from, std::uint64_t size);
  Status write(const std::vector<AuditRecord*>& records);
  Status tell();         // notes_, as a trail-recovered record

  std::filesystem::path folder_;
  Options options_;
  int lock_fd_ = -1;
  std::unique_ptr<File> head_file_, segment_file_;
  AuditHead head_;
  std::string notes_;          // what settle() has to tell
  std::chrono::steady_clock::time_point head_synced_{};
  bool head_was_lost_ = false;  // no crash does that
  ChainHasher hasher_;
};

}  // namespace chartscan::storage
