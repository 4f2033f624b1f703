// batches, batch show, and a person's work on a batch: rescan, insert, move, rotate, split, join, blank, unblank, undo, recount, release.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/batch_report.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "app/service.h"
#include "app/views.h"

namespace chartscan::app::cli {
namespace {

using nlohmann::json;
using pipeline::Repair;
using pipeline::Repaired;

json batch_json(const BatchView& view) {
  json out = to_json(view.batch);
  out["ledger"] = to_json(view.ledger);
  return out;
}

Result<BatchId> batch_id(const std::string& text) {
  const auto id = parse_id<BatchId>(text);
  if (!id) return Error{ErrorCode::Usage, "'" + text + "' is no batch id; it looks like B00000001", {}};
  return *id;
}

// One repair from words to exit code: `work` does it, what waits is read, the ledger is shown.
template <typename Work>
Result<int> repair(const Common& common, const RepairWords& words, const std::string& verb, Work work) {
  TRY(const BatchId id, batch_id(words.batch));
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "batch " + verb));
  Repair repair = service->repair(person(words.operator_name));
  TRY(const Repaired done, work(*service, repair, id));
  if (!common.json) std::fprintf(std_out(), "%s: %s\n", to_string(id).c_str(), printable(done.words).c_str());
  if (done.needs_reading && !words.no_read) {
    ProgressBar bar;
    auto read = service->read_backlog(words.jobs, [&](const pipeline::Progress& progress) { bar.show(progress); });
    bar.done();
    TRY_STATUS(std::move(read));
  }
  TRY(const BatchDetails details, service->batch_details(id));
  if (common.json) {
    json out = to_json(details, false);
    out["done"] = done.words;
    out["line"] = done.line;
    std::fprintf(std_out(), "%s\n", dump(out).c_str());
  } else {
    TRY_STATUS(print_batches(*service, {details.view}));
    print_paper(details);
  }
  return kDone;
}

// The feeder of a repair: files, or the scanner named, else the one that the batch came from.
Result<std::unique_ptr<scan::Feeder>> repair_feeder(Service& service, const RepairWords& words, BatchId id, int sheet_limit) {
  if (!words.files.empty()) return open_files(words.files, service.config().limits);
  TRY(const BatchView view, service.batch(id));
  ScanProfile base;
  if (is_scanned(view.batch)) base = profile_of(view.batch);
  if (words.from.device.empty() && words.from.profile.empty() && !is_scanned(view.batch))
    return Error{ErrorCode::Usage, "say where the sides come from: --from FILE or --device D", {}};
  TRY(const ScanProfile profile, wanted_profile(service.config(), words.from, base));
  scan::ScannerOptions options = scanner_options(profile);
  options.request.sheet_limit = sheet_limit;
  TRY(std::unique_ptr<scan::ScanFeeder> feeder, scan::open_scanner(options, {}));
  tell_settings(*feeder);
  return std::unique_ptr<scan::Feeder>(std::move(feeder));
}

}  // namespace

Result<int> list_batches(const Common& common) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "batches"));
  TRY(const std::vector<BatchView> views, service->batches());
  if (common.json) {
    json out = json::array();
    for (const BatchView& view : views) out.push_back(batch_json(view));
    std::fprintf(std_out(), "%s\n", dump(out).c_str());
  } else if (views.empty()) {
    std::fprintf(std_out(), "no batches yet; `chartscan ingest PATH` or `chartscan scan` makes one\n");
  } else {
    TRY_STATUS(print_batches(*service, views));
  }
  return kDone;
}

Result<int> show_batch(const Common& common, const RepairWords& words) {
  TRY(const BatchId id, batch_id(words.batch));
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "batch show"));
  TRY(const BatchDetails details, service->batch_details(id));
  if (common.json) {
    std::fprintf(std_out(), "%s\n", dump(to_json(details, true)).c_str());
    return kDone;
  }
  TRY_STATUS(print_batches(*service, {details.view}));
  print_paper(details);
  std::fprintf(std_out(), "\n");
  print_pages(details);
  std::fprintf(std_out(), "\n");
  print_journal(details, words.whole_journal);
  return kDone;
}

