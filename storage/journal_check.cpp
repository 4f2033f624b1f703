#include "storage/journal_check.h"

#include <set>

#include "storage/codec.h"
#include "storage/keys.h"

namespace chartscan::storage {
namespace {

using Report = std::function<void(const std::string&)>;

class JournalCheck {
 public:
  JournalCheck(const Records& records, const Batch& batch, const Report& report)
      : records_(records), batch_(batch), report_(report), expected_(sha256(journal_seed(batch.id))) {}

  Status run() {
    Status outcome;
    TRY_STATUS(records_.view().scan(Family::Meta, keys::journal(batch_.id), [&](std::string_view, std::string_view bytes) {
      outcome = line(bytes);
      return outcome.ok();
    }));
    TRY_STATUS(std::move(outcome));
    if (lines_ != batch_.journal.lines || (lines_ > 0 && expected_ != batch_.journal.hash))
      fault("it ends at line " + std::to_string(lines_) + ", where the batch's record says line " +
            std::to_string(batch_.journal.lines) + (lines_ == batch_.journal.lines ? " with another hash" : ""));
    return complete_ ? check_pages() : Status();
  }

 private:
  void fault(const std::string& what) { report_("journal of batch " + to_string(batch_.id) + ": " + what); }

  Status line(std::string_view bytes) {
    ++lines_;
    const auto decoded = decode_journal_line(bytes);
    if (!decoded.ok()) {
      fault("line " + std::to_string(lines_) + ": " + decoded.error().message);
    } else if (decoded->number != lines_ || decoded->batch != batch_.id || decoded->previous != expected_) {
      fault("the chain breaks at line " + std::to_string(lines_) + "; something was changed, lost or slipped in before it");
    }
    expected_ = sha256(bytes);
    if (!decoded.ok()) return {};
    if (lines_ == 1) complete_ = decoded->event == JournalEvent::Opened;
    return decoded->event == JournalEvent::Stored ? stored(*decoded) : Status();
  }

  Status stored(const JournalLine& line) {
    const std::string name = "line " + std::to_string(line.number) + " tells of page " + to_string(line.page);
    if (!told_.insert(line.page).second) return fault(name + ", which an earlier line tells of"), Status();
    TRY(const std::optional<Page> page, records_.page(line.page));
    if (!page || page->batch != batch_.id)
      fault(name + ", which is not there");
    else if (page->original.blob != line.hash)
      fault(name + ", whose original is another now");
    return {};
  }

  // Batches that were begun under format 1 have pages from before their journal.
  Status check_pages() {
    return records_.page_rows(batch_.id, [&](PageId page, const PageRow&) {
      if (!told_.contains(page)) fault("no line tells of page " + to_string(page));
    });
  }

  const Records& records_;
  const Batch& batch_;
  const Report& report_;
  Hash expected_;  // that the next line must carry
  int lines_ = 0;
  bool complete_ = false;  // it begins with the batch
  std::set<PageId> told_;
};

}  // namespace

Status check_journal(const Records& records, const Batch& batch, const Report& report) {
  return JournalCheck(records, batch, report).run();
}

}  // namespace chartscan::storage
