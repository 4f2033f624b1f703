#include "imaging/encode_g4.h"

#include <tiffio.h>

#include <algorithm>

#include "imaging/tiff_memory.h"

namespace chartscan::imaging {
namespace {

bool is_black(const Image& image, const std::uint8_t* pixel) {
  return image.channels == 1 ? *pixel < 128 : pixel[0] + pixel[1] + pixel[2] < 3 * 128;
}

// Eight pixels a byte, black set: a fax's black runs are its set bits, whatever the photometric tag says.
void pack_row(const Image& image, int y, std::vector<std::uint8_t>& packed) {
  std::fill(packed.begin(), packed.end(), 0);
  const std::uint8_t* pixel = image.row(y);
  for (int x = 0; x < image.width; ++x, pixel += image.channels)
    if (is_black(image, pixel)) packed[x / 8] |= static_cast<std::uint8_t>(0x80 >> (x % 8));
}

void describe(TIFF* tiff, const Image& image) {
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(image.width));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(image.height));
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, static_cast<std::uint32_t>(image.height));
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 1);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
  TIFFSetField(tiff, TIFFTAG_FILLORDER, FILLORDER_MSB2LSB);
}

Error not_encoded(const char* step) {
  return {ErrorCode::Internal, std::string("a black and white page cannot be encoded as CCITT G4: libtiff failed to ") + step};
}

}  // namespace

bool is_bilevel(const Image& image) {
  if (image.channels == 1)
    return std::ranges::all_of(image.pixels, [](std::uint8_t level) { return level == 0 || level == 255; });
  for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3) {
    const std::uint8_t level = image.pixels[i];
    if ((level != 0 && level != 255) || image.pixels[i + 1] != level || image.pixels[i + 2] != level) return false;
  }
  return true;
}

Result<std::vector<std::uint8_t>> encode_g4(const Image& image) {
  TiffMemory file;  // the code is then read back out of its single strip
  TIFF* const tiff = file.handle();
  if (!tiff) return not_encoded("start");
  describe(tiff, image);
  std::vector<std::uint8_t> packed((static_cast<std::size_t>(image.width) + 7) / 8);
  for (int y = 0; y < image.height; ++y) {
    pack_row(image, y, packed);
    if (TIFFWriteScanline(tiff, packed.data(), static_cast<std::uint32_t>(y)) < 0) return not_encoded("take a row");
  }
  if (!TIFFFlushData(tiff)) return not_encoded("finish the strip");
  std::vector<std::uint8_t> code(static_cast<std::size_t>(TIFFRawStripSize64(tiff, 0)));
  std::uint64_t* offsets = nullptr;
  if (code.empty() || !TIFFGetField(tiff, TIFFTAG_STRIPOFFSETS, &offsets) || !offsets)
    return not_encoded("hand the strip back");
  if (offsets[0] + code.size() > file.bytes().size()) return not_encoded("hand the strip back whole");
  std::copy_n(file.bytes().begin() + static_cast<std::ptrdiff_t>(offsets[0]), code.size(), code.begin());
  return code;
}

}  // namespace chartscan::imaging
