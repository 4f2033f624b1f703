// Barcodes to print: the modules of a symbol, to be drawn at any size. The reader is marks.h. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace chartscan::imaging {

enum class Symbology { Code128, Code39, Qr, DataMatrix, Pdf417 };

// Without quiet zone: leave ten modules beside a linear code, four around a square one. Linear codes have one row.
struct Symbol {
  int width = 0, height = 0;  // modules
  std::vector<bool> dark;     // row by row, from the top

  bool at(int x, int y) const { return dark[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)]; }
};

// Fails where the symbology cannot hold the payload (Code 39 has no lower case, Code 128 no accents).
Result<Symbol> encode_symbol(Symbology symbology, const std::string& payload);

}  // namespace chartscan::imaging
