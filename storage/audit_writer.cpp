#include "storage/audit_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace chartscan::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLockFile = "lock";
// After a loss of power the head may be so old; what stands behind it is taken in, and told.
constexpr std::chrono::seconds kHeadPause{1};
constexpr std::uint64_t kMostTorn = 4 << 20;  // more than a group of records: no crash leaves so much

std::span<const std::uint8_t> bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::int64_t system_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Result<std::string> random_id() {
  std::string id(kTrailIdSize, '\0');
  if (::getrandom(id.data(), id.size(), 0) != static_cast<ssize_t>(id.size()))
    return Error{ErrorCode::Internal, "the system gives no random numbers; the audit trail cannot be begun", {}};
  return id;
}

Result<std::optional<SegmentHeader>> header_of(const File& file) {
  std::string bytes(kSegmentHeaderSize, '\0');
  TRY(const std::size_t count, file.read_at(0, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}));
  bytes.resize(count);
  return decode_segment_header(bytes);
}

}  // namespace

class AuditWriter::Lock {
 public:
  static Result<std::unique_ptr<Lock>> take(int fd, const fs::path& path) {
    while (::flock(fd, LOCK_EX) != 0)
      if (errno != EINTR) return disk_error("cannot lock", path, errno);
    return std::unique_ptr<Lock>(new Lock(fd));
  }
  ~Lock() { ::flock(fd_, LOCK_UN); }

 private:
  explicit Lock(int fd) : fd_(fd) {}
  int fd_;
};

Result<std::unique_ptr<AuditWriter>> AuditWriter::open(const fs::path& folder, Options options) {
  if (!options.now_ms) options.now_ms = system_ms;
  std::unique_ptr<AuditWriter> writer(new AuditWriter(folder, std::move(options)));
  std::error_code error;
  if (fs::create_directory(folder, error)) {
    fs::permissions(folder, fs::perms::owner_all, error);
    if (!error) TRY_STATUS(Disk::real().sync_folder(folder.parent_path()));
  }
  if (error) return disk_error("cannot make", folder, error.value());
  const fs::path lock_path = folder / kLockFile;
  writer->lock_fd_ = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (writer->lock_fd_ < 0) return disk_error("cannot open", lock_path, errno);
  TRY(const auto lock, Lock::take(writer->lock_fd_, lock_path));
  TRY_STATUS(writer->settle(), "audit trail");
  return writer;
}

