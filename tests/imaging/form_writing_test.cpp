#include <catch2/catch.hpp>

#include <cmath>

#include "imaging/clean.h"
#include "imaging/form_cues.h"
#include "tests/support/draw.h"
#include "tests/support/pen.h"

using namespace chartscan;
using namespace chartscan::imaging;
using testing::Paper;

namespace {

// What is on the paper, when the printed words were read, and `more`.
std::vector<FormCue> cues_on(const Paper& paper, CueKind kind, const std::vector<Word>& more = {}) {
  const Image delivered = testing::scanned(paper, {.dpi = 200});
  PageText text;
  const double s = 200.0 / 72;
  for (const testing::PrintedWord& word : paper.words())
    if (word.text != "RECEIVED")  // tilted: nobody read it
      text.words.push_back({word.text,
                            {static_cast<int>(word.box.x * s), static_cast<int>(word.box.y * s),
                             static_cast<int>(std::ceil((word.box.x + word.box.width) * s)),
                             static_cast<int>(std::ceil((word.box.y + word.box.height) * s))},
                            0.95,
                            static_cast<int>(word.box.y)});
  text.words.insert(text.words.end(), more.begin(), more.end());
  Geometry geometry;
  auto cues = find_form_cues(make_working_image(delivered, geometry, measure(gray_at_most(delivered, 200)), {}), text, {});
  std::erase_if(cues, [&](const FormCue& cue) { return cue.kind != kind; });
  return cues;
}

Paper letter() {
  Paper paper;
  double y = 72;
  for (const std::string& line : testing::some_lines(24)) y = paper.text({72, y}, line, {.size = 10}) + 1;
  return paper;
}

bool overlap(const Box& a, const Box& b) { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1; }

}  // namespace

TEST_CASE("a note by hand is marked, print and italics are not", "[imaging][forms]") {
  Paper paper = letter();
  paper.text({72, 620}, "In print, set in italics and in a script.", {.size = 10, .italic = true});
  CHECK(cues_on(paper, CueKind::Handwriting).empty());
  const testing::Rect note = testing::write_by_hand(paper, {120, 560}, "recheck in two weeks", {.x_height = 8, .seed = 3});
  const auto found = cues_on(paper, CueKind::Handwriting);
  REQUIRE_FALSE(found.empty());
  for (const FormCue& cue : found) {
    CHECK(cue.box.y0 * 72 / 200 > note.y - 8);
    CHECK(cue.box.y1 * 72 / 200 < note.y + note.height + 8);
  }
}

TEST_CASE("a tilted stamp is found where it stands, and no line of print is one", "[imaging][forms]") {
  CHECK(cues_on(letter(), CueKind::Stamp).empty());
  for (const auto shape : {testing::StampShape::Framed, testing::StampShape::Round, testing::StampShape::Bare}) {
    Paper paper = letter();
    testing::Random random(5);
    const testing::Rect place = testing::stamp(paper, {300, 600}, shape, "RECEIVED", "", -11, testing::kBlack, random);
    const auto found = cues_on(paper, CueKind::Stamp);
    INFO("shape " << static_cast<int>(shape));
    REQUIRE(found.size() == 1);
    CHECK(found.front().state == CueState::Present);
    CHECK(std::abs((found.front().box.x0 + found.front().box.x1) / 2 - 200 * (place.x + place.width / 2) / 72) < 40);
  }
}

TEST_CASE("a stamp over the line signs nothing, and nobody is told that the line is empty", "[imaging][forms][signature]") {
  Paper paper = letter();
  paper.text({72, 588}, "Patient signature:", {.size = 10});
  paper.line({160, 600}, {380, 600});
  testing::Random random(5);
  testing::stamp(paper, {270, 588}, testing::StampShape::Framed, "RECEIVED", "", -9, testing::kBlack, random);
  const auto found = cues_on(paper, CueKind::Signature);
  REQUIRE(found.size() == 1);
  CHECK(found.front().state == CueState::Unsure);
}

TEST_CASE("a typed or electronic signature is a fact of its own and no ink", "[imaging][forms][signature]") {
  for (const char* words : {"/s/ Jordan Example", "Electronically signed by Jordan Example"}) {
    Paper paper = letter();
    paper.text({72, 588}, "Patient signature:", {.size = 10});
    paper.line({160, 600}, {400, 600});
    paper.text({166, 587}, words, {.size = 9});
    INFO(words);
    CHECK(cues_on(paper, CueKind::ElectronicSignature).size() == 1);
    for (const FormCue& cue : cues_on(paper, CueKind::Signature)) CHECK(cue.state == CueState::Absent);
  }
}

TEST_CASE("a legible hand that an engine read like print is handwriting all the same", "[imaging][forms]") {
  Paper paper = letter();
  const testing::Rect note = testing::write_by_hand(paper, {120, 560}, "recheck in two weeks",
                                                    {.x_height = 8, .wobble = 0.1, .joined = false, .seed = 3});
  const double s = 200.0 / 72;
  const Box place{static_cast<int>(note.x * s), static_cast<int>(note.y * s), static_cast<int>((note.x + note.width) * s),
                  static_cast<int>((note.y + note.height) * s)};
  const auto found = cues_on(paper, CueKind::Handwriting, {{"recheckintwoweeks", place, 0.9, 560}});
  REQUIRE_FALSE(found.empty());
  for (const FormCue& cue : found) CHECK(overlap(cue.box, place));
}

TEST_CASE("a line is signed although the pen went over its label", "[imaging][forms][signature]") {
  for (const bool dotted : {false, true}) {
    Paper paper = letter();
    if (dotted)
      for (double x = 72; x < 300; x += 3.4) paper.line({x, 600}, {x + 1.4, 600}, 0.9);
    else
      paper.line({72, 600}, {300, 600});
    CHECK(cues_on(paper, CueKind::Signature).empty());
    testing::sign_in_style(paper, {90, 603}, 150, testing::SignatureStyle::Sweeping, {.pen = 1.2, .seed = 4});
    INFO("dotted " << dotted);
    const auto found = cues_on(paper, CueKind::Signature);
    REQUIRE(found.size() == 1);
    CHECK(found.front().state == CueState::Present);
  }
}

TEST_CASE("a stamp is found on top of print", "[imaging][forms]") {
  for (const auto shape : {testing::StampShape::Framed, testing::StampShape::Round, testing::StampShape::Bare}) {
    Paper paper = letter();
    testing::Random random(5);
    testing::stamp(paper, {300, 200}, shape, "RECEIVED", "", -11, testing::kBlack, random);
    INFO("shape " << static_cast<int>(shape));
    CHECK(cues_on(paper, CueKind::Stamp).size() == 1);
  }
}

TEST_CASE("bars and curves on graph paper were not written by a pen", "[imaging][forms]") {
  Paper paper = letter();
  for (int bar = 0; bar < 3; ++bar) paper.fill({72, 460 + 14.0 * bar, 300, 6}, testing::kBlack);
  for (double x = 72; x <= 372; x += 4) paper.line({x, 520}, {x, 700}, 0.4);
  std::vector<testing::Point> curve;
  for (double x = 72; x <= 372; x += 5) curve.push_back({x, 610 + 30 * std::sin(x / 9)});
  paper.stroke(curve, 1);
  for (const FormCue& cue : cues_on(paper, CueKind::Handwriting))
    FAIL_CHECK("handwriting at " << cue.box.x0 << "," << cue.box.y0 << "-" << cue.box.x1 << "," << cue.box.y1);
  CHECK(cues_on(paper, CueKind::CheckBox).empty());
}
