#include "pipeline/runner.h"

#include "indexer/index.h"

namespace chartscan::pipeline {
namespace {
constexpr std::size_t kGroup = 16;  // pages a synced write: one alone costs as much as sixteen
}

Runner::Runner(storage::Archive& archive, const IngestOptions& options, OnCommitted on_committed)
    : archive_(archive),
      options_(options),
      on_committed_(std::move(on_committed)),
      waiting_(static_cast<std::size_t>(options.jobs) * 2),
      done_(static_cast<std::size_t>(options.jobs) * 2) {}

Runner::~Runner() {
  failed_ = stopped_ = true;
  (void)finish();
}

std::unique_ptr<PageWorker> Runner::make_worker() {
  WorkOrders orders{options_.stages, options_.limits, options_.page_limits, options_.worker_nice, {}};
  if (options_.worker_command.empty()) return make_local_worker(orders);
  // What a lost process leaves there goes with the archive's other work.
  if (const auto work = archive_.folder() / "work"; std::filesystem::is_directory(work)) orders.scratch = std::filesystem::absolute(work).string();
  return make_process_worker(orders, options_.worker_command, stopped_);
}

Status Runner::start() {
  auto first = make_worker();
  TRY_STATUS(first->ready());
  for (int i = 0; i < options_.jobs; ++i) {
    workers_.emplace_back([this, worker = i == 0 ? std::move(first) : make_worker()] { work(*worker); });
  }
  committer_ = std::thread([this] { commit(); });
  return {};
}

bool Runner::submit(Page page) { return !stopped_ && waiting_.push(std::move(page)); }

Status Runner::finish() {
  waiting_.close();
  for (std::thread& worker : workers_)
    if (worker.joinable()) worker.join();
  done_.close();
  if (committer_.joinable()) committer_.join();
  const std::lock_guard lock(mutex_);
  if (error_) return *error_;
  return {};
}

void Runner::stop() { stopped_ = true; }

void Runner::work(PageWorker& worker) {
  while (auto page = waiting_.pop()) {
    if (stopped_) continue;
    auto result = read(*page, worker);
    if (result) done_.push(std::move(*result));
    else if (!stopped_) fail(std::move(result.error()).with_context("page " + to_string(page->id)));
  }
}

Result<PageWork> Runner::read(const Page& page, PageWorker& worker) {
  TRY(const ByteReader bytes, storage::open_blob(archive_.blobs(), page.original.blob));
  return carry(worker, page, bytes);
}

void Runner::commit() {
  while (auto first = done_.pop()) {
    std::vector<PageWork> group;
    group.push_back(std::move(*first));
    while (group.size() < kGroup) {
      auto more = done_.try_pop();
      if (!more) break;
      group.push_back(std::move(*more));
    }
    if (failed_) continue;
    if (Status status = commit_group(group); !status) fail(std::move(status).error());
  }
}

namespace {

// What was read, with what intake and people made of the page meanwhile: its sheet may have been fed again, its place changed.
Page merged(const Page& read, const Page& current) {
  Page page = read;
  page.sequence = current.sequence;
  page.decisions = current.decisions;
  page.superseded_by = current.superseded_by;
  page.document = current.document;
  page.duplicate_of = current.duplicate_of;
  if (is_out(current)) page.state = PageState::Superseded;
  return page;
}

Status commit_one(const storage::Records& records, storage::Change& change, const PageWork& work) {
  TRY(const std::optional<Page> current, records.page(work.page.id));
  if (!current)
    return Error{ErrorCode::Integrity, "page " + to_string(work.page.id) + " vanished from the archive; run chartscan verify", {}};
  const Page page = merged(work.page, *current);
  change.put(page);
  change.put(page.id, work.text);
  indexer::index_page(change, page, work.text);
  return {};
}

}  // namespace

Status Runner::commit_group(const std::vector<PageWork>& group) {
  TRY_STATUS(archive_.update([&](const storage::Records& records, storage::Change& change) -> Status {
    for (const PageWork& work : group) TRY_STATUS(commit_one(records, change, work));
    return {};
  }));
  keep_pictures(group);
  std::vector<BatchId> batches;
  for (const PageWork& work : group) batches.push_back(work.page.batch);
  return on_committed_(batches);
}

// After the pages: a picture is nothing without its page, and a page is whole without it.
void Runner::keep_pictures(const std::vector<PageWork>& group) {
  if (!archive_.pictures()) return;
  for (const PageWork& work : group)
    archive_.pictures()->keep(work.page.id, storage::picture_key(work.page, options_.stages.picture_width), work.picture);
}

void Runner::fail(Error error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  failed_ = stopped_ = true;
}

}  // namespace chartscan::pipeline
