#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "imaging/clean.h"
#include "imaging/marks.h"
#include "tests/support/draw.h"
#include "tests/support/marks.h"

using namespace chartscan;
using namespace chartscan::imaging;
using testing::Edge;
using testing::Patch;
using testing::Scan;

namespace {

const std::vector<std::pair<Patch, std::string>> kPatches{{Patch::One, "PATCH 1"}, {Patch::Two, "PATCH 2"},  {Patch::Three, "PATCH 3"},
                                                          {Patch::Four, "PATCH 4"}, {Patch::Six, "PATCH 6"}, {Patch::T, "PATCH T"}};

std::string read_patch(const testing::Paper& paper, const Scan& scan) {
  const auto found = find_patch_code(testing::scanned(paper, scan));
  REQUIRE(found.size() <= 1);
  return found.empty() ? "" : found.front().payload;
}

testing::Paper page_of_text() { return testing::text_paper(testing::some_lines(46)); }

testing::Paper page_of_tables() {
  testing::Paper paper;
  for (int row = 0; row < 40; ++row) {  // rules, thick rules and shaded rows
    const double y = 60 + 16 * row;
    paper.line({50, y}, {560, y}, row % 5 == 0 ? 5.8 : 0.7);
    if (row % 3 == 0) paper.fill({50, y, 510, 14.4}, {0.8, 0.8, 0.8});
    if (row % 7 == 0) paper.fill({50, y, 510, 5.8}, testing::kBlack);
    paper.row(y + 2, {{60, 0, "Potassium"}, {220, 0, "4.2"}, {300, 0, "mmol/L"}, {420, 0, "3.5 - 5.1"}}, {.size = 9});
  }
  for (int column = 0; column < 8; ++column) paper.line({50 + 72.0 * column, 60}, {50 + 72.0 * column, 700}, column % 2 ? 5.8 : 14.4);
  return paper;
}

testing::Paper page_of_barcodes() {
  testing::Paper paper;
  testing::draw_code128(paper, {60, 30, 480, 60}, "MRN00123456");
  testing::draw_code128(paper, {60, 700, 200, 40}, "ACC-7788");
  testing::draw_qr(paper, {400, 300}, 120, "https://example.org/chart?mrn=00123456&doc=34117-2");
  return paper;
}

}  // namespace

TEST_CASE("every patch code is read along every edge", "[imaging][patch]") {
  for (const auto& [patch, payload] : kPatches) {
    for (const Edge edge : {Edge::Top, Edge::Bottom, Edge::Left, Edge::Right}) {
      testing::Paper paper;
      testing::draw_patch(paper, patch, edge);
      INFO(payload << " edge " << static_cast<int>(edge));
      CHECK(read_patch(paper, {.dpi = 200}) == payload);
    }
  }
}

TEST_CASE("patch codes are read crooked, noisy, faint and from 150 to 300 dpi", "[imaging][patch]") {
  for (const auto& [patch, payload] : kPatches) {
    testing::Paper paper = testing::text_paper({"", "", "", "", "", "DOCUMENT SEPARATOR", "Place before each new document."}, {.size = 24});
    testing::draw_patch(paper, patch, Edge::Top, 36);
    for (const Scan& scan : {Scan{.dpi = 150}, Scan{.dpi = 300}, Scan{.dpi = 200, .skew = {3}}, Scan{.dpi = 200, .skew = {-3}}, Scan{.dpi = 200, .noise = 30},
                             Scan{.dpi = 200, .ink = 0.35}, Scan{.dpi = 200, .speckle = 0.02}, Scan{.dpi = 200, .tone = testing::Tone::Bitonal},
                             Scan{.dpi = 200, .paper_level = 190, .softness = 1, .shadow = 0.3},
                             Scan{.dpi = 200, .skew = {2}, .lid = testing::Lid::Black, .overscan = 0.2}}) {
      INFO(payload << " dpi " << scan.dpi << " skew " << scan.skew.value << " noise " << scan.noise << " ink " << scan.ink << " speckle " << scan.speckle << " lid "
                   << static_cast<int>(scan.lid));
      CHECK(read_patch(paper, scan) == payload);
    }
  }
}

