// Separator sheets: a patch code, or a barcode that says so, on a page that holds little else. A page full of text with a
// patch code on its edge is a document page that starts a new document, never a sheet to set aside.
#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "pipeline/stages/stages.h"

namespace chartscan::pipeline::stages {
namespace {

constexpr int kSheetWords = 60;  // separator sheets carry a title and instructions, hardly more

// Letters and digits only, upper case: "Batch-Sep 12" -> "BATCHSEP12".
std::string folded(const std::string& payload) {
  std::string out;
  for (const unsigned char c : payload)
    if (std::isalnum(c)) out.push_back(static_cast<char>(std::toupper(c)));
  return out;
}

SeparatorKind kind_of(const Barcode& code) {
  // Patch 2 and T part documents, 3 parts batches (docs/separators.md has the table). 1, 4 and 6 steer the scanner.
  if (code.format == "PatchT" || code.format == "Patch2") return SeparatorKind::Document;
  if (code.format == "Patch3") return SeparatorKind::Batch;
  if (code.format.starts_with("Patch")) return SeparatorKind::None;
  static constexpr std::array kBatch{"BATCHSEP", "BATCHHEADER", "PATCH3"};
  static constexpr std::array kDocument{"PATCHT", "PATCH2", "DOCSEP", "DOCUMENTSEP", "SEPARATOR", "SEPSHEET", "NEWDOC"};
  const std::string payload = folded(code.payload);
  const auto begins = [&](const char* word) { return payload.starts_with(word); };
  if (std::ranges::any_of(kBatch, begins)) return SeparatorKind::Batch;
  if (std::ranges::any_of(kDocument, begins)) return SeparatorKind::Document;
  return SeparatorKind::None;
}

}  // namespace

Status separate(PageDraft& draft, Workbench&, const StageSettings&) {
  SeparatorKind kind = SeparatorKind::None;
  for (const Barcode& code : draft.page.barcodes) kind = std::max(kind, kind_of(code));
  if (kind == SeparatorKind::None) return {};
  if (draft.page.quality.words > kSheetWords) {
    draft.page.first_page_cue = 1;
    return {};
  }
  draft.page.separator = kind;
  draft.page.blank = false;
  // Nobody reads a separator sheet: what is odd about its image is not worth a person's time.
  draft.page.findings.clear();
  return {};
}

}  // namespace chartscan::pipeline::stages
