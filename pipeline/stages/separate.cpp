// Separator sheets: a patch code, or a barcode that says so, on a page that holds little else. A page full of text with a
// patch code on its edge is a document page that starts a new document, never a sheet to set aside.
#include <algorithm>

#include "charts/identify.h"
#include "pipeline/stages/stages.h"

namespace chartscan::pipeline::stages {
namespace {

SeparatorKind kind_for(SeparatorAction action) {
  switch (action) {
    case SeparatorAction::Document: return SeparatorKind::Document;
    case SeparatorAction::Patient: return SeparatorKind::Patient;
    case SeparatorAction::Batch: return SeparatorKind::Batch;
    case SeparatorAction::Ignore: break;
  }
  return SeparatorKind::None;
}

}  // namespace

Status separate(PageDraft& draft, Workbench&, const StageSettings& settings) {
  SeparatorKind kind = SeparatorKind::None;
  for (const Barcode& code : draft.page.barcodes) kind = std::max(kind, kind_for(action_of(code, settings.separators)));
  if (kind == SeparatorKind::None) return {};
  if (draft.page.quality.words > settings.separators.most_words) {
    draft.page.first_page_cue = 1;
    return {};
  }
  draft.page.separator = kind;
  draft.page.blank = false;
  // Nobody reads a separator sheet: what is odd about its image is not worth a person's time.
  draft.page.findings.clear();
  // Whom a patient sheet names is kept on the sheet and nowhere else: evidence for what lies before the next separator.
  if (kind == SeparatorKind::Patient)
    draft.page.fields = charts::identify(draft.text, draft.page.barcodes, draft.page.geometry.working, settings.working_dpi);
  return {};
}

}  // namespace chartscan::pipeline::stages
