#include <ZXing/ReadBarcode.h>

#include <algorithm>
#include <exception>

#include "imaging/marks.h"

namespace chartscan::imaging {

namespace {

constexpr auto kFormats = ZXing::BarcodeFormat::Code128 | ZXing::BarcodeFormat::Code39 | ZXing::BarcodeFormat::QRCode |
                          ZXing::BarcodeFormat::DataMatrix | ZXing::BarcodeFormat::PDF417 | ZXing::BarcodeFormat::Aztec;

Box box_of(const ZXing::Position& corners, const Image& gray) {
  Box box{gray.width, gray.height, 0, 0};
  for (const ZXing::PointI& corner : corners) {
    box.x0 = std::min(box.x0, corner.x);
    box.y0 = std::min(box.y0, corner.y);
    box.x1 = std::max(box.x1, corner.x + 1);
    box.y1 = std::max(box.y1, corner.y + 1);
  }
  return {std::max(0, box.x0), std::max(0, box.y0), std::min(gray.width, box.x1), std::min(gray.height, box.y1)};
}

}  // namespace

std::vector<Barcode> find_barcodes(const Image& gray) try {
  if (gray.empty() || gray.channels != 1) return {};
  // Not downscaled too: 1.4 compares what it found at different scales with an assertion that fails on good barcodes.
  ZXing::DecodeHints hints;
  hints.setFormats(kFormats).setTryHarder(true).setTryRotate(true).setTryDownscale(false);
  std::vector<Barcode> found;
  for (const ZXing::Result& result : ZXing::ReadBarcodes({gray.pixels.data(), gray.width, gray.height, ZXing::ImageFormat::Lum}, hints)) {
    if (!result.isValid()) continue;
    Barcode barcode{result.text(), ZXing::ToString(result.format()), box_of(result.position(), gray)};
    const auto same = [&](const Barcode& other) { return other.payload == barcode.payload && other.format == barcode.format; };
    if (!barcode.payload.empty() && std::ranges::none_of(found, same)) found.push_back(std::move(barcode));
  }
  return found;
} catch (const std::exception&) {  // a reader that stumbles over a picture has found no barcode in it
  return {};
}

}  // namespace chartscan::imaging
