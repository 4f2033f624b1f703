#include <catch2/catch.hpp>

#include <cmath>

#include "imaging/clean.h"
#include "imaging/form_cues.h"
#include "tests/support/draw.h"
#include "tests/support/pen.h"

using namespace chartscan;
using namespace chartscan::imaging;
using testing::BoxMark;
using testing::Paper;
using testing::Scan;

namespace {

// The printed words as a good reader would give them, at 200 dpi; those in `unread` it takes for something else.
PageText printed(const Paper& paper) {
  PageText text;
  const double s = 200.0 / 72;
  for (const testing::PrintedWord& word : paper.words()) {
    const Box box{static_cast<int>(word.box.x * s), static_cast<int>(word.box.y * s),
                  static_cast<int>(std::ceil((word.box.x + word.box.width) * s)),
                  static_cast<int>(std::ceil((word.box.y + word.box.height) * s))};
    text.words.push_back({word.text, box, 0.95, static_cast<int>(word.box.y)});
  }
  return text;
}

std::vector<FormCue> boxes_on(const Paper& paper, const Scan& scan = {.dpi = 200}) {
  const Image delivered = testing::scanned(paper, scan);
  Geometry geometry;
  auto cues =
      find_form_cues(make_working_image(delivered, geometry, measure(gray_at_most(delivered, 200)), {}), printed(paper), {});
  std::erase_if(cues, [](const FormCue& cue) { return cue.kind != CueKind::CheckBox; });
  return cues;
}

constexpr const char* kWords[] = {"Diabetes", "Asthma", "Smoker", "Married"};

// Four boxes below each other, words to their right; the second one bears the mark.
Paper questions(double side, BoxMark mark) {
  Paper paper;
  paper.text({72, 60}, "Please mark what applies to you:", {.size = 10});
  for (int row = 0; row < 4; ++row) {
    const testing::Rect box{80, 100.0 + 26 * row, side, side};
    paper.box(box, 0.8);
    paper.text({80 + side + 6, 100.0 + 26 * row + side - 10}, kWords[row], {.size = 10});
    if (row == 1) testing::mark_box(paper, box, mark, {.pen = 1.2, .seed = 7});
  }
  return paper;
}

}  // namespace

TEST_CASE("an empty and a filled box are told apart, with the words beside them", "[imaging][forms]") {
  for (const double side : {7.0, 9.0, 13.0}) {
    for (const BoxMark mark : {BoxMark::Tick, BoxMark::Cross, BoxMark::Fill, BoxMark::Dot}) {
      const auto found = boxes_on(questions(side, mark));
      INFO("side " << side << " mark " << static_cast<int>(mark));
      REQUIRE(found.size() == 4);
      for (const FormCue& box : found) {
        CHECK((box.state == CueState::Present) == (box.label == "Asthma"));
        CHECK(box.state != CueState::Unsure);
      }
    }
  }
}

TEST_CASE("a box whose mark was crossed out again is unsure", "[imaging][forms]") {
  for (const FormCue& box : boxes_on(questions(10, BoxMark::Scribble)))
    CHECK((box.label == "Asthma" ? box.state != CueState::Absent : box.state == CueState::Absent));
}

TEST_CASE("letters, tables and headings are no boxes", "[imaging][forms]") {
  for (const char* family : {"Liberation Sans", "Liberation Serif", "DejaVu Sans"}) {
    Paper paper;
    double y = 60;
    for (const std::string& line : testing::some_lines(20)) y = paper.text({72, y}, line, {.family = family, .size = 10}) + 1;
    paper.text({72, y + 10}, "BOX OD HEDGE 0800 DOQ EFH", {.family = family, .size = 12, .bold = true});
    for (int row = 0; row < 6; ++row) {
      paper.box({72, y + 40 + 16.0 * row, 400, 16});
      paper.row(y + 42 + 16.0 * row, {{80, 0, "Potassium"}, {250, 0, "H"}, {300, 0, "4.2"}}, {.family = family, .size = 9});
    }
    INFO(family);
    CHECK(boxes_on(paper).empty());
  }
}

TEST_CASE("round corners and shadows do not make a box something else, nor a ring drawn around it", "[imaging][forms]") {
  for (const bool shadow : {false, true}) {
    Paper paper;
    paper.text({72, 60}, "Please mark what applies to you:", {.size = 10});
    for (int row = 0; row < 4; ++row) {
      const double x = 80, y = 100.0 + 30 * row, side = 10, r = shadow ? 0 : 2.2;
      paper.stroke({{x + r, y},
                    {x + side / 2, y},
                    {x + side - r, y},
                    {x + side, y + r},
                    {x + side, y + side / 2},
                    {x + side, y + side - r},
                    {x + side - r, y + side},
                    {x + side / 2, y + side},
                    {x + r, y + side},
                    {x, y + side - r},
                    {x, y + side / 2},
                    {x, y + r},
                    {x + r, y}},
                   0.8);
      if (shadow)
        paper.fill({x + 1.5, y + side, side, 1.6}, testing::kBlack), paper.fill({x + side, y + 1.5, 1.6, side}, testing::kBlack);
      paper.text({x + side + 8, y}, kWords[row], {.size = 10});
      if (row == 1) testing::mark_box(paper, {x, y, side, side}, BoxMark::Circled, {.pen = 1, .seed = 7});
    }
    INFO("shadow " << shadow);
    const auto found = boxes_on(paper);
    REQUIRE(found.size() == 4);
    for (const FormCue& box : found) CHECK((box.state == CueState::Present) == (box.label == "Asthma"));
  }
}
