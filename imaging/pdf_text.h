// Inside this room: the words of a PDF page with their boxes, from the listing that `pdftotext -bbox-layout` prints. Pure.
#pragma once

#include <string_view>

#include "core/page.h"

namespace chartscan::imaging {

// Boxes in pixels at `dpi`, on the page as it is shown. Damaged listings give the words before the damage.
PageText words_of_listing(std::string_view listing, double dpi);

}  // namespace chartscan::imaging
