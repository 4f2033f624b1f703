// Repairs that take sides in: a sheet fed again, a page replaced, sheets put between.
#include <algorithm>

#include "core/sheets.h"
#include "pipeline/repair_step.h"
#include "pipeline/side_writer.h"

namespace chartscan::pipeline {
namespace {

constexpr int kSidesOfSheet = 2;

using scan::Fed;

// What the sides to come are called before they have a place.
using Name = std::function<std::optional<Capture>(int nth, const std::optional<scan::SideOrigin>& origin)>;

class TakingIn {
 public:
  TakingIn(storage::Archive& archive, const Clock& clock, const std::string& who, const IngestOptions& options)
      : archive_(archive), who_(who), writer_(archive, options, clock, [](const Page&) {}) {}

  // Every side of the feeder, durable and withdrawn: in no document until its repair is whole. `most` sides at most.
  Result<std::vector<Page>> run(BatchId id, scan::Feeder& feeder, int most, const Name& name) {
    TRY(Batch batch, open(id));
    std::vector<Page> taken;
    while (true) {
      TRY(Fed fed, feeder.next());
      if (const auto* delivery = std::get_if<scan::Delivery>(&fed)) {
        if (static_cast<int>(taken.size()) + delivery->pages > most)
          return Error{ErrorCode::InputRefused,
                       delivery->file + ": more than the " + std::to_string(most) + (most == 1 ? " side" : " sides") +
                           " that can take this place; nothing was replaced",
                       {}};
        TRY_STATUS(store(*delivery, batch, taken, name), delivery->file);
      } else if (const auto* refused = std::get_if<RefusedItem>(&fed)) {
        return Error{ErrorCode::InputRefused, refused->file + ": " + refused->message + "; nothing in the batch was changed", {}};
      } else if (const auto* fault = std::get_if<scan::Fault>(&fed)) {
        return Error{
            ErrorCode::DeviceFault,
            scan::advice(*fault) + ". Nothing in the batch was changed: put these sheets back and give the command again",
            {}};
      } else {
        break;
      }
    }
    if (taken.empty())
      return Error{ErrorCode::InputRefused, "nothing came: the feeder is empty; nothing in the batch was changed", {}};
    if (!whole_)
      return Error{
          ErrorCode::DeviceFault, "a side of the last sheet is missing; nothing in the batch was changed: feed it again", {}};
    return taken;
  }

 private:
  Result<Batch> open(BatchId id) {
    TRY(const storage::Records records, archive_.read());
    TRY(std::optional<Batch> batch, records.batch(id));
    if (!batch) return Error{ErrorCode::NotFound, "there is no such batch; `chartscan batches` lists them", {}};
    if (batch->state == BatchState::Released)
      return Error{ErrorCode::Conflict, "it is released, nothing in it may change any more", {}};
    TRY_STATUS(records.pages_of(id, [&](const Page& page) { return sequence_ = std::max(sequence_, page.sequence), true; }));
    return std::move(*batch);
  }

  Status store(const scan::Delivery& delivery, Batch& batch, std::vector<Page>& taken, const Name& name) {
    const auto prepare = [&](const storage::Records&, storage::Change&, Page& page, JournalLine& line) -> Status {
      page.capture = name(static_cast<int>(taken.size()) + page.original.index, delivery.origin);
      page.decisions.withdrawn = true;
      page.state = PageState::Superseded;
      if (delivery.origin)
        for (const std::string& note : delivery.origin->notes) page.findings.push_back({finding::kScannerNote, note, 1});
      line.who = who_;
      if (page.capture) {
        line.sheet = page.capture->sheet;
        line.side = page.capture->side;
        line.attempt = page.capture->attempt;
      }
      return {};
    };
    TRY(const std::vector<Page> pages, writer_.store(delivery, batch, sequence_ + 1, prepare));
    sequence_ += delivery.pages;
    whole_ = !delivery.origin || delivery.origin->last_of_sheet;
    taken.insert(taken.end(), pages.begin(), pages.end());
    return {};
  }

