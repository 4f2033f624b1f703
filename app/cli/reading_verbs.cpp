// chart, review.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "app/service.h"
#include "app/views.h"
#include "charts/document_types.h"

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

std::string sign_of(Agreement agreement) {
  switch (agreement) {
    case Agreement::Agrees: return styled("✓ agrees", Style::Good);
    case Agreement::Close: return styled("~ close", Style::Warn);
    case Agreement::Disagrees: return styled("✗ disagrees", Style::Bad);
    case Agreement::Missing: break;
  }
  return styled("· missing", Style::Dim);
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

std::string reasons_of(const Document& document) {
  std::string out;
  for (const Finding& finding : document.findings) out += (out.empty() ? "" : ", ") + finding.code;
  return out;
}

}  // namespace

Result<int> chart(const Common& common, const std::string& mrn) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "chart"));
  TRY(const ChartView view, service->chart(mrn));
  if (common.json) {
    json sections = json::array();
    for (const charts::ChartSection& section : view.sections) {
      json documents = json::array();
      for (const Document& document : section.documents) documents.push_back(to_json(document));
      sections.push_back({{"name", section.name}, {"documents", documents}});
    }
    std::printf("%s\n", dump({{"patient", to_json(view.patient)}, {"sections", sections}}).c_str());
    return kDone;
  }
  std::printf("%s\n", styled(patient_line(view.patient), Style::Bold).c_str());
  if (view.sections.empty()) std::printf("nothing is filed in this chart\n");
  print_documents(view.sections);
  return kDone;
}

Result<int> list_review(const Common& common) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "review list"));
  TRY(const std::vector<Document> waiting, service->review());
  if (common.json) {
    json out = json::array();
    for (const Document& document : waiting) out.push_back(to_json(document));
    std::printf("%s\n", dump(out).c_str());
    return kDone;
  }
  if (waiting.empty()) {
    std::printf("nothing waits for a person\n");
    return kDone;
  }
  Table table;
  for (const char* heading : {"DOCUMENT", "BATCH"}) table.column(heading);
  table.column("PAGES", Table::Align::Right);
  for (const char* heading : {"TYPE", "PROPOSED", "WHY IT WAITS"}) table.column(heading);
  for (const Document& document : waiting)
    table.row({to_string(document.id), to_string(document.batch), std::to_string(document.pages.size()), type_name(document.type),
               document.link.mrn.empty() ? "nobody" : printable(document.link.mrn), reasons_of(document)});
  table.print(stdout);
  return kNeedsPerson;
}

Result<int> show_review(const Common& common, const std::string& id) {
  const auto parsed = parse_id<DocumentId>(id);
  if (!parsed) return Error{ErrorCode::Usage, "'" + id + "' is no document id; it looks like D00000001", {}};
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "review show"));
  TRY(const Document document, service->document(*parsed));
  if (common.json) {
    std::printf("%s\n", dump(to_json(document)).c_str());
    return kDone;
  }
  std::printf("%s  %s (%.2f), %zu pages, %s\n", styled(to_string(document.id), Style::Bold).c_str(), type_name(document.type).c_str(),
              document.type_confidence, document.pages.size(), document.filed ? "filed" : "waits for a person");
  for (const Finding& finding : document.findings)
    std::printf("  %s %s\n", styled("! " + finding.code, Style::Warn).c_str(), printable(finding.detail).c_str());
  int number = 0;
  for (const LinkCandidate& candidate : document.link.candidates) {
    std::printf("  candidate %d: MRN %s, %.2f\n", ++number, printable(candidate.mrn).c_str(), candidate.confidence);
    for (const LinkReason& reason : candidate.reasons)
      std::printf("    %-8s %s %+.1f bits  %s\n", reason.field.c_str(), sign_of(reason.agreement).c_str(), reason.weight, printable(reason.detail).c_str());
  }
  return kDone;
}

}  // namespace chartscan::app::cli
