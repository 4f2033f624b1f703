// The anchor: a file outside the archive, best on another disk or a share that can only be added to, with a line of JSON now and then that
// says how far the trail was. Who rewrites trail and head cannot rewrite it.
//   {"time":"2026-11-22T08:15:00.250Z","trail":"<id, hex>","number":1204,"hash":"<64 hex digits>","because":"start"}
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "storage/audit_head.h"
#include "storage/audit_trail.h"

namespace chartscan::storage {

AuditAnchor anchor_of(const AuditHead& head);
std::string anchor_line(const AuditHead& head, const std::string& because);

struct AnchorLine {
  AuditAnchor anchor;
  std::string trail_id;  // hex
  std::size_t line = 0;  // in the file, from 1
};
// Every line; one that is none is an error that names it. A file that is not there yet has none.
Result<std::vector<AnchorLine>> read_anchor_file(const std::filesystem::path& path);
Status append_anchor_line(const std::filesystem::path& path, const std::string& line);  // synced

// Writes lines from a thread of its own: a share that hangs holds nobody up. `newest` says how far the trail is; `failed` is told once
// per outage. The last line is written when it is destroyed.
class AnchorKeeper {
 public:
  AnchorKeeper(std::filesystem::path path, int records, int minutes, std::function<AuditHead()> newest, std::function<void(const Error&)> failed);
  ~AnchorKeeper();
  void grown();  // the trail has; cheap
  Status write_now(const std::string& because);

 private:
  void run();
  bool due(const AuditHead& head) const;  // with mutex_ held

  const std::filesystem::path path_;
  const std::uint64_t records_;
  const std::chrono::minutes pause_;
  const std::function<AuditHead()> newest_;
  const std::function<void(const Error&)> failed_;
  std::mutex writing_;  // held through a write
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;                               // guarded by mutex_, as what follows
  bool failing_ = false;
  std::uint64_t written_ = 0;
  std::chrono::steady_clock::time_point written_at_ = std::chrono::steady_clock::now();
  std::thread thread_;
};

}  // namespace chartscan::storage
