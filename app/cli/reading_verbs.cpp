// search, chart.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "app/service.h"
#include "app/views.h"
#include "charts/document_types.h"
#include "charts/encounters.h"

namespace chartscan::app::cli {
namespace {

using nlohmann::json;

std::string type_name(const std::string& code) {
  const charts::DocumentType* type = charts::find_document_type(code);
  return type ? type->name : "Type unknown";
}

std::string patient_line(const Patient& patient) {
  return printable(fmt::format("{}  {}  {}  MRN {}", display_name(patient), patient.dob ? to_string(patient.dob) : "birth date unknown",
                               patient.sex.empty() ? "U" : patient.sex, patient.mrn));
}

void print_hit(std::size_t number, const SearchRow& row) {
  const std::string who = row.patient ? printable(display_name(*row.patient)) + " (" + row.patient->mrn + ")"
                                      : styled(row.document ? "in review" : "no document", Style::Warn);
  const std::string what = row.document ? type_name(row.document->type) : to_string(row.page.state);
  const std::string when = row.document && row.document->service_date ? to_string(row.document->service_date) : "undated";
  std::printf("%2zu. %s  %s · %s · %s", number, styled(to_string(row.page.id), Style::Bold).c_str(), who.c_str(), what.c_str(), when.c_str());
  if (row.document) std::printf(" · page %d of %zu", row.page_number, row.document->pages.size());
  std::printf("\n    %s\n", shown_snippet(row.hit.snippet).c_str());
  for (std::size_t i = 0; i < row.hit.boxes.size() && i < 3; ++i) {
    const indexer::HitBox& box = row.hit.boxes[i];
    const std::string line = fmt::format("{} page {} at {},{} to {},{}", row.page.original.file, row.page.original.index + 1, box.delivered.x0,
                                         box.delivered.y0, box.delivered.x1, box.delivered.y1);
    std::printf("    %s\n", styled(printable(line), Style::Dim).c_str());
  }
}

void print_documents(const std::vector<charts::ChartSection>& sections) {
  for (const charts::ChartSection& section : sections) {
    std::printf("\n%s\n", styled(section.name, Style::Bold).c_str());
    for (const Document& document : section.documents) {
      std::string notes;
      for (const Finding& finding : document.findings) notes += "  " + styled("! " + finding.code, Style::Warn);
      std::printf("  %s  %-10s  %s, %zu page%s%s\n", to_string(document.id).c_str(),
                  document.service_date ? to_string(document.service_date).c_str() : "undated", type_name(document.type).c_str(),
                  document.pages.size(), document.pages.size() == 1 ? "" : "s", notes.c_str());
    }
  }
}

void print_encounters(const ChartView& view) {
  if (view.encounters.empty()) return;
  std::printf("\n%s\n", styled("Encounters", Style::Bold).c_str());
  std::map<const Encounter*, std::string> documents;
  for (const charts::ChartSection& section : view.sections)
    for (const Document& document : section.documents) documents[charts::encounter_of(document, view.encounters)] += " " + to_string(document.id);
  for (const Encounter& one : view.encounters) {
    const std::string days = (one.admitted ? to_string(one.admitted) : "?") + " to " + (one.discharged ? to_string(one.discharged) : "today");
    std::printf("  %s  %s  %s%s %s\n", printable(one.visit).c_str(), days.c_str(), printable(one.patient_class + " " + one.location + " " + one.attending).c_str(),
                one.cancelled ? styled("  cancelled", Style::Warn).c_str() : "", documents[&one].c_str());
  }
}

}  // namespace

Result<int> search(const Common& common, const SearchWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "search"));
  TRY(const SearchView view, service->search(words.query, {.limit = words.limit, .mrn = words.mrn}));
  if (common.json) {
    json items = json::array();
    for (const SearchRow& row : view.rows) items.push_back(to_json(row));
    std::printf("%s\n", dump({{"query", words.query}, {"total", view.total}, {"notes", view.notes}, {"items", items}}).c_str());
    return kDone;
  }
  for (const std::string& note : view.notes) std::printf("%s\n", styled(printable(note), Style::Warn).c_str());
  std::printf("%d page%s\n", view.total, view.total == 1 ? "" : "s");
  for (std::size_t i = 0; i < view.rows.size(); ++i) print_hit(i + 1, view.rows[i]);
  return kDone;
}

Result<int> chart(const Common& common, const std::string& mrn) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "chart"));
  TRY(const ChartView view, service->chart(mrn));
  if (common.json) {
    std::printf("%s\n", dump(to_json(view)).c_str());
    return kDone;
  }
  std::printf("%s\n", styled(patient_line(view.patient), Style::Bold).c_str());
  if (!view.asked.empty()) std::printf("%s\n", styled("MRN " + printable(view.asked) + " was merged into this chart", Style::Warn).c_str());
  if (view.sections.empty()) std::printf("nothing is filed in this chart\n");
  print_documents(view.sections);
  print_encounters(view);
  return kDone;
}

}  // namespace chartscan::app::cli
