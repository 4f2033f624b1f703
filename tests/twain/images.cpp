#include "tests/twain/images.h"

#include <algorithm>

namespace chartscan::fake_twain {
namespace {

class Bytes {
 public:
  explicit Bytes(bool big_endian = false) : big_endian_(big_endian) {}
  void add(std::uint64_t value, int size) {
    for (int index = 0; index < size; ++index)
      bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * (big_endian_ ? size - 1 - index : index))));
  }
  void add(const std::vector<std::uint8_t>& more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }
  std::size_t size() const { return bytes_.size(); }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
  bool big_endian_;
};

int rows_there(const Picture& picture, const Shape& shape) {
  return shape.rows < 0 ? picture.height : std::min(shape.rows, picture.height);
}

}  // namespace

std::vector<std::uint8_t> device_row(const Picture& picture, int y, bool vanilla, bool low_bit_first) {
  const std::uint8_t* from = picture.pixels.data() + static_cast<std::size_t>(y) * picture.row_bytes();
  std::vector<std::uint8_t> row(from, from + picture.row_bytes());
  const bool flip = picture.depth == 1 ? !vanilla : vanilla && picture.channels == 1;
  for (std::uint8_t& byte : row) {
    if (flip) byte = static_cast<std::uint8_t>(~byte);
    if (picture.depth != 1 || !low_bit_first) continue;
    std::uint8_t turned = 0;
    for (int bit = 0; bit < 8; ++bit) turned |= static_cast<std::uint8_t>((byte >> bit & 1) << (7 - bit));
    byte = turned;
  }
  return row;
}

std::vector<std::uint8_t> as_tiff(const Picture& picture, const Shape& shape) {
  constexpr int kRowsPerStrip = 50, kEntries = 13;
  const int strips = (picture.height + kRowsPerStrip - 1) / kRowsPerStrip, there = rows_there(picture, shape);
  const std::size_t directory = 8, tail = directory + 2 + 12 * kEntries + 4;
  const std::size_t rationals = tail, bits_at = rationals + 16, offsets_at = bits_at + 8, counts_at = offsets_at + 4u * strips;
  const std::size_t pixels_at = counts_at + 4u * strips;
  const auto rows_in = [&](int strip) {
    return std::clamp(there - strip * kRowsPerStrip, 0, std::min(kRowsPerStrip, picture.height - strip * kRowsPerStrip));
  };

  Bytes file(shape.big_endian);
  file.add(shape.big_endian ? std::vector<std::uint8_t>{'M', 'M'} : std::vector<std::uint8_t>{'I', 'I'});
  file.add(42, 2);
  file.add(directory, 4);
  file.add(kEntries, 2);
  const auto entry = [&](int tag, int type, std::size_t count, std::size_t value) {
    file.add(static_cast<std::uint64_t>(tag), 2);
    file.add(static_cast<std::uint64_t>(type), 2);
    file.add(count, 4);
    if (type == 3 && count == 1)
      file.add(value, 2), file.add(0, 2);
    else
      file.add(value, 4);
  };
  const int photometric = picture.channels == 3 ? 2 : shape.white_is_zero ? 0 : 1;
  entry(256, 4, 1, static_cast<std::size_t>(picture.width));
  entry(257, 4, 1, static_cast<std::size_t>(picture.height));
  entry(258, 3, static_cast<std::size_t>(picture.channels),
        picture.channels == 1 ? static_cast<std::size_t>(picture.depth) : bits_at);
  entry(259, 3, 1, 1);
  entry(262, 3, 1, static_cast<std::size_t>(photometric));
  entry(273, 4, static_cast<std::size_t>(strips), strips == 1 ? pixels_at : offsets_at);
  entry(277, 3, 1, static_cast<std::size_t>(picture.channels));
  entry(278, 4, 1, kRowsPerStrip);
  entry(279, 4, static_cast<std::size_t>(strips),
        strips == 1 ? picture.row_bytes() * static_cast<std::size_t>(rows_in(0)) : counts_at);
  entry(282, 5, 1, rationals);
  entry(283, 5, 1, rationals + 8);
  entry(284, 3, 1, 1);
  entry(296, 3, 1, 2);
  file.add(0, 4);
  for (int axis = 0; axis < 2; ++axis) file.add(static_cast<std::uint64_t>(shape.dpi), 4), file.add(1, 4);
  for (int sample = 0; sample < 4; ++sample) file.add(static_cast<std::uint64_t>(picture.depth), 2);
  std::size_t at = pixels_at;
  for (int strip = 0; strip < strips; ++strip)
    file.add(at, 4), at += picture.row_bytes() * static_cast<std::size_t>(rows_in(strip));
  for (int strip = 0; strip < strips; ++strip) file.add(picture.row_bytes() * static_cast<std::size_t>(rows_in(strip)), 4);
  for (int y = 0; y < there; ++y) {
    std::vector<std::uint8_t> row = device_row(picture, y, picture.channels == 1 && shape.white_is_zero, false);
    if (picture.depth == 16 && shape.big_endian)
      for (std::size_t byte = 0; byte + 1 < row.size(); byte += 2) std::swap(row[byte], row[byte + 1]);
    file.add(row);
  }
  return file.take();
}

std::vector<std::uint8_t> as_dib(const Picture& picture, const Shape& shape) {
  const int bits = picture.channels * picture.depth;
  const int colors = bits <= 8 ? 1 << bits : 0;
  const std::size_t stride = (picture.row_bytes() + 3) / 4 * 4;
  Bytes file;
  file.add(40, 4);
  file.add(static_cast<std::uint64_t>(picture.width), 4);
  file.add(static_cast<std::uint64_t>(picture.height), 4);
  file.add(1, 2);
  file.add(static_cast<std::uint64_t>(bits), 2);
  file.add(0, 4);
  file.add(stride * static_cast<std::size_t>(picture.height), 4);
  for (int axis = 0; axis < 2; ++axis) file.add(static_cast<std::uint64_t>(shape.dpi * 10000 / 254), 4);
  file.add(static_cast<std::uint64_t>(colors), 4);
  file.add(0, 4);
  for (int color = 0; color < colors; ++color) {
    const auto level = static_cast<std::uint64_t>((shape.white_is_zero ? colors - 1 - color : color) * 255 / (colors - 1));
    for (int channel = 0; channel < 3; ++channel) file.add(level, 1);
    file.add(0, 1);
  }
  // Upside down: the rows that are missing are the top ones.
  for (int y = picture.height - 1; y >= picture.height - rows_there(picture, shape); --y) {
    std::vector<std::uint8_t> row = device_row(picture, y, shape.white_is_zero, false);
    if (picture.channels == 3)
      for (std::size_t pixel = 0; pixel + 2 < row.size(); pixel += 3) std::swap(row[pixel], row[pixel + 2]);
    row.resize(stride);
    file.add(row);
  }
  return file.take();
}

std::vector<std::uint8_t> as_bmp(const Picture& picture, const Shape& shape) {
  const std::vector<std::uint8_t> dib = as_dib(picture, shape);
  const int bits = picture.channels * picture.depth;
  Bytes file;
  file.add({'B', 'M'});
  file.add(14 + dib.size(), 4);
  file.add(0, 4);
  file.add(14u + 40u + (bits <= 8 ? 4u << bits : 0u), 4);
  file.add(dib);
  return file.take();
}

}  // namespace chartscan::fake_twain
