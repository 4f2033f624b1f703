#include "ocr/lstm/line_input.h"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>

namespace chartscan::ocr::lstm {
namespace {

constexpr double kBlackShare = 0.25, kWhiteShare = 0.75;  // of the darkest and the lightest points along the middle of the line

struct PixDeleter {
  void operator()(Pix* pix) const { pixDestroy(&pix); }
};
using PixPointer = std::unique_ptr<Pix, PixDeleter>;

PixPointer to_pix(const imaging::Image& gray) {
  PixPointer pix(pixCreateNoInit(gray.width, gray.height, 8));
  if (!pix) return pix;
  pixSetPadBits(pix.get(), 0);
  for (int y = 0; y < gray.height; ++y)
    std::memcpy(pixGetData(pix.get()) + static_cast<std::ptrdiff_t>(y) * pixGetWpl(pix.get()), gray.row(y),
                static_cast<std::size_t>(gray.width));
  pixEndianByteSwap(pix.get());  // Leptonica keeps bytes in words, the first one highest
  return pix;
}

// Of an image that nobody needs any more.
imaging::Image to_image(PixPointer pix) {
  imaging::Image image = imaging::blank_image(pixGetWidth(pix.get()), pixGetHeight(pix.get()));
  pixEndianByteSwap(pix.get());
  for (int y = 0; y < image.height; ++y)
    std::memcpy(image.row(y), pixGetData(pix.get()) + static_cast<std::ptrdiff_t>(y) * pixGetWpl(pix.get()),
                static_cast<std::size_t>(image.width));
  return image;
}

// What pixScale sharpens with after scaling by `factor` (Leptonica 1.82, scale1.c): half the window, share of the difference to
// it.
struct Sharpening {
  int half = 0;
  float share = 0;
};
Sharpening sharpening_after(float factor) {
  if (factor == 1.0F || factor <= 0.2F || factor >= 1.4F) return {};
  return factor < 0.7F ? Sharpening{1, 0.2F} : Sharpening{2, 0.4F};
}

// Away from the mean of the window, as pixUnsharpMaskingGray2D rounds it; pixels at the edges stay.
imaging::Image sharpened(const imaging::Image& image, const Sharpening& by) {
  imaging::Image sharp = image;
  const int side = 2 * by.half + 1, inner = image.width - 2 * by.half;
  if (by.half == 0 || inner <= 0 || image.height < side) return sharp;
  const float one = static_cast<float>(1.0 / (side * side));
  std::vector<std::int32_t> columns(static_cast<std::size_t>(image.width)), sums(static_cast<std::size_t>(inner));
  const auto add_row = [&](int y, int sign) {
    const std::uint8_t* from = image.row(y);
    for (std::size_t x = 0; x < columns.size(); ++x) columns[x] += sign * from[x];
  };
  for (int y = 0; y < side - 1; ++y) add_row(y, 1);
  for (int y = by.half; y < image.height - by.half; ++y) {
    add_row(y + by.half, 1);
    if (y > by.half) add_row(y - by.half - 1, -1);
    std::fill(sums.begin(), sums.end(), 0);
    for (int shift = 0; shift < side; ++shift)
      for (std::size_t x = 0; x < sums.size(); ++x) sums[x] += columns[x + static_cast<std::size_t>(shift)];
    const std::uint8_t* from = image.row(y) + by.half;
    std::uint8_t* to = sharp.row(y) + by.half;
    for (std::size_t x = 0; x < sums.size(); ++x) {
      const auto level = static_cast<float>(from[x]);
      const float moved = level + by.share * (level - one * static_cast<float>(sums[x]));
      to[x] = static_cast<std::uint8_t>(std::clamp(static_cast<int>(static_cast<double>(moved) + 0.5), 0, 255));
    }
  }
  return sharp;
}

imaging::Image scaled(const imaging::Image& gray, float factor) {
  if (factor == 1.0F) return gray;
  const PixPointer pix = to_pix(gray);
  PixPointer scaled(pix ? pixScaleGeneral(pix.get(), factor, factor, 0, 0) : nullptr);
  if (!scaled || pixGetDepth(scaled.get()) != 8) return {};
  return sharpened(to_image(std::move(scaled)), sharpening_after(factor));
}

// To the height wanted: twice where rounding missed it the first time, as Tesseract does it (ImageData::PreScale, then
// Input::PreparePixInput).
imaging::Image scaled_line(const imaging::Image& gray, int height, float& factor) {
  if (gray.empty() || gray.channels != 1) return {};
  factor = static_cast<float>(height) / static_cast<float>(gray.height);
  imaging::Image line = scaled(gray, factor);
  if (!line.empty() && line.height != height) line = scaled(line, static_cast<float>(height) / static_cast<float>(line.height));
  return line.height == height ? line : imaging::Image{};
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
