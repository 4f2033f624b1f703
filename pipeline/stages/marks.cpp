// Barcodes and patch codes on the upright page.
#include "imaging/marks.h"

#include "pipeline/stages/stages.h"

namespace chartscan::pipeline::stages {

Status marks(PageDraft& draft, Workbench&, const StageSettings&) {
  if (draft.page.blank) return {};
  draft.page.barcodes = imaging::find_barcodes(draft.working);
  for (Barcode& patch : imaging::find_patch_code(draft.working)) draft.page.barcodes.push_back(std::move(patch));
  return {};
}

}  // namespace chartscan::pipeline::stages
