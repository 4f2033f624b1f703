// Text layers of PDFs that can be trusted, and those that cannot: hidden, wrong, incomplete, somewhere else.
#include "pipeline/stages/own_text.h"

#include <catch2/catch.hpp>

#include "pipeline/stages/stages.h"
#include "tests/support/draw.h"

#include <cctype>

using namespace chartscan;
using namespace chartscan::pipeline;

namespace {

constexpr int kPageHeight = 2000, kFewWords = 30;

// Reads what a test says is seen: of a few lines the middle of it, of a whole page all.
class SeeingEngine final : public ocr::Engine {
 public:
  explicit SeeingEngine(PageText seen) : seen_(std::move(seen)) {}
  std::string name() const override { return "seeing"; }
  Result<ocr::Reading> read(const imaging::Image& gray, int) override {
    asked_.push_back(gray.size());
    PageText text = seen_;
    if (gray.height < kPageHeight && text.words.size() > kFewWords) {
      const auto first = text.words.begin() + static_cast<std::ptrdiff_t>((text.words.size() - kFewWords) / 2);
      text.words = {first, first + kFewWords};
    }
    return ocr::Reading{std::move(text), false};
  }
  const std::vector<Size>& asked() const { return asked_; }

 private:
  PageText seen_;
  std::vector<Size> asked_;
};

struct Fixture {
  testing::Paper paper = testing::text_paper(testing::some_lines(30));
  testing::Scan scan{.dpi = 200};
  PageDraft draft;
  PageText truth;

  Fixture() {
    for (const testing::PrintedWord& word : paper.words())
      truth.words.push_back({word.text, testing::scanned_box(word.box, paper.size(), scan), 0.99, 0});
    show();
    draft.born_digital = truth;
  }
  void show() {
    draft.working = testing::scanned(paper, scan);
    Geometry& geometry = draft.page.geometry;
    geometry.delivered = geometry.working = draft.working.size();
    geometry.dpi_x = geometry.dpi_y = 200;
  }
  std::optional<PageText> trusted(PageText seen) {
    Workbench bench;
    bench.engine = std::make_unique<SeeingEngine>(std::move(seen));
    return stages::trusted_own_text(draft, bench);
  }
};

}  // namespace

TEST_CASE("a page's own text is taken where it lies on ink and recognition agrees", "[pipeline][own-text]") {
  Fixture page;
  const auto text = page.trusted(page.truth);
  REQUIRE(text);
  CHECK(text->text() == page.truth.text());
  CHECK(text->words.front().box == page.truth.words.front().box);
}

TEST_CASE("only a few lines are recognised to compare, and the whole page where the layer is not trusted", "[pipeline][own-text]") {
  Fixture page;
  for (const bool trusted : {true, false}) {
    Workbench bench;
    auto engine = std::make_unique<SeeingEngine>(page.truth);
    const SeeingEngine& asked = *engine;
    bench.engine = std::move(engine);
    PageDraft draft = page.draft;
    if (!trusted) draft.born_digital.words.resize(60);  // the rest of the print is not in the layer
    REQUIRE(stages::read(draft, bench, {}).ok());
    CHECK(draft.text.words.size() == page.truth.words.size());
    REQUIRE_FALSE(asked.asked().empty());
    if (trusted) {
      CHECK(asked.asked().size() == 1);
      CHECK(asked.asked().front().height < draft.working.height / 3);
      CHECK(draft.text.text() == page.truth.text());
    } else {
      CHECK(asked.asked().back().height >= draft.working.height);
    }
  }
}

TEST_CASE("text hidden under white, or said to be where nothing is, is not taken", "[pipeline][own-text]") {
  Fixture page;
  SECTION("white on white: more words than there is ink for") {
    for (int i = 0; i < 40; ++i) page.draft.born_digital.words.push_back({"hidden", {100 + 30 * i, 2000, 125 + 30 * i, 2020}, 0.99, 99});
  }
  SECTION("the layer of another page, shifted against the print") {
    for (Word& word : page.draft.born_digital.words) word.box.y0 += 900, word.box.y1 += 900;
  }
  SECTION("nothing at all") { page.draft.born_digital = {}; }
  CHECK_FALSE(page.trusted(page.truth));
}

TEST_CASE("letters that mean something else are found out by reading a few lines", "[pipeline][own-text]") {
  Fixture page;
  for (Word& word : page.draft.born_digital.words)
    for (char& c : word.text)
      if (std::isalpha(static_cast<unsigned char>(c))) c = c == 'z' || c == 'Z' ? 'a' : static_cast<char>(c + 3);
  CHECK_FALSE(page.trusted(page.truth));
}

TEST_CASE("where recognition sees too little to compare, the page is read as any other", "[pipeline][own-text]") {
  Fixture page;
  CHECK_FALSE(page.trusted({}));
  PageText unsure = page.truth;
  for (Word& word : unsure.words) word.confidence = 0.3;
  CHECK_FALSE(page.trusted(unsure));
}

TEST_CASE("print that is drawn as outlines beside the text is not lost", "[pipeline][own-text]") {
  Fixture page;
  page.paper = testing::text_paper(testing::some_lines(40));  // ten lines more than the layer knows
  page.show();
  CHECK_FALSE(page.trusted(page.truth));
}

TEST_CASE("rules and frames are no reason to distrust the text between them", "[pipeline][own-text]") {
  Fixture page;
  for (int row = 0; row < 20; ++row) page.paper.line({60, 70.0 + 30 * row}, {560, 70.0 + 30 * row}, 1.5);
  page.paper.box({50, 60, 520, 680}, 3);
  page.show();
  CHECK(page.trusted(page.truth));
}
