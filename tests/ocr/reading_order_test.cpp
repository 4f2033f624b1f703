#include "ocr/reading_order.h"

#include <catch2/catch.hpp>

using namespace chartscan;

namespace {

// Pieces as an engine gives them: each a line of words from `x` at row `row`, 10 a letter wide, 20 high, rows 30 apart.
struct Column {
  PageText text;
  void piece(int x, int row, const std::string& words) {
    ++line;
    std::string word;
    const auto end = [&](int at) {
      if (word.empty()) return;
      const int width = 10 * static_cast<int>(word.size());
      text.words.push_back({word, {at - width, 30 * row, at, 30 * row + 20}, 0.9, line});
      word.clear();
    };
    for (const char c : words) {
      if (c == ' ') end(x);
      else word += c;
      x += 10;
    }
    end(x);
  }
  int line = 0;
};

std::string ordered(const Column& page) { return ocr::in_reading_order(page.text).text(); }

}  // namespace

TEST_CASE("a table that came column by column is read row by row, gaps and all", "[ocr][order]") {
  Column page;
  page.piece(0, 0, "Laboratory report of the third of May");
  for (const auto& [row, test] : std::vector<std::pair<int, const char*>>{{2, "Test"}, {3, "Sodium"}, {4, "Potassium"}, {5, "White cell count"}}) page.piece(0, row, test);
  for (const auto& [row, value] : std::vector<std::pair<int, const char*>>{{2, "Result"}, {3, "140"}, {4, "5.9"}, {5, "7.2"}}) page.piece(300, row, value);
  page.piece(450, 2, "Flag");
  page.piece(450, 4, "HIGH");
  for (const auto& [row, unit] : std::vector<std::pair<int, const char*>>{{2, "Units"}, {3, "mmol/L"}, {4, "mmol/L"}, {5, "K/uL"}}) page.piece(600, row, unit);
  page.piece(0, 7, "Signed by the laboratory");
  CHECK(ordered(page) ==
        "Laboratory report of the third of May\nTest Result Flag Units\nSodium 140 mmol/L\nPotassium 5.9 HIGH mmol/L\nWhite cell count 7.2 K/uL\n"
        "Signed by the laboratory");
}

TEST_CASE("two columns of prose stay one after the other", "[ocr][order]") {
  Column page;
  for (int row = 0; row < 6; ++row) page.piece(0, row, "the left column tells what happened on the ward");
  for (int row = 0; row < 6; ++row) page.piece(600, row, "and the right one what was done about it later on");
  CHECK(ordered(page) == page.text.text());
}

TEST_CASE("narrow columns of a newspaper stay one after the other", "[ocr][order]") {
  Column page;
  for (const int x : {0, 400, 800})
    for (int row = 0; row < 12; ++row) page.piece(x, row, row % 4 == 3 ? "years old." : "love. He comforted her. She");
  CHECK(ordered(page) == page.text.text());
}

TEST_CASE("notes in the margin of prose and a single piece beside it stay where they were", "[ocr][order]") {
  Column page;
  for (int row = 0; row < 6; ++row) page.piece(0, row, "a long line of running text that goes on across nearly the whole of the page");
  for (int row = 0; row < 6; row += 2) page.piece(900, row, "see over");
  CHECK(ordered(page) == page.text.text());
}

TEST_CASE("no words, one word and words without order come through", "[ocr][order]") {
  CHECK(ocr::in_reading_order({}).words.empty());
  Column page;
  page.piece(0, 0, "alone");
  CHECK(ordered(page) == "alone");
  for (int i = 0; i < 50; ++i) page.piece((i * 7919) % 1000, (i * 104729) % 40, "piece");
  CHECK(ocr::in_reading_order(page.text).words.size() == page.text.words.size());
}
