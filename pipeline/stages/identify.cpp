#include "charts/identify.h"

#include "pipeline/stages/stages.h"

namespace chartscan::pipeline::stages {

Status identify(PageDraft& draft, Workbench&, const StageSettings& settings) {
  Page& page = draft.page;
  if (page.blank || page.separator != SeparatorKind::None) return {};
  for (Field& field : charts::identify(draft.text, page.barcodes, page.geometry.working, settings.working_dpi))
    page.fields.push_back(std::move(field));
  return {};
}

}  // namespace chartscan::pipeline::stages
