#include <catch2/catch.hpp>

#include "imaging/view.h"
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

// Both engines are held to the same.
ocr::Readers english_readers() {
  const auto choice = GENERATE(ocr::EngineChoice::Batched, ocr::EngineChoice::Tesseract);
  auto readers = ocr::make_readers({.engine = choice});
  REQUIRE(readers.ok());
  CHECK((readers->page->name().find("batched") != std::string::npos) == (choice == ocr::EngineChoice::Batched));
  return std::move(*readers);
}

std::unique_ptr<ocr::Engine> english() { return std::move(english_readers().page); }
}  // namespace

TEST_CASE("printed lines come back as words in reading order with their boxes", "[ocr]") {
  const auto page = draw_text_page({"Potassium was repleted overnight.", "The patient walked without help."}, at_200());
  const auto reading = english()->read(page, kDpi);
  REQUIRE(reading.ok());
  CHECK(reading->instead.empty());
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
  const auto engine = ocr::make_readers({.language = GENERATE("xyz", "eng+xyz")});
  REQUIRE_FALSE(engine.ok());
  CHECK(engine.error().code == ErrorCode::EngineFailed);
  CHECK(engine.error().message.find("tesseract-ocr-xyz") != std::string::npos);
}

TEST_CASE("a page over the time limit is stopped and says so", "[ocr]") {
  auto engine = ocr::make_readers({.page_limit = std::chrono::milliseconds(1), .engine = GENERATE(ocr::EngineChoice::Batched, ocr::EngineChoice::Tesseract)});
  REQUIRE(engine.ok());
  const auto reading = engine->page->read(draw_text_page(some_lines(), at_200()), kDpi);
  REQUIRE(reading.ok());
  CHECK(reading->timed_out);
}

TEST_CASE("single lines come back as characters with their places, as many as were given", "[ocr][lines]") {
  const ocr::Readers engines = english_readers();
  Paper strip({360, 15});
  strip.text({10, 2}, "Potassium 4.1 mmol/L", {.size = 10});
  const ocr::LineImage line{scanned(strip, {.dpi = 300}), 300}, nothing{imaging::blank_image(400, 50), 300};
  const std::vector<ocr::LineImage> lines{line, nothing, line};
  const auto read = engines.lines->read(lines);
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
  CHECK(engines.page->read(draw_text_page({"Discharge summary"}, at_200()), kDpi)->text.text() == "Discharge summary");
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

TEST_CASE("where our own recogniser cannot read with a model Tesseract does, and every page says why", "[ocr]") {
  CHECK_FALSE(ocr::make_readers({.language = "eng+osd", .engine = ocr::EngineChoice::Batched}).ok());
  auto readers = ocr::make_readers({.language = "eng+osd"});
  REQUIRE(readers.ok());
  const auto reading = readers->page->read(draw_text_page({"Discharge summary"}, at_200()), kDpi);
  REQUIRE(reading.ok());
  CHECK(reading->text.text() == "Discharge summary");
  CHECK(reading->instead.find("eng+osd") != std::string::npos);
}

TEST_CASE("the lines of a page have room for their letters, stand in order and none is a rule", "[ocr][lines]") {
  Paper paper = text_paper({"Potassium was repleted overnight.", "The patient walked without help."});
  paper.line({60, 300}, {550, 300}, 1.5);
  paper.box({60, 320, 480, 60}, 1);
  const imaging::Image page = scanned(paper, at_200());
  const auto lines = ocr::make_tesseract_layout()->find(page, kDpi);
  REQUIRE(lines.ok());
  REQUIRE(lines->size() == 2);
  CHECK((*lines)[0].number + 1 == (*lines)[1].number);
  CHECK((*lines)[0].box.y0 < (*lines)[1].box.y0);
  for (const ocr::FoundLine& line : *lines) {
    CHECK(line.turn == 0);
    CHECK(line.box.width() > 5 * line.box.height());
    CHECK(line.box.y1 <= page.height);
  }
}

TEST_CASE("words of a line that stands on end lie on their ink", "[ocr][lines]") {
  class OnEnd final : public ocr::LineFinder {
   public:
    std::string name() const override { return "on end"; }
    Result<std::vector<ocr::FoundLine>> find(const imaging::Image& gray, int) override {
      return std::vector<ocr::FoundLine>{{{0, 0, gray.width, gray.height}, turn, 1}};
    }
    int turn = 0;
  };
  Paper strip({360, 15});
  strip.text({6, 2}, "Potassium 4.1 mmol/L", {.size = 10});
  const imaging::Image line = scanned(strip, {.dpi = 200});
  auto readers = ocr::make_readers({.engine = ocr::EngineChoice::Batched});
  REQUIRE(readers.ok());
  const int turn = GENERATE(0, 90, 180, 270);
  auto finder = std::make_unique<OnEnd>();
  finder->turn = turn;
  const imaging::Image page = imaging::turned(line, (360 - turn) % 360);
  const auto reading = ocr::make_line_engine(std::move(finder), readers->lines, std::chrono::seconds(10))->read(page, 200);
  REQUIRE(reading.ok());
  CAPTURE(turn, reading->text.text());
  REQUIRE(reading->text.words.size() == 3);
  CHECK(reading->text.words[0].text == "Potassium");
  for (const Word& word : reading->text.words) {
    const Box box = imaging::turned_box(word.box, turn, page.size());
    CHECK(box.width() > box.height());
    CHECK(box.y0 >= 0);
    CHECK(box.y1 <= line.height);
    CHECK(box.x1 < line.width / 2);  // the strip is bare to the right of it
  }
}
