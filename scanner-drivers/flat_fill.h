// Finds the flat grey that decoders put where image data was missing: sane-airscan hands a cut JPEG on as a whole page
// whose rest is one level of grey. Paper, print and a scanner's lid are never that even for that long. One side each; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace chartscan::scan {

class FlatFill {
 public:
  void row(std::span<const std::uint8_t> samples);  // of 8 bits
  std::string note() const;                         // empty when there is nothing to say

 private:
  int rows_ = 0, run_ = 0, longest_ = 0, longest_end_ = 0;
  std::uint8_t level_ = 0, longest_level_ = 0;
};

}  // namespace chartscan::scan
