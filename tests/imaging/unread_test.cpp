#include "imaging/unread.h"

#include <catch2/catch.hpp>

#include "tests/support/draw.h"

using namespace chartscan;
using namespace chartscan::imaging;
using namespace chartscan::testing;

namespace {

// A table of three columns, upright at 200 dpi, and its words; those of the column `lost` are left out.
struct Sheet {
  std::vector<Letter> letters;
  PageText text;
  std::vector<Box> missing;

  explicit Sheet(int lost) {
    Paper paper;
    for (int row = 0; row < 12; ++row)
      paper.row(100 + 24.0 * row, {{80, 0, "Potassium"}, {250, 0, "132.5"}, {400, 0, "mmol/L"}}, {.size = 11});
    for (int row = 0; row < 13; ++row) paper.line({70, 96 + 24.0 * row}, {500, 96 + 24.0 * row});
    const Image page = scanned(paper, {.dpi = 200});
    Geometry geometry;
    make_working_image(page, geometry, {}, {});
    const Lettering print = find_lettering(page);
    letters = letters_on_working(print.letters, print.ink.size(), geometry);
    int number = 0;
    for (const PrintedWord& word : paper.words()) {
      const Box box = scanned_box(word.box, paper.size(), {.dpi = 200});
      if (number++ % 3 == lost) missing.push_back(box);
      else text.words.push_back({word.text, box, 0.9, number / 3});
    }
  }
};

bool covers(const std::vector<Box>& lines, const Box& word) {
  const int x = (word.x0 + word.x1) / 2, y = (word.y0 + word.y1) / 2;
  return std::ranges::any_of(lines, [&](const Box& line) { return line.x0 <= x && x < line.x1 && line.y0 <= y && y < line.y1; });
}

}  // namespace

TEST_CASE("a column that was not read is found, line by line") {
  for (int lost = 0; lost < 3; ++lost) {
    const Sheet sheet(lost);
    const std::vector<Box> lines = unread_lines(sheet.letters, sheet.text);
    CHECK(lines.size() == sheet.missing.size());
    for (const Box& word : sheet.missing) CHECK(covers(lines, word));
  }
}

TEST_CASE("of a page that was read whole nothing is left") {
  const Sheet sheet(-1);
  CHECK(sheet.letters.size() > 100);
  CHECK(unread_lines(sheet.letters, sheet.text).empty());
}

TEST_CASE("a pattern is no print, however much of it there is") {
  std::vector<Letter> dots;
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 40; ++x) dots.push_back({20.0f + 30 * static_cast<float>(x), 20.0f + 30 * static_cast<float>(y), 12, 12});
  CHECK(unread_lines(dots, {}, 20).empty());
  CHECK(unread_lines({}, {}).empty());
}
