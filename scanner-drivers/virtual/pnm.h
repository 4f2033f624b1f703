// The header of a binary PBM, PGM or PPM image, checked against the bytes that are there. A comment "# dpi 300" says the
// resolution. Header only and of the standard library only, so that the virtual feeder stands alone. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace chartscan::scan::virtual_feeder {

struct Pnm {
  int channels = 1;  // 3 for PPM
  int bits = 8;      // a sample: 1, 8, 16 (high byte first)
  int width = 0, height = 0;
  int highest = 255;                     // value of white
  int dpi = 0;                           // 0 = not said
  std::span<const std::uint8_t> pixels;  // inside the bytes given

  std::size_t row_bytes() const { return (static_cast<std::size_t>(width) * channels * bits + 7) / 8; }
};

class PnmHeader {
 public:
  explicit PnmHeader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::optional<Pnm> read() {
    Pnm image;
    if (bytes_.size() < 3 || bytes_[0] != 'P' || bytes_[1] < '4' || bytes_[1] > '6') return std::nullopt;
    at_ = 2;
    const bool bitmap = bytes_[1] == '4';
    image.channels = bytes_[1] == '6' ? 3 : 1;
    if (!number(image.width, kWidest) || !number(image.height, kWidest) || (!bitmap && !number(image.highest, 65535)))
      return std::nullopt;
    image.bits = bitmap ? 1 : image.highest > 255 ? 16 : 8;
    image.dpi = dpi_;
    if (at_ >= bytes_.size() || !blank(bytes_[at_])) return std::nullopt;  // exactly one before the pixels
    const std::size_t needed = image.row_bytes() * static_cast<std::size_t>(image.height);
    if (bytes_.size() - at_ - 1 < needed) return std::nullopt;
    image.pixels = bytes_.subspan(at_ + 1, needed);
    return image;
  }

 private:
  static constexpr int kWidest = 100'000;  // pixels

  static bool blank(std::uint8_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  void comment() {
    const std::size_t start = at_;
    while (at_ < bytes_.size() && bytes_[at_] != '\n') ++at_;
    const std::string_view text(reinterpret_cast<const char*>(bytes_.data()) + start, at_ - start);
    constexpr std::string_view kDpi = "# dpi ";
    if (!text.starts_with(kDpi)) return;
    int value = 0;
    for (const char c : text.substr(kDpi.size(), 4)) {
      if (c < '0' || c > '9') break;
      value = value * 10 + (c - '0');
    }
    dpi_ = value;
  }

  bool number(int& into, int most) {
    while (at_ < bytes_.size() && (blank(bytes_[at_]) || bytes_[at_] == '#')) {
      if (bytes_[at_] == '#')
        comment();
      else
        ++at_;
    }
    long value = 0;
    const std::size_t start = at_;
    for (; at_ < bytes_.size() && bytes_[at_] >= '0' && bytes_[at_] <= '9' && value <= most; ++at_)
      value = value * 10 + (bytes_[at_] - '0');
    into = static_cast<int>(value <= most ? value : 0);
    return at_ > start && into > 0;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  int dpi_ = 0;
};

inline std::optional<Pnm> read_pnm(std::span<const std::uint8_t> bytes) { return PnmHeader(bytes).read(); }

}  // namespace chartscan::scan::virtual_feeder
