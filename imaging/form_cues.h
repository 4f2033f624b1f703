// What a form asks for and how it was answered: check boxes, places to sign, dates beside them, stamps, handwriting.
// Made from the working image and the words read on it. Pure; any thread. About 20 ms on a page at 200 dpi.
#pragma once

#include <vector>

#include "core/page.h"
#include "imaging/image.h"

namespace chartscan::imaging {

// Boxes in working pixels. Dates have no value yet: reading one is not this room's work.
std::vector<FormCue> find_form_cues(const Image& working, const PageText& text, const std::vector<Barcode>& barcodes);

}  // namespace chartscan::imaging
