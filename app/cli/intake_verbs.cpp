// ingest, read.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/batch_report.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "app/service.h"
#include "app/views.h"
#include "pipeline/page_worker.h"

namespace chartscan::app::cli {

using nlohmann::json;

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
    for (const BatchView& view : views) {
      batches.push_back(to_json(view.batch));
      batches.back()["ledger"] = to_json(view.ledger);
    }
    for (const BatchId id : report.already_done) done.push_back(to_string(id));
    std::fprintf(std_out(), "%s\n", dump({{"batches", batches}, {"already_done", done}, {"ignored", report.ignored}, {"pages_read", report.pages_processed}}).c_str());
  } else {
    TRY_STATUS(print_batches(*service, views));
    if (!report.already_done.empty())
      std::fprintf(std_out(), "  %zu of %zu batches were ingested before with the same content: nothing was added\n", report.already_done.size(),
                  report.batches.size());
    if (!report.ignored.empty()) std::fprintf(std_out(), "  %zu files are no scans and were left alone\n", report.ignored.size());
  }
  if (report.refused) return kInputRefused;
  return report.needs_person ? kNeedsPerson : kDone;
}

Result<int> read(const Common& common, int jobs) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "read"));
  ProgressBar bar;
  auto read = service->read_backlog(jobs, [&](const pipeline::Progress& progress) { bar.show(progress); });
  bar.done();
  TRY(const pipeline::IngestReport report, std::move(read));
  TRY(const std::vector<BatchView> views, service->batches());
  int unfinished = 0;
  for (const BatchView& view : views)
    unfinished += view.batch.state == BatchState::Open || view.batch.state == BatchState::Stopped;
  if (common.json)
    std::fprintf(std_out(), "%s\n", dump({{"pages_read", report.pages_processed}, {"unfinished_batches", unfinished}}).c_str());
  else
    std::fprintf(std_out(), "%d pages read%s\n", report.pages_processed,
                unfinished ? fmt::format("; {} batches are not fed to their end, `chartscan batches` names them", unfinished).c_str() : "");
  return unfinished ? kNeedsPerson : kDone;
}

int page_worker(int socket) { return pipeline::run_page_worker(socket); }

}  // namespace chartscan::app::cli
