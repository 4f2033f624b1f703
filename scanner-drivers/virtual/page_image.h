// One side of the virtual feeder's paper, as a scanner would give it: in the mode, resolution and window asked for. Where
// these are what the file has, rows are the file's own bytes and nothing is copied. Header only. One thread.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <vector>

#include "scanner-drivers/virtual/pnm.h"

namespace chartscan::scan::virtual_feeder {

enum class Mode { Lineart, Gray, Color };

struct Window {
  int dpi = 300;
  Mode mode = Mode::Gray;
  bool whole_page = true;                           // the feeder measures the paper
  double left = 0, top = 0, right = 0, bottom = 0;  // mm, where it is not
};

constexpr int kUnsaidDpi = 300;

class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat about {};
    if (file >= 0 && ::fstat(file, &about) == 0 && about.st_size > 0) {
      size_ = static_cast<std::size_t>(about.st_size);
      data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    }
    if (file >= 0) ::close(file);
  }
  ~MappedFile() {
    if (data_ != MAP_FAILED) ::munmap(data_, size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::uint8_t> bytes() const {
    if (data_ == MAP_FAILED) return {};
    return {static_cast<const std::uint8_t*>(data_), size_};
  }

 private:
  void* data_ = MAP_FAILED;
  std::size_t size_ = 0;
};

class PageImage {
 public:
  // `blank`: only the size of that paper, nothing on it. Null when the file is no image.
  static std::unique_ptr<PageImage> open(const std::filesystem::path& path, bool blank, const Window& window) {
    auto file = std::make_unique<MappedFile>(path);
    const std::optional<Pnm> pnm = read_pnm(file->bytes());
    if (!pnm) return nullptr;
    return std::unique_ptr<PageImage>(new PageImage(std::move(file), *pnm, blank, window));
  }

  int width() const { return width_; }
  int height() const { return height_; }
  std::size_t row_bytes() const {
    const auto pixels = static_cast<std::size_t>(width_);
    return window_.mode == Mode::Lineart ? (pixels + 7) / 8 : window_.mode == Mode::Gray ? pixels : pixels * 3;
  }

  // `count` bytes of the page from byte `at` on, row after row; pads with white.
  void copy(std::size_t at, std::uint8_t* out, std::size_t count) {
    if (as_it_is_) {
      std::memcpy(out, paper_.pixels.data() + at, count);
      return;
    }
    const std::size_t row = row_bytes();
    while (count > 0) {
      const int y = static_cast<int>(at / row);
      if (y != made_) make_row(y);
      const std::size_t from = at % row, part = std::min(count, row - from);
      std::memcpy(out, row_.data() + from, part);
      at += part, out += part, count -= part;
    }
  }

 private:
  PageImage(std::unique_ptr<MappedFile> file, const Pnm& paper, bool blank, const Window& window)
      : file_(std::move(file)), paper_(paper), blank_(blank), window_(window) {
    const int own = paper.dpi > 0 ? paper.dpi : kUnsaidDpi;
    scale_ = static_cast<double>(own) / window.dpi;
    const auto pixels = [&](double mm) { return static_cast<int>(std::lround(mm / 25.4 * window.dpi)); };
    left_ = window.whole_page ? 0 : pixels(window.left);
    top_ = window.whole_page ? 0 : pixels(window.top);
    width_ = std::max(1, window.whole_page ? static_cast<int>(std::lround(paper.width / scale_)) : pixels(window.right) - left_);
    height_ =
        std::max(1, window.whole_page ? static_cast<int>(std::lround(paper.height / scale_)) : pixels(window.bottom) - top_);
    const bool same_kind = (window.mode == Mode::Lineart && paper.bits == 1) ||
                           (window.mode == Mode::Gray && paper.bits == 8 && paper.channels == 1) ||
                           (window.mode == Mode::Color && paper.bits == 8 && paper.channels == 3);
    as_it_is_ = !blank && same_kind && (paper.bits == 1 || paper.highest == 255) && own == window.dpi && left_ == 0 &&
                top_ == 0 && width_ == paper.width && height_ <= paper.height;
  }

  int sample(int x, int y, int channel) const {
    const std::uint8_t* row = paper_.pixels.data() + static_cast<std::size_t>(y) * paper_.row_bytes();
    if (paper_.bits == 1) return row[x / 8] & (0x80 >> (x % 8)) ? 0 : 255;
    const std::size_t at = static_cast<std::size_t>(x) * paper_.channels + (paper_.channels == 3 ? channel : 0);
    const int value = paper_.bits == 16 ? row[2 * at] << 8 | row[2 * at + 1] : row[at];
    return std::min(255, value * 255 / paper_.highest);
  }

  // The mean over the square of paper that a pixel looks at.
  int level(int x, int y, int channel) const {
    const auto first = [&](int at) { return static_cast<int>(at * scale_); };
    const auto behind = [&](int at) { return std::max(first(at) + 1, static_cast<int>((at + 1) * scale_)); };
    const int x0 = first(x + left_), y0 = first(y + top_);
    const int x1 = std::min(behind(x + left_), paper_.width), y1 = std::min(behind(y + top_), paper_.height);
    if (blank_ || x0 < 0 || y0 < 0 || x0 >= x1 || y0 >= y1) return 255;
    long sum = 0;
    for (int v = y0; v < y1; ++v)
      for (int u = x0; u < x1; ++u) sum += sample(u, v, channel);
    return static_cast<int>(sum / (static_cast<long>(x1 - x0) * (y1 - y0)));
  }

  int gray(int x, int y) const {
    if (paper_.channels == 1) return level(x, y, 0);
    return (299 * level(x, y, 0) + 587 * level(x, y, 1) + 114 * level(x, y, 2)) / 1000;
  }

  void make_row(int y) {
    row_.assign(row_bytes(), 0);
    for (int x = 0; x < width_; ++x) {
      const auto at = static_cast<std::size_t>(x);
      if (window_.mode == Mode::Gray)
        row_[at] = static_cast<std::uint8_t>(gray(x, y));
      else if (window_.mode == Mode::Color)
        for (int c = 0; c < 3; ++c) row_[at * 3 + static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(level(x, y, c));
      else if (gray(x, y) < 128)
        row_[at / 8] |= static_cast<std::uint8_t>(0x80 >> (x % 8));
    }
    made_ = y;
  }

  std::unique_ptr<MappedFile> file_;
  Pnm paper_;
  bool blank_;
  Window window_;
  double scale_ = 1;  // pixels of the file to one of ours
  int left_ = 0, top_ = 0, width_ = 0, height_ = 0;
  bool as_it_is_ = false;
  std::vector<std::uint8_t> row_;
  int made_ = -1;  // the row that row_ holds
};

}  // namespace chartscan::scan::virtual_feeder
