#include "pipeline/page_work.h"

#include <catch2/catch.hpp>

#include "imaging/view.h"
#include "tests/support/draw.h"

using namespace chartscan;
using namespace chartscan::pipeline;
using namespace chartscan::testing;

namespace {

// Engines take a while to start: one bench for all tests here, as a worker keeps one for all its pages.
Workbench& bench() {
  static Workbench kBench = std::move(make_workbench({})).value();
  return kBench;
}

Page page_from(MediaType media) {
  Page page;
  page.id = PageId{7};
  page.original = {std::string(64, 'a'), media, 0, "box/page-7.png"};
  return page;
}

Result<PageWork> work(const imaging::Image& image) {
  return work_page(page_from(MediaType::Png), imaging::memory_reader(imaging::encode_png(image)), bench(), {}, {});
}

}  // namespace

TEST_CASE("a skewed quarter-turned page comes out read, with its pose and a stamp of every stage", "[pipeline]") {
  Scan scan;
  scan.dpi = 200;
  scan.skew = Degrees{2.5};
  scan.rotation = 90;
  const auto result = work(draw_text_page(some_lines(), scan));
  REQUIRE(result.ok());
  CHECK(result->page.state == PageState::Processed);
  CHECK(result->page.geometry.rotation == 90);
  CHECK(result->page.geometry.skew.value == Approx(2.5).margin(0.1));
  CHECK(result->page.quality.words > 100);
  CHECK(result->page.quality.text_confidence > 0.8);
  REQUIRE(result->page.stamps.size() == stage_list().size());
  for (std::size_t i = 0; i < stage_list().size(); ++i) {
    CHECK(result->page.stamps[i].name == stage_list()[i].name);
    CHECK(result->page.stamps[i].version == stage_list()[i].version);
    CHECK_FALSE(result->page.stamps[i].settings.empty());
  }
}

TEST_CASE("the same bytes and settings give the same page", "[pipeline]") {
  const imaging::Image image = draw_text_page({"Discharge summary", "Patient went home in good condition."});
  const auto first = work(image), second = work(image);
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  CHECK(first->text.text() == second->text.text());
  CHECK(first->page.fingerprint == second->page.fingerprint);
  CHECK(first->page.findings == second->page.findings);
  CHECK(first->page.stamps.front().settings == second->page.stamps.front().settings);
}

TEST_CASE("a blank side with dust is blank and is not read", "[pipeline]") {
  const auto result = work(draw_blank_page());
  REQUIRE(result.ok());
  CHECK(result->page.blank);
  CHECK(result->text.words.empty());
}

TEST_CASE("a page that cannot be decoded is rejected by name, not lost and not an error", "[pipeline]") {
  const std::string rubbish = "this is no image";
  const auto result = work_page(page_from(MediaType::Png), imaging::memory_reader({rubbish.begin(), rubbish.end()}), bench(), {}, {});
  REQUIRE(result.ok());
  CHECK(result->page.state == PageState::Rejected);
  CHECK(result->page.rejected_because.find("box/page-7.png, page 1") != std::string::npos);
  CHECK(has_finding(result->page.findings, finding::kUndecodable));
}

TEST_CASE("an image too small to be a page is rejected", "[pipeline]") {
  const auto result = work(imaging::blank_image(1, 1));
  REQUIRE(result.ok());
  CHECK(result->page.state == PageState::Rejected);
  CHECK(result->page.rejected_because.find("1 x 1 pixels") != std::string::npos);
}

TEST_CASE("a person's turn and a person's blank outweigh what is measured, and a page may be read anew", "[pipeline][repair]") {
  Page page = page_from(MediaType::Png);
  page.decisions.rotation = 180;
  page.findings = {{finding::kScannerNote, "of the driver", 1}, {finding::kTooLight, "of an earlier reading", 1}};
  page.stamps = {{"of an earlier reading", 1, "x"}};
  const auto bytes = imaging::encode_png(draw_text_page(some_lines()));
  const auto turned = work_page(page, imaging::memory_reader(bytes), bench(), {}, {});
  REQUIRE(turned.ok());
  CHECK(turned->page.geometry.rotation == 180);
  CHECK(has_finding(turned->page.findings, finding::kScannerNote));
  CHECK_FALSE(has_finding(turned->page.findings, finding::kTooLight));
  CHECK(turned->page.stamps.size() == stage_list().size());

  Page empty = page_from(MediaType::Png);
  const auto white = imaging::encode_png(imaging::blank_image(1700, 2200));
  CHECK(work_page(empty, imaging::memory_reader(white), bench(), {}, {})->page.blank);
  empty.decisions.blank = false;
  CHECK_FALSE(work_page(empty, imaging::memory_reader(white), bench(), {}, {})->page.blank);
}

TEST_CASE("the picture for screens is the page upright, in its colours, of the width asked for, and none where none is asked for", "[pipeline]") {
  StageSettings settings;
  settings.picture_width = 700;
  Scan scan;
  scan.rotation = 90;
  const imaging::Image gray = draw_text_page(some_lines(), scan);
  imaging::Image stamped = imaging::blank_image(gray.width, gray.height, 3);
  for (std::size_t i = 0; i < gray.pixels.size(); ++i) std::fill_n(stamped.pixels.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, gray.pixels[i]);
  for (int y = 200; y < 400; ++y)
    for (int x = 200; x < 500; ++x) stamped.row(y)[3 * x] = 255, stamped.row(y)[3 * x + 1] = 0;
  for (const auto* image : {&gray, &std::as_const(stamped)}) {
    const auto done = work_page(page_from(MediaType::Png), imaging::memory_reader(imaging::encode_png(*image)), bench(), settings, {});
    REQUIRE(done.ok());
    CHECK(done->page.geometry.rotation == 90);
    CHECK(done->picture == imaging::screen_picture(*image, done->page.geometry, 700));
    const auto shown = imaging::decode_page(imaging::memory_reader(done->picture), MediaType::Jpeg, 0, {});
    REQUIRE(shown.ok());
    CHECK(shown->image.width == 700);
    CHECK(shown->image.height < shown->image.width * 4 / 3);
    CHECK(shown->image.channels == image->channels);
  }
  const auto plain = work(gray);
  REQUIRE(plain.ok());
  CHECK(plain->picture.empty());
}
