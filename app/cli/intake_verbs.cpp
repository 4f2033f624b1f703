// patients import, ingest, batches, batch show.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "app/service.h"
#include "app/views.h"

namespace chartscan::app::cli {
namespace {

using nlohmann::json;

std::string count(int number) { return number == 0 ? "·" : std::to_string(number); }

std::string ledger_word(const Ledger& ledger) {
  if (ledger.balances()) return styled("✓ balances", Style::Good);
  if (ledger.waiting > 0) return styled(fmt::format("… {} waiting", ledger.waiting), Style::Warn);
  return styled("✗ does not balance", Style::Bad);
}

Table ledger_table(const std::vector<BatchView>& views) {
  Table table;
  table.column("BATCH");
  table.column("NAME");
  for (const char* term : {"FED", "FILED", "REVIEW", "SEPARATORS", "BLANKS", "REJECTED", "SUPERSEDED"})
    table.column(term, Table::Align::Right);
  table.column("LEDGER");
  for (const BatchView& view : views) {
    const Ledger& l = view.ledger;
    table.row({to_string(view.batch.id), printable(view.batch.name), std::to_string(l.fed), count(l.filed), count(l.review), count(l.separators),
               count(l.blanks), count(l.rejected), count(l.superseded), ledger_word(l)});
  }
  return table;
}

void print_refused(const std::string& message) { std::printf("  %s %s\n", styled("refused", Style::Bad).c_str(), printable(message).c_str()); }

// Inputs that could not be taken at all, and pages that were stored but cannot be read.
Status print_refusals(Service& service, const BatchView& view) {
  for (const RefusedItem& item : view.batch.refused)
    print_refused(item.file + (item.page > 0 ? fmt::format(", page {}", item.page) : "") + ": " + item.message);
  if (view.ledger.rejected == static_cast<int>(view.batch.refused.size())) return {};
  TRY(const std::vector<Page> pages, service.batch_pages(view.batch.id));
  for (const Page& page : pages)
    if (page.state == PageState::Rejected) print_refused(page.rejected_because);
  return {};
}

Status print_batches(Service& service, const std::vector<BatchView>& views) {
  ledger_table(views).print(stdout);
  for (const BatchView& view : views) {
    TRY_STATUS(print_refusals(service, view));
    for (const Finding& finding : view.batch.findings)
      std::printf("  %s %s: %s\n", styled(finding.code, Style::Warn).c_str(), to_string(view.batch.id).c_str(), finding.detail.c_str());
  }
  return {};
}

json batch_json(const BatchView& view) {
  json out = to_json(view.batch);
  out["ledger"] = to_json(view.ledger);
  return out;
}

std::string joined_codes(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) out += (out.empty() ? "" : ", ") + finding.code;
  return out;
}

}  // namespace

Result<int> import_patients(const Common& common, const std::filesystem::path& file) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "patients import"));
  TRY(const charts::ImportReport report, service->import_patients(file));
  if (common.json) {
    json refused = json::array();
    for (const charts::ImportRefusal& refusal : report.refused)
      refused.push_back({{"line", refusal.line}, {"mrn", refusal.mrn}, {"reason", refusal.reason}});
    std::printf("%s\n", dump({{"added", report.added}, {"changed", 0}, {"unchanged", report.unchanged}, {"refused", refused}}).c_str());
  } else {
    std::printf("%d patients added, %d already there, %zu refused\n", report.added, report.unchanged, report.refused.size());
    for (const charts::ImportRefusal& refusal : report.refused)
      std::printf("  %s line %d: %s\n", styled("refused", Style::Bad).c_str(), refusal.line, refusal.reason.c_str());
  }
  return report.refused.empty() ? kDone : kInputRefused;
}

Result<int> ingest(const Common& common, const IngestWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "ingest"));
  ProgressBar bar;
  pipeline::IngestOptions options;
  options.batch_name = words.batch_name;
  options.expected_pages = words.expected_pages;
  options.jobs = words.jobs;
  auto ingested = service->ingest(words.paths, options, [&](const pipeline::Progress& progress) { bar.show(progress); });
  bar.done();
  TRY(const pipeline::IngestReport report, std::move(ingested));

  std::vector<BatchView> views;
  for (const BatchId id : report.batches) {
    TRY(BatchView view, service->batch(id));
    views.push_back(std::move(view));
  }
  if (common.json) {
    json batches = json::array(), done = json::array();
    for (const BatchView& view : views) batches.push_back(batch_json(view));
    for (const BatchId id : report.already_done) done.push_back(to_string(id));
    std::printf("%s\n", dump({{"batches", batches}, {"already_done", done}, {"ignored", report.ignored}, {"pages_read", report.pages_processed}}).c_str());
  } else {
    TRY_STATUS(print_batches(*service, views));
    if (!report.already_done.empty())
      std::printf("  %zu of %zu batches were ingested before with the same content: nothing was added\n", report.already_done.size(),
                  report.batches.size());
    if (!report.ignored.empty()) std::printf("  %zu files are no scans and were left alone\n", report.ignored.size());
  }
  if (report.refused) return kInputRefused;
  return report.needs_person ? kNeedsPerson : kDone;
}

Result<int> list_batches(const Common& common) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "batches"));
  TRY(const std::vector<BatchView> views, service->batches());
  if (common.json) {
    json out = json::array();
    for (const BatchView& view : views) out.push_back(batch_json(view));
    std::printf("%s\n", dump(out).c_str());
  } else if (views.empty()) {
    std::printf("no batches yet; `chartscan ingest PATH` makes one\n");
  } else {
    TRY_STATUS(print_batches(*service, views));
  }
  return kDone;
}

Result<int> show_batch(const Common& common, const std::string& id) {
  const auto parsed = parse_id<BatchId>(id);
  if (!parsed) return Error{ErrorCode::Usage, "'" + id + "' is no batch id; it looks like B00000001", {}};
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "batch show"));
  TRY(const BatchView view, service->batch(*parsed));
  TRY(const std::vector<Page> pages, service->batch_pages(*parsed));
  if (common.json) {
    json out = batch_json(view);
    out["pages"] = json::array();
    for (const Page& page : pages) out["pages"].push_back(thumbnail_of(page));
    std::printf("%s\n", dump(out).c_str());
    return kDone;
  }
  TRY_STATUS(print_batches(*service, {view}));
  std::printf("\n");
  Table table;
  table.column("SIDE", Table::Align::Right);
  for (const char* heading : {"PAGE", "FROM", "STATE", "TYPE", "DOCUMENT", "FINDINGS"}) table.column(heading);
  for (const Page& page : pages)
    table.row({std::to_string(page.sequence), to_string(page.id), printable(fmt::format("{} p{}", page.original.file, page.original.index + 1)),
               to_string(page.state), page.types.empty() ? "" : page.types.front().type, page.document ? to_string(*page.document) : "",
               joined_codes(page.findings)});
  table.print(stdout);
  return kDone;
}

}  // namespace chartscan::app::cli
