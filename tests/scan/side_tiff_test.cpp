// Sides as TIFF: nothing lost, whatever the format, the height and the cuts in which rows arrive.
#include <catch2/catch.hpp>

#include "imaging/decode.h"
#include "scanner-drivers/flat_fill.h"
#include "scanner-drivers/side_tiff.h"
#include "tests/support/random.h"

using namespace chartscan;
using namespace chartscan::scan;

namespace {

std::vector<std::uint8_t> noise(std::size_t bytes) {
  testing::Random random(bytes);
  std::vector<std::uint8_t> all(bytes);
  for (std::uint8_t& byte : all) byte = static_cast<std::uint8_t>(random.below(256));
  return all;
}

// The bits behind the last pixel of a row are no pixels.
void clear_padding(std::vector<std::uint8_t>& bits, int width, std::size_t row) {
  for (std::size_t end = row; end <= bits.size(); end += row)
    if (width % 8) bits[end - 1] &= static_cast<std::uint8_t>(0xff << (8 - width % 8));
}

imaging::Image decoded(const std::vector<std::uint8_t>& tiff) {
  Result<imaging::Decoded> page = imaging::decode_page(imaging::memory_reader(tiff), MediaType::Tiff, 0, {});
  if (!page.ok()) FAIL(to_string(page.error()));
  CHECK(page->findings.empty());
  return page->image;
}

std::vector<std::uint8_t> encoded(const SideFormat& format, const std::vector<std::uint8_t>& pixels, std::size_t rows_at_once) {
  const std::unique_ptr<SideTiff> tiff = make_side_tiff(format);
  const std::size_t piece = rows_at_once * format.row_bytes();
  for (std::size_t at = 0; at < pixels.size(); at += piece)
    REQUIRE(tiff->rows(std::span(pixels).subspan(at, std::min(piece, pixels.size() - at))).ok());
  Result<std::vector<std::uint8_t>> bytes = tiff->finish();
  REQUIRE(bytes.ok());
  return std::move(*bytes);
}

}  // namespace

TEST_CASE("gray and colour sides come out of their TIFF as they went in", "[scan][tiff]") {
  for (const int channels : {1, 3})
    for (const int height : {1, 255, 700, 1500}) {
      CAPTURE(channels, height);
      const SideFormat format{.width = 1001, .height = -1, .channels = channels, .depth = 8, .dpi_x = 300, .dpi_y = 150};
      const std::vector<std::uint8_t> pixels = noise(format.row_bytes() * static_cast<std::size_t>(height));
      const imaging::Image image = decoded(encoded(format, pixels, 100));
      CHECK(image.size() == Size{1001, height});
      CHECK(image.channels == channels);
      CHECK(image.dpi_x == 300);
      CHECK(image.dpi_y == 150);
      CHECK(image.pixels == pixels);
    }
}

TEST_CASE("bitonal sides come out of their TIFF bit for bit, black as black", "[scan][tiff]") {
  for (const int width : {8, 13, 2550})
    for (const int height : {1, 511, 512, 1025}) {
      CAPTURE(width, height);
      const SideFormat format{.width = width, .height = height, .channels = 1, .depth = 1, .dpi_x = 200, .dpi_y = 200};
      std::vector<std::uint8_t> bits = noise(format.row_bytes() * static_cast<std::size_t>(height));
      clear_padding(bits, width, format.row_bytes());
      const imaging::Image image = decoded(encoded(format, bits, 37));
      REQUIRE(image.size() == Size{width, height});
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
          const bool black =
              bits[static_cast<std::size_t>(y) * format.row_bytes() + static_cast<std::size_t>(x) / 8] & (0x80 >> (x % 8));
          if ((image.row(y)[x] == 0) != black) FAIL("pixel " << x << "," << y);
        }
    }
}

TEST_CASE("the same side gives the same bytes, however it is cut on its way", "[scan][tiff]") {
  const SideFormat format{.width = 900, .height = 1200, .channels = 1, .depth = 8, .dpi_x = 100, .dpi_y = 100};
  const std::vector<std::uint8_t> pixels = noise(format.row_bytes() * 1200);
  const std::vector<std::uint8_t> once = encoded(format, pixels, 1200);
  CHECK(encoded(format, pixels, 1) == once);
  CHECK(encoded(format, pixels, 257) == once);
}

TEST_CASE("a side that is given up half way leaves nothing behind", "[scan][tiff]") {
  const SideFormat format{.width = 2000, .height = 3000, .channels = 3, .depth = 8};
  const std::unique_ptr<SideTiff> tiff = make_side_tiff(format);
  CHECK(tiff->rows(noise(format.row_bytes() * 500)).ok());  // destroyed without finish()
}

TEST_CASE("a flat grey rest is seen, with or without white padding behind it, and paper is not", "[scan][tiff]") {
  const std::vector<std::uint8_t> grey(400, 128), white(400, 255), black(400, 0);
  const auto note = [&](const std::vector<std::pair<int, const std::vector<std::uint8_t>*>>& page) {
    FlatFill fill;
    for (const auto& [rows, row] : page)
      for (int i = 0; i < rows; ++i) fill.row(row ? *row : noise(400));
    return fill.note();
  };
  CHECK(note({{300, nullptr}, {200, &grey}}).find("rows 301 to 500 of 500") != std::string::npos);
  CHECK(!note({{300, nullptr}, {200, &grey}, {100, &white}}).empty());
  CHECK(note({{300, nullptr}, {200, &white}}).empty());
  CHECK(note({{300, nullptr}, {200, &black}}).empty());
  CHECK(note({{300, nullptr}, {8, &grey}, {300, nullptr}}).empty());
  CHECK(note({}).empty());
}