Result<int> rescan(const Common& common, const RepairWords& words) {
  if ((words.sheet > 0) == !words.page.empty())
    return Error{ErrorCode::Usage, "name what is scanned again: --sheet N or --page SIDE", {}};
  return repair(common, words, "rescan", [&](Service& service, Repair& repair, BatchId id) -> Result<Repaired> {
    PageId page;
    if (words.sheet == 0) {
      TRY(page, repair.find(id, words.page));
    }
    TRY(const auto feeder, repair_feeder(service, words, id, 1));
    const pipeline::IngestOptions options = service.intake_options(words.jobs);
    return page ? repair.replace_page(id, page, *feeder, options) : repair.rescan_sheet(id, words.sheet, *feeder, options);
  });
}

Result<int> insert(const Common& common, const RepairWords& words) {
  return repair(common, words, "insert", [&](Service& service, Repair& repair, BatchId id) -> Result<Repaired> {
    PageId after;
    if (words.after != "0") {
      TRY(after, repair.find(id, words.after));
    }
    TRY(const auto feeder, repair_feeder(service, words, id, 0));
    return repair.insert(id, after, *feeder, service.intake_options(words.jobs));
  });
}

Result<int> move(const Common& common, const RepairWords& words) {
  return repair(common, words, "move", [&](Service&, Repair& repair, BatchId id) -> Result<Repaired> {
    std::vector<PageId> pages;
    for (const std::string& side : words.pages) {
      TRY(const PageId page, repair.find(id, side));
      pages.push_back(page);
    }
    PageId after;
    if (words.after != "0") {
      TRY(after, repair.find(id, words.after));
    }
    return repair.move(id, std::move(pages), after);
  });
}

namespace {

// The repairs of one page.
template <typename Work>
Result<int> repair_page(const Common& common, const RepairWords& words, const std::string& verb, Work work) {
  return repair(common, words, verb, [&](Service&, Repair& repair, BatchId id) -> Result<Repaired> {
    TRY(const PageId page, repair.find(id, words.page));
    return work(repair, id, page);
  });
}

}  // namespace

Result<int> rotate(const Common& common, const RepairWords& words) {
  return repair_page(common, words, "rotate",
                     [&](Repair& repair, BatchId id, PageId page) { return repair.rotate(id, page, words.clockwise); });
}

Result<int> split(const Common& common, const RepairWords& words) {
  return repair_page(common, words, "split", [](Repair& repair, BatchId id, PageId page) { return repair.split(id, page); });
}

Result<int> join(const Common& common, const RepairWords& words) {
  return repair_page(common, words, "join", [](Repair& repair, BatchId id, PageId page) { return repair.join(id, page); });
}

Result<int> set_aside(const Common& common, const RepairWords& words) {
  return repair_page(common, words, "blank", [](Repair& repair, BatchId id, PageId page) { return repair.set_aside(id, page); });
}

Result<int> restore(const Common& common, const RepairWords& words) {
  return repair_page(common, words, "unblank", [](Repair& repair, BatchId id, PageId page) { return repair.restore(id, page); });
}

Result<int> undo(const Common& common, const RepairWords& words) {
  return repair(common, words, "undo", [](Service&, Repair& repair, BatchId id) { return repair.undo(id); });
}

Result<int> recount(const Common& common, const RepairWords& words) {
  return repair(common, words, "recount",
                [&](Service&, Repair& repair, BatchId id) { return repair.recount(id, words.sheets, words.pages_counted); });
}

Result<int> release(const Common& common, const RepairWords& words) {
  return repair(common, words, "release", [](Service&, Repair& repair, BatchId id) { return repair.release(id); });
}

}  // namespace chartscan::app::cli
