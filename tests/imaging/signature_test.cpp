#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "imaging/clean.h"
#include "imaging/form_cues.h"
#include "tests/support/draw.h"
#include "tests/support/marks.h"

using namespace chartscan;
using namespace chartscan::imaging;
using testing::Paper;
using testing::Scan;

namespace {

// The printed words as a perfect reader would give them, at 200 dpi.
PageText printed(const Paper& paper) {
  PageText text;
  for (const testing::PrintedWord& word : paper.words()) {
    const double s = 200.0 / 72;
    text.words.push_back({word.text,
                          {static_cast<int>(word.box.x * s), static_cast<int>(word.box.y * s), static_cast<int>(std::ceil((word.box.x + word.box.width) * s)),
                           static_cast<int>(std::ceil((word.box.y + word.box.height) * s))},
                          0.95,
                          0});
  }
  return text;
}

std::vector<FormCue> spots(const Paper& paper, const Scan& scan = {.dpi = 200}) {
  const Image delivered = testing::scanned(paper, scan);
  Geometry geometry;
  std::vector<FormCue> cues = find_form_cues(make_working_image(delivered, geometry, measure(gray_at_most(delivered, 200)), {}), printed(paper), {});
  std::erase_if(cues, [](const FormCue& cue) { return cue.kind != CueKind::Signature; });
  return cues;
}

bool is_signed(const FormCue& spot) { return spot.state == CueState::Present; }

enum class Form { Beside, Below, Cell };

// A consent form's foot: text, a line to sign, a line for the date. Where the pen starts comes back.
testing::Point draw_form(Paper& paper, Form form) {
  double y = 72;
  for (const std::string& line : testing::some_lines(12)) y = paper.text({72, y}, line, {.size = 11}) + 2;
  y += 60;
  const testing::Type type{.size = 10};
  switch (form) {
    case Form::Beside:
      paper.text({72, y - 12}, "Patient signature:", type);
      paper.line({160, y}, {360, y});
      paper.text({380, y - 12}, "Date:", type);
      paper.line({410, y}, {530, y});
      return {170, y};
    case Form::Below:
      paper.line({72, y}, {320, y});
      paper.text({72, y + 3}, "Signature of patient or representative", type);
      paper.line({360, y}, {530, y});
      paper.text({360, y + 3}, "Date and time", type);
      return {80, y};
    case Form::Cell:
      paper.box({72, y - 34, 468, 34});
      paper.text({76, y - 14}, "Signature", type);
      return {150, y};
  }
  return {};
}

}  // namespace

TEST_CASE("a line to sign is found, and whether it is signed, on several forms and hands", "[imaging][signature]") {
  for (const Form form : {Form::Beside, Form::Below, Form::Cell}) {
    for (const Scan& scan : {Scan{.dpi = 200}, Scan{.dpi = 300, .softness = 1, .noise = 6}, Scan{.dpi = 200, .tone = testing::Tone::Bitonal},
                             Scan{.dpi = 200, .speckle = 0.003}}) {
      Paper empty;
      draw_form(empty, form);
      const auto unsigned_spots = spots(empty, scan);
      INFO("form " << static_cast<int>(form) << " dpi " << scan.dpi << " speckle " << scan.speckle);
      REQUIRE_FALSE(unsigned_spots.empty());
      for (const FormCue& spot : unsigned_spots) CHECK(spot.state == CueState::Absent);
      for (std::uint64_t hand = 1; hand <= 5; ++hand) {
        Paper paper;
        const testing::Point at = draw_form(paper, form);
        testing::sign(paper, at, 110 + 10.0 * static_cast<double>(hand), hand, hand % 2 ? testing::kBlueInk : testing::kBlack);
        const auto found = spots(paper, scan);
        INFO("hand " << hand);
        REQUIRE_FALSE(found.empty());
        CHECK(std::any_of(found.begin(), found.end(), is_signed));
      }
    }
  }
}

