#include "pipeline/stages/reread.h"

#include <catch2/catch.hpp>

#include "imaging/line_cut.h"
#include "tests/support/draw.h"

using namespace chartscan;
using namespace chartscan::pipeline;
using namespace chartscan::testing;

namespace {

// A page of one line at 300 dpi, and what was read of it at 200.
PageDraft one_line(Degrees skew = {0}) {
  PageDraft draft;
  Scan scan;
  scan.skew = skew;
  draft.delivered = draw_text_page({"Potassium four point one"}, scan);
  Geometry& geometry = draft.page.geometry;
  geometry.skew = skew;
  draft.delivered.dpi_x = draft.delivered.dpi_y = 300;
  draft.working = imaging::make_working_image(draft.delivered, geometry, {}, {.working_dpi = 200});
  return draft;
}

PageText doubtful(double confidence) {
  const Box box{200, 200, 520, 231};
  return {{{"Potassinm", {box.x0, box.y0, 330, box.y1}, confidence, 1}, {"four", {340, box.y0, 390, box.y1}, confidence, 1},
           {"point", {400, box.y0, 460, box.y1}, confidence, 1}, {"one", {470, box.y0, box.x1, box.y1}, confidence, 1}}};
}

ocr::ReadLine saying(const std::vector<std::string>& words, double confidence) {
  ocr::ReadLine line;
  int x = 10;
  for (const std::string& text : words) {
    ocr::ReadWord word{{}, {x, 10, x + 60, 40}, confidence};
    for (const char c : text) word.characters.push_back({std::string(1, c), word.box, confidence, {}});
    line.words.push_back(std::move(word));
    x += 70;
  }
  return line;
}

std::string reread(const PageDraft& draft, PageText text, ocr::ReadLine line) {
  Workbench bench;
  bench.lines = std::make_unique<ocr::ScriptedLineRecognizer>(std::move(line));
  stages::reread_doubtful_lines(draft, bench, text);
  return text.text();
}

}  // namespace

TEST_CASE("a doubtful line gives way to a surer reading of its delivered pixels, and only to that", "[pipeline][reread]") {
  const PageDraft draft = one_line();
  const std::vector<std::string> right{"Potassium", "four", "point", "one"};
  CHECK(reread(draft, doubtful(0.5), saying(right, 0.9)) == "Potassium four point one");
  CHECK(reread(draft, doubtful(0.5), saying(right, 0.52)) == "Potassinm four point one");        // not surer
  CHECK(reread(draft, doubtful(0.5), saying({"one"}, 0.99)) == "Potassinm four point one");      // most of it is missing
  CHECK(reread(draft, doubtful(0.9), saying(right, 0.99)) == "Potassinm four point one");        // was not doubtful
  CHECK(reread(draft, doubtful(0.1), saying(right, 0.99)) == "Potassinm four point one");        // was no print
  PageDraft coarse = one_line();
  coarse.delivered = {};
  CHECK(reread(coarse, doubtful(0.5), saying(right, 0.9)) == "Potassinm four point one");        // nothing more to be seen
}

TEST_CASE("a line is cut from where it stands on the delivered page, and its boxes come back", "[pipeline][reread]") {
  const PageDraft draft = one_line(Degrees{GENERATE(0.0, 4.0)});
  // Where the ink of the line is on the working image.
  Box ink{1 << 20, 1 << 20, 0, 0};
  for (int y = 0; y < draft.working.height; ++y)
    for (int x = 0; x < draft.working.width; ++x)
      if (draft.working.row(y)[x] < 100) ink = {std::min(ink.x0, x), std::min(ink.y0, y), std::max(ink.x1, x + 1), std::max(ink.y1, y + 1)};
  const imaging::LineCut cut = imaging::cut_line(draft.delivered, draft.page.geometry, ink);
  CHECK(cut.gray.dpi_x == 300);
  CHECK(cut.gray.height > ink.height());
  Box found{1 << 20, 1 << 20, 0, 0};
  for (int y = 0; y < cut.gray.height; ++y)
    for (int x = 0; x < cut.gray.width; ++x)
      if (cut.gray.row(y)[x] < 100) found = {std::min(found.x0, x), std::min(found.y0, y), std::max(found.x1, x + 1), std::max(found.y1, y + 1)};
  const Box back = cut.on_working(found);
  CHECK(std::abs(back.x0 - ink.x0) <= 2);
  CHECK(std::abs(back.y0 - ink.y0) <= 2);
  CHECK(std::abs(back.x1 - ink.x1) <= 2);
  CHECK(std::abs(back.y1 - ink.y1) <= 2);
}

TEST_CASE("small print with a doubt in it is mended from the delivered pixels by the real recogniser", "[pipeline][reread]") {
  PageDraft draft = one_line();
  auto engines = ocr::make_tesseract({});
  REQUIRE(engines.ok());
  Workbench bench;
  bench.lines = std::move(engines->lines);
  auto first = engines->page->read(draft.working, 200);
  REQUIRE(first.ok());
  PageText text = first->text;
  REQUIRE(text.words.size() == 4);
  const PageText good = text;
  for (Word& word : text.words) word.confidence = 0.4;
  text.words[0].text = "Potassinm";
  stages::reread_doubtful_lines(draft, bench, text);
  REQUIRE(text.text() == good.text());
  for (std::size_t i = 0; i < 4; ++i) CHECK(std::abs(text.words[i].box.x0 - good.words[i].box.x0) <= 4);
}
