#include "charts/chart_order.h"

#include <algorithm>

#include "charts/document_types.h"

namespace chartscan::charts {
namespace {

constexpr const char* kUnsorted = "Not classified";  // behind the tabs: documents whose type nobody has said yet

std::string section_of(const Document& document) {
  const DocumentType* type = find_document_type(document.type);
  return type ? type->section : kUnsorted;
}

}  // namespace

std::vector<ChartSection> chart_order(std::vector<Document> documents) {
  // Newest first; documents without a date last; the later scan first among equals.
  std::stable_sort(documents.begin(), documents.end(), [](const Document& a, const Document& b) {
    if (a.service_date != b.service_date) return a.service_date > b.service_date;
    return a.id > b.id;
  });
  std::vector<ChartSection> sections;
  for (const std::string& name : chart_sections()) sections.push_back({name, {}});
  sections.push_back({kUnsorted, {}});
  for (Document& document : documents) {
    const std::string name = section_of(document);
    std::find_if(sections.begin(), sections.end(), [&](const ChartSection& s) { return s.name == name; })->documents.push_back(std::move(document));
  }
  std::erase_if(sections, [](const ChartSection& section) { return section.documents.empty(); });
  return sections;
}

}  // namespace chartscan::charts
