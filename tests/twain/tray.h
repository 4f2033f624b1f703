// A tray folder as a feeder, the same folder that the virtual SANE feeder takes: 0001-front.pnm (or .pgm, .pbm, .ppm),
// 0001-back.pnm (missing: a white back), 0003-front.pnm.fault with one fault that strikes once. A sheet moves to out/ when its last side was taken, so one that jammed is fed again. State is in the folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace chartscan::fake_twain {

// Packed rows, top to bottom; bitonal 1 = black; 16 bit native.
struct Picture {
  int width = 0, height = 0, channels = 1, depth = 8;
  std::vector<std::uint8_t> pixels;
  std::size_t row_bytes() const { return (static_cast<std::size_t>(width) * channels * depth + 7) / 8; }
};

std::optional<Picture> read_pnm(const std::filesystem::path& path);
Picture converted(const Picture& from, int channels, int depth);

struct TrayFault {
  std::string kind;  // "jam", "double", ...
  int amount = 0;    // percent or seconds
};

class Tray {
 public:
  struct Side {
    std::string sheet;  // "0003"
    int side = 0;
    bool last_of_sheet = true;
  };

  Tray(std::filesystem::path folder, bool duplex);
  std::size_t sides_left() const { return sides_.size() - at_; }
  const Side& next() const { return sides_[at_]; }
  std::optional<Picture> picture() const;                    // of the next side
  std::optional<TrayFault> take_fault(bool at_start) const;  // of the next side, once
  void taken();                                              // the next side is acknowledged
  static bool has_paper(const std::filesystem::path& folder);

 private:
  std::optional<std::filesystem::path> file(const Side& side) const;
  std::filesystem::path folder_;
  std::vector<Side> sides_;
  std::size_t at_ = 0;
};

}  // namespace chartscan::fake_twain
