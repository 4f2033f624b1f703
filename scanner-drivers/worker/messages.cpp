#include "scanner-drivers/worker/messages.h"

namespace chartscan::scan::worker {

bool believable(const SideFormat& f) {
  constexpr int kMostPixels = 200'000, kMostDpi = 20'000;
  const bool channels = f.channels == 1 || (f.channels == 3 && f.depth != 1);
  const bool depth = f.depth == 1 || f.depth == 8 || f.depth == 16;
  const bool size = f.width > 0 && f.width <= kMostPixels && (f.height == -1 || (f.height > 0 && f.height <= 10 * kMostPixels));
  const bool dpi = f.dpi_x >= 0 && f.dpi_x <= kMostDpi && f.dpi_y >= 0 && f.dpi_y <= kMostDpi;
  return channels && depth && size && dpi &&
         (f.height < 0 || f.row_bytes() * static_cast<std::uint64_t>(f.height) <= kLargestSide);
}

}  // namespace chartscan::scan::worker
