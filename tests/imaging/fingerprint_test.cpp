#include <catch2/catch.hpp>

#include <algorithm>
#include <bit>
#include <vector>

#include "imaging/clean.h"
#include "tests/support/draw.h"
#include "tests/support/random.h"

using namespace chartscan;
using namespace chartscan::imaging;
using testing::Paper;
using testing::Scan;

namespace {

// As the pipeline makes it, with the skew found to within a residual.
std::uint64_t fingerprint_of(const Paper& paper, const Scan& scan, double residual = 0) {
  const Image delivered = testing::scanned(paper, scan);
  Geometry geometry;
  geometry.skew = {scan.skew.value + residual};
  return fingerprint(make_working_image(delivered, geometry, measure(gray_at_most(delivered, 200)), {}));
}

int distance(std::uint64_t a, std::uint64_t b) { return std::popcount(a ^ b); }

Paper page(std::uint64_t seed) {
  testing::Random random(seed);
  std::vector<std::string> lines = testing::some_lines(40), text;
  for (int i = 0; i < 18 + static_cast<int>(random.between(0, 22)); ++i)
    text.push_back(random.between(0, 1) < 0.2 ? "" : lines[static_cast<std::size_t>(random.between(0, 39.9))].substr(0, static_cast<std::size_t>(random.between(15, 90))));
  return testing::text_paper(text);
}

}  // namespace

TEST_CASE("a sheet fed twice has nearly the fingerprint it had, other sheets have another", "[imaging][fingerprint]") {
  constexpr int kSheets = 8;
  std::vector<std::uint64_t> first;
  int most_same = 0, least_other = 64;
  testing::Random random(5);
  for (int i = 0; i < kSheets; ++i) {
    const Paper paper = page(static_cast<std::uint64_t>(100 + i));
    first.push_back(fingerprint_of(paper, {.dpi = 200, .seed = 1}));
    for (int again = 0; again < 3; ++again) {
      const Scan scan{.dpi = again == 2 ? 300 : 200, .skew = {random.between(-2, 2)}, .softness = 0.5 * again, .noise = 4.0 * again,
                      .overscan = 0.1 * again, .seed = static_cast<std::uint64_t>(again + 2)};
      most_same = std::max(most_same, distance(first.back(), fingerprint_of(paper, scan, random.between(-0.5, 0.5))));
    }
  }
  for (int i = 0; i < kSheets; ++i)
    for (int j = 0; j < i; ++j) least_other = std::min(least_other, distance(first[static_cast<std::size_t>(i)], first[static_cast<std::size_t>(j)]));
  WARN("bits apart: same sheet at most " << most_same << ", other sheets at least " << least_other);
  CHECK(most_same <= kSameSheetBits);
  CHECK(least_other > kSameSheetBits);
}

TEST_CASE("two forms with different entries are mostly told apart", "[imaging][fingerprint]") {
  const auto form = [](const std::string& name, const std::string& text) {
    Paper paper;
    paper.text({72, 60}, "CONSENT TO TREATMENT", {.size = 16, .bold = true});
    paper.text({72, 100}, "Name: " + name, {.size = 11});
    for (int i = 0; i < 25; ++i) paper.text({72, 130.0 + 14 * i}, testing::some_lines(25)[static_cast<std::size_t>(i)], {.size = 10});
    paper.text({72, 520}, text, {.size = 11});
    return paper;
  };
  const int apart = distance(fingerprint_of(form("Alex Example", "None."), {.dpi = 200}),
                             fingerprint_of(form("Jordan Sample-Specimen", "Allergic to penicillin, latex and shellfish; see the list attached."), {.dpi = 200}));
  WARN("bits apart: one form, other entries " << apart);
  CHECK(apart > 0);
}

TEST_CASE("an empty page has the fingerprint of nothing", "[imaging][fingerprint]") {
  CHECK(fingerprint(blank_image(1700, 2200)) == 0);
  CHECK(fingerprint(Image{}) == 0);
}
