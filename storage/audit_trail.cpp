#include "storage/audit_trail.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "core/log.h"
#include "storage/audit_anchor.h"
#include "storage/audit_index.h"
#include "storage/audit_writer.h"

namespace chartscan::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostInGroup = 1000;  // records of one write; the rest is the next group's

// The segment that records are found in, with what finds them.
struct Segment {
  std::uint32_t number = 0;
  std::uint64_t end = 0;  // of what may be read
  std::unique_ptr<File> file;
  std::string header_hash;
  std::uint64_t first = 1;
};

Result<std::optional<Segment>> open_segment(const fs::path& folder, std::uint32_t number, std::optional<std::uint64_t> end) {
  Segment segment;
  segment.number = number;
  TRY(segment.file, Disk::real().open(folder / segment_name(number), Disk::Mode::Read));
  std::string bytes(kSegmentHeaderSize, '\0');
  TRY(const std::size_t count, segment.file->read_at(0, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}));
  bytes.resize(count);
  const std::optional<SegmentHeader> header = decode_segment_header(bytes);
  if (!header) return std::optional<Segment>();
  segment.first = header->first;
  segment.header_hash = bytes.substr(kSegmentHeaderSize - kDigestSize);
  TRY(const std::uint64_t size, segment.file->size());
  segment.end = end ? std::min(*end, size) : size;
  return std::optional(std::move(segment));
}

Result<std::optional<AuditRecord>> record_at(const Segment& segment, std::uint64_t offset) {
  constexpr std::size_t kUsual = 512;  // most records are smaller
  FrameReader frames(*segment.file, offset, segment.end, kUsual);
  TRY(const std::optional<Frame> frame, frames.next());
  return frame ? decode_audit_record(frame->payload) : std::nullopt;
}

// Several processes may make the same index at the same time: each writes a file of its own, and the last name given stands.
Status keep_index(const fs::path& path, const std::string& bytes) {
  static std::atomic<unsigned> made{0};
  fs::path fresh = path;
  fresh += fmt::format(".{}-{}", getpid(), made++);
  TRY_STATUS(replace_file(fresh, bytes));
  if (::rename(fresh.c_str(), path.c_str()) != 0) return disk_error("cannot name", path, errno);
  return {};
}

bool has_any(const std::vector<std::string>& wanted, const std::vector<std::string>& have) {
  return std::ranges::any_of(wanted, [&](const std::string& one) { return std::ranges::find(have, one) != have.end(); });
}

bool answers(const AuditQuery& query, const AuditRecord& record) {
  return (query.mrns.empty() || has_any(query.mrns, record.mrns)) && (query.user.empty() || query.user == record.user) &&
         (!query.page || query.page == record.page) && (!query.document || query.document == record.document) && (!query.batch || query.batch == record.batch) &&
         (query.actions.empty() || std::ranges::find(query.actions, record.action) != query.actions.end()) &&
         (!query.outcome || query.outcome == record.outcome) && record.time_ms >= query.from_ms && (query.to_ms == 0 || record.time_ms < query.to_ms) &&
         (query.before == 0 || record.number < query.before);
}

// Each of these lists of keys must hold one that the record has.
std::vector<std::vector<std::uint64_t>> keys_of(const AuditQuery& query) {
  std::vector<std::vector<std::uint64_t>> all;
  if (!query.mrns.empty()) {
    std::vector<std::uint64_t>& any = all.emplace_back();
    for (const std::string& mrn : query.mrns) any.push_back(audit_key(AuditKey::Mrn, mrn));
  }
  if (!query.user.empty()) all.push_back({audit_key(AuditKey::User, query.user)});
  if (query.page) all.push_back({audit_key(AuditKey::Page, query.page.value)});
  if (query.document) all.push_back({audit_key(AuditKey::Document, query.document.value)});
  if (query.batch) all.push_back({audit_key(AuditKey::Batch, query.batch.value)});
  if (!query.actions.empty()) {
    std::vector<std::uint64_t>& any = all.emplace_back();
    for (const AuditAction action : query.actions) any.push_back(audit_key(AuditKey::Action, static_cast<std::uint64_t>(action)));
  }
  return all;
}

