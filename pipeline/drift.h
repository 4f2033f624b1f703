// What only a row of sheets shows: glass that became dirty, a lamp that fades, a feeder that pulls ever more to one side. From
// the scores the pages carry; no image is looked at again. Pure.
#pragma once

#include <span>

#include "core/batch.h"
#include "core/page.h"

namespace chartscan::pipeline {

// Brings the batch's findings of drift up to date; each names the sheet it begins with. Pages in the batch's order.
void note_drift(Batch& batch, std::span<const Page> pages);

}  // namespace chartscan::pipeline
