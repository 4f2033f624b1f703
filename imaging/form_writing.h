// Handwriting: regions that are neither print nor form. Inside this room.
#pragma once

#include "imaging/form_ink.h"

namespace chartscan::imaging {

// `cues`: what was found before; signatures are not told twice.
std::vector<FormCue> find_handwriting(const FormInk& form, const PageText& text, const std::vector<Barcode>& barcodes,
                                      const std::vector<FormCue>& cues);

}  // namespace chartscan::imaging
