// search, unfound.
#include <fmt/format.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>

#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "app/search_export.h"
#include "app/search_json.h"
#include "app/service.h"
#include "app/views.h"

namespace chartscan::app::cli {
namespace {

using nlohmann::json;

std::string plural(std::uint64_t count, const char* what) { return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s"); }

void print_row(std::size_t number, const SearchRow& row) {
  const std::string who = row.patient ? printable(display_name(*row.patient)) + " (" + row.patient->mrn + ")"
                                      : styled(row.document ? "in review" : "no document", Style::Warn);
  const std::string what = row.document ? type_name(row.document->type) : to_string(row.page.state);
  const std::string when = row.document && row.document->service_date ? to_string(row.document->service_date) : "undated";
  std::fprintf(std_out(), "%2zu. %s  %s · %s · %s", number, styled(to_string(row.page.id), Style::Bold).c_str(), who.c_str(), what.c_str(), when.c_str());
  if (row.document) std::fprintf(std_out(), " · page %d of %zu", row.page_number, row.document->pages.size());
  if (row.hit.similar) std::fprintf(std_out(), " · %s", styled("similar spelling", Style::Warn).c_str());
  std::fprintf(std_out(), "\n    %s\n", shown_snippet(row.hit.snippet).c_str());
  for (std::size_t i = 0; i < row.hit.boxes.size() && i < 3; ++i) {
    const indexer::HitBox& box = row.hit.boxes[i];
    const std::string line = fmt::format("{} page {} at {},{} to {},{}", row.page.original.file, row.page.original.index + 1, box.delivered.x0,
                                         box.delivered.y0, box.delivered.x1, box.delivered.y1);
    std::fprintf(std_out(), "    %s\n", styled(printable(line), Style::Dim).c_str());
  }
}

// "12 pages", "at least 12 pages", "12 pages, 3 more in a similar spelling"
std::string total_of(const indexer::Found& found) {
  std::string text = (found.total_exact ? "" : "at least ") + plural(found.total, "page");
  if (found.as_written == 0 && found.similar.value_or(0) > 0) text += ", in a similar spelling only";
  else if (found.similar.value_or(0) > 0) text += fmt::format(", {} more in a similar spelling", *found.similar);
  return text;
}

void print_facet(const char* name, const std::vector<indexer::FacetValue>& values, std::string (*shown)(const std::string&)) {
  constexpr std::size_t kMost = 8;
  if (values.empty()) return;
  std::string line;
  for (std::size_t i = 0; i < values.size() && i < kMost; ++i)
    line += fmt::format("{}{} {}", i > 0 ? " · " : "", values[i].value.empty() ? "unknown" : shown(values[i].value), values[i].pages);
  if (values.size() > kMost) line += fmt::format(" · {} more", values.size() - kMost);
  std::fprintf(std_out(), "  %-9s %s\n", name, printable(line).c_str());
}

void print_facets(const indexer::Facets& facets) {
  const auto as_it_is = [](const std::string& value) { return value; };
  print_facet("type", facets.types, type_name);
  print_facet("year", facets.years, as_it_is);
  print_facet("facility", facets.facilities, as_it_is);
  print_facet("status", facets.statuses, as_it_is);
}

void print_group(std::size_t number, const SearchGroup& group) {
  std::string name = group.document ? to_string(group.document->id) + "  " + type_name(group.document->type) : group.patient ? "" : "no document";
  if (group.patient) name += (name.empty() ? "" : " · ") + display_name(*group.patient) + " (" + group.patient->mrn + ")";
  std::fprintf(std_out(), "%2zu. %s, %s\n", number, styled(printable(name), Style::Bold).c_str(), plural(group.total, "page").c_str());
  for (const SearchRow& row : group.rows) std::fprintf(std_out(), "    %s  %s\n", to_string(row.page.id).c_str(), shown_snippet(row.hit.snippet).c_str());
}

void print_view(const SearchView& view) {
  for (const std::string& note : view.found.notes) std::fprintf(std_out(), "%s\n", styled(printable(note), Style::Warn).c_str());
  std::fprintf(std_out(), "%s", total_of(view.found).c_str());
  if (view.found.total_groups) std::fprintf(std_out(), " in %llu groups", static_cast<unsigned long long>(*view.found.total_groups));
  std::fprintf(std_out(), "\n");
  if (view.found.facets) print_facets(*view.found.facets);
  for (std::size_t i = 0; i < view.rows.size(); ++i) print_row(i + 1, view.rows[i]);
  for (std::size_t i = 0; i < view.groups.size(); ++i) print_group(i + 1, view.groups[i]);
  if (!view.found.next.empty()) std::fprintf(std_out(), "%s\n", styled("more: --after " + view.found.next, Style::Dim).c_str());
}

// Under the question, a mark where it cannot be understood. On the terminal of who typed it, never in a log.
Error with_caret(Error error, const std::string& query) {
  const auto place = indexer::fault_place(error);
  if (!place || query.find('\n') != std::string::npos) return error;
  std::fprintf(std_err(), "  %s\n  %s^\n", printable(query).c_str(), std::string(*place - 1, ' ').c_str());
  return error;
}

Result<indexer::SearchOptions> options_of(const SearchWords& words) {
  indexer::SearchOptions options;
  options.limit = words.limit;
  options.mrn = words.mrn;
  options.after = words.after;
  options.facets = words.facets;
  if (words.as_written) options.spelling = indexer::Spelling::AsWritten;
  if (words.group == "document") options.group = indexer::GroupBy::Document;
  if (words.group == "chart") options.group = indexer::GroupBy::Chart;
  if (words.sort == "date" || words.sort == "newest") options.order = indexer::Order::Newest;
  if (words.sort == "oldest") options.order = indexer::Order::Oldest;
  if (!words.out.empty() && !words.group.empty()) return Error{ErrorCode::Usage, "an export is of pages; leave --group out", {}};
  return options;
}

Result<int> export_hits(Service& service, const Common& common, const SearchWords& words, const indexer::SearchOptions& options) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  auto report = export_search(service, words.query, options, words.out, now);
  if (!report) return with_caret(std::move(report).error(), words.query);
  if (common.json) {
    std::fprintf(std_out(), "%s\n", dump({{"query", words.query}, {"file", words.out.string()}, {"pages", report->pages}, {"as_written", report->found.as_written},
                              {"notes", report->found.notes}}).c_str());
  } else {
    std::fprintf(std_out(), "%s: %s\n", printable(words.out.string()).c_str(), plural(report->pages, "page").c_str());
  }
  return kDone;
}

}  // namespace

Result<int> search(const Common& common, const SearchWords& words) {
  TRY(const indexer::SearchOptions options, options_of(words));
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "search"));
  if (!words.out.empty()) return export_hits(*service, common, words, options);
  auto view = service->search(words.query, options);
  if (!view) return with_caret(std::move(view).error(), words.query);
  if (common.json) {
    json out = to_json(*view);
    out["query"] = words.query;
    std::fprintf(std_out(), "%s\n", dump(out).c_str());
  } else {
    print_view(*view);
  }
  return kDone;
}