TEST_CASE("the box of a patch code lies on its bars", "[imaging][patch]") {
  testing::Paper paper;
  testing::draw_patch(paper, Patch::T, Edge::Bottom, 18);
  const auto found = find_patch_code(testing::scanned(paper, {.dpi = 200}));
  REQUIRE(found.size() == 1);
  CHECK(found.front().format == "PatchT");
  const Box box = found.front().box;
  CHECK(box.y1 == Approx(2200 - 50).margin(4));
  CHECK(box.height() == Approx(160).margin(6));
  CHECK(box.width() == Approx(1200).margin(30));
}

TEST_CASE("no patch code is seen where there is none", "[imaging][patch]") {
  const auto none = [](const testing::Paper& paper, const Scan& scan) { CHECK(read_patch(paper, scan).empty()); };
  for (const double skew : {0.0, 2.0, -1.0}) {
    for (const int rotation : {0, 90}) {
      const Scan scan{.dpi = 200, .skew = {skew}, .rotation = rotation};
      none(page_of_text(), scan);
      none(page_of_tables(), scan);
      none(page_of_barcodes(), scan);
      none(testing::Paper(), scan);
    }
  }
  CHECK(find_patch_code(Image{}).empty());
  CHECK(find_patch_code(blank_image(1, 1)).empty());
  CHECK(find_patch_code(blank_image(1700, 2200, 1, 0)).empty());
}

TEST_CASE("barcodes are read in any quarter turn, several on a page", "[imaging][barcode]") {
  const testing::Paper paper = page_of_barcodes();
  for (const int rotation : {0, 90, 180, 270}) {
    for (const double skew : {0.0, 1.5}) {
      const auto found = find_barcodes(testing::scanned(paper, {.dpi = 200, .skew = {skew}, .rotation = rotation}));
      INFO("rotation " << rotation << " skew " << skew);
      const auto has = [&](const std::string& payload, const std::string& format) {
        return std::any_of(found.begin(), found.end(), [&](const Barcode& b) { return b.payload == payload && b.format == format; });
      };
      CHECK(has("MRN00123456", "Code128"));
      CHECK(has("ACC-7788", "Code128"));
      CHECK(has("https://example.org/chart?mrn=00123456&doc=34117-2", "QRCode"));
      CHECK(found.size() == 3);
    }
  }
}

TEST_CASE("the box of a barcode lies on it", "[imaging][barcode]") {
  testing::Paper paper;
  testing::draw_qr(paper, {288, 360}, 72, "chart");
  const auto found = find_barcodes(testing::scanned(paper, {.dpi = 200}));
  REQUIRE(found.size() == 1);
  CHECK(std::abs(found.front().box.x0 - 800) <= 8);
  CHECK(std::abs(found.front().box.y1 - 1200) <= 8);
}

TEST_CASE("text, tables and empty pages hold no barcode", "[imaging][barcode]") {
  CHECK(find_barcodes(testing::scanned(page_of_text(), {.dpi = 200})).empty());
  CHECK(find_barcodes(testing::scanned(page_of_tables(), {.dpi = 200})).empty());
  CHECK(find_barcodes(testing::scanned(page_of_text(), {.dpi = 200, .noise = 20})).empty());
  CHECK(find_barcodes(Image{}).empty());
  CHECK(find_barcodes(blank_image(1, 1)).empty());
}

TEST_CASE("milliseconds for marks", "[.bench][imaging]") {
  const auto time = [](const char* what, const Image& image, auto find) {
    const std::clock_t start = std::clock();  // processor time
    for (int i = 0; i < 5; ++i) (void)find(image);
    std::printf("%-24s %6.1f ms\n", what, 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / 5);
  };
  const Image text = testing::scanned(page_of_text(), {.dpi = 200, .softness = 1, .noise = 3});
  time("barcodes, text", text, find_barcodes);
  time("patch, text", text, find_patch_code);
  const Image codes = testing::scanned(page_of_barcodes(), {.dpi = 200});
  time("barcodes, barcodes", codes, find_barcodes);
}