AuditWriter::~AuditWriter() {
  if (head_file_) (void)head_file_->sync();
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

Status AuditWriter::append(std::vector<AuditRecord*> records) {
  TRY(const auto lock, Lock::take(lock_fd_, folder_ / kLockFile));
  TRY_STATUS(settle(), "audit trail");
  return write(records);
}

// Nearly always there is nothing to do: the head names the end of the segment.
Status AuditWriter::settle() {
  TRY(head_file_, Disk::real().open(folder_ / kHeadFile, Disk::Mode::Write));
  TRY(const HeadFile found, read_head(*head_file_));
  head_was_lost_ = !found.newest;
  if (found.newest) {
    head_ = *found.newest;
  } else {
    TRY(const std::vector<std::uint32_t> segments, segments_in(folder_));
    TRY_STATUS(segments.empty() ? begin(1) : recover_without_head(segments));
  }
  TRY_STATUS(follow_on());
  return notes_.empty() ? Status() : tell();
}

Status AuditWriter::begin(std::uint32_t segment) {
  head_ = {};
  TRY(head_.trail_id, random_id());
  head_.hash = hash_of_trail_id(head_.trail_id);
  head_.turn = 2;
  TRY_STATUS(begin_segment(segment));
  return begin_head(*head_file_, head_);
}

// The newest segment with a sound header tells how far the trail goes; follow_on() reads the rest of it.
Status AuditWriter::recover_without_head(const std::vector<std::uint32_t>& segments) {
  for (std::size_t i = segments.size(); i-- > 0;) {
    TRY(const auto file, Disk::real().open(folder_ / segment_name(segments[i]), Disk::Mode::Read));
    TRY(const std::optional<SegmentHeader> header, header_of(*file));
    if (!header || header->segment != segments[i]) continue;
    head_ = {};
    head_.turn = 2;
    head_.trail_id = header->trail_id;
    head_.number = header->first - 1;
    head_.hash = encode(*header).substr(kSegmentHeaderSize - kDigestSize);
    head_.segment = header->segment;
    head_.end = kSegmentHeaderSize;
    notes_ += fmt::format("the head was missing or damaged and was made anew from {}. ", segment_name(segments[i]));
    return begin_head(*head_file_, head_);
  }
  // Segments, and not one sound header: nothing of them can be continued, and nothing of them is touched.
  notes_ += "the head and all segments were damaged; a new trail begins here. ";
  return begin(segments.back() + 1);
}

Status AuditWriter::follow_on() {
  std::error_code ignored;
  if (!fs::exists(folder_ / segment_name(head_.segment), ignored)) return continue_behind_gap(segment_name(head_.segment) + " is missing");
  TRY_STATUS(open_segment(head_.segment));
  TRY(std::uint64_t size, segment_file_->size());
  if (size == head_.end && !fs::exists(folder_ / segment_name(head_.segment + 1), ignored)) return {};
  if (size < head_.end)
    return continue_behind_gap(fmt::format("{} ends at byte {} and the head names byte {}", segment_name(head_.segment), size, head_.end));
  const std::uint64_t known = head_.number;
  for (bool more = true; more;) {
    TRY(size, segment_file_->size());
    TRY(const std::uint64_t torn, take_in(size));
    const bool last = !fs::exists(folder_ / segment_name(head_.segment + 1), ignored);
    if (torn > 0 && (head_was_lost_ || !last || torn > kMostTorn))
      return continue_behind_gap(fmt::format("{} holds no record at byte {}", segment_name(head_.segment), head_.end));
    if (torn > 0) TRY_STATUS(set_aside(head_.end, torn));
    TRY(more, go_to_next_segment());
  }
  if (head_.number > known) notes_ += fmt::format("records {} to {} stood behind the head and were taken in. ", known + 1, head_.number);
  ++head_.turn;
  return write_head(*head_file_, head_);
}

Result<std::uint64_t> AuditWriter::take_in(std::uint64_t size) {
  FrameReader frames(*segment_file_, head_.end, size);
  for (;;) {
    TRY(const std::optional<Frame> frame, frames.next());
    if (!frame || hasher_.link(head_.hash, frame->payload) != frame->hash) return size - head_.end;
    const std::optional<AuditRecord> record = decode_audit_record(frame->payload);
    if (!record || record->number != head_.number + 1) return size - head_.end;
    head_.number = record->number;
    head_.time_ms = record->time_ms;
    head_.hash = frame->hash;
    head_.end = frame->end();
  }
}

Result<bool> AuditWriter::go_to_next_segment() {
  const std::uint32_t next = head_.segment + 1;
  std::error_code ignored;
  if (!fs::exists(folder_ / segment_name(next), ignored)) return false;
  TRY_STATUS(open_segment(next));
  TRY(const std::optional<SegmentHeader> header, header_of(*segment_file_));
  if (header && header->segment == next && header->first == head_.number + 1 && header->before == head_.hash) {
    head_.segment = next;
    head_.hash = encode(*header).substr(kSegmentHeaderSize - kDigestSize);
    head_.end = kSegmentHeaderSize;
    return true;
  }
  TRY(const std::uint64_t size, segment_file_->size());
  if (size > kSegmentHeaderSize) {  // holds something, and not what comes next: it stays as it is
    TRY_STATUS(continue_behind_gap(segment_name(next) + " does not continue " + segment_name(head_.segment)));
    return false;
  }
  // A crash while it was being made.
  TRY_STATUS(set_aside(0, size));
  if (::unlink((folder_ / segment_name(next)).c_str()) != 0) return disk_error("cannot remove", folder_ / segment_name(next), errno);
  TRY_STATUS(open_segment(head_.segment));
  return false;
}

// What is wrong stays as it is, and `verify` names it for ever; work goes on.
Status AuditWriter::continue_behind_gap(const std::string& what_happened) {
  TRY(const std::vector<std::uint32_t> segments, segments_in(folder_));
  notes_ += fmt::format("{}; the trail goes on behind that with record {}. ", what_happened, head_.number + 1);
  TRY_STATUS(begin_segment(std::max(segments.empty() ? 0 : segments.back(), head_.segment) + 1));
  ++head_.turn;
  return write_head(*head_file_, head_);
}

Status AuditWriter::open_segment(std::uint32_t segment) {
  TRY(segment_file_, Disk::real().open(folder_ / segment_name(segment), Disk::Mode::Write));
  return {};
}

// Continues the chain from head_, which then stands behind the header; the head file is the caller's to write.
Status AuditWriter::begin_segment(std::uint32_t segment) {
  const std::string header = encode(SegmentHeader{segment, head_.number + 1, options_.now_ms(), head_.hash, head_.trail_id});
  TRY_STATUS(open_segment(segment));
  TRY_STATUS(segment_file_->write_at(0, bytes_of(header)));
  TRY_STATUS(segment_file_->sync());
  TRY_STATUS(Disk::real().sync_folder(folder_));
  head_.segment = segment;
  head_.end = header.size();
  head_.hash = header.substr(kSegmentHeaderSize - kDigestSize);
  return {};
}

// Keeps bytes that are no record in a file of their own and takes them off the segment.
Status AuditWriter::set_aside(std::uint64_t from, std::uint64_t size) {
  const std::string name = fmt::format("torn-{}-{}.bin", head_.number + 1, options_.now_ms());
  std::string bytes(size, '\0');
  TRY(const std::size_t count, segment_file_->read_at(from, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}));
  bytes.resize(count);
  TRY_STATUS(replace_file(folder_ / name, bytes));
  TRY_STATUS(segment_file_->truncate(from));
  TRY_STATUS(segment_file_->sync());
  notes_ += fmt::format("{} bytes behind record {} were no record and are kept in {}. ", count, head_.number, name);
  return {};
}

