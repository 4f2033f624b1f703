#include "pipeline/repair_step.h"

#include <algorithm>

#include "pipeline/assemble.h"
#include "pipeline/reconcile.h"
#include "pipeline/supersede.h"

namespace chartscan::pipeline {
namespace {

bool same(const PageBefore& a, const PageBefore& b) {
  return a.sequence == b.sequence && a.decisions == b.decisions && a.superseded_by == b.superseded_by;
}

// A turn or a blank taken back changes what is read from the page. One set aside by a person is read already.
bool must_be_read(const Page& before, const Page& after) {
  if (is_out(after)) return false;
  if (is_out(before) && before.stamps.empty() && before.rejected_because.empty()) return true;  // it never was
  if (before.decisions.rotation != after.decisions.rotation) return true;
  return before.decisions.blank != after.decisions.blank && !after.decisions.blank.value_or(false);
}

void set_state(const Page& before, Page& after) {
  if (is_out(after))
    after.state = PageState::Superseded;
  else if (must_be_read(before, after))
    after.state = PageState::Received;
  else if (is_out(before))
    after.state = before.rejected_because.empty() ? PageState::Processed : PageState::Rejected;
}

class Writing {
 public:
  Writing(const storage::Records& records, storage::Change& change, const Clock& clock)
      : records_(records), change_(change), clock_(clock) {}

  Status run(Step& step, std::vector<Page> before) {
    std::ranges::sort(before, {}, &Page::id);
    std::ranges::stable_sort(step.pages, {}, &Page::sequence);
    std::vector<std::pair<const Page*, const Page*>> changed;
    for (Page& page : step.pages) {
      const Page& old = *std::ranges::lower_bound(before, page.id, {}, &Page::id);
      if (same(before_of(old), before_of(page))) continue;
      set_state(old, page);
      step.line.before.push_back(before_of(old));
      changed.emplace_back(&old, &page);
    }
    settle_stop(step.batch, step.pages);
    note_counts(step.batch, count(step.batch, step.pages));
    if (closes_again(step.batch, step.pages, !changed.empty())) {
      TRY_STATUS(assemble_batch(records_, change_, step.batch, step.pages, clock_));  // writes the pages, too
    } else {
      for (const auto& [old, page] : changed) TRY_STATUS(put_page(records_, change_, *page), "page " + to_string(page->id));
    }
    change_.append(step.batch, step.line);
    return {};
  }

 private:
  // A closed batch whose pages changed: at once, or when the page that must be read has been.
  static bool closes_again(Batch& batch, const std::vector<Page>& pages, bool changed) {
    if (!changed || batch.state != BatchState::Closed) return false;
    if (std::ranges::none_of(pages, [](const Page& page) { return page.state == PageState::Received; })) return true;
    batch.state = BatchState::Fed;
    return false;
  }

  const storage::Records& records_;
  storage::Change& change_;
  const Clock& clock_;
};

}  // namespace

Page* Step::find(PageId id) {
  const std::size_t at = place_of(id);
  return at == pages.size() ? nullptr : &pages[at];
}

std::size_t Step::place_of(PageId id) const {
  return static_cast<std::size_t>(std::ranges::find(pages, id, &Page::id) - pages.begin());
}

void settle_stop(Batch& batch, std::span<const Page> pages) {
  if (batch.state != BatchState::Stopped || !batch.stop) return;
  if (batch.stop->reason != "count" && batch.stop->reason != "refeed") return;
  const Counted now = count(batch, pages);
  if (!batch.suspects.empty() || !now.sheets.incomplete().empty() || !sheets_disagreement(batch, now).empty()) return;
  batch.state = BatchState::Fed;
}

Result<Repaired> repair_step(storage::Archive& archive, const Clock& clock, const std::string& who, BatchId id, Needs needs,
                             const std::function<Status(Step&)>& change) {
  Repaired repaired;
  auto done = archive.update([&](const storage::Records& records, storage::Change& writes) -> Status {
    TRY(std::optional<Batch> batch, records.batch(id));
    if (!batch) return Error{ErrorCode::NotFound, "there is no such batch; `chartscan batches` lists them", {}};
    if (batch->state == BatchState::Released)
      return Error{ErrorCode::Conflict, "it is released, nothing in it may change any more", {}};
    Step step;
    step.batch = std::move(*batch);
    TRY_STATUS(records.pages_of(id, [&](Page page) { return step.pages.push_back(std::move(page)), true; }));
    if (needs == Needs::PagesAndJournal)
      TRY_STATUS(records.journal(id, [&](JournalLine line) { return step.journal.push_back(std::move(line)), true; }));
    const std::vector<Page> before = step.pages;
    step.line.at = clock.unix_seconds();
    step.line.who = who;
    step.line.suspects = step.batch.suspects;
    TRY_STATUS(change(step));
    TRY_STATUS(Writing(records, writes, clock).run(step, before));
    repaired.words = step.line.detail;
    repaired.line = step.batch.journal.lines;
    repaired.needs_reading = step.batch.state == BatchState::Fed;
    repaired.batch = std::move(step.batch);
    return {};
  });
  if (!done) return std::move(done).error().with_context("batch " + to_string(id));
  return repaired;
}

}  // namespace chartscan::pipeline
