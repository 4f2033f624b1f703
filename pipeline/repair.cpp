#include "pipeline/repair.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "pipeline/reconcile.h"
#include "pipeline/repair_step.h"
#include "storage/codec.h"

namespace chartscan::pipeline {
namespace {

Error refused(std::string why) { return {ErrorCode::Conflict, std::move(why), {}}; }

Result<Page*> page_of(Step& step, PageId id) {
  Page* page = step.find(id);
  if (!page)
    return Error{ErrorCode::NotFound, "page " + to_string(id) + " is none of its pages; `chartscan batch show` lists them", {}};
  return page;
}

// A page that counts: what was replaced or withdrawn is only kept.
Result<Page*> live_page_of(Step& step, PageId id) {
  TRY(Page * page, page_of(step, id));
  if (is_out(*page))
    return refused("page " + to_string(id) + " was replaced or taken out; work on the page that stands in its place");
  return page;
}

// Numbers the pages as they lie. Numbers that stay in order are left alone, so that little is rewritten.
void number_in_order(std::vector<Page>& pages) {
  int last = 0;
  for (Page& page : pages) {
    if (page.sequence <= last) page.sequence = last + 1;
    last = page.sequence;
  }
}

bool is_shown_blank(const Page& page) { return page.decisions.blank.value_or(page.blank); }

}  // namespace

Result<PageId> Repair::find(BatchId batch, const std::string& side) const {
  TRY(const storage::Records records, archive_.read());
  const Error unknown{ErrorCode::NotFound,
                      "batch " + to_string(batch) + " has no side '" + side +
                          "'; name a side by its number or its page id, as `chartscan batch show` lists them",
                      {}};
  int number = 0;
  const auto [end, error] = std::from_chars(side.data(), side.data() + side.size(), number);
  const bool by_place = error == std::errc{} && end == side.data() + side.size();
  const std::optional<PageId> id = by_place ? std::nullopt : parse_id<PageId>(side);
  if (!by_place && !id) return unknown;
  std::optional<PageId> found;
  TRY_STATUS(records.page_rows(batch, [&](PageId page, const storage::PageRow& row) {
    if (by_place ? row.sequence == number : page == *id) found = page;
  }));
  if (!found) return unknown;
  return *found;
}

Result<Repaired> Repair::move(BatchId batch, std::vector<PageId> moved, PageId after) {
  return repair_step(archive_, clock_, who_, batch, Needs::Pages, [&](Step& step) -> Status {
    const std::set<PageId> moving(moved.begin(), moved.end());
    if (moving.empty() || moving.contains(after)) return refused("a page cannot be put behind itself");
    for (const PageId id : moved) TRY_STATUS(page_of(step, id));
    if (after) TRY_STATUS(page_of(step, after));
    std::vector<Page> taken, order;
    for (Page& page : step.pages) (moving.contains(page.id) ? taken : order).push_back(page);
    const auto at = after ? std::ranges::find(order, after, &Page::id) + 1 : order.begin();
    order.insert(at, taken.begin(), taken.end());
    // Positions stay what they were; the pages take them in their new order.
    std::vector<int> places;
    for (const Page& page : step.pages) places.push_back(page.sequence);
    for (std::size_t i = 0; i < order.size(); ++i) order[i].sequence = places[i];
    step.pages = std::move(order);
    number_in_order(step.pages);
    step.line.event = JournalEvent::Moved;
    step.line.detail = std::to_string(moving.size()) + (moving.size() == 1 ? " side" : " sides") + " from page " +
                       to_string(moved.front()) + (after ? " put behind page " + to_string(after) : std::string(" put first"));
    return {};
  });
}

Result<Repaired> Repair::rotate(BatchId batch, PageId id, int clockwise) {
  if (clockwise != 90 && clockwise != 180 && clockwise != 270)
    return Error{ErrorCode::Usage, "turn by 90, 180 or 270 degrees clockwise", {}};
  return repair_step(archive_, clock_, who_, batch, Needs::Pages, [&](Step& step) -> Status {
    TRY(Page * page, live_page_of(step, id));
    if (page->state == PageState::Received)
      return refused("page " + to_string(id) + " has not been read yet; turn it afterwards");
    page->decisions.rotation = (page->decisions.rotation.value_or(page->geometry.rotation) + clockwise) % 360;
    step.line.event = JournalEvent::Rotated;
    step.line.detail = "page " + to_string(id) + " turned by " + std::to_string(clockwise) + " degrees clockwise";
    return {};
  });
}

namespace {

Status decide_start(Step& step, PageId id, bool starts) {
  TRY(Page * page, live_page_of(step, id));
  page->decisions.starts_document = starts;
  step.line.event = starts ? JournalEvent::Split : JournalEvent::Joined;
  step.line.detail =
      starts ? "a document begins at page " + to_string(id) : "page " + to_string(id) + " goes on with the page before it";
  return {};
}

Status decide_blank(Step& step, PageId id, bool blank) {
  TRY(Page * page, live_page_of(step, id));
  if (is_shown_blank(*page) == blank)
    return refused("page " + to_string(id) + (blank ? " is set aside as blank already" : " is not set aside as blank"));
  page->decisions.blank = blank;
  step.line.event = blank ? JournalEvent::SetAside : JournalEvent::Restored;
  step.line.detail = "page " + to_string(id) + (blank ? " set aside as blank" : " taken back from the blanks");
  return {};
}

}  // namespace

Result<Repaired> Repair::split(BatchId batch, PageId page) {
  return repair_step(archive_, clock_, who_, batch, Needs::Pages, [&](Step& step) { return decide_start(step, page, true); });
}

Result<Repaired> Repair::join(BatchId batch, PageId page) {
  return repair_step(archive_, clock_, who_, batch, Needs::Pages, [&](Step& step) { return decide_start(step, page, false); });
}

Result<Repaired> Repair::set_aside(BatchId batch, PageId page) {
  return repair_step(archive_, clock_, who_, batch, Needs::Pages, [&](Step& step) { return decide_blank(step, page, true); });
}

Result<Repaired> Repair::restore(BatchId batch, PageId page) {
  return repair_step(archive_, clock_, who_, batch, Needs::Pages, [&](Step& step) { return decide_blank(step, page, false); });
}

Result<Repaired> Repair::undo(BatchId batch) {
  return repair_step(archive_, clock_, who_, batch, Needs::PagesAndJournal, [&](Step& step) -> Status {
    std::set<int> undone;
    for (const JournalLine& line : step.journal)
      if (line.event == JournalEvent::Undone) undone.insert(line.undoes);
    const auto last = std::find_if(step.journal.rbegin(), step.journal.rend(), [&](const JournalLine& line) {
      return is_repair(line.event) && !undone.contains(line.number);
    });
    if (last == step.journal.rend()) return refused("there is nothing to undo");
    for (const PageBefore& was : last->before) {
      TRY(Page * page, page_of(step, was.page));
      page->sequence = was.sequence;
      page->decisions = was.decisions;
      page->superseded_by = was.superseded_by;
    }
    // A rescan settled a doubt: it is back.
    for (const int sheet : last->suspects)
      if (std::ranges::find(step.batch.suspects, sheet) == step.batch.suspects.end() && sheet == last->sheet)
        step.batch.suspects.push_back(sheet);
    std::ranges::sort(step.batch.suspects);
    step.line.event = JournalEvent::Undone;
    step.line.undoes = last->number;
    step.line.detail = "line " + std::to_string(last->number) + " undone: " + last->detail;
    return {};
  });
}

Result<Repaired> Repair::recount(BatchId batch, int sheets, int pages) {
  if (sheets <= 0 && pages <= 0) return Error{ErrorCode::Usage, "say how many there are: --sheets N or --pages N", {}};
  return repair_step(archive_, clock_, who_, batch, Needs::Pages, [&](Step& step) -> Status {
    Batch& b = step.batch;
    const auto told = [](int number) { return number > 0 ? std::to_string(number) : std::string("not stated"); };
    step.line.event = JournalEvent::Recounted;
    step.line.detail = "expected sheets " + told(b.expected_sheets) + ", pages " + told(b.expected_pages);
    if (sheets > 0) b.expected_sheets = sheets;
    if (pages > 0) b.expected_pages = pages;
    // A sheet beyond the count does not exist: a fault only made us fear for it. One that left a side behind does.
    const Sheets stored = sheets_of(step.pages);
    if (sheets > 0)
      std::erase_if(b.suspects,
                    [&](int sheet) { return sheet > sheets && (!stored.find(sheet) || stored.find(sheet)->sides == 0); });
    step.line.detail += " -> sheets " + told(b.expected_sheets) + ", pages " + told(b.expected_pages);
    return {};
  });
}

Result<Repaired> Repair::release(BatchId batch) {
  return repair_step(archive_, clock_, who_, batch, Needs::Pages, [&](Step& step) -> Status {
    TRY(const storage::Records records, archive_.read());
    TRY(const Ledger ledger, records.ledger(step.batch));
    const std::vector<std::string> reasons = reasons_against_release(step.batch, ledger, count(step.batch, step.pages));
    if (!reasons.empty()) {
      std::string words = "not released";
      for (const std::string& reason : reasons) words += "; " + reason;
      return refused(words);
    }
    step.batch.state = BatchState::Released;
    step.line.event = JournalEvent::Released;
    step.line.detail = std::to_string(ledger.fed) + " sides fed, all accounted for";
    return {};
  });
}

}  // namespace chartscan::pipeline