Status AuditWriter::write(const std::vector<AuditRecord*>& records) {
  AuditHead next = head_;
  if (next.end >= options_.segment_bytes) {
    TRY_STATUS(begin_segment(head_.segment + 1));
    next = head_;
  }
  std::string bytes;
  const std::int64_t now = options_.now_ms();
  for (AuditRecord* record : records) {
    record->number = ++next.number;
    record->time_ms = now;
    const std::string payload = encode(*record);
    next.hash = hasher_.link(next.hash, payload);
    bytes += frame(payload, next.hash);
  }
  next.time_ms = now;
  next.end = head_.end + bytes.size();
  next.turn = head_.turn + 1;
  Status done = segment_file_->write_at(head_.end, bytes_of(bytes));
  if (done) done = segment_file_->sync();
  if (!done) {  // whatever of it got through is no record
    (void)segment_file_->truncate(head_.end);
    return std::move(done).error().with_context("audit trail");
  }
  TRY_STATUS(write_head(*head_file_, next), "audit trail");
  head_ = next;
  if (std::chrono::steady_clock::now() - head_synced_ < kHeadPause) return {};
  head_synced_ = std::chrono::steady_clock::now();
  return head_file_->sync();
}

Status AuditWriter::tell() {
  AuditRecord record;
  record.action = AuditAction::TrailRecovered;
  record.user = "chartscan";
  record.origin = "trail";
  record.detail = notes_.substr(0, notes_.find_last_not_of(' ') + 1);
  TRY_STATUS(write({&record}));
  notes_.clear();
  return {};
}

}  // namespace chartscan::storage
