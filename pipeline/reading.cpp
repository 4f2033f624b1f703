#include "pipeline/reading.h"

#include "pipeline/assemble.h"

namespace chartscan::pipeline {

Reading::Reading(storage::Archive& archive, const IngestOptions& options, const Clock& clock, Meter& meter)
    : archive_(archive), options_(options), clock_(clock), meter_(meter) {}

Status Reading::load_backlog() {
  TRY(const storage::Records records, archive_.read());
  TRY(const std::vector<Batch> batches, records.batches());
  std::vector<BatchId> ready;
  int waiting = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const Batch& batch : batches) {
      if (batch.state == BatchState::Closed || batch.state == BatchState::Released) continue;
      TRY_STATUS(records.pages_of(batch.id, [&](const Page& page) {
        if (page.state != PageState::Received) return true;
        waiting_.push_back(page.id);
        ++unread_[batch.id];
        ++waiting;
        return true;
      }));
      if (batch.state == BatchState::Fed) fed_.insert(batch.id);
      if (take_ready(batch.id)) ready.push_back(batch.id);
    }
  }
  meter_.add(0, 0, waiting);
  for (const BatchId batch : ready) TRY_STATUS(close_batch(archive_, batch, clock_));
  return {};
}

Status Reading::look_again(BatchId id) {
  TRY(const storage::Records records, archive_.read());
  TRY(const std::optional<Batch> batch, records.batch(id));
  if (!batch || batch->state == BatchState::Closed || batch->state == BatchState::Released) return {};
  std::vector<PageId> unread;
  TRY_STATUS(records.pages_of(id, [&](const Page& page) {
    if (page.state == PageState::Received) unread.push_back(page.id);
    return true;
  }));
  meter_.add(0, 0, static_cast<int>(unread.size()));
  {
    const std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.end(), unread.begin(), unread.end());
    unread_[id] += static_cast<int>(unread.size());
    changed_.notify_one();
  }
  return batch->state == BatchState::Fed ? fed(id) : Status{};
}

void Reading::stored(const Page& page) {
  meter_.add(1, 0, 1);
  meter_.found(page);
  const std::lock_guard lock(mutex_);
  waiting_.push_back(page.id);
  ++unread_[page.batch];
  changed_.notify_one();
}

Status Reading::fed(BatchId batch) {
  {
    const std::lock_guard lock(mutex_);
    fed_.insert(batch);
    if (!take_ready(batch)) return {};
  }
  return close_batch(archive_, batch, clock_);
}

Status Reading::committed(const std::vector<BatchId>& batch_of_page) {
  meter_.add(0, static_cast<int>(batch_of_page.size()), -static_cast<int>(batch_of_page.size()));
  std::vector<BatchId> ready;
  {
    const std::lock_guard lock(mutex_);
    for (const BatchId batch : batch_of_page) {
      --unread_[batch];
      if (take_ready(batch)) ready.push_back(batch);
    }
  }
  for (const BatchId batch : ready) TRY_STATUS(close_batch(archive_, batch, clock_));
  return {};
}

bool Reading::take_ready(BatchId batch) { return fed_.contains(batch) && unread_[batch] == 0 && fed_.erase(batch) == 1; }

std::optional<PageId> Reading::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || finished_ || !waiting_.empty(); });
  if (stopped_ || waiting_.empty()) return std::nullopt;
  const PageId page = waiting_.front();
  waiting_.pop_front();
  return page;
}

void Reading::finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_all();
}

void Reading::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  if (runner_) runner_->stop();
  changed_.notify_all();
}

void Reading::use(Runner* runner) {
  const std::lock_guard lock(mutex_);
  runner_ = runner;
  if (runner_ && stopped_) runner_->stop();
}

Status Reading::feed(Runner& runner, PageId first) {
  for (std::optional<PageId> id = first; id; id = next()) {
    TRY(const storage::Records records, archive_.read());
    TRY(std::optional<Page> page, records.page(*id));
    if (!page)
      return Error{ErrorCode::Integrity, "page " + to_string(*id) + " vanished from the archive; run chartscan verify", {}};
    if (page->state != PageState::Received) {  // its sheet was fed again meanwhile: nobody needs to read it
      TRY_STATUS(committed({page->batch}));
      continue;
    }
    if (!runner.submit(std::move(*page))) break;
  }
  return {};
}

Status Reading::run() {
  const std::optional<PageId> first = next();
  if (!first) return {};
  Runner runner(archive_, options_, [&](const std::vector<BatchId>& batches) { return committed(batches); });
  TRY_STATUS(runner.start());
  use(&runner);
  const Status fed = feed(runner, *first);
  const Status done = fed ? runner.finish() : Status();
  use(nullptr);
  return fed ? done : fed;
}

}  // namespace chartscan::pipeline
