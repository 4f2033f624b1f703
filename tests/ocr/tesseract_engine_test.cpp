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
  auto engine = ocr::make_tesseract_engine({});
  REQUIRE(engine.ok());
  return std::move(*engine);
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
  const auto engine = ocr::make_tesseract_engine({.language = "xyz"});
  REQUIRE_FALSE(engine.ok());
  CHECK(engine.error().code == ErrorCode::EngineFailed);
  CHECK(engine.error().message.find("tesseract-ocr-xyz") != std::string::npos);
}

TEST_CASE("a page over the time limit is stopped and says so", "[ocr]") {
  auto engine = ocr::make_tesseract_engine({.page_limit = std::chrono::milliseconds(1)});
  REQUIRE(engine.ok());
  const auto reading = (*engine)->read(draw_text_page(some_lines(), at_200()), kDpi);
  REQUIRE(reading.ok());
  CHECK(reading->timed_out);
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