Result<int> unfound(const Common& common, const UnfoundWords& words) {
  const auto batch = parse_id<BatchId>(words.batch);
  if (!words.batch.empty() && !batch) return Error{ErrorCode::Usage, "'" + words.batch + "' is no batch id; it looks like B00000001", {}};
  const auto reason = indexer::parse_unfound(words.reason);
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "unfound"));

  std::map<indexer::Unfound, std::uint64_t> counts;
  std::vector<UnfoundPage> pages;
  TRY(const std::uint64_t looked_at, service->unfound({}, [&](const UnfoundPage& page) {
        if ((batch && page.page.batch != *batch) || (reason && page.reason != *reason)) return true;
        ++counts[page.reason];
        pages.push_back(page);
        return true;
      }));
  if (common.json) {
    json summary = json::object(), items = json::array();
    for (const indexer::Unfound each : indexer::kUnfound) summary[indexer::to_string(each)] = counts[each];
    for (const UnfoundPage& page : pages) items.push_back(to_json(page));
    std::fprintf(std_out(), "%s\n", dump({{"pages", looked_at}, {"unfound", pages.size()}, {"by_reason", summary}, {"items", items}}).c_str());
    return pages.empty() ? kDone : kNeedsPerson;
  }
  std::fprintf(std_out(), "%s of %llu cannot be found, or hardly\n", plural(pages.size(), "page").c_str(), static_cast<unsigned long long>(looked_at));
  for (const auto& [each, count] : counts) std::fprintf(std_out(), "  %6llu %-15s %s\n", static_cast<unsigned long long>(count), indexer::to_string(each), indexer::advice(each));
  if (pages.empty()) return kDone;
  Table table;
  for (const char* heading : {"PAGE", "BATCH", "DOCUMENT", "CHART", "REASON"}) table.column(heading);
  table.column("WORDS", Table::Align::Right);
  table.column("CONFIDENCE", Table::Align::Right);
  table.column("FILE");
  for (const UnfoundPage& each : pages) {
    const Page& page = each.page;
    table.row({to_string(page.id), to_string(page.batch), page.document ? to_string(*page.document) : "none", printable(linked_mrn(each.document)),
               indexer::to_string(each.reason), std::to_string(page.quality.words), fmt::format("{:.2f}", page.quality.text_confidence),
               printable(fmt::format("{} page {}", page.original.file, page.original.index + 1))});
  }
  table.print(std_out());
  return kNeedsPerson;
}

}  // namespace chartscan::app::cli
