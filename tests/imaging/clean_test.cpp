#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <vector>

#include "imaging/clean.h"
#include "imaging/marks.h"
#include "imaging/view.h"
#include "tests/support/degrade.h"
#include "tests/support/draw.h"
#include "tests/support/marks.h"
#include "tests/support/random.h"

using namespace chartscan;
using namespace chartscan::imaging;
using testing::Scan;

namespace {

constexpr int kMeasuringDpi = 200;

Image measuring_image(const Image& delivered) { return gray_at_most(delivered, kMeasuringDpi); }

Image scanned_text(const Scan& scan, int lines = 40) { return measuring_image(testing::draw_text_page(testing::some_lines(lines), scan)); }

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

// Of this thread's processor time: other work on the machine does not count.
double cpu_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

double milliseconds(const std::function<void()>& work) {
  std::vector<double> all;
  for (int i = 0; i < 7; ++i) {
    const double start = cpu_milliseconds();
    work();
    all.push_back(cpu_milliseconds() - start);
  }
  return median(all);
}

using testing::PaperSize;

}  // namespace

TEST_CASE("skew of drawn pages is found to a few hundredths of a degree, with its sign", "[imaging][skew]") {
  std::vector<double> errors;
  testing::Random random(7);
  for (int i = 0; i < 12; ++i) {
    const double truth = random.between(-14, 14);
    Scan scan{.dpi = 200, .skew = {truth}, .seed = static_cast<std::uint64_t>(i)};
    if (i % 3 == 1) scan.noise = 12;
    if (i % 3 == 2) scan.ink = 0.4;
    const Skew found = find_skew(find_lettering(scanned_text(scan, 15 + 2 * i), scan.noise));
    INFO("truth " << truth << " found " << found.angle.value << " confidence " << found.confidence);
    CHECK(found.confidence >= kMinSkewConfidence);
    CHECK(std::abs(found.angle.value - truth) < 0.15);
    errors.push_back(std::abs(found.angle.value - truth));
  }
  double mean = 0;
  for (const double error : errors) mean += error / static_cast<double>(errors.size());
  std::sort(errors.begin(), errors.end());
  WARN("skew: mean error " << mean << ", p95 " << errors[errors.size() * 95 / 100]);
  CHECK(mean <= 0.04);
}

TEST_CASE("a blank page has no skew to be sure of", "[imaging][skew]") {
  CHECK(find_skew(find_lettering(measuring_image(testing::draw_blank_page({.dpi = 200})))).confidence < kMinSkewConfidence);
  CHECK(find_skew(find_lettering(measuring_image(testing::draw_blank_page({.dpi = 200, .noise = 8})))).confidence < kMinSkewConfidence);
  CHECK(find_skew(Lettering{}).confidence < kMinSkewConfidence);
  CHECK(find_skew(find_lettering(blank_image(1, 1))).confidence < kMinSkewConfidence);
}

TEST_CASE("drawings and handwriting have no skew to be sure of, rules and frames have", "[imaging][skew]") {
  const auto skew_of = [](const testing::Paper& paper) { return find_skew(find_lettering(measuring_image(testing::scanned(paper, {.dpi = 200, .skew = {4}, .softness = 0.6})))); };
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    testing::Random random(seed);
    testing::Paper hands, strokes, form;
    const auto anywhere = [&] { return testing::Point{random.between(40, 450), random.between(40, 750)}; };
    for (unsigned i = 0; i < 40; ++i) testing::sign(hands, anywhere(), random.between(40, 150), i + 50 * seed, testing::kBlueInk);
    for (int i = 0; i < 60; ++i) strokes.line(anywhere(), anywhere(), 1);
    for (int row = 0; row < 12; ++row) form.box({60, 60.0 + 50 * row, 480, 50});
    CHECK(skew_of(hands).confidence < kMinSkewConfidence);
    CHECK(skew_of(strokes).confidence < kMinSkewConfidence);
    const Skew of_form = skew_of(form);
    CHECK(of_form.confidence >= kMinSkewConfidence);
    CHECK(std::abs(of_form.angle.value - 4) < 0.02);
  }
}

TEST_CASE("all four turns are told apart", "[imaging][orientation]") {
  for (const int rotation : {0, 90, 180, 270}) {
    for (const double skew : {0.0, 3.0, -8.0, 14.0}) {
      const Image gray = scanned_text({.dpi = 200, .skew = {skew}, .rotation = rotation});
      const Lettering print = find_lettering(gray);
      INFO("rotation " << rotation << " skew " << skew);
      CHECK(print.axis == (rotation % 180 == 0 ? TextAxis::Along : TextAxis::Across));
      const Orientation found = find_orientation(print, {skew});
      CHECK(found.sure);
      CHECK(found.rotation == rotation);
    }
  }
}

