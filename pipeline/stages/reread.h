// Lines that were doubtful at the reading resolution, read again from the delivered pixels, where those hold more.
#pragma once

#include "pipeline/stage.h"

namespace chartscan::pipeline::stages {

// `text` with boxes in working pixels; draft.delivered and its geometry say where a line comes from. Bounded: few lines of a page,
// the most doubtful first, and none of what is no print at all.
void reread_doubtful_lines(const PageDraft& draft, Workbench& bench, PageText& text);

}  // namespace chartscan::pipeline::stages
