// The page stages. Each reads and adds to the draft; the order is in pipeline/stage_list.cpp.
#pragma once

#include "pipeline/stage.h"

namespace chartscan::pipeline::stages {

Status clean(PageDraft& draft, Workbench& bench, const StageSettings& settings);
Status marks(PageDraft& draft, Workbench& bench, const StageSettings& settings);
Status read(PageDraft& draft, Workbench& bench, const StageSettings& settings);
Status picture(PageDraft& draft, Workbench& bench, const StageSettings& settings);
Status forms(PageDraft& draft, Workbench& bench, const StageSettings& settings);
Status separate(PageDraft& draft, Workbench& bench, const StageSettings& settings);
Status classify(PageDraft& draft, Workbench& bench, const StageSettings& settings);
Status identify(PageDraft& draft, Workbench& bench, const StageSettings& settings);

}  // namespace chartscan::pipeline::stages
