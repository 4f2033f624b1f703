#include "charts/classify.h"

#include <algorithm>

#include "charts/type_model.h"
#include "pipeline/stages/stages.h"

namespace chartscan::pipeline::stages {

Status classify(PageDraft& draft, Workbench&, const StageSettings& settings) {
  Page& page = draft.page;
  if (page.blank || page.separator != SeparatorKind::None) return {};
  charts::PageClass found = charts::classify(draft.text, charts::look_of(page), settings.types ? *settings.types : charts::TypeModel::shipped());
  page.types = std::move(found.types);
  page.type_reasons = std::move(found.reasons);
  page.first_page_cue = std::max(page.first_page_cue, found.first_page_cue);
  if (!found.title.value.empty()) page.fields.push_back(std::move(found.title));
  return {};
}

}  // namespace chartscan::pipeline::stages
