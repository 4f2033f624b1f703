#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <map>

#include "storage/audit_anchor.h"
#include "storage/audit_head.h"
#include "storage/audit_index.h"
#include "storage/audit_segment.h"
#include "storage/audit_trail.h"

namespace chartscan::storage {
namespace {

namespace fs = std::filesystem;

using Kind = AuditFault::Kind;

// What must be true of the record of some number: the head says so, or an anchor.
struct Expected {
  Hash hash;
  std::string who;  // "the head", "line 3 of /mnt/worm/anchor"
  Kind kind = Kind::Anchor;
};

struct SegmentFile {
  std::uint32_t number = 0;
  std::unique_ptr<File> file;
  std::uint64_t size = 0;
};

// Head and sizes of one moment: who appends holds the lock.
struct Moment {
  std::vector<SegmentFile> segments;
  HeadFile head;
  bool head_is_there = false;
};

Result<Moment> look(const fs::path& folder) {
  Moment moment;
  const int lock = ::open((folder / "lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (lock >= 0 && ::flock(lock, LOCK_SH) != 0) {
    const int why = errno;
    ::close(lock);
    return disk_error("cannot lock", folder / "lock", why);
  }
  const auto read = [&]() -> Status {
    TRY(const std::vector<std::uint32_t> numbers, segments_in(folder));
    for (const std::uint32_t number : numbers) {
      SegmentFile segment{number, nullptr, 0};
      TRY(segment.file, Disk::real().open(folder / segment_name(number), Disk::Mode::Read));
      TRY(segment.size, segment.file->size());
      moment.segments.push_back(std::move(segment));
    }
    std::error_code ignored;
    moment.head_is_there = fs::exists(folder / kHeadFile, ignored);
    if (!moment.head_is_there) return {};
    TRY(const auto head, Disk::real().open(folder / kHeadFile, Disk::Mode::Read));
    TRY(moment.head, read_head(*head));
    return {};
  };
  const Status done = read();
  if (lock >= 0) ::close(lock);
  TRY_STATUS(done);
  return moment;
}

class Verifier {
 public:
  Verifier(fs::path folder, Moment moment, const AuditChecks& checks) : folder_(std::move(folder)), moment_(std::move(moment)), checks_(checks) {}

  Result<AuditVerdict> run() {
    TRY_STATUS(collect_expected());
    if (moment_.segments.empty() && !moment_.head_is_there && expected_.empty()) return verdict_;  // nobody began it
    std::uint32_t segment = 1;
    for (const SegmentFile& file : moment_.segments) {
      TRY_STATUS(verify_segment(file, segment++));
      if (verdict_.fault) return verdict_;
    }
    verify_end();
    if (!verdict_.fault) verdict_.fault = stale_index_;
    return verdict_;
  }

 private:
  Status collect_expected() {
    if (!checks_.anchor.empty()) {
      TRY(const std::vector<AnchorLine> lines, read_anchor_file(checks_.anchor));
      for (const AnchorLine& line : lines) {
        expected_.emplace(line.anchor.number, Expected{line.anchor.hash, fmt::format("line {} of {}", line.line, checks_.anchor.string()), Kind::Anchor});
        anchored_ = std::max(anchored_, line.anchor.number);
      }
    }
    for (const AuditAnchor& anchor : checks_.anchors) {
      expected_.emplace(anchor.number, Expected{anchor.hash, "the anchor that was given", Kind::Anchor});
      anchored_ = std::max(anchored_, anchor.number);
    }
    verdict_.anchors = expected_.size();
    if (moment_.head.newest) {
      const AuditHead& head = *moment_.head.newest;
      expected_.emplace(head.number, Expected{hash_of_digest(head.hash).value_or(""), "the head", Kind::Head});
    }
    return {};
  }

  Status verify_segment(const SegmentFile& file, std::uint32_t wanted) {
    segment_ = &file;
    if (file.number != wanted) {
      // The segment that is there tells how many records the missing ones had.
      TRY(const std::optional<SegmentHeader> header, header_of(file));
      const std::uint64_t next = next_number();
      const std::string up_to = header && header->first > next ? fmt::format("records {} to {}", next, header->first - 1) : fmt::format("records from {} on", next);
      return fault(Kind::Missing, next, 0, fmt::format("{} is missing: {} are gone", segment_name(wanted), up_to), segment_name(wanted));
    }
    TRY_STATUS(verify_header(file));
    if (verdict_.fault) return {};
    first_ = next_number();
    FrameReader frames(*file.file, kSegmentHeaderSize, file.size);
    for (;;) {
      TRY(const std::optional<Frame> frame, frames.next());
      if (!frame) break;
      TRY_STATUS(verify_frame(*frame));
      if (verdict_.fault) return {};
    }
    if (frames.at() < file.size) return broken_off(frames.at());
    ++verdict_.segments;
    return verify_index(file);
  }

  Status verify_header(const SegmentFile& file) {
    const std::uint64_t next = next_number();
    TRY(const std::optional<SegmentHeader> header, header_of(file));
    if (!header) return fault(Kind::Segment, next, 0, fmt::format("the header of the segment, before record {}, was altered or cut", next));
    header_hash_ = encode(*header).substr(kSegmentHeaderSize - kDigestSize);
    if (header->segment != file.number)
      return fault(Kind::Reordered, next, 0, fmt::format("segment {} stands in its place: record {} should come", header->segment, next));
    if (verdict_.segments == 0) {
      trail_id_ = header->trail_id;
      hash_ = hash_of_trail_id(trail_id_);
    }
    if (header->first > next)
      return fault(Kind::Missing, next, 0, fmt::format("records {} to {} are missing: this segment begins with {}", next, header->first - 1, header->first));
    if (header->first < next) return fault(Kind::Repeated, header->first, 0, fmt::format("the segment begins with record {} a second time", header->first));
    if (header->trail_id != trail_id_ || header->before != hash_)
      return fault(Kind::Segment, next, 0, fmt::format("the segment with record {} does not continue the one before: one of them was replaced", next));
    hash_ = header_hash_;
    if (next == 1) check_expected(0, 0);
    return {};
  }

  Status verify_frame(const Frame& frame) {
    const std::uint64_t wanted = next_number();
    if (hasher_.link(hash_, frame.payload) != frame.hash) return classify(frame, wanted);
    const std::optional<AuditRecord> record = decode_audit_record(frame.payload);
    if (!record || record->number != wanted)
      return fault(Kind::Altered, wanted, frame.offset, fmt::format("record {} is not what this program writes; was the trail written anew?", wanted));
    hash_ = frame.hash;
    ++verdict_.records;
    verdict_.last = {record->number, hash_of_digest(hash_).value_or(""), record->time_ms};
    if (record->action == AuditAction::TrailRecovered) ++verdict_.recoveries;
    check_expected(wanted, frame.offset);
    if (checks_.progress && verdict_.records % 100'000 == 0) checks_.progress(verdict_.records);
    return {};
  }

  // The chain breaks at `frame`: what has happened is told from the numbers that stand there and behind.
  Status classify(const Frame& broken, std::uint64_t wanted) {
    const std::uint64_t number = number_of_audit_record(broken.payload).value_or(wanted), offset = broken.offset, behind = broken.end();
    TRY(const bool later, number == wanted ? Result<bool>(false) : stands_later(wanted, behind));
    if (number > wanted && later) return fault(Kind::Reordered, wanted, offset, fmt::format("record {} stands where record {} should: they are out of order", number, wanted));
    TRY(const std::uint64_t next, number_at(behind));
    if (number == wanted || next == wanted + 1)
      return fault(Kind::Altered, wanted, offset, fmt::format("record {} was altered: its bytes do not agree with its hash", wanted));
    if (number < wanted) return fault(Kind::Repeated, number, offset, fmt::format("record {} stands here a second time; record {} should", number, wanted));
    const std::string gone = number == wanted + 1 ? fmt::format("record {} is", wanted) : fmt::format("records {} to {} are", wanted, number - 1);
    return fault(Kind::Missing, wanted, offset, fmt::format("{} missing: record {} stands in that place", gone, number));
  }

  // Of the record that stands there; 0 = none does.
  Result<std::uint64_t> number_at(std::uint64_t offset) {
    FrameReader frames(*segment_->file, offset, segment_->size);
    TRY(const std::optional<Frame> frame, frames.next());
    return frame ? number_of_audit_record(frame->payload).value_or(0) : 0;
  }

  Result<bool> stands_later(std::uint64_t number, std::uint64_t from) {
    FrameReader frames(*segment_->file, from, segment_->size);
    for (;;) {
      TRY(const std::optional<Frame> frame, frames.next());
      if (!frame) return false;
      if (number_of_audit_record(frame->payload) == number) return true;
    }
  }

  // Something stands at `offset` that is no whole record.
  Status broken_off(std::uint64_t offset) {
    const std::uint64_t wanted = next_number();
    const bool known = moment_.head.newest && moment_.head.newest->number >= wanted;
    const bool last = segment_ == &moment_.segments.back();
    if (!known && last)
      return fault(Kind::Head, wanted, offset, fmt::format("{} bytes behind record {} are no record: a crash leaves such, and the next record sets them aside",
                                                           segment_->size - offset, wanted - 1));
    return fault(Kind::Cut, wanted, offset, fmt::format("record {} was cut off or its length was altered", wanted));
  }

  // Sidecars are never trusted: they are made again and compared. What was put into one could hide a look from a query.
  Status verify_index(const SegmentFile& file) {
    std::error_code ignored;
    const fs::path path = folder_ / index_name(file.number);
    if (!fs::exists(path, ignored)) return {};
    OpenIndex index(first_);
    TRY_STATUS(index.read(*file.file, file.size));
    std::ifstream in(path, std::ios::binary);
    const std::string stored((std::istreambuf_iterator<char>(in)), {});
    if (stored == index.encode(header_hash_)) return {};
    if (!stale_index_)
      stale_index_ = AuditFault{Kind::Segment, first_, index_name(file.number), 0,
                                fmt::format("audit trail: the index {} does not agree with its segment; delete it, it is made anew", index_name(file.number))};
    return {};
  }

  void check_expected(std::uint64_t number, std::uint64_t offset) {
    if (number == 0 && expected_.empty()) return;
    const Hash found = hash_of_digest(hash_).value_or("");
    const auto [begin, end] = expected_.equal_range(number);
    for (auto it = begin; it != end && !verdict_.fault; ++it)
      if (it->second.hash != found)
        (void)fault(it->second.kind, number, offset, fmt::format("record {} has another hash than {} says: the trail was written anew, or {} was replaced", number,
                                                                 it->second.who, it->second.kind == Kind::Head ? "the head" : "the anchor"));
  }

  void verify_end() {
    const std::uint64_t last = verdict_.records;
    segment_ = moment_.segments.empty() ? nullptr : &moment_.segments.back();
    const std::uint64_t end = segment_ ? segment_->size : 0;
    const std::uint64_t head = moment_.head.newest ? moment_.head.newest->number : 0;
    const std::uint64_t known = std::max(head, anchored_);
    if (known > last)
      (void)fault(Kind::Cut, last + 1, end, fmt::format("records {} to {} are cut off: {} names {}", last + 1, known, head >= anchored_ ? "the head" : "an anchor", known));
    else if (!moment_.head.newest)
      (void)fault(Kind::Head, last, end, fmt::format("the head is {}: whether records behind {} were cut off only an anchor can tell", moment_.head_is_there ? "damaged" : "missing", last));
    else if (head < last)
      (void)fault(Kind::Head, head + 1, end, fmt::format("the head names record {}, and the trail goes on to {}: a crash may do that, and then the next record mends it; else the head was replaced", head, last));
    else if (moment_.head.newest->trail_id != trail_id_ || !moment_.head.whole || (segment_ && (moment_.head.newest->end != segment_->size || moment_.head.newest->segment != segment_->number)))
      (void)fault(Kind::Head, last, end, "the head was altered");
  }

  std::uint64_t next_number() const { return verdict_.records + 1; }

  Result<std::optional<SegmentHeader>> header_of(const SegmentFile& file) const {
    std::string bytes(kSegmentHeaderSize, '\0');
    TRY(const std::size_t count, file.file->read_at(0, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}));
    bytes.resize(count);
    return decode_segment_header(bytes);
  }

  Status fault(Kind kind, std::uint64_t number, std::uint64_t offset, const std::string& what, const std::string& file = "") {
    AuditFault fault{kind, number, file.empty() && segment_ ? segment_name(segment_->number) : file, offset, {}};
    fault.message = fault.segment.empty() ? "audit trail: " + what : fmt::format("audit trail, {} at byte {}: {}", fault.segment, offset, what);
    if (!verdict_.fault) verdict_.fault = std::move(fault);
    return {};
  }

  const fs::path folder_;
  const Moment moment_;
  const AuditChecks& checks_;
  AuditVerdict verdict_;
  std::multimap<std::uint64_t, Expected> expected_;
  std::uint64_t anchored_ = 0;  // the highest number that an anchor names
  const SegmentFile* segment_ = nullptr;
  std::string trail_id_, hash_, header_hash_;
  std::uint64_t first_ = 1;  // of the segment
  std::optional<AuditFault> stale_index_;  // told when the records themselves are in order
  ChainHasher hasher_;
};

}  // namespace

const char* to_string(AuditFault::Kind kind) {
  switch (kind) {
    case Kind::Altered: return "altered";
    case Kind::Missing: return "missing";
    case Kind::Reordered: return "reordered";
    case Kind::Repeated: return "repeated";
    case Kind::Cut: return "cut";
    case Kind::Head: return "head";
    case Kind::Anchor: return "anchor";
    case Kind::Segment: return "segment";
  }
  return "";
}

Result<AuditVerdict> verify_audit_trail(const fs::path& archive, const AuditChecks& checks) {
  const fs::path folder = archive / kAuditFolder;
  TRY(Moment moment, look(folder));
  return Verifier(folder, std::move(moment), checks).run();
}

}  // namespace chartscan::storage
