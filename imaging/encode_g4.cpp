#include "imaging/encode_g4.h"

#include <tiffio.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace chartscan::imaging {
namespace {

// libtiff writes files only, so it gets one in memory; the code is then read back out of its single strip.
struct MemoryFile {
  std::vector<std::uint8_t> bytes;
  std::uint64_t at = 0;
};

MemoryFile& file_of(thandle_t handle) { return *static_cast<MemoryFile*>(handle); }

tmsize_t read_bytes(thandle_t handle, void* out, tmsize_t count) {
  MemoryFile& file = file_of(handle);
  const std::uint64_t left = file.at < file.bytes.size() ? file.bytes.size() - file.at : 0;
  const auto taken = std::min<std::uint64_t>(left, static_cast<std::uint64_t>(count));
  if (taken > 0) std::memcpy(out, file.bytes.data() + file.at, taken);
  file.at += taken;
  return static_cast<tmsize_t>(taken);
}

tmsize_t write_bytes(thandle_t handle, void* data, tmsize_t count) {
  MemoryFile& file = file_of(handle);
  const std::uint64_t end = file.at + static_cast<std::uint64_t>(count);
  if (end > file.bytes.size()) file.bytes.resize(end);
  if (count > 0) std::memcpy(file.bytes.data() + file.at, data, static_cast<std::size_t>(count));
  file.at = end;
  return count;
}

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  MemoryFile& file = file_of(handle);
  const std::uint64_t base = whence == SEEK_CUR ? file.at : whence == SEEK_END ? file.bytes.size() : 0;
  return file.at = base + offset;
}

int close_nothing(thandle_t) { return 0; }
toff_t size_of(thandle_t handle) { return file_of(handle).bytes.size(); }

using Tiff = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

Tiff open_memory(MemoryFile& file) {
  return {TIFFClientOpen("g4", "wm", &file, read_bytes, write_bytes, seek, close_nothing, size_of, nullptr, nullptr), TIFFClose};
}

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
  MemoryFile file;
  const Tiff tiff = open_memory(file);
  if (!tiff) return not_encoded("start");
  describe(tiff.get(), image);
  std::vector<std::uint8_t> packed((static_cast<std::size_t>(image.width) + 7) / 8);
  for (int y = 0; y < image.height; ++y) {
    pack_row(image, y, packed);
    if (TIFFWriteScanline(tiff.get(), packed.data(), static_cast<std::uint32_t>(y)) < 0) return not_encoded("take a row");
  }
  if (!TIFFFlushData(tiff.get())) return not_encoded("finish the strip");
  std::vector<std::uint8_t> code(static_cast<std::size_t>(TIFFRawStripSize64(tiff.get(), 0)));
  std::uint64_t* offsets = nullptr;
  if (code.empty() || !TIFFGetField(tiff.get(), TIFFTAG_STRIPOFFSETS, &offsets) || !offsets)
    return not_encoded("hand the strip back");
  if (offsets[0] + code.size() > file.bytes.size()) return not_encoded("hand the strip back whole");
  std::copy_n(file.bytes.begin() + static_cast<std::ptrdiff_t>(offsets[0]), code.size(), code.begin());
  return code;
}

}  // namespace chartscan::imaging
