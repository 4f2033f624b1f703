// Keeping the index in few large segments: fresh pages are made into segments, segments of one size into a larger one, and
// an index of an older version, or a damaged one, is built anew from the stored texts and records.
//
// Every step ends in one synced write that changes the manifest; what is written before is named by nothing, and what a crash
// leaves of it is swept by the next start. One step at a time (a lock with the store); questions and commits go on beside it,
// commits but for the short write at the end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "indexer/rows.h"
#include "storage/archive.h"

namespace chartscan::indexer {

// So many pages' fresh rows at most become one segment: 4 KB of memory a page while it is made.
inline constexpr std::size_t kFlushPages = 16384;

// Makes fresh pages into segments, one a layer, when a layer has at least `at_least` of them. True when it did.
Result<bool> flush(storage::Archive& archive, std::size_t at_least = 1);
// Which merged segments tell what words stand together (indexer/neighbours.h): 48 bytes a page, for archives so large that phrases of
// frequent words would take several milliseconds.
struct NeighbourRules {
  std::uint64_t archive = 1 << 19;  // pages in all segments
  std::uint64_t segment = 1 << 16;  // pages
};

// Makes one group of segments of each layer into one, where there is a group to make. True when it did.
Result<bool> merge(storage::Archive& archive, const NeighbourRules& rules = {});
// All segments of a layer into one, however they are: for archives that will not grow.
Status merge_all(storage::Archive& archive, const NeighbourRules& rules = {});

// Takes away what no manifest names. Call it before other steps of a newly opened archive.
Status sweep(storage::Archive& archive);

// True when the index is of an older version, or its rebuilding was interrupted.
Result<bool> needs_rebuild(storage::Archive& archive);
// Builds the index anew, going on where an interrupted rebuild stopped. Memory: that of kFlushPages pages. `progress` is told
// pages done and pages in all; it returns false to stop, which the next call continues.
using RebuildSink = std::function<bool(std::uint64_t done, std::uint64_t all)>;
enum class Rebuild { Continue, FromStart };
Status rebuild(storage::Archive& archive, Rebuild mode, const RebuildSink& progress);

struct IndexStatus {
  struct OfLayer {
    std::uint64_t segments = 0, pages = 0, fresh = 0, taken_out = 0, bytes = 0;
  };
  std::array<OfLayer, kLayers.size()> layers;
  std::uint64_t pages = 0;  // indexed
  bool stale = false;       // must be built (anew) before it answers
  RebuildProgress rebuild;  // of an unfinished one
};
Result<IndexStatus> index_status(const storage::Records& records);

// Does all of it in a thread of its own, as long as the archive is open for writing. Rebuilds first when it must. Commits wait where
// pages arrive faster than they can be made into segments: every question would have to read them all.
class IndexKeeper {
 public:
  explicit IndexKeeper(storage::Archive& archive);
  ~IndexKeeper();  // finishes the step at hand, and makes segments of what is fresh unless that is little
  IndexKeeper(const IndexKeeper&) = delete;
  IndexKeeper& operator=(const IndexKeeper&) = delete;

  Status status() const;  // why it stopped, if it did; the index stays right without it, only slower

 private:
  void run();
  Status step();
  Status last_step();
  bool is_stopping() const;
  class Pace;

  storage::Archive& archive_;
  const std::shared_ptr<Pace> pace_;  // shared with the archive's brake
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  Status status_;          // guarded by mutex_
  // Of the thread alone:
  std::chrono::steady_clock::time_point last_flush_;
  std::chrono::steady_clock::duration last_took_{};
  std::uint64_t last_moment_ = 0;
  std::thread thread_;  // last, so that it starts when the rest is there
};

}  // namespace chartscan::indexer
