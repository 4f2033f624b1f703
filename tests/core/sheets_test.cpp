// The paper behind the sides.
#include "core/sheets.h"

#include <catch2/catch.hpp>

using namespace chartscan;

namespace {

Page side(std::uint64_t id, int sheet, int face, int attempt, bool last) {
  Page page;
  page.id = {id};
  page.capture = Capture{sheet, face, attempt, last, 300, "gray"};
  return page;
}

}  // namespace

TEST_CASE("a sheet is whole with its last side, and its latest whole attempt counts", "[core][sheets]") {
  const Sheets sheets = sheets_of(std::vector{side(1, 1, 0, 1, false), side(2, 1, 1, 1, true), side(3, 2, 0, 1, false),
                                              side(4, 4, 0, 1, false), side(5, 4, 1, 1, true)});
  CHECK(sheets.counted() == 2);
  CHECK(sheets.last_whole() == 4);
  CHECK(sheets.highest() == 4);
  CHECK(sheets.incomplete() == std::vector<int>{2});
  CHECK(sheets.missing() == std::vector<int>{3});
  CHECK(sheets.find(1)->front == PageId{1});
}

TEST_CASE("an attempt that is not whole leaves the earlier one standing", "[core][sheets]") {
  std::vector<Page> pages{side(1, 1, 0, 1, false), side(2, 1, 1, 1, true), side(3, 1, 0, 2, false)};
  CHECK(sheets_of(pages).find(1)->whole);
  CHECK(sheets_of(pages).find(1)->attempt == 1);
  CHECK(sheets_of(pages).find(1)->last_attempt == 2);
  pages.push_back(side(4, 1, 1, 2, true));
  pages[0].superseded_by = PageId{3};
  pages[1].superseded_by = PageId{4};
  CHECK(sheets_of(pages).find(1)->attempt == 2);
  CHECK(sheets_of(pages).find(1)->sides == 2);
}

TEST_CASE("feeding goes on at the first sheet in doubt", "[core][sheets]") {
  std::vector<Page> pages{side(1, 1, 0, 1, true), side(2, 2, 0, 1, true), side(3, 3, 0, 1, true)};
  Batch batch;
  batch.id = {12};
  CHECK(resume_point(batch, sheets_of(pages)).sheet == 4);
  CHECK(resume_point(batch, sheets_of(pages)).attempt == 1);
  CHECK(resume_point(batch, sheets_of(pages)).last_good == PageId{3});
  batch.suspects = {3, 4};
  const ResumePoint point = resume_point(batch, sheets_of(pages));
  CHECK(point.sheet == 3);
  CHECK(point.attempt == 2);
  CHECK(point.last_good == PageId{2});
  CHECK(
      put_back_words(batch, point).find("The last good sheet is 2 (page P00000002). Put back sheet 3 and everything after it") ==
      0);
  batch.suspects = {1};
  CHECK(put_back_words(batch, resume_point(batch, sheets_of(pages))).find("No sheet of this batch is good yet") == 0);
}

TEST_CASE("sides of files are no sheets", "[core][sheets]") {
  Page page;
  page.id = {1};
  CHECK(sheets_of(std::vector{page}).counted() == 0);
  CHECK(sheets_of(std::vector{page}).last_whole() == 0);
}
