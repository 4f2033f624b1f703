#include "ocr/word_confidence.h"

#include <catch2/catch.hpp>

using chartscan::ocr::probability_right;

TEST_CASE("the share of right words rises with their confidence and tells sure from lost", "[ocr]") {
  double last = 0;
  for (int percent = 0; percent <= 100; ++percent) {
    const double share = probability_right(percent / 100.0);
    CHECK(share > last);
    last = share;
  }
  CHECK(probability_right(1) > 0.97);
  CHECK(probability_right(0.95) > 0.9);
  CHECK(probability_right(0.5) < 0.7);
  CHECK(probability_right(0) < 0.3);
  CHECK(probability_right(0) > 0.05);
  CHECK(probability_right(-3) == probability_right(0));
  CHECK(probability_right(7) == probability_right(1));
}