// Places of records that may answer, rising; nothing = all of them.
Result<std::optional<std::vector<std::uint32_t>>> candidates(const SegmentPlaces& index, const AuditQuery& query) {
  std::optional<std::vector<std::uint32_t>> found;
  for (const std::vector<std::uint64_t>& any : keys_of(query)) {
    std::vector<std::uint32_t> places;
    for (const std::uint64_t key : any) {
      TRY(const std::vector<std::uint32_t> of_key, index.places(key));
      places.insert(places.end(), of_key.begin(), of_key.end());
    }
    if (any.size() > 1) {
      std::ranges::sort(places);
      places.erase(std::unique(places.begin(), places.end()), places.end());
    }
    if (found) {
      std::vector<std::uint32_t> both;
      std::ranges::set_intersection(*found, places, std::back_inserter(both));
      found = std::move(both);
    } else {
      found = std::move(places);
    }
    if (found->empty()) break;
  }
  return found;
}

}  // namespace

class AuditTrail::Impl {
 public:
  Impl(fs::path folder, AuditOptions options, std::unique_ptr<AuditWriter> writer)
      : folder_(std::move(folder)), options_(std::move(options)), writer_(std::move(writer)), head_(writer_->head()) {
    if (options_.anchor.empty()) return;
    keeper_ = std::make_unique<AnchorKeeper>(
        options_.anchor, options_.anchor_records, options_.anchor_minutes, [this] { return head(); }, [this](const Error& error) { anchor_failed(error); });
  }

  ~Impl() {
    keeper_.reset();
    if (sidecar_.joinable()) sidecar_.join();
  }

  Result<std::uint64_t> append(std::vector<AuditRecord> records);
  Result<AuditAnswer> query(const AuditQuery& query);
  Status each(const AuditQuery& query, const std::function<bool(const AuditRecord&)>& visit);
  Result<AuditAnchor> newest();
  Result<AuditAnchor> anchor();

 private:
  struct Waiting {
    std::vector<AuditRecord>& records;
    bool done = false;
    std::uint64_t number = 0;
    std::optional<Error> error;
  };
  enum class Order { NewestFirst, OldestFirst };

  AuditHead head() const {
    const std::lock_guard lock(head_mutex_);
    return head_;
  }
  void lead(std::unique_lock<std::mutex>& lock);
  void write_group(const std::vector<Waiting*>& group);
  void anchor_failed(const Error& error);
  void begin_sidecar(std::uint32_t segment);
  Result<AuditHead> head_on_disk() const;

  // Visits the records of one segment that answer. False = visit wants no more.
  Result<bool> visit_segment(std::uint32_t number, const AuditHead& head, const AuditQuery& query, Order order,
                             const std::function<bool(AuditRecord)>& visit, std::vector<std::string>& unreadable);
  Result<bool> visit_places(const Segment& segment, const SegmentPlaces& index, const AuditQuery& query, Order order,
                            const std::function<bool(AuditRecord)>& visit);
  Result<std::shared_ptr<const SegmentPlaces>> index_of(const Segment& segment, const AuditHead& head);
  Status visit_all(const AuditQuery& query, Order order, const std::function<bool(AuditRecord)>& visit, std::vector<std::string>& unreadable);

  const fs::path folder_;
  const AuditOptions options_;

  std::mutex queue_mutex_;
  std::condition_variable queue_turn_;
  std::vector<Waiting*> queue_;  // guarded by queue_mutex_
  bool leading_ = false;         // guarded by queue_mutex_; its owner alone uses writer_
  std::unique_ptr<AuditWriter> writer_;
  mutable std::mutex head_mutex_;
  AuditHead head_;  // guarded by head_mutex_
  std::thread sidecar_;  // the leader's

  std::mutex open_mutex_;  // guards what follows: the index of the segment that is written to
  std::uint32_t open_segment_ = 0;
  std::string open_header_;
  std::shared_ptr<OpenIndex> open_index_;

  std::unique_ptr<AnchorKeeper> keeper_;  // last: it uses all of the above
};

// --- appending ----------------------------------------------------------------------------------------------------------------

Result<std::uint64_t> AuditTrail::Impl::append(std::vector<AuditRecord> records) {
  if (records.empty()) return head().number;
  Waiting mine{records};
  std::unique_lock lock(queue_mutex_);
  queue_.push_back(&mine);
  queue_turn_.wait(lock, [&] { return mine.done || !leading_; });
  if (!mine.done) lead(lock);
  if (mine.error) return *mine.error;
  return mine.number;
}

