#include <catch2/catch.hpp>

#include <vector>

#include "pipeline/drift.h"
#include "pipeline/stages/stages.h"
#include "tests/support/draw.h"
#include "tests/support/scan_faults.h"

using namespace chartscan;
using namespace chartscan::pipeline;

namespace {

std::vector<Page> sheets(int count) {
  std::vector<Page> pages(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    Page& page = pages[static_cast<std::size_t>(i)];
    page.sequence = i + 1;
    page.state = PageState::Filed;
    page.capture = Capture{.sheet = i + 1};
    page.quality.paper = 0.95 + 0.01 * (i % 3);
    page.quality.ink_level = 0.2 + 0.02 * (i % 4);
    page.geometry.skew = {0.3 * (i % 5) - 0.6};
  }
  return pages;
}

const Finding* found(const Batch& batch, const char* code) {
  for (const Finding& finding : batch.findings)
    if (finding.code == code) return &finding;
  return nullptr;
}

}  // namespace

TEST_CASE("a steady batch has no drift", "[pipeline][drift]") {
  for (const int count : {0, 1, 2, 8, 9, 40}) {
    Batch batch;
    note_drift(batch, sheets(count));
    CHECK(batch.findings.empty());
  }
}

TEST_CASE("a streak at one column of several sheets is the glass, and the first sheet is named", "[pipeline][drift]") {
  std::vector<Page> pages = sheets(12);
  for (std::size_t i : {4u, 5u, 7u, 9u})
    pages[i].quality.streak = 0.99, pages[i].quality.streak_at = 0.4 + 0.001 * static_cast<double>(i % 3);
  Batch batch;
  note_drift(batch, pages);
  const Finding* drift = found(batch, finding::kStreakDrift);
  REQUIRE(drift);
  CHECK(drift->detail.find("sheet 5;") != std::string::npos);
  CHECK(drift->detail.find("4 images") != std::string::npos);

  note_drift(batch, pages);  // again, as after a repair: not twice
  CHECK(batch.findings.size() == 1);
  for (Page& page : pages) page.quality.streak = 0;
  note_drift(batch, pages);
  CHECK(batch.findings.empty());
}

TEST_CASE("streaks at different columns, or on two sheets, or on sheets taken out, are no drift", "[pipeline][drift]") {
  std::vector<Page> apart = sheets(12), two = sheets(12), out = sheets(12);
  for (std::size_t i = 0; i < 6; ++i)
    apart[i].quality.streak = 1, apart[i].quality.streak_at = 0.1 + 0.1 * static_cast<double>(i);
  for (std::size_t i = 0; i < 2; ++i) two[i].quality.streak = 1, two[i].quality.streak_at = 0.5;
  for (std::size_t i = 0; i < 5; ++i)
    out[i].quality.streak = 1, out[i].quality.streak_at = 0.5, out[i].decisions.withdrawn = true;
  for (const auto& pages : {apart, two, out}) {
    Batch batch;
    note_drift(batch, pages);
    CHECK(batch.findings.empty());
  }
}

TEST_CASE("each side of the scanner has a glass of its own", "[pipeline][drift]") {
  std::vector<Page> pages = sheets(12);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    pages[i].capture->side = static_cast<int>(i % 2);
    if (i % 4 == 0) pages[i].quality.streak = 1, pages[i].quality.streak_at = 0.5;  // three fronts
    if (i % 6 == 1) pages[i].quality.streak = 1, pages[i].quality.streak_at = 0.5;  // two backs
  }
  Batch batch;
  note_drift(batch, pages);
  REQUIRE(batch.findings.size() == 1);
  CHECK(batch.findings[0].detail.find("3 images") != std::string::npos);
}

TEST_CASE("a lamp that fades and a feeder that pulls aside are noticed, one odd sheet is not", "[pipeline][drift]") {
  std::vector<Page> fading = sheets(20), pulling = sheets(20), odd = sheets(20);
  for (std::size_t i = 0; i < 20; ++i) {
    fading[i].quality.paper -= 0.01 * static_cast<double>(i);
    pulling[i].geometry.skew.value += 0.12 * static_cast<double>(i);
  }
  odd[19].quality.paper = 0.4;
  odd[18].geometry.skew = {7};
  Batch dark, tilted, fine;
  note_drift(dark, fading);
  note_drift(tilted, pulling);
  note_drift(fine, odd);
  REQUIRE(found(dark, finding::kLightDrift));
  CHECK(found(dark, finding::kLightDrift)->detail.find("darker") != std::string::npos);
  CHECK(found(tilted, finding::kSkewDrift));
  CHECK_FALSE(found(dark, finding::kSkewDrift));
  CHECK_FALSE(found(tilted, finding::kLightDrift));
  CHECK(fine.findings.empty());
}

TEST_CASE("sheets that lie crooked this way and that are no trend, though their thirds differ", "[pipeline][drift]") {
  std::vector<Page> crooked = sheets(15);
  const double tilts[] = {-3, 2.5, -1, 3, -2.6, 0.2, 3.5, -2, 2, -3.1, 1.4, 3.2, -2.2, 2.8, 1};
  for (std::size_t i = 0; i < crooked.size(); ++i) crooked[i].geometry.skew = {tilts[i]};
  Batch batch;
  note_drift(batch, crooked);
  CHECK(batch.findings.empty());
}

TEST_CASE("glass that gets dirty in the middle of a drawn batch is found from what the pages carry", "[pipeline][drift]") {
  std::vector<Page> pages;
  Workbench bench;  // cleaning needs no engine
  for (int sheet = 1; sheet <= 8; ++sheet) {
    PageDraft draft;
    draft.page.sequence = sheet;
    draft.page.state = PageState::Processed;
    draft.page.capture = Capture{.sheet = sheet};
    const testing::Scan scan{.dpi = 150, .skew = {0.2 * sheet - 0.9}, .noise = 2, .seed = static_cast<std::uint64_t>(sheet)};
    draft.delivered =
        sheet == 6 ? testing::draw_blank_page(scan) : testing::draw_text_page(testing::some_lines(20 + sheet), scan);
    if (sheet >= 4) testing::add_streak(draft.delivered, 0.3, 3, 60);
    REQUIRE(stages::clean(draft, bench, {}).ok());
    CHECK(has_finding(draft.page.findings, finding::kStreak) == (sheet >= 4));
    pages.push_back(std::move(draft.page));
  }
  Batch batch;
  note_drift(batch, pages);
  REQUIRE(found(batch, finding::kStreakDrift));
  CHECK(found(batch, finding::kStreakDrift)->detail.find("5 images, the first is sheet 4;") != std::string::npos);
}
