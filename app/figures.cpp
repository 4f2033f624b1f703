#include "app/figures.h"

#include <chrono>
#include <ctime>

namespace chartscan::app {
namespace {

constexpr std::chrono::seconds kFresh{5};      // figures stay at least so long, whatever is written,
constexpr int kShareOfTime = 10;               // and so many times as long as counting took
constexpr std::int64_t kAfterMidnight = 60;    // "today" is another day then
constexpr std::int64_t kUnreadableStays = 600; // seconds; every page is read for it
constexpr std::int64_t kDay = 86'400, kMinute = 60;
constexpr int kDays = 30, kMinutes = 60;

// Sides of the last hour, by the minute they became durable.
Status count_minutes(const storage::Records& records, const Batch& batch, std::int64_t since, std::map<std::int64_t, int>& minutes) {
  return records.journal(batch.id, [&](const JournalLine& line) {
    if (line.event == JournalEvent::Stored && line.at >= since) ++minutes[line.at / kMinute * kMinute];
    return true;
  });
}

bool is_finished_before(const Batch& batch, std::int64_t since) { return batch.closed_at > 0 && batch.closed_at < since; }

}  // namespace

FigureBook::FigureBook(Service& service) : service_(service), thread_([this] { run(); }) {}

FigureBook::~FigureBook() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<std::shared_ptr<const Figures>> FigureBook::read() {
  std::unique_lock lock(mutex_);
  wanted_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return ending_ || figures_; });
  if (!figures_) return Error{ErrorCode::Cancelled, "the server is ending", {}};
  return *figures_;
}

void FigureBook::run() {
  using Clock = std::chrono::steady_clock;
  std::optional<std::uint64_t> of_writes;
  for (std::unique_lock lock(mutex_); !ending_;) {
    changed_.wait(lock, [this] { return ending_ || wanted_; });
    if (ending_) return;
    wanted_ = false;
    lock.unlock();
    const Clock::time_point start = Clock::now();
    const std::uint64_t writes = service_.archive().writes();
    std::optional<Result<Figures>> counted;
    if (of_writes != writes || std::time(nullptr) % kDay < kAfterMidnight) counted = count(std::time(nullptr));
    of_writes = writes;
    const auto pause = std::max<Clock::duration>(kFresh, (Clock::now() - start) * kShareOfTime);
    lock.lock();
    if (counted && *counted) figures_ = std::make_shared<const Figures>(std::move(**counted));
    else if (counted) figures_ = std::move(*counted).error();
    changed_.notify_all();
    changed_.wait_for(lock, pause, [this] { return ending_; });
  }
}

Result<Figures> FigureBook::count(std::int64_t now) {
  Figures figures;
  figures.at = now;
  TRY(const storage::Records records, service_.archive().read());
  TRY(const std::vector<BatchView> batches, service_.batches());
  TRY(figures.ledger, service_.ledger());
  const std::int64_t today = now / kDay * kDay, first_day = today - (kDays - 1) * kDay, first_minute = now / kMinute * kMinute - (kMinutes - 1) * kMinute;
  std::map<BatchId, std::int64_t> day_of;
  for (const BatchView& view : batches) {
    const Batch& batch = view.batch;
    const std::int64_t day = batch.opened_at / kDay * kDay;
    day_of[batch.id] = day;
    if (day >= first_day) figures.days[day].pages += view.ledger.fed;
    if (day == today) ++figures.batches_today;
    if (view.ledger.waiting > 0 && (figures.oldest_unread == 0 || batch.opened_at < figures.oldest_unread)) figures.oldest_unread = batch.opened_at;
    for (auto* group : {&figures.operators[batch.operator_name], &figures.devices[batch.device]}) {
      ++group->batches;
      group->pages += view.ledger.fed;
      group->findings += static_cast<int>(batch.findings.size());
      group->stops += batch.interruptions + (batch.state == BatchState::Stopped);
    }
    if (!is_finished_before(batch, first_minute)) TRY_STATUS(count_minutes(records, batch, first_minute, figures.minutes));
  }
  TRY_STATUS(records.documents([&](const Document& document) {
    const bool by_machine = document.filed && document.link.status == LinkStatus::Auto && document.decided_by.empty();
    ++(by_machine ? figures.automatic : document.filed ? figures.by_person : figures.in_review);
    const auto day = day_of.find(document.batch);
    if (day == day_of.end() || day->second < first_day) return true;
    DayFigures& of_day = figures.days[day->second];
    ++of_day.documents;
    ++(by_machine ? of_day.automatic : of_day.review);
    return true;
  }));
  if (figures.days.contains(today)) figures.today = figures.days[today];
  std::optional<BatchId> oldest;
  TRY_STATUS(records.waiting([&](const WaitingDocument& row) {
    ++figures.waiting[row.queue];
    if (!oldest || row.batch < *oldest) oldest = row.batch;
    return true;
  }));
  for (const BatchView& view : batches)
    if (oldest == view.batch.id) figures.oldest_review = view.batch.opened_at;
  TRY(figures.budget, charts::budget_report(records, service_.config().error_budget));
  if (now - unreadable_at_ > kUnreadableStays) {
    unreadable_ = 0;
    TRY_STATUS(service_.unfound({}, [&](const UnfoundPage&) { return ++unreadable_, true; }));
    unreadable_at_ = now;
  }
  figures.unreadable = unreadable_;
  return figures;
}

}  // namespace chartscan::app