// One of those who wait writes for all of them, and then leaves it to the next.
void AuditTrail::Impl::lead(std::unique_lock<std::mutex>& lock) {
  leading_ = true;
  std::vector<Waiting*> group;
  std::size_t records = 0;
  while (group.size() < queue_.size() && (group.empty() || records < kMostInGroup)) {
    records += queue_[group.size()]->records.size();
    group.push_back(queue_[group.size()]);
  }
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(group.size()));
  lock.unlock();
  write_group(group);
  if (keeper_) keeper_->grown();
  lock.lock();
  for (Waiting* waiting : group) waiting->done = true;
  leading_ = false;
  queue_turn_.notify_all();
}

void AuditTrail::Impl::write_group(const std::vector<Waiting*>& group) {
  std::vector<AuditRecord*> records;
  for (Waiting* waiting : group)
    for (AuditRecord& record : waiting->records) records.push_back(&record);
  const std::uint32_t segment_before = head().segment;
  const Status done = writer_->append(records);
  for (Waiting* waiting : group) {
    if (!done) waiting->error = done.error();
    else waiting->number = waiting->records.back().number;
  }
  {
    const std::lock_guard lock(head_mutex_);
    head_ = writer_->head();
  }
  if (writer_->head().segment != segment_before) begin_sidecar(segment_before);
}

// The index of a segment that is full, beside the work: a search would make it otherwise, and take the time.
void AuditTrail::Impl::begin_sidecar(std::uint32_t number) {
  if (sidecar_.joinable()) sidecar_.join();
  sidecar_ = std::thread([this, number] {
    const auto segment = open_segment(folder_, number, std::nullopt);
    if (segment && *segment) (void)index_of(**segment, head());
  });
}

void AuditTrail::Impl::anchor_failed(const Error& error) {
  log::warning("audit trail: " + to_string(error) + "; looks are recorded, the anchor is tried again every half minute");
  AuditRecord record;
  record.action = AuditAction::AnchorFailed;
  record.outcome = AuditOutcome::Failed;
  record.user = "chartscan";
  record.origin = "trail";
  record.detail = error.message;
  (void)append({std::move(record)});
}

Result<AuditAnchor> AuditTrail::Impl::newest() {
  TRY(const AuditHead head, head_on_disk());
  return anchor_of(head);
}

Result<AuditAnchor> AuditTrail::Impl::anchor() {
  if (!keeper_) return newest();
  TRY_STATUS(keeper_->write_now("asked"));
  return anchor_of(head());
}

// --- asking -------------------------------------------------------------------------------------------------------------------

// Other processes append, too.
Result<AuditHead> AuditTrail::Impl::head_on_disk() const {
  TRY(const auto file, Disk::real().open(folder_ / kHeadFile, Disk::Mode::Read));
  TRY(const HeadFile found, read_head(*file));
  return found.newest ? *found.newest : head();
}

Result<std::shared_ptr<const SegmentPlaces>> AuditTrail::Impl::index_of(const Segment& segment, const AuditHead& head) {
  if (segment.number != head.segment) {
    TRY(std::unique_ptr<ClosedIndex> closed, ClosedIndex::open(folder_ / index_name(segment.number), segment.header_hash, segment.end));
    if (closed) return std::shared_ptr<const SegmentPlaces>(std::move(closed));
    auto made = std::make_shared<OpenIndex>(segment.first);
    TRY_STATUS(made->read(*segment.file, segment.end));
    // Where it cannot be kept it is made again the next time.
    if (const Status kept = keep_index(folder_ / index_name(segment.number), made->encode(segment.header_hash)); !kept)
      log::warning("audit trail: " + to_string(kept.error()));
    return std::shared_ptr<const SegmentPlaces>(made);
  }
  const std::lock_guard lock(open_mutex_);
  if (open_segment_ != segment.number || open_header_ != segment.header_hash || !open_index_) {
    open_segment_ = segment.number;
    open_header_ = segment.header_hash;
    open_index_ = std::make_shared<OpenIndex>(segment.first);
  }
  TRY_STATUS(open_index_->read(*segment.file, segment.end));
  return std::shared_ptr<const SegmentPlaces>(open_index_);
}

