// chart.
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

std::string patient_line(const Patient& patient) {
  return printable(fmt::format("{}  {}  {}  MRN {}", display_name(patient), patient.dob ? to_string(patient.dob) : "birth date unknown",
                               patient.sex.empty() ? "U" : patient.sex, patient.mrn));
}

void print_documents(const std::vector<charts::ChartSection>& sections) {
  for (const charts::ChartSection& section : sections) {
    std::fprintf(std_out(), "\n%s\n", styled(section.name, Style::Bold).c_str());
    for (const Document& document : section.documents) {
      std::string notes;
      for (const Finding& finding : document.findings) notes += "  " + styled("! " + finding.code, Style::Warn);
      std::fprintf(std_out(), "  %s  %-10s  %s, %zu page%s%s\n", to_string(document.id).c_str(),
                  document.service_date ? to_string(document.service_date).c_str() : "undated", type_name(document.type).c_str(),
                  document.pages.size(), document.pages.size() == 1 ? "" : "s", notes.c_str());
    }
  }
}

void print_encounters(const ChartView& view) {
  if (view.encounters.empty()) return;
  std::fprintf(std_out(), "\n%s\n", styled("Encounters", Style::Bold).c_str());
  std::map<const Encounter*, std::string> documents;
  for (const charts::ChartSection& section : view.sections)
    for (const Document& document : section.documents) documents[charts::encounter_of(document, view.encounters)] += " " + to_string(document.id);
  for (const Encounter& one : view.encounters) {
    const std::string days = (one.admitted ? to_string(one.admitted) : "?") + " to " + (one.discharged ? to_string(one.discharged) : "today");
    std::fprintf(std_out(), "  %s  %s  %s%s %s\n", printable(one.visit).c_str(), days.c_str(), printable(one.patient_class + " " + one.location + " " + one.attending).c_str(),
                one.cancelled ? styled("  cancelled", Style::Warn).c_str() : "", documents[&one].c_str());
  }
}

}  // namespace

Result<int> chart(const Common& common, const std::string& mrn, const std::string& order) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "chart"));
  TRY(const ChartView view, service->chart(mrn, order));
  if (common.json) {
    std::fprintf(std_out(), "%s\n", dump(to_json(view)).c_str());
    return kDone;
  }
  std::fprintf(std_out(), "%s\n", styled(patient_line(view.patient), Style::Bold).c_str());
  if (!view.asked.empty()) std::fprintf(std_out(), "%s\n", styled("MRN " + printable(view.asked) + " was merged into this chart", Style::Warn).c_str());
  if (view.sections.empty()) std::fprintf(std_out(), "nothing is filed in this chart\n");
  print_documents(view.sections);
  print_encounters(view);
  return kDone;
}

}  // namespace chartscan::app::cli
