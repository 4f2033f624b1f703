// A picture as native and file transfer carry it: a TIFF or a DIB, in memory.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/twain/tray.h"

namespace chartscan::fake_twain {

struct Shape {
  bool big_endian = false;
  bool white_is_zero = false;  // one-sample pixels
  int dpi = 100;
  int rows = -1;  // that are really there; -1: all. The image still claims its height.
};

// The bits of a row the TWAIN way: chocolate (1 = white) or vanilla, low bit first where wanted.
std::vector<std::uint8_t> device_row(const Picture& picture, int y, bool vanilla, bool low_bit_first);

std::vector<std::uint8_t> as_tiff(const Picture& picture, const Shape& shape);
std::vector<std::uint8_t> as_dib(const Picture& picture, const Shape& shape);
std::vector<std::uint8_t> as_bmp(const Picture& picture, const Shape& shape);

}  // namespace chartscan::fake_twain