Result<bool> AuditTrail::Impl::visit_places(const Segment& segment, const SegmentPlaces& index, const AuditQuery& query, Order order,
                                            const std::function<bool(AuditRecord)>& visit) {
  TRY(const auto places, candidates(index, query));
  const std::size_t count = places ? places->size() : index.records();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t rank = order == Order::OldestFirst ? i : count - 1 - i;
    TRY(const std::uint64_t offset, index.offset(places ? (*places)[rank] : static_cast<std::uint32_t>(rank)));
    TRY(std::optional<AuditRecord> record, record_at(segment, offset));
    if (record && answers(query, *record) && !visit(std::move(*record))) return false;
  }
  return true;
}

Result<bool> AuditTrail::Impl::visit_segment(std::uint32_t number, const AuditHead& head, const AuditQuery& query, Order order,
                                             const std::function<bool(AuditRecord)>& visit, std::vector<std::string>& unreadable) {
  auto opened = open_segment(folder_, number, number == head.segment ? std::optional(head.end) : std::nullopt);
  if (!opened || !*opened) return unreadable.push_back(segment_name(number)), true;
  const Segment& segment = **opened;
  if (query.before != 0 && segment.first >= query.before) return true;
  TRY(const std::shared_ptr<const SegmentPlaces> index, index_of(segment, head));
  if (!index->whole()) unreadable.push_back(segment_name(number));
  if (index->records() == 0 || index->latest_ms() < query.from_ms || (query.to_ms != 0 && index->earliest_ms() >= query.to_ms)) return true;
  return visit_places(segment, *index, query, order, visit);
}

Status AuditTrail::Impl::visit_all(const AuditQuery& query, Order order, const std::function<bool(AuditRecord)>& visit, std::vector<std::string>& unreadable) {
  TRY(const AuditHead head, head_on_disk());
  TRY(std::vector<std::uint32_t> segments, segments_in(folder_));
  std::erase_if(segments, [&](std::uint32_t segment) { return segment > head.segment; });
  if (order == Order::NewestFirst) std::ranges::reverse(segments);
  for (const std::uint32_t segment : segments) {
    TRY(const bool more, visit_segment(segment, head, query, order, visit, unreadable), segment_name(segment));
    if (!more) break;
  }
  return {};
}

Result<AuditAnswer> AuditTrail::Impl::query(const AuditQuery& query) {
  AuditAnswer answer;
  const auto limit = static_cast<std::size_t>(std::max(1, query.limit));
  TRY_STATUS(visit_all(query, Order::NewestFirst, [&](AuditRecord record) {
    if (answer.records.size() == limit) return answer.next = answer.records.back().number, false;
    answer.records.push_back(std::move(record));
    return true;
  }, answer.unreadable), "audit trail");
  return answer;
}

Status AuditTrail::Impl::each(const AuditQuery& query, const std::function<bool(const AuditRecord&)>& visit) {
  AuditQuery all = query;
  all.before = 0;
  std::vector<std::string> unreadable;
  TRY_STATUS(visit_all(all, Order::OldestFirst, visit, unreadable), "audit trail");
  if (unreadable.empty()) return {};
  return Error{ErrorCode::Integrity, fmt::format("{} of the audit trail cannot be read as a whole; `chartscan audit verify` names the place", unreadable.front()), {}};
}

// --- the face -----------------------------------------------------------------------------------------------------------------

AuditTrail::AuditTrail(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AuditTrail::~AuditTrail() = default;

Result<std::unique_ptr<AuditTrail>> AuditTrail::open(const fs::path& archive, AuditOptions options) {
  const fs::path folder = archive / kAuditFolder;
  TRY(std::unique_ptr<AuditWriter> writer, AuditWriter::open(folder, {options.segment_bytes, options.now_ms}));
  return std::unique_ptr<AuditTrail>(new AuditTrail(std::make_unique<Impl>(folder, std::move(options), std::move(writer))));
}

Result<std::uint64_t> AuditTrail::append(AuditRecord record) {
  std::vector<AuditRecord> one;
  one.push_back(std::move(record));
  return impl_->append(std::move(one));
}
Result<std::uint64_t> AuditTrail::append(std::vector<AuditRecord> records) { return impl_->append(std::move(records)); }
Result<AuditAnswer> AuditTrail::query(const AuditQuery& query) { return impl_->query(query); }
Status AuditTrail::each(const AuditQuery& query, const std::function<bool(const AuditRecord&)>& visit) { return impl_->each(query, visit); }
Result<AuditAnchor> AuditTrail::newest() { return impl_->newest(); }
Result<AuditAnchor> AuditTrail::anchor() { return impl_->anchor(); }

}  // namespace chartscan::storage
