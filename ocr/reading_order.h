// The order in which a person would read what an engine found. Engines give columns of a table one after the other, so that a
// result stands far from its test; here columns of short pieces that stand side by side are read row by row. Columns of prose and
// everything else stay as they are. Pure.
#pragma once

#include "core/page.h"

namespace chartscan::ocr {

// Words of a page upright and straight, in an engine's order, boxes in any unit. Line numbers are given anew.
PageText in_reading_order(PageText text);

}  // namespace chartscan::ocr
