#include "indexer/index_upkeep.h"

#include <algorithm>
#include <atomic>
#include <chrono>

#include "indexer/index_state.h"
#include "indexer/manifest_steps.h"

namespace chartscan::indexer {
namespace {

using storage::Family;
using storage::Records;
using storage::View;

constexpr auto kPause = std::chrono::milliseconds(200);
constexpr auto kFreshFor = std::chrono::seconds(2);  // then even few pages become a segment
constexpr int kRest = 20;                            // times as long as the last segment took, if that is longer: a busy machine makes fewer
constexpr std::uint64_t kRowsOfPage = 5;             // at least so many are written for each: fresh rows are not counted for nothing
constexpr std::uint64_t kMostBehind = 8 * kRowsOfPage * kFlushPages;  // rows; then commits wait
constexpr unsigned kCommitsAtOnce = 16;               // of them one looks how far behind the index is
constexpr std::size_t kFewFresh = 64;                // left as they are at the end: a segment for each command would be many

// Numbers of segments that have rows with this beginning (Dictionary), or any (Post, where it is ""): one look for each.
Status segments_with(const View& view, Family family, std::string_view kind, std::vector<std::uint32_t>& numbers) {
  std::string from(kind);
  for (bool more = true; more;) {
    more = false;
    TRY_STATUS(view.scan(family, kind, from, [&](std::string_view key, std::string_view) {
      if (const auto number = kind.empty() ? rows::segment_of_postings(key) : rows::segment_of(key)) {
        numbers.push_back(*number);
        from.assign(kind).append(rows::postings(*number + 1));
        more = *number != UINT32_MAX;
      }
      return false;
    }));
  }
  return {};
}

std::uint64_t count(const View& view, std::string_view prefix) {
  std::uint64_t count = 0;
  for (const auto rows = view.rows(Family::Dictionary, prefix); !rows->at_end(); rows->next()) ++count;
  return count;
}

}  // namespace

Status steps::sweep(storage::Archive& archive) {
  std::vector<std::uint32_t> numbers;
  storage::WriteBatch gone;
  {
    TRY(const Records records, archive.read());
    const View& view = records.view();
    TRY(const Manifest manifest, steps::manifest(view));
    TRY_STATUS(segments_with(view, Family::Post, "", numbers));
    for (const char* const kind : {"s", "w", "x"}) TRY_STATUS(segments_with(view, Family::Dictionary, kind, numbers));
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    std::erase_if(numbers, [&](std::uint32_t number) {
      return std::ranges::any_of(manifest.segments, [&](const Segment& segment) { return segment.number == number; });
    });
  }
  for (const std::uint32_t number : numbers) steps::erase(gone, number);
  return gone.empty() ? Status() : archive.store().write_unsynced(gone);
}

Status sweep(storage::Archive& archive) {
  TRY(std::mutex* const mutex, steps::lock_of(archive));
  const std::lock_guard lock(*mutex);
  return steps::sweep(archive);
}

Result<IndexStatus> index_status(const Records& records) {
  const View& view = records.view();
  IndexStatus status;
  TRY(const auto rebuild, view.get(Family::Dictionary, rows::kRebuild));
  TRY(const bool is_older, steps::is_of_older_version(view));
  status.stale = rebuild || is_older;
  if (rebuild) status.rebuild = rows::decode_rebuild(*rebuild).value_or(RebuildProgress{});
  TRY(const Manifest manifest, steps::manifest(view));
  for (const Segment& segment : manifest.segments) {
    IndexStatus::OfLayer& layer = status.layers[static_cast<std::size_t>(segment.layer)];
    ++layer.segments;
    layer.pages += segment.pages - segment.out;
    layer.bytes += segment.bytes;
  }
  for (const Layer which : kLayers) {
    IndexStatus::OfLayer& layer = status.layers[static_cast<std::size_t>(which)];
    layer.fresh = count(view, rows::fresh(which));
    layer.taken_out = count(view, rows::taken_out(which));
  }
  if (!status.stale) {
    TRY(const auto state, IndexState::of(view));
    status.pages = static_cast<std::uint64_t>(state->collection().pages);
  }
  return status;
}

// Lets commits wait while the index is too far behind. Any thread.
class IndexKeeper::Pace {
 public:
  static constexpr std::uint64_t kNobodyWaits = UINT64_MAX, kUnknown = UINT64_MAX - 1;

  void wait(storage::Archive& archive) {
    if (commits_++ % kCommitsAtOnce != 0) return;
    const auto records = archive.read();
    if (!records.ok()) return;  // the commit will say why
    const std::uint64_t moment = records->view().moment();
    std::unique_lock lock(mutex_);
    if (kept_ == kUnknown) kept_ = moment;
    changed_.wait(lock, [&] { return kept_ == kNobodyWaits || moment - std::min(moment, kept_) < kMostBehind; });
  }
  // What was committed before is in segments, or little.
  void kept(std::uint64_t moment) {
    {
      const std::lock_guard lock(mutex_);
      kept_ = moment;
    }
    changed_.notify_all();
  }

 private:
  std::atomic<unsigned> commits_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t kept_ = kUnknown;  // guarded by mutex_
};

IndexKeeper::IndexKeeper(storage::Archive& archive) : archive_(archive), pace_(std::make_shared<Pace>()), thread_([this] { run(); }) {
  archive_.set_brake(std::make_shared<storage::Archive::Brake>([pace = pace_, &archive] { pace->wait(archive); }));
}

IndexKeeper::~IndexKeeper() {
  archive_.set_brake(nullptr);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

Status IndexKeeper::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

bool IndexKeeper::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void IndexKeeper::run() {
  Status status = sweep(archive_);
  while (status.ok() && !is_stopping()) {
    status = step();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kPause, [&] { return stopping_; });
  }
  pace_->kept(Pace::kNobodyWaits);
  if (status.ok()) status = last_step();
  const std::lock_guard lock(mutex_);
  status_ = std::move(status);
}

Status IndexKeeper::step() {
  TRY(const bool stale, needs_rebuild(archive_));
  if (stale) {
    pace_->kept(Pace::kNobodyWaits);
    return rebuild(archive_, Rebuild::Continue, [&](std::uint64_t, std::uint64_t) { return !is_stopping(); });
  }
  const auto now = std::chrono::steady_clock::now();
  const bool is_due = now - last_flush_ >= std::max<std::chrono::steady_clock::duration>(kFreshFor, kRest * last_took_);
  std::uint64_t moment = 0;
  {  // no longer: rows that a view may read cannot be given back
    TRY(const Records records, archive_.read());
    moment = records.view().moment();
  }
  if (moment == last_moment_ || (!is_due && moment < last_moment_ + kRowsOfPage * kFlushPages)) return {};
  bool flushed = false;
  for (bool more = true; more && !is_stopping(); flushed = flushed || more) {
    TRY(more, flush(archive_, is_due && !flushed ? kFewFresh : kFlushPages));
  }
  pace_->kept(moment);
  if (flushed || is_due) last_flush_ = now, last_moment_ = moment, last_took_ = std::chrono::steady_clock::now() - now;
  for (bool more = flushed; more && !is_stopping();) {
    TRY(more, merge(archive_));
  }
  return {};
}

Status IndexKeeper::last_step() {
  TRY(const bool stale, needs_rebuild(archive_));
  if (stale) return {};  // the next writer goes on
  for (bool more = true; more;) {
    TRY(more, flush(archive_, kFewFresh));
  }
  return {};
}

}  // namespace chartscan::indexer
