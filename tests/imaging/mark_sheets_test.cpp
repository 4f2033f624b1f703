// A share of what `scripts/bench marks` measures, small enough for every run of the tests.
#include <catch2/catch.hpp>

#include <algorithm>

#include "imaging/clean.h"
#include "imaging/marks.h"
#include "tests/support/mark_sheets.h"

using namespace chartscan;
using namespace chartscan::imaging;
using namespace chartscan::testing;

namespace {

constexpr int kStride = 7919;  // prime: a few dozen sheets hold every kind
int nth(int i) { return i * kStride % 10'000; }

}  // namespace

TEST_CASE("patch codes of all kinds of sheets are told apart, and other pages have none", "[imaging][patch]") {
  for (int i = 0; i < 30; ++i) {
    const MarkSheet sheet = patch_sheet(nth(i));
    const auto found = find_patch_code(sheet.image);
    INFO("sheet " << nth(i) << ", " << sheet.payload << ": " << sheet.conditions);
    REQUIRE(found.size() == 1);
    CHECK(found.front().payload == sheet.payload);
  }
  for (int i = 0; i < 32; ++i) {
    const MarkSheet page = unmarked_page(nth(i), Barcodes::With);
    INFO("page " << nth(i) << ", " << page.kind << ": " << page.conditions);
    CHECK(find_patch_code(page.image).empty());
  }
}

TEST_CASE("barcode labels are read whole or not at all", "[imaging][barcode]") {
  int read = 0;
  constexpr int kLabels = 30;
  for (int i = 0; i < kLabels; ++i) {
    const MarkSheet sheet = barcode_label(nth(i));
    INFO("label " << nth(i) << ", " << sheet.kind << ": " << sheet.conditions);
    for (const Barcode& code : find_barcodes(gray_at_most(sheet.image, 200))) {
      CHECK(code.payload == sheet.payload);
      CHECK(code.format == sheet.format);
      ++read;
    }
  }
  CHECK(read >= kLabels - 1);
  for (int i = 0; i < 26; ++i) {
    const MarkSheet page = unmarked_page(nth(i), Barcodes::Without);
    INFO("page " << nth(i) << ", " << page.kind << ": " << page.conditions);
    CHECK(find_barcodes(gray_at_most(page.image, 200)).empty());
  }
}

TEST_CASE("empty backs are blank; a page number, a stamp or a ruled form is not", "[imaging][blank]") {
  constexpr int kSides = 32;
  int blank = 0;
  for (int i = 0; i < kSides; ++i) blank += measure(gray_at_most(blank_side(nth(i)).image, 200)).blank;
  CHECK(blank >= kSides - 1);
  for (int i = 0; i < kSides; ++i) {
    const MarkSheet side = printed_side(nth(i));
    INFO("side " << nth(i) << ", " << side.kind << ": " << side.conditions);
    CHECK_FALSE(measure(gray_at_most(side.image, 200)).blank);
  }
}

// A tick of a pen near the edge, as large and as square as a punch hole, was taken for one and its page for blank.
TEST_CASE("a tick near the edge is not a punch hole", "[imaging][blank]") {
  for (const int number : {33, 47, 61}) CHECK_FALSE(measure(gray_at_most(printed_side(number).image, 200)).blank);
}
