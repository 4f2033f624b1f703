// Stamps: words in bold capitals that lie across the page or stand in a frame or a ring, whatever is under them. Inside this room.
#pragma once

#include "imaging/form_ink.h"

namespace chartscan::imaging {

std::vector<FormCue> find_stamps(const FormInk& form, const PageText& text, const std::vector<Barcode>& barcodes);

}  // namespace chartscan::imaging