// Clinicians sign over their printed name; nothing there says "signature". A flourish that runs along the line and touches
// it hid the line as well.
TEST_CASE("a line captioned with who signs, beside one for the date, is a place to sign", "[imaging][signature]") {
  for (const char* caption : {"R. Calloway, MD", "Reviewed by Carmen Reyes, NP", "Order noted by nurse", "Patient / responsible party"}) {
    for (const bool with_ink : {false, true}) {
      Paper paper;
      double y = 72;
      for (const std::string& line : testing::some_lines(12)) y = paper.text({72, y}, line, {.size = 11}) + 2;
      y += 60;
      paper.line({72, y}, {322, y}, 0.8);
      paper.line({342, y}, {540, y}, 0.8);
      paper.text({72, y + 2}, caption, {.size = 8.5});
      paper.text({342, y + 2}, "Date", {.size = 8.5});
      paper.text({72, y + 15}, "The number above is answered by day and by night.", {.size = 8.5});
      paper.text({360, y - 15}, "03/12/2024", {.size = 10});
      if (with_ink) {
        testing::sign(paper, {84, y - 3}, 150, 3, testing::kBlueInk);
        paper.stroke({{95, y - 1}, {150, y - 3}, {215, y - 2}}, 1.2, testing::kBlueInk);
      }
      const auto found = spots(paper, {.dpi = 200, .softness = 1});
      INFO(caption);
      REQUIRE(found.size() == 1);
      CHECK(is_signed(found.front()) == with_ink);
    }
  }
}

TEST_CASE("entries beside a date, underlined headings and electronic signatures are no places for a pen", "[imaging][signature]") {
  for (const char* caption : {"Printed name", "Relationship to patient", "Address", "Electronically signed by R. Calloway, MD"}) {
    Paper paper;
    paper.line({72, 300}, {322, 300}, 0.8);
    paper.line({342, 300}, {540, 300}, 0.8);
    paper.text({72, 302}, caption, {.size = 8.5});
    paper.text({342, 302}, "Date", {.size = 8.5});
    INFO(caption);
    CHECK(spots(paper).empty());
  }
  Paper heading;
  heading.text({72, 285}, "DISCHARGE SUMMARY", {.size = 11, .bold = true});
  heading.line({72, 300}, {240, 300}, 0.8);
  heading.text({72, 304}, "R. Calloway, MD", {.size = 10});
  CHECK(spots(heading).empty());
}

// "x 12 h" in a row of an order sheet was taken for the cross where to sign, and the row above it for the signature.
TEST_CASE("rows of a table are no places to sign", "[imaging][signature]") {
  Paper paper;
  paper.text({76, 80}, "Signature on the last line", {.size = 10});
  for (int row = 0; row < 12; ++row) {
    paper.box({72, 100.0 + 26 * row, 468, 26});
    paper.text({150, 106.0 + 26 * row}, row % 2 ? "Sodium chloride x 12 h" : "Seen by the nurse, MD informed", {.size = 10});
    paper.stroke({{400, 110.0 + 26 * row}, {420, 120.0 + 26 * row}, {440, 108.0 + 26 * row}, {460, 122.0 + 26 * row}}, 1.5);
  }
  for (const FormCue& spot : spots(paper)) CHECK_FALSE(is_signed(spot));
}

TEST_CASE("ink on the date line does not sign the form", "[imaging][signature]") {
  Paper paper;
  const testing::Point at = draw_form(paper, Form::Beside);
  testing::sign(paper, {415, at.y}, 90, 4);
  for (const FormCue& spot : spots(paper)) CHECK_FALSE(is_signed(spot));
}

TEST_CASE("a name printed on the line is no signature", "[imaging][signature]") {
  Paper paper;
  const testing::Point at = draw_form(paper, Form::Beside);
  paper.text({at.x, at.y - 14}, "Jordan Example, MD", {.size = 11});
  for (const FormCue& spot : spots(paper)) CHECK_FALSE(is_signed(spot));
}

TEST_CASE("text about signing without a line, and lines without a label, are no places to sign", "[imaging][signature]") {
  Paper words = testing::text_paper({"This report was electronically signed by the radiologist.", "The signature is on file."});
  CHECK(spots(words).empty());
  Paper lines;
  lines.text({72, 100}, "Name:", {.size = 10});
  lines.line({110, 112}, {400, 112});
  lines.text({72, 400}, "The witness said that the signature was hers.", {.size = 10});
  CHECK(spots(lines).empty());
  CHECK(find_form_cues(Image{}, {}, {}).empty());
}
