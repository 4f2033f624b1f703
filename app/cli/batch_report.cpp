#include "app/cli/batch_report.h"

#include <fmt/format.h>

#include <ctime>

#include "app/cli/terminal.h"

namespace chartscan::app::cli {
namespace {

std::string count(int number) { return number == 0 ? "·" : std::to_string(number); }

std::string ledger_word(const BatchView& view) {
  const Ledger& ledger = view.ledger;
  if (view.batch.state == BatchState::Stopped)
    return styled("■ stopped: " + (view.batch.stop ? view.batch.stop->reason : ""), Style::Bad);
  if (view.batch.state == BatchState::Open) return styled("… open", Style::Warn);
  if (view.batch.state == BatchState::Released) return styled("✓ released", Style::Good);
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
    table.row({to_string(view.batch.id), printable(view.batch.name), std::to_string(l.fed), count(l.filed), count(l.review),
               count(l.separators), count(l.blanks), count(l.rejected), count(l.superseded), ledger_word(view)});
  }
  return table;
}

void print_refused(const std::string& message) {
  std::fprintf(std_out(), "  %s %s\n", styled("refused", Style::Bad).c_str(), printable(message).c_str());
}

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

}  // namespace

Status print_batches(Service& service, const std::vector<BatchView>& views) {
  ledger_table(views).print(std_out());
  for (const BatchView& view : views) {
    TRY_STATUS(print_refusals(service, view));
    if (view.batch.state == BatchState::Stopped && view.batch.stop)
      std::fprintf(std_out(), "  %s %s: %s\n    %s\n", styled("stopped", Style::Bad).c_str(), to_string(view.batch.id).c_str(),
                  printable(view.batch.stop->message).c_str(), printable(view.batch.stop->advice).c_str());
    for (const Finding& finding : view.batch.findings)
      std::fprintf(std_out(), "  %s %s: %s\n", styled(finding.code, Style::Warn).c_str(), to_string(view.batch.id).c_str(),
                  finding.detail.c_str());
  }
  return {};
}

namespace {

std::string joined_codes(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) out += (out.empty() ? "" : ", ") + finding.code;
  return out;
}

std::string sheet_of(const Page& page) {
  if (!page.capture) return "";
  const Capture& side = *page.capture;
  return fmt::format("{} {}{}", side.sheet, side.side == 0 ? "front" : "back",
                     side.attempt > 1 ? fmt::format(" #{}", side.attempt) : "");
}

std::string state_of(const Page& page) {
  if (page.superseded_by) return "superseded by " + to_string(*page.superseded_by);
  if (page.decisions.withdrawn) return "withdrawn";
  return to_string(page.state);
}

}  // namespace

void print_pages(const BatchDetails& details) {
  const bool scanned = is_scanned(details.view.batch);
  Table table;
  table.column("SIDE", Table::Align::Right);
  table.column("PAGE");
  if (scanned) table.column("SHEET");
  for (const char* heading : {"FROM", "STATE", "TYPE", "DOCUMENT", "FINDINGS"}) table.column(heading);
  for (const Page& page : details.pages) {
    std::vector<std::string> cells{std::to_string(page.sequence), to_string(page.id)};
    if (scanned) cells.push_back(sheet_of(page));
    for (std::string& cell :
         std::vector<std::string>{printable(fmt::format("{} p{}", page.original.file, page.original.index + 1)), state_of(page),
                                  page.types.empty() ? "" : page.types.front().type,
                                  page.document ? to_string(*page.document) : "", joined_codes(page.findings)})
      cells.push_back(std::move(cell));
    table.row(std::move(cells));
  }
  table.print(std_out());
}

void print_paper(const BatchDetails& details) {
  const Batch& batch = details.view.batch;
  if (is_scanned(batch)) {
    std::fprintf(std_out(), "%d sheets stored whole", details.sheets.counted());
    if (batch.expected_sheets > 0) std::fprintf(std_out(), ", %d expected", batch.expected_sheets);
    if (batch.interruptions > 0) std::fprintf(std_out(), ", resumed %d times", batch.interruptions);
    std::fprintf(std_out(), "; %s, %d dpi, %s, from %s\n", batch.scan.source.c_str(), batch.scan.dpi, batch.scan.mode.c_str(),
                printable(batch.device).c_str());
    if (batch.state == BatchState::Open)
      std::fprintf(std_out(), "%s\n", printable("If nobody is scanning it now, it was interrupted. " +
                                    put_back_words(batch, resume_point(batch, details.sheets)))
                              .c_str());
  }
  for (const std::string& gap : details.gaps) std::fprintf(std_out(), "  %s %s\n", styled("gap", Style::Bad).c_str(), printable(gap).c_str());
  if (batch.state == BatchState::Closed && details.against.empty()) std::fprintf(std_out(), "nothing speaks against its release\n");
  if (batch.state == BatchState::Open || batch.state == BatchState::Stopped) return;  // of course not
  for (const std::string& reason : details.against)
    std::fprintf(std_out(), "  %s %s\n", styled("not to be released", Style::Warn).c_str(), printable(reason).c_str());
}

void print_journal(const BatchDetails& details, bool every_side) {
  Table table;
  table.column("LINE", Table::Align::Right);
  for (const char* heading : {"TIME", "BY", "EVENT", "WHAT"}) table.column(heading);
  for (const JournalLine& line : details.journal) {
    std::string what = line.detail;
    if (line.event == JournalEvent::Stored) {
      if (!every_side) continue;
      what = fmt::format(
          "side {}, page {}{}, {} bytes, sha256 {}", line.sequence, to_string(line.page),
          line.sheet ? fmt::format(", sheet {} {} #{}", line.sheet, line.side == 0 ? "front" : "back", line.attempt) : "",
          line.size, line.hash.substr(0, 12));
    }
    table.row({std::to_string(line.number), local_time(line.at), printable(line.who), to_string(line.event), printable(what)});
  }
  table.print(std_out());
}

}  // namespace chartscan::app::cli
