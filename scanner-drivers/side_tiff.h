// One scanned side as a lossless TIFF in memory, made while its rows arrive: CCITT G4 for bitonal, deflate for all else, with
// the resolution. Deflate runs strip by strip in threads of its own; where they fall behind, rows() waits. One thread calls.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/result.h"
#include "scanner-drivers/driver.h"

namespace chartscan::scan {

class SideTiff {
 public:
  virtual ~SideTiff() = default;
  virtual Status rows(std::span<const std::uint8_t> whole_rows) = 0;
  virtual Result<std::vector<std::uint8_t>> finish() = 0;  // once, behind the last row
};

// Rows as SideFormat promises them; its height is not needed.
std::unique_ptr<SideTiff> make_side_tiff(const SideFormat& format);

}  // namespace chartscan::scan