// Frames, rules and columns of short entries made the count of ascenders believe that upright cards and medication tables
// lay on their side.
TEST_CASE("frames and columns do not turn a page of capitals and digits", "[imaging][orientation]") {
  const auto frames = [](testing::Paper& paper) {
    paper.box({60, 60, 260, 160});
    for (int row = 0; row < 6; ++row) paper.text({70, 70.0 + 22 * row}, "MEMBER ID " + std::to_string(90417352 + 7919 * row), {.size = 9});
    for (int row = 0; row < 20; ++row) {
      paper.line({60, 260.0 + 20 * row}, {540, 260.0 + 20 * row});
      for (int column = 0; column < 8; ++column)
        paper.text({64.0 + 60 * column, 264.0 + 20 * row}, column == 0 ? "DOSE " + std::to_string(row) : std::to_string(10 * row + column), {.size = 8});
    }
    for (int column = 0; column <= 8; ++column) paper.line({60.0 + 60 * column, 260}, {60.0 + 60 * column, 640});
  };
  for (const int rotation : {0, 90, 180, 270}) {
    testing::Paper paper;
    frames(paper);
    const Image gray = measuring_image(testing::scanned(paper, {.dpi = 200, .rotation = rotation}));
    const Lettering print = find_lettering(gray);
    INFO("rotation " << rotation);
    CHECK(print.axis == (rotation % 180 == 0 ? TextAxis::Along : TextAxis::Across));
    const Orientation found = find_orientation(print, {});
    CHECK((!found.sure || found.rotation == rotation));
  }
}

TEST_CASE("orientation of a page without text is unsure", "[imaging][orientation]") {
  for (const Image& gray : {measuring_image(testing::draw_blank_page({.dpi = 200})), blank_image(1, 1), Image{}}) {
    Lettering print = find_lettering(gray);
    CHECK(print.axis == TextAxis::Unknown);
    CHECK_FALSE(find_orientation(print, {}).sure);
    print.axis = TextAxis::Along;
    CHECK_FALSE(find_orientation(print, {}).sure);
  }
}

TEST_CASE("blank sides are blank whatever dust, noise and lid add", "[imaging][blank]") {
  CHECK(measure(blank_image(1700, 2200)).blank);
  for (const Scan& scan : {Scan{.dpi = 200}, Scan{.dpi = 200, .noise = 6}, Scan{.dpi = 200, .noise = 25}, Scan{.dpi = 200, .shadow = 0.3},
                           Scan{.dpi = 200, .paper_level = 225}, Scan{.dpi = 200, .speckle = 0.003},
                           Scan{.dpi = 200, .skew = {1.5}, .lid = testing::Lid::Black, .overscan = 0.2},
                           Scan{.dpi = 300, .tone = testing::Tone::Bitonal}}) {
    const PageMeasures found = measure(measuring_image(testing::draw_blank_page(scan)));
    INFO("noise " << scan.noise << " shadow " << scan.shadow << " paper " << scan.paper_level << " speckle " << scan.speckle << " skew "
                  << scan.skew.value << " found noise " << found.noise << " ink " << found.ink << " confidence " << found.blank_confidence);
    CHECK(found.blank);
  }
}

TEST_CASE("a page with one small line, a digit or a signature is not blank", "[imaging][blank]") {
  const auto judged = [](const testing::Paper& paper, const Scan& scan) { return measure(measuring_image(testing::scanned(paper, scan))); };
  testing::Paper line, digit, signature, faint;
  line.text({300, 700}, "see over", {.size = 7});
  digit.text({306, 740}, "2", {.size = 11});
  testing::sign(signature, {300, 500}, 120, 3, testing::kBlueInk);
  faint.text({90, 300}, "please call the ward", {.size = 9});
  for (const Scan& scan : {Scan{.dpi = 200}, Scan{.dpi = 300}, Scan{.dpi = 200, .noise = 8}, Scan{.dpi = 150}, Scan{.dpi = 200, .paper_level = 220},
                           Scan{.dpi = 200, .tone = testing::Tone::Bitonal}}) {
    INFO("dpi " << scan.dpi << " noise " << scan.noise << " paper " << scan.paper_level);
    CHECK_FALSE(judged(line, scan).blank);
    CHECK_FALSE(judged(digit, scan).blank);
    CHECK_FALSE(judged(signature, scan).blank);
    CHECK_FALSE(judged(faint, scan).blank);
  }
  CHECK_FALSE(judged(faint, {.dpi = 200, .ink = 0.3}).blank);
}

