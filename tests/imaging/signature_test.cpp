#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "imaging/clean.h"
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

std::vector<SignatureSpot> spots(const Paper& paper, const Scan& scan = {.dpi = 200}) {
  const Image delivered = testing::scanned(paper, scan);
  Geometry geometry;
  return find_signatures(make_working_image(delivered, geometry, measure(gray_at_most(delivered, 200)), {}), printed(paper));
}

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
  double least_signed = 1, most_empty = 0;
  for (const Form form : {Form::Beside, Form::Below, Form::Cell}) {
    for (const Scan& scan : {Scan{.dpi = 200}, Scan{.dpi = 300, .softness = 1, .noise = 6}, Scan{.dpi = 200, .tone = testing::Tone::Bitonal},
                             Scan{.dpi = 200, .speckle = 0.003}}) {
      Paper empty;
      draw_form(empty, form);
      const auto unsigned_spots = spots(empty, scan);
      INFO("form " << static_cast<int>(form) << " dpi " << scan.dpi << " speckle " << scan.speckle);
      REQUIRE_FALSE(unsigned_spots.empty());
      for (const SignatureSpot& spot : unsigned_spots) {
        CHECK_FALSE(spot.signed_);
        most_empty = std::max(most_empty, spot.ink);
      }
      for (std::uint64_t hand = 1; hand <= 5; ++hand) {
        Paper paper;
        const testing::Point at = draw_form(paper, form);
        testing::sign(paper, at, 110 + 10.0 * static_cast<double>(hand), hand, hand % 2 ? testing::kBlueInk : testing::kBlack);
        const auto found = spots(paper, scan);
        INFO("hand " << hand);
        REQUIRE_FALSE(found.empty());
        CHECK(std::any_of(found.begin(), found.end(), [](const SignatureSpot& spot) { return spot.signed_; }));
        double most = 0;
        for (const SignatureSpot& spot : found) most = std::max(most, spot.ink);
        least_signed = std::min(least_signed, most);
      }
    }
  }
  WARN("least ink of a signed line " << least_signed << ", most of an empty one " << most_empty);
}

TEST_CASE("ink on the date line does not sign the form", "[imaging][signature]") {
  Paper paper;
  const testing::Point at = draw_form(paper, Form::Beside);
  testing::sign(paper, {415, at.y}, 90, 4);
  for (const SignatureSpot& spot : spots(paper)) CHECK_FALSE(spot.signed_);
}

TEST_CASE("a name printed on the line is no signature", "[imaging][signature]") {
  Paper paper;
  const testing::Point at = draw_form(paper, Form::Beside);
  paper.text({at.x, at.y - 14}, "Jordan Example, MD", {.size = 11});
  for (const SignatureSpot& spot : spots(paper)) CHECK_FALSE(spot.signed_);
}

TEST_CASE("text about signing without a line, and lines without a label, are no places to sign", "[imaging][signature]") {
  Paper words = testing::text_paper({"This report was electronically signed by the radiologist.", "The signature is on file."});
  CHECK(spots(words).empty());
  Paper lines;
  lines.text({72, 100}, "Name:", {.size = 10});
  lines.line({110, 112}, {400, 112});
  lines.text({72, 400}, "The witness said that the signature was hers.", {.size = 10});
  CHECK(spots(lines).empty());
  CHECK(find_signatures(Image{}, {}).empty());
}
