#include "scanner-drivers/flat_fill.h"

#include <cstring>

#include <fmt/format.h>

namespace chartscan::scan {

namespace {

constexpr int kLongRun = 24;  // rows: three blocks of a JPEG; drawn test pages have no run of grey this even
constexpr std::uint8_t kDarkest = 16, kLightest = 239;  // beyond: lid and paper, which devices pad with

bool is_flat(std::span<const std::uint8_t> samples) {
  return !samples.empty() && std::memcmp(samples.data(), samples.data() + 1, samples.size() - 1) == 0;
}

}  // namespace

void FlatFill::row(std::span<const std::uint8_t> samples) {
  ++rows_;
  if (samples.empty() || samples[0] < kDarkest || samples[0] > kLightest || !is_flat(samples)) {
    run_ = 0;
    return;
  }
  run_ = run_ > 0 && level_ == samples[0] ? run_ + 1 : 1;
  level_ = samples[0];
  if (run_ <= longest_) return;
  longest_ = run_;
  longest_end_ = rows_;
  longest_level_ = level_;
}

std::string FlatFill::note() const {
  if (longest_ < kLongRun) return {};
  return fmt::format("rows {} to {} of {} are one flat grey (level {}): image data may be missing; compare with the paper",
                     longest_end_ - longest_ + 1, longest_end_, rows_, longest_level_);
}

}  // namespace chartscan::scan
