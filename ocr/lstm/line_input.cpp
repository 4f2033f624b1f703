#include "ocr/lstm/line_input.h"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <array>
#include <memory>

namespace chartscan::ocr::lstm {
namespace {

constexpr double kBlackShare = 0.25, kWhiteShare = 0.75;  // of the darkest and the lightest points along the middle of the line

struct PixDeleter {
  void operator()(Pix* pix) const { pixDestroy(&pix); }
};
using PixPointer = std::unique_ptr<Pix, PixDeleter>;

PixPointer to_pix(const imaging::Image& gray) {
  PixPointer pix(pixCreate(gray.width, gray.height, 8));
  if (!pix) return pix;
  for (int y = 0; y < gray.height; ++y) {
    l_uint32* line = pixGetData(pix.get()) + static_cast<std::ptrdiff_t>(y) * pixGetWpl(pix.get());
    const std::uint8_t* from = gray.row(y);
    for (int x = 0; x < gray.width; ++x) SET_DATA_BYTE(line, x, from[x]);
  }
  return pix;
}

// To the height wanted: twice where rounding missed it the first time, as Tesseract does it (ImageData::PreScale, then
// Input::PreparePixInput).
PixPointer scaled_to_height(PixPointer pix, int height, float& factor) {
  factor = static_cast<float>(height) / static_cast<float>(pixGetHeight(pix.get()));
  pix.reset(pixScale(pix.get(), factor, factor));
  if (!pix || pixGetHeight(pix.get()) == height) return pix;
  const float again = static_cast<float>(height) / static_cast<float>(pixGetHeight(pix.get()));
  return PixPointer(pixScale(pix.get(), again, again));
}

imaging::Image scaled_line(const imaging::Image& gray, int height, float& factor) {
  imaging::Image line;
  if (gray.empty() || gray.channels != 1) return line;
  const PixPointer scaled = scaled_to_height(to_pix(gray), height, factor);
  if (!scaled || pixGetHeight(scaled.get()) != height || pixGetDepth(scaled.get()) != 8) return line;
  line = imaging::blank_image(pixGetWidth(scaled.get()), height);
  for (int y = 0; y < height; ++y) {
    const l_uint32* from = pixGetData(scaled.get()) + static_cast<std::ptrdiff_t>(y) * pixGetWpl(scaled.get());
    std::uint8_t* to = line.row(y);
    for (int x = 0; x < line.width; ++x) to[x] = static_cast<std::uint8_t>(GET_DATA_BYTE(from, x));
  }
  return line;
}

class Histogram {
 public:
  void add(int level) {
    ++counts_[static_cast<std::size_t>(level)];
    ++total_;
  }
  bool empty() const { return total_ == 0; }

  // The level below which `share` of all lies, linear within a level (STATS::ile).
  double share(double share) const {
    const double target = std::max(share * total_, 1.0);
    int sum = 0;
    std::size_t level = 0;
    while (level < counts_.size() && sum < target) sum += counts_[level++];
    return static_cast<double>(level) - (sum - target) / counts_[level - 1];
  }

 private:
  std::array<int, 256> counts_{};
  int total_ = 0;
};

// A row through the middle of the line crosses its letters: its local minima are ink, its local maxima paper.
std::pair<float, float> black_and_white(const imaging::Image& line) {
  Histogram minima, maxima;
  const std::uint8_t* row = line.row(line.height / 2);
  for (int x = 1; x + 1 < line.width; ++x) {
    const int before = row[x - 1], level = row[x], after = row[x + 1];
    if ((level < before && level <= after) || (level <= before && level < after)) minima.add(level);
    if ((level > before && level >= after) || (level >= before && level > after)) maxima.add(level);
  }
  if (minima.empty()) minima.add(0);
  if (maxima.empty()) maxima.add(255);
  return {static_cast<float>(minima.share(kBlackShare)), static_cast<float>(maxima.share(kWhiteShare))};
}

// Black to white becomes -127..127. A table, since there are only 256 levels (NetworkIO::SetPixel).
std::array<std::int8_t, 256> stretched_levels(float black, float white) {
  float contrast = (white - black) / 2;
  if (contrast <= 0) contrast = 1;
  std::array<std::int8_t, 256> table{};
  for (int level = 0; level < 256; ++level) {
    const float value = 128 * ((static_cast<float>(level) - black) / contrast - 1);
    const int rounded = value >= 0 ? static_cast<int>(value + 0.5F) : -static_cast<int>(-value + 0.5F);
    table[static_cast<std::size_t>(level)] = static_cast<std::int8_t>(std::clamp(rounded, -127, 127));
  }
  return table;
}

}  // namespace

LineInput line_input(const imaging::Image& gray, double* scale, Print print, int height) {
  float factor = 1;
  imaging::Image line = scaled_line(gray, height, factor);
  if (scale) *scale = factor;
  if (line.empty()) return {};
  if (print == Print::LightOnDark)
    for (std::uint8_t& level : line.pixels) level = static_cast<std::uint8_t>(255 - level);
  const auto [black, white] = black_and_white(line);
  const std::array<std::int8_t, 256> table = stretched_levels(black, white);
  LineInput input{line.width, line.height, std::vector<std::int8_t>(line.pixels.size())};
  std::transform(line.pixels.begin(), line.pixels.end(), input.pixels.begin(), [&](std::uint8_t level) { return table[level]; });
  return input;
}

}  // namespace chartscan::ocr::lstm
