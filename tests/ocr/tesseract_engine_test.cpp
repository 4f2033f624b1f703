#include <catch2/catch.hpp>

#include "ocr/engine.h"
#include "tests/support/draw.h"

using namespace chartscan;
using namespace chartscan::testing;

namespace {
constexpr int kDpi = 200;

Scan at_200() {
  Scan scan;
  scan.dpi = kDpi;
  return scan;
}

std::unique_ptr<ocr::Engine> english() {
  auto engines = ocr::make_tesseract({});
  REQUIRE(engines.ok());
  return std::move(engines->page);
}
}  // namespace

TEST_CASE("printed lines come back as words in reading order with their boxes", "[ocr]") {
  const auto page = draw_text_page({"Potassium was repleted overnight.", "The patient walked without help."}, at_200());
  const auto reading = english()->read(page, kDpi);
  REQUIRE(reading.ok());
  CHECK(reading->text.text() == "Potassium was repleted overnight.\nThe patient walked without help.");
  CHECK_FALSE(reading->timed_out);
  for (const Word& word : reading->text.words) {
    CHECK(word.confidence > 0.8);
    CHECK(word.box.x0 >= 0);
    CHECK(word.box.x1 <= page.width);
    CHECK(word.box.width() > word.box.height() / 3);
  }
  CHECK(reading->text.words.front().box.y1 <= reading->text.words.back().box.y0);
}

TEST_CASE("a blank page has no words", "[ocr]") {
  const auto reading = english()->read(imaging::Image{850, 1100, 1, 100, 100, std::vector<std::uint8_t>(850 * 1100, 255)}, 100);
  REQUIRE(reading.ok());
  CHECK(reading->text.words.empty());
}

TEST_CASE("one engine reads page after page and remembers none of the last", "[ocr]") {
  const auto engine = english();
  const auto first = draw_text_page({"Discharge summary"}, at_200()), second = draw_text_page({"Operative report"}, at_200());
  REQUIRE(engine->read(first, kDpi).ok());
  CHECK(engine->read(second, kDpi)->text.text() == "Operative report");
}

TEST_CASE("an engine without its model says which package to install", "[ocr]") {
  const auto engine = ocr::make_tesseract({.language = GENERATE("xyz", "eng+xyz")});
  REQUIRE_FALSE(engine.ok());
  CHECK(engine.error().code == ErrorCode::EngineFailed);
  CHECK(engine.error().message.find("tesseract-ocr-xyz") != std::string::npos);
}

TEST_CASE("a page over the time limit is stopped and says so", "[ocr]") {
  auto engine = ocr::make_tesseract({.page_limit = std::chrono::milliseconds(1)});
  REQUIRE(engine.ok());
  const auto reading = engine->page->read(draw_text_page(some_lines(), at_200()), kDpi);
  REQUIRE(reading.ok());
  CHECK(reading->timed_out);
}

TEST_CASE("single lines come back as characters with their places, as many as were given", "[ocr][lines]") {
  auto engines = ocr::make_tesseract({});
  REQUIRE(engines.ok());
  Paper strip({360, 24});
  strip.text({10, 5}, "Potassium 4.1 mmol/L", {.size = 10});
  const ocr::LineImage line{scanned(strip, {.dpi = 300}), 300}, nothing{imaging::blank_image(400, 50), 300};
  const std::vector<ocr::LineImage> lines{line, nothing, line};
  const auto read = engines->lines->read(lines);
  REQUIRE(read.ok());
  REQUIRE(read->size() == 3);
  CHECK((*read)[1].words.empty());
  for (const std::size_t i : {0, 2}) {
    const ocr::ReadLine& found = (*read)[i];
    REQUIRE(found.words.size() == 3);
    CHECK(found.words[0].text() == "Potassium");
    CHECK(found.words[1].text() == "4.1");
    CHECK(found.words[2].text() == "mmol/L");
    CHECK(found.words[0].confidence > 0.8);
    CHECK(found.words[0].characters.size() == 9);
    CHECK(found.words[0].characters.front().box.x1 <= found.words[0].characters.back().box.x0);
    CHECK(found.words[2].box.x1 <= line.gray.width);
  }
  // The page engine shares the model and is not disturbed.
  CHECK(engines->page->read(draw_text_page({"Discharge summary"}, at_200()), kDpi)->text.text() == "Discharge summary");
}

TEST_CASE("white print in a black bar is read", "[ocr]") {
  Paper paper = text_paper({"Above the bar there is a line of text.", "And another one."});
  paper.fill({60, 200, 480, 40}, kBlack);
  paper.text({80, 208}, "LABORATORY REPORT FINAL", {.size = 18, .bold = true, .color = kWhite});
  const auto reading = english()->read(scanned(paper, at_200()), kDpi);
  REQUIRE(reading.ok());
  CHECK(reading->text.text().find("LABORATORY") != std::string::npos);
}

TEST_CASE("a table of thousands of small cells is no reason to stop", "[ocr][limits]") {
  Paper paper;
  for (int row = 0; row < 100; ++row) {
    std::vector<Cell> cells;
    for (int column = 0; column < 28; ++column) cells.push_back({20 + column * 20.4, 0, std::to_string(1000 + (row * 37 + column * 91) % 9000)});
    paper.line({20, 20 + row * 7.4}, {592, 20 + row * 7.4}, 0.4);
    paper.row(20.6 + row * 7.4, cells, {.family = "Liberation Sans", .size = 5});
  }
  const auto reading = english()->read(scanned(paper, at_200()), kDpi);
  REQUIRE(reading.ok());
  CHECK_FALSE(reading->timed_out);  // what it costs: scripts/bench limits
}

TEST_CASE("orientation is the clockwise turn that makes the page upright", "[ocr][orientation]") {
  auto engine = ocr::make_tesseract_orientation_engine();
  REQUIRE(engine.ok());
  for (const int turn : {0, 90, 180, 270}) {
    const auto upright = draw_text_page(some_lines(), at_200());
    const auto answer = (*engine)->orientation(imaging::turned(upright, turn), kDpi);
    REQUIRE(answer.ok());
    INFO("page turned clockwise by " << turn);
    CHECK(answer->sure);
    CHECK(answer->rotation == (360 - turn) % 360);
  }
}
