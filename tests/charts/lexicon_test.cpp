#include "charts/lexicon.h"

#include <catch2/catch.hpp>

#include "charts/fuzzy.h"

using namespace chartscan::charts;

TEST_CASE("a misread long word is the known word a letter away", "[charts][lexicon]") {
  Lexicon lexicon;
  const int consent = lexicon.add(fold("consent")), operation = lexicon.add(fold("operation")), pain = lexicon.add(fold("pain"));
  CHECK(lexicon.add(fold("consent")) == consent);
  CHECK(lexicon.resembles(fold("c0nsent")) == consent);    // taken for each other: spelt alike
  CHECK(lexicon.resembles(fold("cansent")) == consent);    // wrong
  CHECK(lexicon.resembles(fold("consnt")) == consent);     // missing
  CHECK(lexicon.resembles(fold("operatxion")) == operation);  // one too many
  CHECK(lexicon.resembles(fold("pain")) == pain);
}

TEST_CASE("short words and words further away stay strange", "[charts][lexicon]") {
  Lexicon lexicon;
  lexicon.add(fold("pain"));
  lexicon.add(fold("consent"));
  CHECK(lexicon.resembles(fold("paid")) == -1);
  CHECK(lexicon.resembles(fold("cnsant")) == -1);
  CHECK(lexicon.known(fold("cansent")) == -1);
}
