// Lines that were doubtful at the reading resolution or not read at all, read from the delivered pixels.
#pragma once

#include "pipeline/stage.h"

namespace chartscan::pipeline::stages {

// `text` with boxes in working pixels; draft.delivered and its geometry say where a line comes from. Bounded: few lines of a page,
// the most doubtful first, and none of what is no print at all.
void reread_doubtful_lines(const PageDraft& draft, Workbench& bench, PageText& text);

// Print that layout analysis dropped, line by line, behind the words that are there; only what reads well is taken.
void read_unread_lines(const PageDraft& draft, Workbench& bench, PageText& text);

}  // namespace chartscan::pipeline::stages
