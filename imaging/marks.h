// Machine-readable marks: barcodes (by ZXing) and patch codes (our own reader; no library has one).
#pragma once

#include <vector>

#include "core/page.h"
#include "imaging/image.h"

namespace chartscan::imaging {

// Code 128, Code 39, QR, DataMatrix, PDF417, Aztec, upright or turned, any number a page. Boxes in pixels of `gray`. Dark on
// light only. About 3 ms on a page of print at 200 dpi, more where bars, pictures and dark tables must be looked into.
std::vector<Barcode> find_barcodes(const Image& gray);

// Patch 1, 2, 3, 4, 6, T along any edge: format "Patch1".."PatchT", payload "PATCH T". At most one per page, about 4 ms. Bars are
// read from the nearest edge inwards, so that a turned page gives the same code; read the other way 1 and 6 would swap, and
// 3 and T.
std::vector<Barcode> find_patch_code(const Image& gray);

}  // namespace chartscan::imaging
