// The figures of the department, as the dashboard and Prometheus show them. Counting reads every document, so a thread of its own does
// it while somebody looks; whoever asks gets what was counted last, some seconds ago. Any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/service.h"
#include "charts/link_audit.h"

namespace chartscan::app {

struct DayFigures {
  int pages = 0, documents = 0, automatic = 0, review = 0;  // of the batches begun that day; documents filed by the machine, and those that waited
};
struct FeedingFigures {
  int batches = 0, pages = 0, findings = 0, stops = 0;
};

struct Figures {
  std::int64_t at = 0;  // unix seconds
  Ledger ledger;        // of everything
  int batches_today = 0;
  DayFigures today;
  std::int64_t oldest_unread = 0;  // when the batch of the page that waits longest was begun; 0 = nothing waits
  std::map<std::string, int> waiting;  // queue -> documents
  std::int64_t oldest_review = 0;
  int automatic = 0, by_person = 0, in_review = 0;  // documents: linked by the machine, by a person, not yet
  charts::BudgetReport budget;
  std::uint64_t unreadable = 0;               // pages that cannot be found, or hardly
  std::map<std::int64_t, DayFigures> days;    // midnight UTC, unix seconds -> ...; the last 30
  std::map<std::int64_t, int> minutes;        // minute -> sides stored; the last 60
  std::map<std::string, FeedingFigures> operators, devices;
};

class FigureBook {
 public:
  explicit FigureBook(Service& service);
  ~FigureBook();
  Result<std::shared_ptr<const Figures>> read();  // waits only for the very first

 private:
  void run();
  Result<Figures> count(std::int64_t now);
  Service& service_;
  std::uint64_t unreadable_ = 0;     // the thread's: looked through rarely
  std::int64_t unreadable_at_ = 0;   // the thread's
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Result<std::shared_ptr<const Figures>>> figures_;  // guarded by mutex_, like all that follows
  bool wanted_ = true, ending_ = false;
  std::thread thread_;
};

}  // namespace chartscan::app
