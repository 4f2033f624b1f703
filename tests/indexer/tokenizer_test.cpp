#include "indexer/tokenizer.h"

#include <catch2/catch.hpp>

#include "tests/indexer/corpus.h"

namespace chartscan::indexer {
namespace {

std::vector<std::string> terms(std::string_view text) {
  std::vector<std::string> terms;
  for (const Token& token : tokenize(text)) terms.push_back(token.term);
  return terms;
}
using Terms = std::vector<std::string>;

TEST_CASE("words are runs of letters and digits without case", "[indexer][tokenizer]") {
  CHECK(terms("Chest-PAIN, (acute)") == Terms{"chest", "pain", "acute"});
  CHECK(terms("").empty());
  CHECK(terms(" -- &/ ").empty());
}

TEST_CASE("numbers, dates, doses and codes keep their parts in order", "[indexer][tokenizer]") {
  CHECK(terms("3.6cm") == Terms{"3", "6cm"});
  CHECK(terms("10/15/2019") == Terms{"10", "15", "2019"});
  CHECK(terms("E11.9") == Terms{"e11", "9"});
  CHECK(terms("MR-00123") == Terms{"mr", "00123"});
  CHECK(terms("120/80mmHg") == Terms{"120", "80mmhg"});
}

TEST_CASE("accents, ligatures and compatibility letters fold to plain ones", "[indexer][tokenizer]") {
  CHECK(terms("Müller SJÖGREN café naïve") == Terms{"muller", "sjogren", "cafe", "naive"});
  CHECK(terms("Łódź Ærø Straße Œuvre Þór") == Terms{"lodz", "aero", "strasse", "oeuvre", "thor"});
  CHECK(terms("ﬁbrillation e\u0301tat Nguyễn Ștefan") == Terms{"fibrillation", "etat", "nguyen", "stefan"});
  CHECK(terms("5µg 5μg m²") == Terms{"5ug", "5ug", "m2"});
  CHECK(terms("hyper\u00ADtension") == Terms{"hypertension"});
  CHECK(terms("МОСКВА Ωμέγα") == Terms{"москва", "ωuέγα"});
}

TEST_CASE("punctuation outside ASCII parts words", "[indexer][tokenizer]") {
  CHECK(terms("pain—acute “quoted” 5°C a\u00A0b") == Terms{"pain", "acute", "quoted", "5", "c", "a", "b"});
}

TEST_CASE("bytes that are no UTF-8 part words and never fail", "[indexer][tokenizer]") {
  CHECK(terms("ab\xFF"
              "cd") == Terms{"ab", "cd"});
  CHECK(terms("ab\xC3") == Terms{"ab"});
  CHECK(terms("\xC0\x80x") == Terms{"x"});          // overlong
  CHECK(terms("\xED\xA0\x80x") == Terms{"x"});      // half of a pair
  CHECK(terms("\xF4\x90\x80\x80x") == Terms{"x"});  // beyond Unicode
}

TEST_CASE("a monstrous word is cut at a character, on pages and in queries alike", "[indexer][tokenizer]") {
  const auto ascii = terms(std::string(1000, 'a'));
  REQUIRE(ascii.size() == 1);
  CHECK(ascii[0] == std::string(kMaxTerm, 'a'));
  std::string cyrillic = "x";
  for (int i = 0; i < 100; ++i) cyrillic += "ж";
  REQUIRE(terms(cyrillic).size() == 1);
  CHECK(terms(cyrillic)[0].size() == kMaxTerm - 1);
}

TEST_CASE("tokens know their position and the word they came from", "[indexer][tokenizer]") {
  const auto tokens = tokenize(testing::page_text("Mass 3.6cm left"));
  REQUIRE(tokens.size() == 4);
  CHECK(tokens[2].term == "6cm");
  CHECK(tokens[2].position == 2);
  CHECK(tokens[2].word == 1);
  CHECK(tokens[3].position == 3);
  CHECK(tokens[3].word == 2);
}

TEST_CASE("a word hyphenated at the end of its line is also there joined", "[indexer][tokenizer]") {
  const auto tokens = tokenize(testing::page_text("severe hyper-\ntension, treated"));
  REQUIRE(tokens.size() == 5);
  CHECK(tokens[1].term == "hyper");
  CHECK(tokens[2].term == "hypertension");
  CHECK(tokens[2].position == tokens[1].position);
  CHECK(tokens[2].span == 2);
  CHECK(tokens[2].word == 1);
  CHECK(tokens[2].last_word == 2);
  CHECK(tokens[3].term == "tension");
  CHECK(tokens[4].position == 3);
}

TEST_CASE("nothing is joined inside a line, across numbers or at a lone dash", "[indexer][tokenizer]") {
  CHECK(tokenize(testing::page_text("hyper- tension")).size() == 2);
  CHECK(tokenize(testing::page_text("555-\n1234")).size() == 2);
  CHECK(tokenize(testing::page_text("pain -\nacute")).size() == 2);
  CHECK(tokenize(testing::page_text("-\nacute")).size() == 1);
}

}  // namespace
}  // namespace chartscan::indexer
