#include "tests/scan/rigs/sheets.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "imaging/decode.h"
#include "tests/support/random.h"

namespace chartscan::testing {

namespace {

namespace fs = std::filesystem;

constexpr int kWidth = 425, kHeight = 550;  // pixels: half of Letter each way
constexpr int kSquare = 24, kBits = 15;     // of the number, along the upper edge: black = 1, the lowest bit is the side
constexpr int kEdge = 20;

Box square(int bit) { return {kEdge + bit * kSquare, kEdge, kEdge + (bit + 1) * kSquare, kEdge + kSquare}; }

void fill(imaging::Image& image, const Box& box, std::uint8_t level) {
  for (int y = box.y0; y < box.y1; ++y) std::fill_n(image.row(y) + box.x0, box.width(), level);
}

void write_all(const fs::path& path, const std::string& header, const std::vector<std::uint8_t>& bytes) {
  std::ofstream out(path, std::ios::binary);
  out << header;
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

fs::path side_path(const fs::path& tray, SideNumber side, const std::string& extension) {
  return tray / (sheet_name(side.sheet) + (side.side == 0 ? "-front." : "-back.") + extension);
}

}  // namespace

std::string sheet_name(int sheet) { return fmt::format("{:04}", sheet); }

imaging::Image numbered_side(SideNumber number) {
  imaging::Image image = imaging::blank_image(kWidth, kHeight);
  Random random(static_cast<std::uint64_t>(number.sheet * 2 + number.side));
  for (std::uint8_t& level : image.pixels) level = static_cast<std::uint8_t>(180 + random.below(70));
  const int code = number.sheet * 2 + number.side;
  for (int bit = 0; bit < kBits; ++bit) fill(image, square(bit), code >> bit & 1 ? 0 : 255);
  return image;
}

std::optional<SideNumber> number_on(const imaging::Image& image) {
  const imaging::Image gray = image.channels == 1 ? image : imaging::to_gray(image);
  int code = 0;
  for (int bit = 0; bit < kBits; ++bit) {
    const Box box = square(bit);
    if (box.x1 > gray.width || box.y1 > gray.height) return std::nullopt;
    const int level = gray.row((box.y0 + box.y1) / 2)[(box.x0 + box.x1) / 2];
    if (level > 100 && level < 200) return std::nullopt;
    if (level <= 100) code |= 1 << bit;
  }
  if (code < 2) return std::nullopt;
  return SideNumber{code / 2, code % 2};
}

void write_pgm(const fs::path& path, const imaging::Image& gray, int dpi) {
  write_all(path, fmt::format("P5\n# dpi {}\n{} {}\n255\n", dpi, gray.width, gray.height), gray.pixels);
}

void write_pbm(const fs::path& path, const imaging::Image& gray, int dpi) {
  const std::size_t row = (static_cast<std::size_t>(gray.width) + 7) / 8;
  std::vector<std::uint8_t> bits(row * static_cast<std::size_t>(gray.height), 0);
  for (int y = 0; y < gray.height; ++y)
    for (int x = 0; x < gray.width; ++x)
      if (gray.row(y)[x] < 128)
        bits[static_cast<std::size_t>(y) * row + static_cast<std::size_t>(x) / 8] |= static_cast<std::uint8_t>(0x80 >> (x % 8));
  write_all(path, fmt::format("P4\n# dpi {}\n{} {}\n", dpi, gray.width, gray.height), bits);
}

void put_sheets(const fs::path& tray, int first, int last) {
  fs::create_directories(tray);
  for (int sheet = first; sheet <= last; ++sheet)
    for (const int side : {0, 1}) write_pgm(side_path(tray, {sheet, side}, "pgm"), numbered_side({sheet, side}), kSheetDpi);
}

void plan_fault(const fs::path& tray, SideNumber side, const std::string& fault) {
  std::ofstream(side_path(tray, side, "pnm.fault")) << fault << "\n";
}

void put_back_from(const fs::path& tray, int sheet) {
  for (const int number : sheets_in(tray / "out"))
    if (number >= sheet)
      for (const int side : {0, 1}) {
        const fs::path name = side_path({}, {number, side}, "pgm");
        std::error_code none;
        fs::rename(tray / "out" / name, tray / name, none);
      }
}

std::vector<int> sheets_in(const fs::path& folder) {
  std::set<int> sheets;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (const std::string name = entry.path().filename().string();
        name.find("-front.p") != std::string::npos && !name.ends_with(".fault"))
      sheets.insert(std::stoi(name));
  return {sheets.begin(), sheets.end()};
}

imaging::Image image_of(const scan::Delivery& delivery) {
  Result<imaging::Decoded> decoded = imaging::decode_page(delivery.bytes, delivery.media, 0, {});
  if (!decoded.ok()) throw std::runtime_error("a delivered side cannot be decoded: " + to_string(decoded.error()));
  if (!decoded->findings.empty())
    throw std::runtime_error("the decoder complains about a delivered side: " + decoded->findings.front().detail);
  return std::move(decoded->image);
}

}  // namespace chartscan::testing
