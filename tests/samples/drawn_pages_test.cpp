// The drawing code of tests/support is itself a measuring stick: these hold it to what it promises.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/draw.h"
#include "tests/support/marks.h"

using namespace chartscan;
using namespace chartscan::testing;

namespace {

// The angle of the dark pixels of an image that shows one long thin line, counter-clockwise positive: least squares.
double angle_of_line(const imaging::Image& image) {
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const double ink = 255 - image.row(y)[x];
      n += ink, sx += ink * x, sy += ink * y, sxx += ink * x * x, sxy += ink * x * y;
    }
  }
  const double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  return -std::atan(slope) * 180 / 3.14159265358979323846;
}

Paper ruled_paper() {
  Paper paper;
  paper.line({100, 396}, {512, 396}, 2);
  return paper;
}

// Mean ink in a box, 0..1.
double ink_in(const imaging::Image& image, const Box& box) {
  double ink = 0;
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) ink += (255 - image.row(y)[x]) / 255.0;
  }
  return ink / (static_cast<double>(box.width()) * box.height());
}

}  // namespace

TEST_CASE("a page drawn with a skew has exactly that skew, counter-clockwise positive", "[support][skew]") {
  for (const double asked : {-6.0, -0.35, 0.0, 0.2, 1.5, 4.5}) {
    Scan scan;
    scan.dpi = 200;
    scan.skew = {asked};
    CHECK(angle_of_line(scanned(ruled_paper(), scan)) == Approx(asked).margin(0.005));
  }
}

TEST_CASE("the clockwise turn given with a page makes it upright again", "[support]") {
  Scan upright;
  upright.dpi = 100;
  upright.skew = {2};
  const auto expected = draw_text_page(some_lines(20), upright);
  for (const int rotation : {90, 180, 270}) {
    Scan scan = upright;
    scan.rotation = rotation;
    const auto delivered = draw_text_page(some_lines(20), scan);
    CHECK((delivered.width == expected.width) == (rotation == 180));
    CHECK(turned_clockwise(delivered, rotation).pixels == expected.pixels);
  }
}

TEST_CASE("every drawn word has ink inside its box and the page says its text in order", "[support]") {
  const auto lines = some_lines(10);
  const Paper paper = text_paper(lines);
  CHECK(paper.text().substr(0, lines[0].size() + 1) == lines[0] + "\n");
  CHECK(paper.words().front().text == "The");
  for (const int rotation : {0, 90, 180, 270}) {
    Scan scan;
    scan.dpi = 150;
    scan.skew = {-3};
    scan.rotation = rotation;
    const auto image = scanned(paper, scan);
    const auto bare = scanned(Paper(), scan);
    for (const auto& word : paper.words()) {
      const Box box = scanned_box(word.box, paper.size(), scan);
      CHECK(ink_in(image, box) > 0.05);
      CHECK(ink_in(bare, box) == 0);
    }
  }
}

TEST_CASE("noise, speckle and faint print change the pixels by what was asked", "[support]") {
  Scan scan;
  scan.dpi = 100;
  scan.paper_level = 128;
  scan.noise = 12;
  const auto image = scanned(Paper(), scan);
  double sum = 0, squares = 0;
  for (const auto level : image.pixels) sum += level, squares += static_cast<double>(level) * level;
  const double mean = sum / image.pixels.size();
  CHECK(mean == Approx(128).margin(0.5));
  CHECK(std::sqrt(squares / image.pixels.size() - mean * mean) == Approx(12).margin(0.3));

  Scan faint;
  faint.dpi = 100;
  faint.ink = 0.3;
  const auto page = draw_text_page(some_lines(5), faint);
  CHECK(*std::min_element(page.pixels.begin(), page.pixels.end()) >= 255 - 77);
}

TEST_CASE("the same paper and scan give the same pixels, another seed gives other noise", "[support]") {
  Scan scan;
  scan.dpi = 100;
  scan.noise = 8;
  scan.speckle = 0.001;
  const auto first = draw_text_page(some_lines(5), scan);
  CHECK(first.pixels == draw_text_page(some_lines(5), scan).pixels);
  scan.seed = 2;
  CHECK(first.pixels != draw_text_page(some_lines(5), scan).pixels);
}

TEST_CASE("patch bars are drawn 0.20 and 0.08 inch wide from the leading edge", "[support][patch]") {
  Paper paper;
  draw_patch(paper, Patch::T);
  Scan scan;
  scan.tone = Tone::Bitonal;
  const auto image = scanned(paper, scan);
  std::vector<int> runs;  // down the middle of the page: paper, bar, space, bar, ...
  bool dark = false;
  int length = 0;
  for (int y = 0; y < image.height; ++y) {
    const bool now = image.row(y)[image.width / 2] < 128;
    if (now == dark) {
      ++length;
    } else {
      runs.push_back(length);
      dark = now;
      length = 1;
    }
  }
  REQUIRE(runs.size() == 8);  // the white before the first bar, then four bars and three spaces
  const int expected[] = {75, 24, 24, 60, 24, 24, 24, 60};
  for (int i = 0; i < 8; ++i) CHECK(std::abs(runs[i] - expected[i]) <= 1);
}

TEST_CASE("only a signed paper says it has a signature", "[support]") {
  Paper paper;
  CHECK_FALSE(paper.has_signature);
  sign(paper, {100, 300}, 200, 7);
  CHECK(paper.has_signature);
  CHECK(paper.text().empty());
}
