// Any bytes as an image in the virtual feeder's tray.
#include <cstdint>
#include <cstdlib>

#include "scanner-drivers/virtual/pnm.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto image = chartscan::scan::virtual_feeder::read_pnm({data, size});
  if (!image) return 0;
  const bool inside = image->pixels.data() >= data && image->pixels.data() + image->pixels.size() <= data + size;
  if (!inside || image->width <= 0 || image->height <= 0) std::abort();
  if (image->pixels.size() != image->row_bytes() * static_cast<std::size_t>(image->height)) std::abort();
  return 0;
}
