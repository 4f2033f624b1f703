// The images of native and file transfer: a TIFF (Linux), a DIB (Windows), a BMP file. Only the layout is read here, with
// every number bounded; rows are read from where it says. Uncompressed images only: native transfer knows no others, and for
// file transfer we ask for none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "scanner-drivers/twain/bytes.h"
#include "scanner-drivers/twain/pixels.h"

namespace chartscan::scan::twain {

struct NativeImage {
  struct Strip {
    std::uint64_t offset = 0, bytes = 0;
  };
  RawFormat raw;
  int rows_per_strip = 1;
  std::vector<Strip> strips;
  std::uint64_t stride = 0;  // from row to row inside a strip, at least raw.row_bytes()
  bool bottom_up = false;    // then there is one strip

  // Where row `y` (from the top) stands, or nothing where its strip ends before it.
  std::optional<std::uint64_t> row_offset(int y) const;
};

struct NativeRefusal {
  std::string why;  // "TIFF: compression 7"
};

std::variant<NativeImage, NativeRefusal> parse_native_image(const ByteSource& bytes);

}  // namespace chartscan::scan::twain
