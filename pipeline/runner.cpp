#include "pipeline/runner.h"

#include <sys/resource.h>

#include "indexer/index.h"
#include "pipeline/crash_notes.h"

namespace chartscan::pipeline {
namespace {
constexpr int kMaxCrashes = 2;      // once may be chance, or the neighbour's fault
constexpr std::size_t kGroup = 16;  // pages a synced write: one alone costs as much as sixteen
}

Runner::Runner(storage::Archive& archive, const IngestOptions& options, OnCommitted on_committed)
    : archive_(archive),
      options_(options),
      on_committed_(std::move(on_committed)),
      waiting_(static_cast<std::size_t>(options.jobs) * 2),
      done_(static_cast<std::size_t>(options.jobs) * 2) {}

Runner::~Runner() {
  failed_ = true;
  (void)finish();
}

Status Runner::start() {
  crashes_ = CrashNotes::load(archive_.folder());
  CrashNotes::install(archive_.folder());
  for (int i = 0; i < options_.jobs; ++i) {
    TRY(Workbench bench, make_workbench(options_.stages));
    workers_.emplace_back([this, bench = std::move(bench)]() mutable { work(std::move(bench)); });
  }
  committer_ = std::thread([this] { commit(); });
  return {};
}

bool Runner::submit(Page page) { return !failed_ && waiting_.push(std::move(page)); }

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

void Runner::work(Workbench bench) {
  // Of this thread alone: what feeds paper comes first. Where it is not allowed, reading only is not polite.
  if (options_.worker_nice > 0) (void)setpriority(PRIO_PROCESS, 0, options_.worker_nice);
  while (auto page = waiting_.pop()) {
    if (failed_) continue;
    const std::string where = "page " + to_string(page->id);
    auto result = read(std::move(*page), bench);
    if (!result) fail(std::move(result.error()).with_context(where));
    else done_.push(std::move(*result));
  }
}

Result<PageWork> Runner::read(Page page, Workbench& bench) {
  if (const auto crashes = crashes_.find(page.id); crashes != crashes_.end() && crashes->second >= kMaxCrashes)
    return rejected(std::move(page), "reading it ended the program " + std::to_string(crashes->second) +
                                         " times; it is kept as it came, look at it and scan it again");
  TRY(const ByteReader bytes, storage::open_blob(archive_.blobs(), page.original.blob));
  const CrashNotes::Working mark(page.id);
  return work_page(std::move(page), bytes, bench, options_.stages, options_.limits);
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
  TRY(const std::optional<PageText> old_text, records.text(work.page.id));
  if (old_text) indexer::unindex_page(change, *current, *old_text);
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
  std::vector<BatchId> batches;
  for (const PageWork& work : group) batches.push_back(work.page.batch);
  return on_committed_(batches);
}

void Runner::fail(Error error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  failed_ = true;
}

}  // namespace chartscan::pipeline