  storage::Archive& archive_;
  const std::string& who_;
  SideWriter writer_;
  int sequence_ = 0;
  bool whole_ = true;  // the last sheet has all its sides
};

Result<std::pair<Batch, std::vector<Page>>> batch_with_pages(storage::Archive& archive, BatchId id) {
  TRY(const storage::Records records, archive.read());
  TRY(std::optional<Batch> batch, records.batch(id));
  if (!batch) return Error{ErrorCode::NotFound, "there is no batch " + to_string(id) + "; `chartscan batches` lists them", {}};
  std::vector<Page> pages;
  TRY_STATUS(records.pages_of(id, [&](Page page) { return pages.push_back(std::move(page)), true; }));
  return std::pair(std::move(*batch), std::move(pages));
}

// The pages taken in get their place behind `after` (none: first), and everything behind moves on.
Status put_behind(Step& step, const std::vector<Page>& taken, PageId after) {
  std::vector<Page> fresh, order;
  for (Page& page : step.pages) {
    const bool mine = std::ranges::find(taken, page.id, &Page::id) != taken.end();
    (mine ? fresh : order).push_back(page);
  }
  for (Page& page : fresh) page.decisions.withdrawn = false;
  const auto at = after ? std::ranges::find(order, after, &Page::id) : order.begin();
  if (after && at == order.end()) return Error{ErrorCode::NotFound, "page " + to_string(after) + " is none of its pages", {}};
  const int begin = after ? at->sequence + 1 : 1;
  const auto rest = order.insert(after ? at + 1 : at, fresh.begin(), fresh.end());
  int next = begin;
  for (auto page = rest; page != order.end(); ++page) {
    const bool mine = page - rest < static_cast<std::ptrdiff_t>(fresh.size());
    if (!mine && page->sequence >= next) break;  // the numbers behind are free of us
    page->sequence = next++;
  }
  step.pages = std::move(order);
  return {};
}

// The side of the same face, else the first.
PageId counterpart(const std::vector<Page>& taken, const Page& old) {
  for (const Page& page : taken)
    if (page.capture && old.capture && page.capture->side == old.capture->side) return page.id;
  return taken.front().id;
}

}  // namespace

Result<Repaired> Repair::rescan_sheet(BatchId id, int sheet, scan::Feeder& feeder, const IngestOptions& options) {
  TRY(auto loaded, batch_with_pages(archive_, id));
  auto& [batch, pages] = loaded;
  if (!is_scanned(batch))
    return Error{ErrorCode::Usage, "batch " + to_string(id) + " comes from files and has no sheets; name a page with --page", {}};
  const Sheets sheets = sheets_of(pages);
  const Sheet* known = sheets.find(sheet);
  const bool suspect = std::ranges::find(batch.suspects, sheet) != batch.suspects.end();
  if (!known && !suspect)
    return Error{ErrorCode::NotFound,
                 "batch " + to_string(id) + " has no sheet " + std::to_string(sheet) + "; `chartscan batch insert` adds one",
                 {}};
  const int attempt = known ? known->last_attempt + 1 : 1;
  TakingIn taking(archive_, clock_, who_, options);
  const auto name = [&](int nth, const std::optional<scan::SideOrigin>& origin) {
    Capture capture{sheet, nth, attempt, true, 0, {}};
    if (origin) capture = {sheet, origin->side, attempt, origin->last_of_sheet, origin->dpi, origin->mode};
    return std::optional(capture);
  };
  TRY(const std::vector<Page> taken, taking.run(id, feeder, kSidesOfSheet, name), "batch " + to_string(id));
  return repair_step(archive_, clock_, who_, id, Needs::Pages, [&](Step& step) -> Status {
    // Behind the sheet it replaces; a sheet of which nothing came stands behind the last side of the sheets before it.
    PageId after;
    for (const Page& page : step.pages)
      if (page.capture && page.capture->sheet <= sheet && std::ranges::find(taken, page.id, &Page::id) == taken.end())
        after = page.id;
    TRY_STATUS(put_behind(step, taken, after));
    for (Page& page : step.pages) {
      const bool mine = std::ranges::find(taken, page.id, &Page::id) != taken.end();
      if (!mine && page.capture && page.capture->sheet == sheet && !is_out(page)) page.superseded_by = counterpart(taken, page);
    }
    std::erase(step.batch.suspects, sheet);
    step.line.event = JournalEvent::Rescanned;
    step.line.sheet = sheet;
    step.line.attempt = attempt;
    step.line.detail = "sheet " + std::to_string(sheet) + " fed again, attempt " + std::to_string(attempt) + ", pages from " +
                       to_string(taken.front().id);
    return {};
  });
}

Result<Repaired> Repair::replace_page(BatchId id, PageId old, scan::Feeder& feeder, const IngestOptions& options) {
  TRY(auto loaded, batch_with_pages(archive_, id));
  const auto at = std::ranges::find(loaded.second, old, &Page::id);
  if (at == loaded.second.end() || is_out(*at))
    return Error{
        ErrorCode::NotFound,
        "page " + to_string(old) + " is no page of batch " + to_string(id) + " that counts; `chartscan batch show` lists them",
        {}};
  const std::optional<Capture> capture = at->capture;
  TakingIn taking(archive_, clock_, who_, options);
  const auto name = [&](int, const std::optional<scan::SideOrigin>&) { return capture; };  // its sheet's other side stays
  TRY(const std::vector<Page> taken, taking.run(id, feeder, 1, name), "batch " + to_string(id));
  return repair_step(archive_, clock_, who_, id, Needs::Pages, [&](Step& step) -> Status {
    TRY_STATUS(put_behind(step, taken, old));
    step.find(old)->superseded_by = taken.front().id;
    step.line.event = JournalEvent::Replaced;
    step.line.detail = "page " + to_string(old) + " replaced by page " + to_string(taken.front().id);
    return {};
  });
}

Result<Repaired> Repair::insert(BatchId id, PageId after, scan::Feeder& feeder, const IngestOptions& options) {
  TRY(auto loaded, batch_with_pages(archive_, id));
  auto& [batch, pages] = loaded;
  const bool only_a_count = batch.state == BatchState::Stopped && batch.stop && batch.stop->reason == "count";
  if (batch.state == BatchState::Open || (batch.state == BatchState::Stopped && !only_a_count))
    return Error{ErrorCode::Conflict,
                 "the feeding of batch " + to_string(id) + " is not finished; resume it first, then put sheets between",
                 {}};
  const bool duplex = batch.scan.source == "adf-duplex";
  const int first = sheets_of(pages).highest() + 1;
  int sheet = first - 1;
  const auto name = [&](int nth, const std::optional<scan::SideOrigin>& origin) -> std::optional<Capture> {
    if (!is_scanned(batch)) return std::nullopt;
    if (origin) {
      if (origin->side == 0 || sheet < first) ++sheet;
      return Capture{sheet, origin->side, 1, origin->last_of_sheet, origin->dpi, origin->mode};
    }
    // Sides of a file: one sheet each, or two by two where the batch's sheets have two.
    if (duplex) return Capture{first + nth / 2, nth % 2, 1, true, 0, {}};
    return Capture{first + nth, 0, 1, true, 0, {}};
  };
  TakingIn taking(archive_, clock_, who_, options);
  TRY(const std::vector<Page> taken, taking.run(id, feeder, options.limits.max_pages, name), "batch " + to_string(id));
  return repair_step(archive_, clock_, who_, id, Needs::Pages, [&](Step& step) -> Status {
    TRY_STATUS(put_behind(step, taken, after));
    step.line.event = JournalEvent::Inserted;
    step.line.detail = std::to_string(taken.size()) + (taken.size() == 1 ? " side" : " sides") + " put " +
                       (after ? "behind page " + to_string(after) : std::string("first")) + ", pages from " +
                       to_string(taken.front().id);
    return {};
  });
}

}  // namespace chartscan::pipeline
