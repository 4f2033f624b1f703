// Whose page it is and of when: identifiers, dates, author, facility and page number, each with its place on the image.
// Tolerant of OCR confusion, never inventive: what is not on the page is not returned.
#pragma once

#include <vector>

#include "core/page.h"

namespace chartscan::charts {

inline constexpr const char* kNearLabel = "near-label";  // Field::source: behind a label that is none unless it was misread
std::vector<Field> identify(const PageText& text, const std::vector<Barcode>& barcodes, Size working, int dpi);

}  // namespace chartscan::charts
