#include "imaging/symbol.h"

#include <ZXing/BarcodeFormat.h>
#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>

#include <algorithm>
#include <exception>

namespace chartscan::imaging {

namespace {

ZXing::BarcodeFormat format_of(Symbology symbology) {
  switch (symbology) {
    case Symbology::Code128: return ZXing::BarcodeFormat::Code128;
    case Symbology::Code39: return ZXing::BarcodeFormat::Code39;
    case Symbology::Qr: return ZXing::BarcodeFormat::QRCode;
    case Symbology::DataMatrix: return ZXing::BarcodeFormat::DataMatrix;
    case Symbology::Pdf417: return ZXing::BarcodeFormat::PDF417;
  }
  return ZXing::BarcodeFormat::None;
}

// Some writers leave a white margin whatever they are told.
Symbol trimmed(const ZXing::BitMatrix& bits) {
  int x0 = bits.width(), y0 = bits.height(), x1 = 0, y1 = 0;
  for (int y = 0; y < bits.height(); ++y) {
    for (int x = 0; x < bits.width(); ++x) {
      if (!bits.get(x, y)) continue;
      x0 = std::min(x0, x), x1 = std::max(x1, x + 1);
      y0 = std::min(y0, y), y1 = std::max(y1, y + 1);
    }
  }
  Symbol symbol{std::max(0, x1 - x0), std::max(0, y1 - y0), {}};
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) symbol.dark.push_back(bits.get(x, y));
  return symbol;
}

}  // namespace

Result<Symbol> encode_symbol(Symbology symbology, const std::string& payload) {
  const Error refused{ErrorCode::InputRefused, "the text cannot be written as this kind of barcode; use letters, digits and hyphens, and fewer of them"};
  if (payload.empty()) return refused;
  try {
    ZXing::MultiFormatWriter writer(format_of(symbology));
    Symbol symbol = trimmed(writer.setMargin(0).setEncoding(ZXing::CharacterSet::UTF8).encode(payload, 1, 1));
    if (symbol.width == 0) return refused;
    return symbol;
  } catch (const std::exception&) {  // what it says may quote the payload
    return refused;
  }
}

}  // namespace chartscan::imaging
