// Reading beside intake: pages that became durable are read by the runner's workers, and a batch closes as soon as it is fed
// and its last page is read. The backlog is the archive; what waits here is ids. stored() and fed() may come from any thread,
// the rest is the owner's.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "core/clock.h"
#include "pipeline/meter.h"
#include "pipeline/runner.h"

namespace chartscan::pipeline {

class Reading {
 public:
  Reading(storage::Archive& archive, const IngestOptions& options, const Clock& clock, Meter& meter);

  Status load_backlog();  // what earlier runs left; closes batches that wait for nothing else

  void stored(const Page& page);  // it waits to be read
  // A repair left pages of it unread. Nothing of the batch may wait or be in work.
  Status look_again(BatchId batch);
  Status fed(BatchId batch);      // no more of it will come

  // Reads until finish() was called and nothing waits, or stop() was called. Engines are made when the first page comes.
  Status run();
  void finish();
  void stop();  // what waits and what is in work stays in the archive

 private:
  Status committed(const std::vector<BatchId>& batch_of_page);
  bool take_ready(BatchId batch);  // with mutex_ held: fed, and nothing of it unread
  std::optional<PageId> next();
  void use(Runner* runner);
  Status feed(Runner& runner, PageId first);

  storage::Archive& archive_;
  const IngestOptions& options_;
  const Clock& clock_;
  Meter& meter_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<PageId> waiting_;  // guarded by mutex_, like all that follows
  std::map<BatchId, int> unread_;
  std::set<BatchId> fed_;
  bool finished_ = false, stopped_ = false;
  Runner* runner_ = nullptr;  // while run() has one
};

}  // namespace chartscan::pipeline
