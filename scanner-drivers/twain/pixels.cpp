#include "scanner-drivers/twain/pixels.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace chartscan::scan::twain {
namespace {

constexpr std::size_t kHandOver = 128 * 1024;  // bytes given to the sink at once

std::uint8_t reversed(std::uint8_t byte) {
  byte = static_cast<std::uint8_t>((byte & 0xf0) >> 4 | (byte & 0x0f) << 4);
  byte = static_cast<std::uint8_t>((byte & 0xcc) >> 2 | (byte & 0x33) << 2);
  return static_cast<std::uint8_t>((byte & 0xaa) >> 1 | (byte & 0x55) << 1);
}

int luminance(const Rgb& color) { return (299 * color[0] + 587 * color[1] + 114 * color[2]) / 1000; }
bool is_gray(const Rgb& color) { return color[0] == color[1] && color[1] == color[2]; }

// The gray steps of 2, 4 or 8 bits as a palette.
std::vector<Rgb> gray_steps(int bits, bool zero_is_white) {
  const int last = (1 << bits) - 1;
  std::vector<Rgb> steps;
  for (int index = 0; index <= last; ++index) {
    const auto level = static_cast<std::uint8_t>((zero_is_white ? last - index : index) * 255 / last);
    steps.push_back({level, level, level});
  }
  return steps;
}

}  // namespace

bool is_believable(const RawFormat& raw) {
  if (raw.width <= 0 || raw.width > kMaxSidePixels || raw.height == 0 || raw.height < -1 || raw.height > kMaxSidePixels)
    return false;
  const int bits = raw.bits_per_pixel;
  if (raw.samples == 1 && bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16) return false;
  if (raw.samples == 3 && bits != 24 && bits != 32 && bits != 48) return false;
  if (raw.samples != 1 && raw.samples != 3) return false;
  if (!raw.palette.empty() && (raw.samples != 1 || bits > 8)) return false;
  return raw.height < 0 || static_cast<std::uint64_t>(raw.row_bytes()) * static_cast<std::uint64_t>(raw.height) <= kMaxImageBytes;
}

std::optional<RowNormaliser> RowNormaliser::create(RawFormat raw) {
  if (!is_believable(raw)) return std::nullopt;
  RowNormaliser normaliser;
  normaliser.format_ = {
      .width = raw.width, .height = raw.height, .channels = raw.samples, .depth = 8, .dpi_x = raw.dpi_x, .dpi_y = raw.dpi_y};
  SideFormat& format = normaliser.format_;
  const bool gray_palette = std::all_of(raw.palette.begin(), raw.palette.end(), is_gray);
  if (raw.samples == 3) {
    normaliser.kind_ = raw.bits_per_pixel == 48 ? Kind::Rgb16 : Kind::Rgb8;
    if (raw.bits_per_pixel == 48) format.depth = 16;
  } else if (raw.bits_per_pixel == 16) {
    normaliser.kind_ = Kind::Gray16;
    format.depth = 16;
  } else if (raw.bits_per_pixel == 1 && gray_palette) {
    normaliser.kind_ = Kind::Bits;
    format.depth = 1;
    normaliser.flip_ = raw.palette.size() >= 2 ? luminance(raw.palette[0]) < luminance(raw.palette[1]) : !raw.zero_is_white;
  } else if (raw.bits_per_pixel == 8 && raw.palette.empty() && !raw.zero_is_white) {
    normaliser.kind_ = Kind::Copy;
  } else {
    normaliser.kind_ = gray_palette ? Kind::PaletteGray : Kind::PaletteColor;
    format.channels = gray_palette ? 1 : 3;
    if (raw.palette.empty()) raw.palette = gray_steps(raw.bits_per_pixel, raw.zero_is_white);
    std::copy_n(raw.palette.begin(), std::min<std::size_t>(raw.palette.size(), 256), normaliser.colors_.begin());
  }
  normaliser.raw_ = std::move(raw);
  return normaliser;
}

void RowNormaliser::convert(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) const {
  switch (kind_) {
    case Kind::Bits: return convert_bits(in, out);
    case Kind::PaletteGray:
    case Kind::PaletteColor: return convert_indexed(in, out);
    case Kind::Copy: std::memcpy(out.data(), in.data(), out.size()); return;
    case Kind::Gray16:
    case Kind::Rgb16: return convert_16(in, out);
    case Kind::Rgb8: return convert_rgb(in, out);
  }
}

void RowNormaliser::convert_bits(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) const {
  const std::uint8_t mask = flip_ ? 0xff : 0;
  for (std::size_t at = 0; at < out.size(); ++at) {
    const std::uint8_t byte = raw_.low_bit_first ? reversed(in[at]) : in[at];
    out[at] = byte ^ mask;
  }
  // What lies behind the last pixel is white, whatever the source left there.
  if (const int used = raw_.width % 8; used != 0) out.back() &= static_cast<std::uint8_t>(0xff << (8 - used));
}

void RowNormaliser::convert_indexed(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) const {
  const int bits = raw_.bits_per_pixel, per_byte = 8 / bits, mask = (1 << bits) - 1;
  std::size_t at = 0;
  for (int x = 0; x < raw_.width; ++x) {
    const int place = raw_.low_bit_first ? x % per_byte : per_byte - 1 - x % per_byte;
    const Rgb& color = colors_[static_cast<std::size_t>(in[static_cast<std::size_t>(x / per_byte)] >> (place * bits) & mask)];
    for (int channel = 0; channel < format_.channels; ++channel) out[at++] = color[static_cast<std::size_t>(channel)];
  }
}

void RowNormaliser::convert_16(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) const {
  const bool swap = raw_.big_endian != (std::endian::native == std::endian::big);
  for (std::size_t at = 0; at + 1 < out.size(); at += 2) {
    out[at] = in[at + (swap ? 1 : 0)];
    out[at + 1] = in[at + (swap ? 0 : 1)];
    if (kind_ == Kind::Gray16 && raw_.zero_is_white) {
      out[at] = static_cast<std::uint8_t>(~out[at]);
      out[at + 1] = static_cast<std::uint8_t>(~out[at + 1]);
    }
  }
  if (kind_ != Kind::Rgb16 || !raw_.blue_first) return;
  for (std::size_t at = 0; at + 5 < out.size(); at += 6) std::swap_ranges(&out[at], &out[at] + 2, &out[at + 4]);
}

void RowNormaliser::convert_rgb(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) const {
  const std::size_t step = static_cast<std::size_t>(raw_.bits_per_pixel) / 8;
  if (step == 3 && !raw_.blue_first) {
    std::memcpy(out.data(), in.data(), out.size());
    return;
  }
  const std::size_t red = raw_.blue_first ? 2 : 0;
  for (std::size_t from = 0, to = 0; to < out.size(); from += step, to += 3) {
    out[to] = in[from + red];
    out[to + 1] = in[from + 1];
    out[to + 2] = in[from + 2 - red];
  }
}

Status RowWriter::row(std::span<const std::uint8_t> raw) {
  const std::size_t size = normaliser_.format().row_bytes();
  const std::size_t at = buffer_.size();
  buffer_.resize(at + size);
  normaliser_.convert(raw, std::span(buffer_).subspan(at, size));
  ++rows_;
  return buffer_.size() >= kHandOver ? flush() : Status();
}

Status RowWriter::flush() {
  if (buffer_.empty()) return {};
  Status handed = sink_.rows(buffer_);
  buffer_.clear();
  return handed;
}

}  // namespace chartscan::scan::twain
