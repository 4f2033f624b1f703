#include "pipeline/scan_intake.h"

#include <algorithm>

#include "pipeline/supersede.h"

namespace chartscan::pipeline {
namespace {

using scan::Delivery;
using scan::End;
using scan::Fault;
using scan::Fed;

void add_suspect(Batch& batch, int sheet) {
  const auto at = std::ranges::lower_bound(batch.suspects, sheet);
  if (at == batch.suspects.end() || *at != sheet) batch.suspects.insert(at, sheet);
}

std::string listed(const std::vector<int>& sheets) {
  std::string text = sheets.size() == 1 ? "sheet " : "sheets ";
  for (std::size_t i = 0; i < sheets.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(sheets[i]);
  return text;
}

Result<std::vector<Page>> pages_of(const storage::Records& records, BatchId batch) {
  std::vector<Page> pages;
  TRY_STATUS(records.pages_of(batch, [&](Page page) { return pages.push_back(std::move(page)), true; }));
  return pages;
}

}  // namespace

ScanIntake::ScanIntake(storage::Archive& archive, const IngestOptions& options, const Clock& clock, OnStored on_stored)
    : archive_(archive), clock_(clock), writer_(archive, options, clock, std::move(on_stored)) {}

Status ScanIntake::open(const scan::Feeder& feeder) {
  TRY(const storage::Records records, archive_.read());
  Batch batch;
  TRY(batch.id, records.next_batch());
  batch.name = wish_.name.empty() ? feeder.name() : wish_.name;
  batch.source = feeder.source();
  batch.device = wish_.device;
  batch.operator_name = wish_.operator_name;
  batch.profile = wish_.profile;
  batch.scan = wish_.settings;
  batch.expected_sheets = wish_.expected_sheets;
  batch.expected_pages = wish_.expected_pages;
  batch.opened_at = clock_.unix_seconds();
  TRY_STATUS(writer_.note(batch, JournalEvent::Opened, batch.device), "batch " + batch.name);
  batch_ = std::move(batch);
  return {};
}

Result<Batch> ScanIntake::feed_new(scan::Feeder& feeder, const ScanWish& wish) {
  wish_ = wish;
  batch_.reset();
  next_sheet_ = 1;
  sequence_ = last_sheet_ = sheet_in_work_ = 0;
  sides_.clear();
  return feed(feeder);
}

Result<ScanIntake::Resumption> ScanIntake::resume(BatchId id, const std::string& operator_name, int expected_sheets) {
  TRY(const storage::Records records, archive_.read());
  TRY(std::optional<Batch> found, records.batch(id));
  if (!found) return Error{ErrorCode::NotFound, "there is no batch " + to_string(id) + "; `chartscan batches` lists them", {}};
  Batch batch = std::move(*found);
  if (!is_scanned(batch))
    return Error{ErrorCode::Usage,
                 "batch " + to_string(id) + " comes from files; give the same `chartscan ingest` again to go on with it",
                 {}};
  if (batch.state != BatchState::Open && batch.state != BatchState::Stopped)
    return Error{ErrorCode::Conflict,
                 "batch " + to_string(id) + " is " + to_string(batch.state) +
                     ", its feeding is finished; `chartscan batch insert` adds sheets",
                 {}};
  TRY(const std::vector<Page> pages, pages_of(records, id));
  const Sheets sheets = sheets_of(pages);
  if (!operator_name.empty()) batch.operator_name = operator_name;
  if (expected_sheets > 0) batch.expected_sheets = expected_sheets;
  for (const int sheet : sheets.incomplete()) add_suspect(batch, sheet);
  const ResumePoint point = resume_point(batch, sheets);
  ++batch.interruptions;
  if (batch.state == BatchState::Open)
    TRY_STATUS(writer_.note(batch, JournalEvent::Interrupted,
                            "feeding ended without a word; everything behind the last whole sheet is in doubt"));
  batch.state = BatchState::Open;
  TRY_STATUS(writer_.note(batch, JournalEvent::Resumed,
                          "from sheet " + std::to_string(point.sheet) + ", attempt " + std::to_string(point.attempt)));
  return Resumption{std::move(batch), point};
}

Result<Batch> ScanIntake::feed_resumed(scan::Feeder& feeder, Resumption resumption) {
  batch_ = std::move(resumption.batch);
  next_sheet_ = resumption.point.sheet;
  sequence_ = last_sheet_ = sheet_in_work_ = 0;
  sides_.clear();
  TRY(const storage::Records records, archive_.read());
  TRY(std::vector<Page> pages, pages_of(records, batch_->id));
  for (Page& page : pages) {
    sequence_ = std::max(sequence_, page.sequence);
    if (page.capture && page.capture->sheet >= next_sheet_) sides_[page.capture->sheet].push_back(std::move(page));
  }
  return feed(feeder);
}

// An error leaves the batch open: what arrived is in it, and it is resumed like one that was killed.
Result<Batch> ScanIntake::feed(scan::Feeder& feeder) {
  auto fed = feed_to_the_end(feeder);
  if (fed || !batch_) return fed;
  const std::string id = to_string(batch_->id);
  return std::move(fed).error().with_context("batch " + id + " stays open, go on with `chartscan scan --resume " + id + "`");
}

Result<Batch> ScanIntake::feed_to_the_end(scan::Feeder& feeder) {
  while (true) {
    TRY(Fed fed, feeder.next());
    const auto* const fault = std::get_if<Fault>(&fed);
    const auto* const ended = std::get_if<End>(&fed);
    if (!batch_) {
      if (fault && fault->sheets_in_transport == 0) return Error{ErrorCode::DeviceFault, scan::advice(*fault), {}};
      if (ended)
        return Error{ErrorCode::InputRefused,
                     ended->reason == scan::EndReason::Cancelled ? "cancelled before the first side came; nothing was stored"
                                                                 : "the feeder is empty: put paper in and give the command again",
                     {}};
      TRY_STATUS(open(feeder));
    }
    if (const auto* delivery = std::get_if<Delivery>(&fed)) {
      TRY_STATUS(take(*delivery), delivery->file);
      continue;
    }
    if (auto* refused = std::get_if<RefusedItem>(&fed)) {
      TRY_STATUS(writer_.refuse(std::move(*refused), *batch_));
      continue;
    }
    TRY_STATUS(fault ? stop_at(*fault) : end(*ended));
    return *batch_;
  }
}

// The driver says which sheet and side. A number in use is never given again: the archive knows which attempt this is, and a
// sheet number that lies behind us becomes the next one.
Capture ScanIntake::numbered(const Delivery& delivery) const {
  Capture capture;
  capture.sheet = next_sheet_;
  if (delivery.origin) {
    const scan::SideOrigin& origin = *delivery.origin;
    capture = {std::max(origin.sheet, next_sheet_), origin.side, origin.attempt, origin.last_of_sheet, origin.dpi, origin.mode};
  }
  const auto stored = sides_.find(capture.sheet);
  if (stored == sides_.end()) return capture;
  int highest = 0;
  for (const Page& side : stored->second) highest = std::max(highest, side.capture->attempt);
  capture.attempt = sheet_in_work_ == capture.sheet ? highest : std::max(capture.attempt, highest + 1);
  return capture;
}

Status ScanIntake::take(const Delivery& delivery) {
  const Capture capture = numbered(delivery);
  Batch settled = *batch_;  // the sheet's doubt goes with the write of its last side
  if (capture.last_of_sheet) std::erase(settled.suspects, capture.sheet);
  const auto prepare = [&](const storage::Records& records, storage::Change& change, Page& page, JournalLine& line) -> Status {
    page.capture = capture;
    if (delivery.origin)
      for (const std::string& note : delivery.origin->notes) page.findings.push_back({finding::kScannerNote, note, 1});
    line.sheet = capture.sheet;
    line.side = capture.side;
    line.attempt = capture.attempt;
    return capture.last_of_sheet ? replace_earlier(records, change, page, line) : Status();
  };
  TRY(const std::vector<Page> stored, writer_.store(delivery, settled, sequence_ + 1, prepare));
  batch_ = std::move(settled);
  sequence_ += delivery.pages;
  last_sheet_ = capture.sheet;
  if (capture.last_of_sheet) {
    sides_.erase(capture.sheet);
    sheet_in_work_ = 0;
    next_sheet_ = capture.sheet + 1;
  } else {
    sides_[capture.sheet].insert(sides_[capture.sheet].end(), stored.begin(), stored.end());
    sheet_in_work_ = next_sheet_ = capture.sheet;
  }
  return {};
}

// Every side of earlier attempts gives its place to the side of the same face, or to this one where there is none.
Status ScanIntake::replace_earlier(const storage::Records& records, storage::Change& change, const Page& page,
                                   JournalLine& line) {
  const auto stored = sides_.find(page.capture->sheet);
  if (stored == sides_.end()) return {};
  const int attempt = page.capture->attempt;
  for (const Page& old : stored->second) {
    if (old.capture->attempt >= attempt || is_out(old)) continue;
    PageId by = page.id;
    for (const Page& fresh : stored->second)
      if (fresh.capture->attempt == attempt && fresh.capture->side == old.capture->side) by = fresh.id;
    TRY_STATUS(supersede(records, change, old.id, by, line.before.emplace_back()));
  }
  return {};
}

Status ScanIntake::stop_at(const Fault& fault) {
  Batch& batch = *batch_;
  // Two sheets at once: the one before may be the one that carried the other along, whatever the driver thinks of it.
  const bool last_in_doubt = fault.last_side_suspect || fault.kind == scan::FaultKind::DoubleFeed;
  if (last_in_doubt && last_sheet_ > 0) add_suspect(batch, last_sheet_);
  for (int i = 0; i < fault.sheets_in_transport; ++i) add_suspect(batch, next_sheet_ + i);
  return stop(
      {to_string(fault.kind), to_string(fault.phase), fault.raw_text, next_sheet_, fault.side, scan::advice(fault), {}, 0});
}

Status ScanIntake::end(const End& end) {
  if (end.reason == scan::EndReason::Cancelled) return stop({"cancelled", {}, {}, 0, 0, "feeding was cancelled", {}, 0});
  Batch& batch = *batch_;
  TRY(const Counted now, counted());
  for (const int sheet : now.sheets.incomplete()) add_suspect(batch, sheet);
  // The paper was counted and all of it is here: a sheet beyond the count was only feared for.
  if (batch.expected_sheets > 0 && now.sheets.counted() == batch.expected_sheets)
    std::erase_if(batch.suspects, [&](int sheet) { return sheet > batch.expected_sheets && !now.sheets.find(sheet); });
  if (!batch.suspects.empty())
    return stop({"refeed",
                 {},
                 {},
                 0,
                 0,
                 "the feeder is empty, but " + listed(batch.suspects) + (batch.suspects.size() == 1 ? " was" : " were") +
                     " in doubt and did not come again",
                 {},
                 0});
  note_counts(batch, now);
  if (const std::string words = sheets_disagreement(batch, now); !words.empty())
    return stop({"count", {}, {}, 0, 0, words, {}, 0});
  batch.state = BatchState::Fed;
  return writer_.note(batch, JournalEvent::Fed,
                      std::to_string(now.sheets.counted()) + " sheets, " + std::to_string(now.sides) + " sides");
}

// Stopped, with words for the operator about the paper as it lies now.
Status ScanIntake::stop(Stop why) {
  Batch& batch = *batch_;
  TRY(const Counted now, counted());
  for (const int sheet : now.sheets.incomplete()) add_suspect(batch, sheet);
  const ResumePoint point = resume_point(batch, now.sheets);
  const std::string id = to_string(batch.id);
  why.at = clock_.unix_seconds();
  why.advice = put_back_words(batch, point);
  if (why.reason == "count") {
    const int found = now.sheets.counted();
    why.advice = found < batch.expected_sheets
                     ? "Look for sheets that stuck together or stayed behind. Put those that are missing in the feeder, then "
                       "`chartscan scan --resume " +
                           id + "`; " + "or take them in at their place with `chartscan batch insert " + id + " --after SIDE`. "
                     : "Look whether sheets were fed twice. ";
    why.advice += "If the paper was counted wrong: `chartscan batch recount " + id + " --sheets " + std::to_string(found) + "`.";
  }
  if (why.reason == "refeed")
    why.advice +=
        " If there is no such sheet: `chartscan batch recount " + id + " --sheets " + std::to_string(now.sheets.counted()) + "`.";
  batch.state = BatchState::Stopped;
  const std::string told = why.message + " " + why.advice;
  batch.stop = std::move(why);
  return writer_.note(batch, JournalEvent::Fault, told);
}

Result<Counted> ScanIntake::counted() const {
  TRY(const storage::Records records, archive_.read());
  TRY(const std::vector<Page> pages, pages_of(records, batch_->id));
  return count(*batch_, pages);
}

}  // namespace chartscan::pipeline
