#include <catch2/catch.hpp>

#include <cmath>

#include "imaging/clean.h"
#include "tests/support/draw.h"
#include "tests/support/pose_pages.h"
#include "tests/support/scan_faults.h"

using namespace chartscan;
using namespace chartscan::imaging;
using testing::Scan;

namespace {

struct Judged {
  PageMeasures measures;
  EdgeFaults faults;
};

Judged judged(const Image& delivered) {
  const Image gray = gray_at_most(delivered, 200);
  const PageMeasures measures = measure(gray);
  return {measures, find_edge_faults(gray, measures)};
}

Image text_page(const Scan& scan) { return testing::draw_text_page(testing::some_lines(40), scan); }

// A form whose rules and frames go from margin to margin, and one whose rules run off the paper.
testing::Paper ruled_paper(double from, double to) {
  testing::Paper paper;
  for (int column = 0; column < 6; ++column) paper.line({80 + 90.0 * column, from}, {80 + 90.0 * column, to}, 1.5);
  for (int row = 0; row < 12; ++row) paper.line({0, 80 + 50.0 * row}, {612, 80 + 50.0 * row}, 0.8);
  return paper;
}

}  // namespace

TEST_CASE("a line of dirty glass is found where it is, over print and on blank paper", "[imaging][streak]") {
  for (const double at : {0.12, 0.5, 0.77})
    for (const int levels : {30, 120, -140}) {
      Image printed = text_page({.dpi = 200, .skew = {0.7}, .softness = 0.6, .noise = 2});
      testing::add_streak(printed, at, 3, levels);
      const EdgeFaults found = judged(printed).faults;
      INFO("at " << at << ", darker by " << levels << ", found " << found.streak << " at " << found.streak_at);
      if (levels > 0) {
        CHECK(found.streak > 0.9);
        CHECK(std::abs(found.streak_at - at) < 0.005);
      }
      Image blank = testing::draw_blank_page({.dpi = 200, .paper_level = 250, .noise = 2});
      testing::add_streak(blank, at, 3, levels);
      if (levels > 0) CHECK(judged(blank).faults.streak > 0.9);
    }
}

TEST_CASE("rules, frames, page edges and the lid are no streaks", "[imaging][streak]") {
  for (const Scan& scan :
       {Scan{.dpi = 200}, Scan{.dpi = 200, .skew = {1.5}, .lid = testing::Lid::Black, .overscan = 0.3},
        Scan{.dpi = 200, .noise = 15}, Scan{.dpi = 200, .shadow = 0.4}, Scan{.dpi = 200, .tone = testing::Tone::Bitonal}}) {
    CHECK(judged(testing::scanned(ruled_paper(40, 750), scan)).faults.streak == 0);
    CHECK(judged(text_page(scan)).faults.streak == 0);
    CHECK(judged(testing::draw_blank_page(scan)).faults.streak == 0);
  }
}

TEST_CASE("print that the image's edge cuts through is told from print that ends before it, and from rules that run off",
          "[imaging][cut]") {
  const Scan scan{.dpi = 200, .skew = {0.4}, .softness = 0.6};
  CHECK(judged(text_page(scan)).faults.cut_off == 0);
  CHECK(judged(testing::cropped(text_page(scan), 1.5, 0)).faults.cut_off > 0.8);
  CHECK(judged(testing::cropped(text_page(scan), 0.4, 0.3)).faults.cut_off == 0);
  CHECK(judged(testing::scanned(ruled_paper(0, 792), scan)).faults.cut_off < 0.5);
}

TEST_CASE("print out of focus is told from print in focus, whatever its contrast", "[imaging][blurred]") {
  for (const double ink : {1.0, 0.4}) {
    const Image sharp = text_page({.dpi = 300, .ink = ink, .softness = 0.8});
    const double in_focus = judged(sharp).measures.sharpness, soft = judged(testing::blurred(sharp, 5)).measures.sharpness;
    INFO("ink " << ink);
    CHECK(in_focus > 0.4);
    CHECK(soft > 0);
    CHECK(soft < 0.25);
  }
  CHECK(measure(blank_image(1700, 2200)).sharpness == 0);
}
