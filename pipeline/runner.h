// Page workers and the committer. Each thread has a worker (page_worker.h) that carries one page at a time through all stages; one
// committer writes results in groups, each page with its text and postings in one atomic write. Memory is a multiple of the worker
// count.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/queue.h"
#include "pipeline/ingest.h"
#include "pipeline/page_worker.h"
#include "storage/archive.h"

namespace chartscan::pipeline {

class Runner {
 public:
  // Called from the committer's thread after each durable group with the batch of each page in it; an error stops the run.
  using OnCommitted = std::function<Status(const std::vector<BatchId>& batch_of_page)>;
  Runner(storage::Archive& archive, const IngestOptions& options, OnCommitted on_committed);
  ~Runner();  // stops without finishing what waits: that stays in the archive as received

  Status start();            // one worker is made ready here, so that a missing model is said at once
  bool submit(Page page);    // waits while the queue is full; false once something failed
  Status finish();           // waits until everything submitted is durable; the first error, if any
  void stop();               // any thread: pages in work are given up within a moment and stay in the archive as received

 private:
  std::unique_ptr<PageWorker> make_worker();
  void work(PageWorker& worker);
  Result<PageWork> read(const Page& page, PageWorker& worker);
  void commit();
  Status commit_group(const std::vector<PageWork>& group);
  void keep_pictures(const std::vector<PageWork>& group);
  void fail(Error error);

  storage::Archive& archive_;
  const IngestOptions& options_;
  OnCommitted on_committed_;
  BoundedQueue<Page> waiting_;
  BoundedQueue<PageWork> done_;
  std::vector<std::thread> workers_;
  std::thread committer_;
  std::atomic<bool> failed_{false};
  std::atomic<bool> stopped_{false};  // by a person, or failed
  std::mutex mutex_;
  std::optional<Error> error_;  // guarded by mutex_; the first one
};

}  // namespace chartscan::pipeline