TEST_CASE("measures follow what was drawn", "[imaging][measure]") {
  const PageMeasures clean = measure(scanned_text({.dpi = 200}));
  CHECK(clean.paper_level > 0.97);
  CHECK(clean.contrast > 0.7);
  CHECK(clean.noise < 1);
  CHECK(clean.ink > 0.005);
  CHECK(clean.ink < 0.2);
  CHECK_FALSE(clean.blank);
  const PageMeasures faint = measure(scanned_text({.dpi = 200, .ink = 0.25}));
  CHECK(faint.contrast < 0.35);
  CHECK(faint.contrast > 0.1);
  const PageMeasures gray_paper = measure(scanned_text({.dpi = 200, .paper_level = 200}));
  CHECK(gray_paper.paper_level == Approx(200 / 255.0).margin(0.02));
  const PageMeasures noisy = measure(scanned_text({.dpi = 200, .paper_level = 200, .noise = 15}));
  CHECK(noisy.noise == Approx(15).margin(4));
  const PageMeasures speckled = measure(scanned_text({.dpi = 200, .speckle = 0.01}));
  CHECK(speckled.speckle > 5 * (clean.speckle + 0.0001));
}

TEST_CASE("the working image is upright and straight, and its geometry says where each word went", "[imaging][working]") {
  testing::Paper paper;
  paper.fill({144, 216, 72, 36}, testing::kBlack);
  for (const int rotation : {0, 90, 180, 270}) {
    for (const double skew : {0.0, 5.0, -2.5}) {
      const Scan scan{.dpi = 300, .skew = {skew}, .rotation = rotation};
      const Image delivered = testing::scanned(paper, scan);
      Geometry geometry;
      geometry.rotation = rotation;
      geometry.skew = {skew};
      const Image working = make_working_image(delivered, geometry, PageMeasures{.contrast = 1}, {.working_dpi = 200});
      INFO("rotation " << rotation << " skew " << skew);
      REQUIRE(working.size() == geometry.working);
      CHECK(geometry.delivered == delivered.size());
      CHECK(working.dpi_x == 200);
      // Where the bar is on the working image, and where its box in the delivered image maps to.
      Box seen;
      for (int y = 0; y < working.height; ++y)
        for (int x = 0; x < working.width; ++x)
          if (working.row(y)[x] < 100) seen = united(seen, {x, y, x + 1, y + 1});
      CHECK(std::abs(seen.width() - 200) <= 2);
      CHECK(std::abs(seen.height() - 100) <= 2);
      const Box back = geometry.to_delivered().bounds_of(seen);
      const Box truth = testing::scanned_box({144, 216, 72, 36}, paper.size(), scan);
      CHECK(std::abs(back.x0 - truth.x0) <= 3);
      CHECK(std::abs(back.y1 - truth.y1) <= 3);
    }
  }
}

// Share of dark pixels within a rectangle of the paper, on the working image.
double dark_share(const Image& working, const Geometry& geometry, const testing::Rect& on_paper, PaperSize paper, const Scan& scan) {
  const Box box = geometry.to_working().bounds_of(testing::scanned_box(on_paper, paper, scan));
  int dark = 0;
  for (int y = std::max(0, box.y0); y < std::min(working.height, box.y1); ++y)
    for (int x = std::max(0, box.x0); x < std::min(working.width, box.x1); ++x) dark += working.row(y)[x] < 100;
  return static_cast<double>(dark) / std::max(1, box.width() * box.height());
}

