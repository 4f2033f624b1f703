#include <catch2/catch.hpp>

#include "pipeline/page_work.h"
#include "pipeline/stages/stages.h"
#include "tests/support/draw.h"

using namespace chartscan;
using namespace chartscan::pipeline;

namespace {

// Makes sense of a page only when its left upper corner, the one with the black mark, is where it should be.
class CornerEngine final : public ocr::Engine {
 public:
  struct Skill {
    double right_way = 0.95, other_ways = 0.4;
    bool turns_columns = false;  // as Tesseract does: reads a page on its side, words on end
  };
  CornerEngine(Skill skill, int& reads) : skill_(skill), reads_(reads) {}

  std::string name() const override { return "corner"; }
  Result<ocr::Reading> read(const imaging::Image& gray, int) override {
    ++reads_;
    const bool upright = gray.row(2)[2] == 0, on_its_side = gray.row(2)[gray.width - 3] == 0;
    ocr::Reading reading;
    for (int i = 0; i < 20; ++i) {
      if (skill_.turns_columns && on_its_side) reading.text.words.push_back({"standing", {10, 30 * i, 20, 30 * i + 25}, skill_.right_way, 1});
      else reading.text.words.push_back({"lying", {10, 30 * i, 60, 30 * i + 12}, upright ? skill_.right_way : skill_.other_ways, i});
    }
    return reading;
  }

 private:
  Skill skill_;
  int& reads_;
};

struct Read {
  PageDraft draft;
  int reads = 0;
};

// A page that would have to be turned by `still_to_turn` goes through the stage that reads.
Read read_lying(int still_to_turn, bool sure, const CornerEngine::Skill& skill) {
  Read result;
  imaging::Image upright = imaging::blank_image(400, 700);
  for (int y = 0; y < 20; ++y) std::fill_n(upright.pixels.begin() + y * upright.width, 20, std::uint8_t{0});
  PageDraft& draft = result.draft;
  draft.working = imaging::turned(upright, (360 - still_to_turn) % 360);
  draft.page.geometry.delivered = draft.page.geometry.working = draft.working.size();
  draft.page.geometry.dpi_x = draft.page.geometry.dpi_y = 200;
  if (!sure) draft.page.findings.push_back({finding::kOrientationUnsure, ""});
  Workbench bench;
  bench.engine = std::make_unique<CornerEngine>(skill, result.reads);
  REQUIRE(stages::read(draft, bench, {}).ok());
  return result;
}

bool unsure(const Read& read) { return has_finding(read.draft.page.findings, finding::kOrientationUnsure); }

}  // namespace

// Upright insurance cards and medication tables were turned to their side by an orientation that was sure of itself; what
// was read there was a jumble that nobody asked about.
TEST_CASE("text that makes no sense overrules an orientation that was sure", "[pipeline][orientation]") {
  for (const int turn : {90, 180, 270}) {
    const Read read = read_lying(turn, true, {});
    INFO("still to turn " << turn);
    CHECK(read.draft.page.geometry.rotation == turn);
    CHECK(read.draft.working.size() == Size{400, 700});
    CHECK(read.draft.page.geometry.working == Size{400, 700});
    CHECK(read.draft.page.quality.text_confidence > 0.9);
  }
}

TEST_CASE("the text settles an orientation nobody was sure of, and the finding goes", "[pipeline][orientation]") {
  for (const int turn : {0, 90, 180, 270}) {
    const Read read = read_lying(turn, false, {});
    CHECK(read.draft.page.geometry.rotation == turn);
    CHECK_FALSE(unsure(read));
  }
}

// A laboratory report on its side stayed so, because the engine reads columns of letters nearly as well as lines.
TEST_CASE("a page whose words stand on end lies on its side, however well they were read", "[pipeline][orientation]") {
  for (const bool sure : {true, false}) {
    const Read read = read_lying(270, sure, {.turns_columns = true});
    CHECK(read.draft.page.geometry.rotation == 270);
    CHECK_FALSE(unsure(read));
  }
}

TEST_CASE("a page that makes sense is read once", "[pipeline][orientation]") {
  CHECK(read_lying(0, true, {}).reads == 1);
  CHECK(read_lying(0, false, {}).reads == 1);
  CHECK(read_lying(180, true, {.other_ways = 0.7}).reads == 1);  // poor, but text
}

TEST_CASE("a page that makes sense no way up keeps its orientation and its finding", "[pipeline][orientation]") {
  const Read read = read_lying(90, false, {.right_way = 0.4});
  CHECK(read.draft.page.geometry.rotation == 0);
  CHECK(unsure(read));
}

TEST_CASE("frames, capitals and digits come out upright however they were fed", "[pipeline][orientation]") {
  testing::Paper paper;
  paper.box({60, 60, 260, 160});
  for (int row = 0; row < 6; ++row) paper.text({70, 70.0 + 22 * row}, "MEMBER ID " + std::to_string(90417352 + 7919 * row), {.size = 9});
  for (int row = 0; row < 12; ++row) paper.text({64, 264.0 + 20 * row}, "DOSE " + std::to_string(5 * row) + " MG AT 0800 GIVEN", {.size = 9});
  for (int row = 0; row <= 12; ++row) paper.line({60, 260.0 + 20 * row}, {540, 260.0 + 20 * row});
  Workbench bench = std::move(make_workbench({})).value();
  for (const int rotation : {0, 90, 180, 270}) {
    PageDraft draft;
    draft.delivered = testing::scanned(paper, {.dpi = 200, .skew = {1.5}, .rotation = rotation});
    REQUIRE(stages::clean(draft, bench, {}).ok());
    REQUIRE(stages::read(draft, bench, {}).ok());
    INFO("fed turned, to be turned by " << rotation);
    CHECK(draft.page.geometry.rotation == rotation);
    CHECK(draft.page.geometry.skew.value == Approx(1.5).margin(0.15));
    CHECK_FALSE(has_finding(draft.page.findings, finding::kOrientationUnsure));
    CHECK(draft.text.text().find("MEMBER") != std::string::npos);
  }
}
