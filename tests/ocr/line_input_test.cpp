#include "ocr/lstm/line_input.h"

#include <catch2/catch.hpp>

using namespace chartscan;
using namespace chartscan::ocr::lstm;

namespace {

// Bars of ink and paper, at the network's own height, so that nothing is scaled.
imaging::Image bars(int ink, int paper, int height = kLineHeight) {
  imaging::Image image = imaging::blank_image(200, height, 1, static_cast<std::uint8_t>(paper));
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < image.width; ++x)
      if (x % 10 < 3) image.row(y)[x] = static_cast<std::uint8_t>(ink);
  return image;
}

}  // namespace

TEST_CASE("ink becomes the lowest level and paper the highest, however pale the print", "[ocr][line-input]") {
  for (const auto& [ink, paper] : {std::pair{0, 255}, {100, 160}, {30, 240}}) {
    double scale = 0;
    const LineInput line = line_input(bars(ink, paper), &scale);
    REQUIRE(line.height == kLineHeight);
    REQUIRE(line.width == 200);
    CHECK(scale == 1);
    // The share of the darkest is taken within a level: up to one level more than ink.
    CHECK(line.pixels[1] <= -120);
    CHECK(line.pixels[5] >= 120);
  }
}

TEST_CASE("light print on dark ground is the same line turned over", "[ocr][line-input]") {
  const LineInput dark = line_input(bars(20, 220));
  const LineInput light = line_input(bars(235, 35), nullptr, Print::LightOnDark);
  CHECK(dark.pixels == light.pixels);
}

TEST_CASE("lines are scaled to the network's height, and say by how much", "[ocr][line-input]") {
  double scale = 0;
  const LineInput tall = line_input(bars(0, 255, 72), &scale);
  CHECK(tall.height == kLineHeight);
  CHECK(tall.width == 100);
  CHECK(scale == Approx(0.5));
  const LineInput low = line_input(bars(0, 255, 18), &scale);
  CHECK(low.height == kLineHeight);
  CHECK(low.width == 400);
  CHECK(scale == Approx(2));
}

TEST_CASE("blank paper and no paper at all make no trouble", "[ocr][line-input]") {
  const LineInput blank = line_input(imaging::blank_image(50, 40));
  CHECK(blank.height == kLineHeight);
  for (const std::int8_t level : blank.pixels) REQUIRE(level == blank.pixels.front());
  CHECK(line_input({}).width == 0);
  CHECK(line_input(imaging::blank_image(1, 1)).height == kLineHeight);
  CHECK(line_input(imaging::blank_image(3, 3000)).height >= 0);
}