TEST_CASE("the lid and punch holes come out white, and print beside them stays", "[imaging][working]") {
  testing::Paper paper;
  paper.text({12, 300}, "near the edge", {.size = 11});
  paper.dot({28, 200}, 9);  // a punch hole over the black lid
  paper.dot({28, 590}, 9);
  paper.fill({200, 400, 14, 14}, testing::kBlack);  // a filled box in the middle of the page is print
  const Scan scan{.dpi = 300, .skew = {2}, .softness = 0.6, .noise = 2, .lid = testing::Lid::Black, .overscan = 0.4};
  const Image delivered = testing::scanned(paper, scan);
  Geometry geometry;
  geometry.skew = scan.skew;
  const Image working = make_working_image(delivered, geometry, measure(measuring_image(delivered)), {});
  CHECK(dark_share(working, geometry, {-28, -28, 20, 840}, paper.size(), scan) < 0.01);
  CHECK(dark_share(working, geometry, {18, 190, 20, 20}, paper.size(), scan) < 0.01);
  CHECK(dark_share(working, geometry, {18, 580, 20, 20}, paper.size(), scan) < 0.01);
  CHECK(dark_share(working, geometry, {12, 300, 64, 12}, paper.size(), scan) > 0.05);
  CHECK(dark_share(working, geometry, {202, 402, 10, 10}, paper.size(), scan) > 0.8);
}

// 100,000 specks became as many blobs in layout analysis, and their edges outvoted those of the print.
TEST_CASE("a page strewn with specks is straightened, and most of them are gone", "[imaging][working]") {
  for (const int size : {1, 2}) {
    Image delivered = testing::draw_text_page(testing::some_lines(), {.dpi = 300, .skew = {3}, .softness = 0.6});
    testing::Random random(5);
    for (int i = 0; i < 100'000; ++i) {
      const int x = random.below(delivered.width - size), y = random.below(delivered.height - size);
      for (int row = y; row < y + size; ++row) std::fill_n(delivered.row(row) + x, size, std::uint8_t{0});
    }
    const Image gray = measuring_image(delivered);
    const PageMeasures measures = measure(gray);
    const Skew skew = find_skew(find_lettering(gray, measures.noise));
    INFO("specks of " << size << " pixels");
    CHECK(skew.confidence >= kMinSkewConfidence);
    CHECK(skew.angle.value == Approx(3).margin(0.1));
    Geometry geometry;
    geometry.skew = skew.angle;
    CHECK(measure(make_working_image(delivered, geometry, measures, {})).speckle < measures.speckle / 8);
  }
}

TEST_CASE("white print on a black band that runs off the sheet is not the lid", "[imaging][working]") {
  testing::Paper paper;
  paper.fill({0, 0, 612, 60}, testing::kBlack);
  paper.text({60, 18}, "CONFIDENTIAL LABORATORY REPORT", {.size = 18, .color = testing::kWhite});
  for (int row = 0; row < 20; ++row) paper.text({60, 100.0 + 20 * row}, "the quick brown fox jumps over a lazy dog", {.size = 11});
  const Scan scan{.dpi = 300, .softness = 0.6};
  const Image delivered = testing::scanned(paper, scan);
  Geometry geometry;
  const Image working = make_working_image(delivered, geometry, measure(measuring_image(delivered)), {});
  CHECK(dark_share(working, geometry, {0, 0, 612, 58}, paper.size(), scan) > 0.5);
}

TEST_CASE("faint print on shaded paper comes out dark on white", "[imaging][working]") {
  const Image delivered = testing::draw_text_page(testing::some_lines(), {.dpi = 300, .ink = 0.3, .paper_level = 215, .noise = 6, .shadow = 0.3});
  Geometry geometry;
  const Image working = make_working_image(delivered, geometry, measure(measuring_image(delivered)), {});
  const PageMeasures after = measure(working);
  CHECK(after.paper_level > 0.95);
  CHECK(after.contrast > 0.6);
}

TEST_CASE("pages coarser than the working resolution are not enlarged unless letters would be too small", "[imaging][working]") {
  Geometry geometry;
  Image page = blank_image(1275, 1650);
  page.dpi_x = page.dpi_y = 150;
  CHECK(make_working_image(page, geometry, {}, {}).width == 1275);
  page = blank_image(850, 1100);
  page.dpi_x = page.dpi_y = 100;
  CHECK(make_working_image(page, geometry, {}, {}).width == 1700);
  page = blank_image(1728, 1078);  // fax at standard resolution: square pixels come out
  page.dpi_x = 204;
  page.dpi_y = 98;
  const Image fax = make_working_image(page, geometry, {}, {});
  CHECK(fax.width == Approx(1694).margin(2));
  CHECK(fax.height == Approx(2200).margin(2));
}

