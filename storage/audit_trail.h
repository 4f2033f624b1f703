// The audit trail: append-only files in `<archive>/audit/`, beside the database and not in it, so that every process can append, also a
// reading command line while a server writes the archive. Records are chained by SHA-256; `head` names the newest, so that even the last
// one cannot be cut off unnoticed; an anchor outside the archive makes a rewritten trail noticed. docs/audit-trail.md has the format and
// says what the trail proves and what it does not.
//
// Any thread, any number of processes. Appends of all threads that wait together are one write and one sync (group commit).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/page.h"
#include "core/result.h"
#include "storage/audit_record.h"

namespace chartscan::storage {

// [audit] of the configuration.
struct AuditOptions {
  std::filesystem::path anchor;  // a file on another disk or a WORM share; empty = none
  int anchor_records = 1000;     // a line after so many records ...
  int anchor_minutes = 10;       // ... or so many minutes with at least one, whichever comes first; and at start and stop
  std::uint64_t segment_bytes = 4 << 20;  // then the next segment is begun; what a program indexes when it is asked first
  std::function<std::int64_t()> now_ms;              // a test's clock; empty = the system's
};

// What is asked of the trail. Empty or 0 = any; several MRNs or actions: one of them is enough; all else must agree.
struct AuditQuery {
  std::vector<std::string> mrns;  // a chart under all its numbers
  std::string user;
  PageId page;
  DocumentId document;
  BatchId batch;
  std::vector<AuditAction> actions;
  std::optional<AuditOutcome> outcome;
  std::int64_t from_ms = 0, to_ms = 0;  // from <= time < to
  std::uint64_t before = 0;             // only records with smaller numbers: AuditAnswer::next
  int limit = 100;
};

struct AuditAnswer {
  std::vector<AuditRecord> records;  // newest first
  std::uint64_t next = 0;            // AuditQuery::before of the rest; 0 = there is none
  std::vector<std::string> unreadable;  // segments that were damaged or missing: more may have stood there; verify names the place
};

// A place in the chain, as an anchor keeps it.
struct AuditAnchor {
  std::uint64_t number = 0;
  Hash hash;                 // 64 hex digits
  std::int64_t time_ms = 0;
};
std::optional<AuditAnchor> parse_audit_anchor(std::string_view text);  // "NUMBER:HASH", as `chartscan audit anchor` prints it

// The first thing that is wrong.
struct AuditFault {
  enum class Kind { Altered, Missing, Reordered, Repeated, Cut, Head, Anchor, Segment };
  Kind kind = Kind::Altered;
  std::uint64_t number = 0;  // of the first record concerned; 0 = none can be named
  std::string segment;       // file name; empty = none
  std::uint64_t offset = 0;  // in the segment
  std::string message;       // one line that says all of this in words
};
const char* to_string(AuditFault::Kind kind);

struct AuditVerdict {
  std::uint64_t records = 0;  // that are in order, from the first
  std::uint64_t segments = 0;
  std::uint64_t recoveries = 0;  // records that tell of a recovery; each is worth a look
  std::uint64_t anchors = 0;  // that were held against the trail
  AuditAnchor last;           // of them
  std::optional<AuditFault> fault;
};

class AuditTrail {
 public:
  // Makes `<archive>/audit/` where it is missing; the archive's folder must be there. Recovers after a crash and says so in the trail. A
  // trail that was cut or whose end is damaged is continued behind the gap, which stays visible for ever: work goes on, the evidence stays.
  static Result<std::unique_ptr<AuditTrail>> open(const std::filesystem::path& archive, AuditOptions options = {});
  ~AuditTrail();  // writes the anchor's last line
  AuditTrail(const AuditTrail&) = delete;
  AuditTrail& operator=(const AuditTrail&) = delete;

  // Returns the record's number once it is on disk. `number` and `time_ms` of `record` are set here. Whoever cannot record a look must not
  // grant it.
  Result<std::uint64_t> append(AuditRecord record);
  Result<std::uint64_t> append(std::vector<AuditRecord> records);  // together; the number of the last

  Result<AuditAnswer> query(const AuditQuery& query);
  // Every record that answers, oldest first; `query.limit` and `before` do not count. `visit` returns false to stop.
  Status each(const AuditQuery& query, const std::function<bool(const AuditRecord&)>& visit);

  Result<AuditAnchor> newest();   // what an anchor would say now; number 0 = the trail is empty
  Result<AuditAnchor> anchor();   // writes a line into the anchor file, where one is configured

 private:
  class Impl;
  explicit AuditTrail(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Reads the whole trail against itself, its head and the anchors, and changes nothing. A trail nobody began is in order and empty. The
// error is that of a trail that cannot be read at all.
struct AuditChecks {
  std::filesystem::path anchor;      // every line of this file ...
  std::vector<AuditAnchor> anchors;  // ... and these
  std::function<void(std::uint64_t records)> progress;
};
Result<AuditVerdict> verify_audit_trail(const std::filesystem::path& archive, const AuditChecks& checks = {});

}  // namespace chartscan::storage
