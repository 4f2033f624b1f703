// Rows as a source gives them, turned into rows as the contract wants them (driver.h): packed, RGB, native 16 bit,
// bitonal with 1 = black. Pure; one normaliser a side.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "scanner-drivers/driver.h"

namespace chartscan::scan::twain {

using Rgb = std::array<std::uint8_t, 3>;

struct RawFormat {
  int width = 0, height = -1;
  int samples = 1;             // 1, or 3
  int bits_per_pixel = 8;      // 1, 2, 4, 8, 16 with one sample; 24, 32 (fourth byte unused), 48 with three
  bool zero_is_white = false;  // of one sample without palette
  bool blue_first = false;
  bool low_bit_first = false;
  bool big_endian = false;   // of 16 bit samples
  std::vector<Rgb> palette;  // empty: none
  int dpi_x = 0, dpi_y = 0;

  std::size_t row_bytes() const { return (static_cast<std::size_t>(width) * static_cast<std::size_t>(bits_per_pixel) + 7) / 8; }
};

constexpr int kMaxSidePixels = 200'000;                  // a metre and a half at 3200 dpi
constexpr std::uint64_t kMaxImageBytes = 2'000'000'000;  // of one side, raw

// True where width, height and bits are believable; everything else here relies on it.
bool is_believable(const RawFormat& raw);

class RowNormaliser {
 public:
  // Nothing for a combination of samples and bits that no scanner uses.
  static std::optional<RowNormaliser> create(RawFormat raw);

  const RawFormat& raw() const { return raw_; }
  const SideFormat& format() const { return format_; }
  // `in` holds at least raw().row_bytes(), `out` exactly format().row_bytes().
  void convert(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) const;

 private:
  enum class Kind { Bits, PaletteGray, PaletteColor, Copy, Gray16, Rgb8, Rgb16 };
  void convert_bits(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) const;
  void convert_indexed(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) const;
  void convert_16(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) const;
  void convert_rgb(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) const;

  RawFormat raw_;
  SideFormat format_;
  Kind kind_ = Kind::Copy;
  bool flip_ = false;              // Bits: in's 1 is white
  std::array<Rgb, 256> colors_{};  // of indexed kinds, for every index there can be
};

// Hands normalised rows to a sink, some at a time.
class RowWriter {
 public:
  RowWriter(const RowNormaliser& normaliser, SideSink& sink) : normaliser_(normaliser), sink_(sink) {}
  Status begin() { return sink_.begin(normaliser_.format()); }
  Status row(std::span<const std::uint8_t> raw);
  Status flush();
  int rows() const { return rows_; }

 private:
  const RowNormaliser& normaliser_;
  SideSink& sink_;
  std::vector<std::uint8_t> buffer_;
  int rows_ = 0;
};

}  // namespace chartscan::scan::twain