TEST_CASE("dpi is believed where it makes a page of paper", "[imaging][resolution]") {
  const auto dpi = [](int width, int height, int stated) {
    Image image = blank_image(width, height);
    image.dpi_x = image.dpi_y = stated;
    return believable_dpi(image);
  };
  CHECK(dpi(2550, 3300, 300) == 300);
  CHECK(dpi(2550, 3300, 0) == 300);
  CHECK(dpi(2550, 3300, 72) == 300);   // 35 inches wide: a default of some software
  CHECK(dpi(1275, 1650, 96) == 150);
  CHECK(dpi(816, 1056, 96) == 96);     // a letter page at 96 dpi is one
  CHECK(dpi(2480, 3508, 0) == 300);    // A4
  CHECK(dpi(1011, 638, 300) == 300);   // an insurance card
  CHECK(dpi(2550, 3300, 30000) == 300);
}

TEST_CASE("milliseconds a page", "[.bench][imaging]") {
  const Image delivered = testing::draw_text_page(testing::some_lines(), {.dpi = 300, .skew = {2}, .softness = 1, .noise = 3});
  Image gray = measuring_image(delivered);
  std::printf("gray twin        %6.1f ms\n", milliseconds([&] { (void)measuring_image(delivered); }));
  Lettering print;
  std::printf("find_lettering   %6.1f ms\n", milliseconds([&] { print = find_lettering(gray); }));
  std::printf("find_skew        %6.1f ms\n", milliseconds([&] { (void)find_skew(print); }));
  std::printf("find_orientation %6.1f ms\n", milliseconds([&] { (void)find_orientation(print, {2}); }));
  std::printf("measure          %6.1f ms\n", milliseconds([&] { (void)measure(gray); }));
  const PageMeasures measures = measure(gray);
  Geometry straight, skewed;
  skewed.skew = {2};
  Image working;
  std::printf("working straight %6.1f ms\n", milliseconds([&] { working = make_working_image(delivered, straight, measures, {}); }));
  std::printf("working skewed   %6.1f ms\n", milliseconds([&] { working = make_working_image(delivered, skewed, measures, {}); }));
}

namespace {
// The darkest pixel of a working image inside a box of the paper, in points.
int darkest_in(const Image& working, double x0, double y0, double x1, double y1) {
  int darkest = 255;
  const double px = working.dpi_x / 72.0;
  for (int y = static_cast<int>(y0 * px); y < static_cast<int>(y1 * px); ++y)
    for (int x = static_cast<int>(x0 * px); x < static_cast<int>(x1 * px); ++x) darkest = std::min<int>(darkest, working.row(y)[x]);
  return darkest;
}

Image working_of(const Image& delivered) {
  Geometry geometry;
  return make_working_image(delivered, geometry, measure(measuring_image(delivered)), {});
}
}  // namespace

TEST_CASE("the shadow of a fold goes, print in it and a printed band stay", "[imaging][light]") {
  testing::Paper paper;
  for (int row = 0; row < 40; ++row) paper.text({72, 72.0 + 16 * row}, "the quick brown fox jumps over a lazy dog", {.size = 11});
  paper.fill({72, 730, 400, 20}, testing::kBlack);
  Image page = testing::scanned(paper, {.dpi = 200});
  for (int y = 0; y < page.height; ++y) {
    const double away = (y - page.height / 2) / 20.0, light = 1 - 0.4 * std::exp(-away * away);
    for (int x = 0; x < page.width; ++x) page.row(y)[x] = static_cast<std::uint8_t>(page.row(y)[x] * light);
  }
  const Image working = working_of(page);
  const double fold = 72.0 * (page.height / 2) / 200;
  CHECK(darkest_in(working, 500, fold - 20, 590, fold + 20) > 200);  // beside the print
  CHECK(darkest_in(working, 72, fold - 10, 300, fold + 10) < 60);
  CHECK(darkest_in(working, 100, 735, 400, 745) < 40);
}

TEST_CASE("what shines through goes, gray print stays", "[imaging][light]") {
  testing::Paper paper;
  for (int row = 0; row < 40; ++row) paper.text({72, 72.0 + 16 * row}, "the quick brown fox jumps over", {.size = 11});
  paper.text({72, 40}, "gray print of the letterhead", {.size = 11, .color = {0.62, 0.62, 0.62}});
  const Image page = testing::degraded(testing::scanned(paper, {.dpi = 200}), {.name = "back", .show_through = 0.25}, 1);
  CHECK(darkest_in(page, 400, 80, 530, 700) < 220);  // the other half of the page has only the back of this one
  const Image working = working_of(page);
  CHECK(darkest_in(working, 400, 80, 530, 700) > 225);
  CHECK(darkest_in(working, 72, 38, 220, 54) < 190);
  CHECK(darkest_in(working, 72, 72, 200, 90) < 60);
}
