#include "ocr/lstm/dictionary.h"

#include <catch2/catch.hpp>

#include "tests/ocr/model_bytes.h"

using namespace chartscan;
using namespace chartscan::testing;
using namespace chartscan::ocr::lstm;

namespace {

constexpr std::string_view kLetters = "acdeot().,-12";

struct Known {
  std::unique_ptr<Charset> charset;
  std::optional<Dictionary> dictionary;
};

Known small_dictionary() {
  ModelParts parts = small_model(kLetters);
  const auto put = [&parts](Part part, const std::vector<std::string>& words) {
    parts.bytes[static_cast<std::size_t>(part)] = dawg_of_words(words, kLetters);
  };
  put(Part::Words, {"cat", "coat", "dead", "to", "a"});
  put(Part::Numbers, {"  ", " . ", "-  "});
  put(Part::Punctuation, {" ", "( )", " .", " ,", "( ).", "..."});
  Known known;
  auto charset = Charset::read(parts.at(Part::Unicharset), parts.at(Part::Recoder));
  REQUIRE(charset.ok());
  known.charset = std::make_unique<Charset>(std::move(*charset));
  auto dictionary = Dictionary::read(parts, *known.charset);
  REQUIRE(dictionary.ok());
  known.dictionary = std::move(*dictionary);
  REQUIRE(known.dictionary);
  return known;
}

// Of the last letter; None as soon as the word does not go on.
Dictionary::Answer follow(const Dictionary& dictionary, const std::vector<int>& word) {
  std::vector<Dictionary::Place> places;
  dictionary.begin(places);
  std::size_t from = 0;
  Dictionary::Answer answer;
  for (const int character : word) {
    const std::size_t next = places.size();
    answer = dictionary.follow(places, from, next - from, character);
    if (answer.support == Support::None) return answer;
    from = next;
  }
  return answer;
}

}  // namespace

TEST_CASE("a dictionary follows words, numbers and the punctuation around them", "[ocr][lstm]") {
  const Known known = small_dictionary();
  struct {
    const char* word;
    Support support;
    bool ends;
  } const cases[] = {
      {"c", Support::Word, false},         {"ca", Support::Word, false},    {"cat", Support::Word, true},
      {"coat", Support::Word, true},       {"cato", Support::None, false},  {"to", Support::Word, true},
      {"(cat", Support::Word, false},      {"(cat)", Support::Word, true},  {"(cat).", Support::Word, true},
      {"cat)", Support::None, false},      {"cat.", Support::Word, true},   {"ca.", Support::None, false},
      {"12", Support::Number, true},       {"1.2", Support::Number, true},  {"1.", Support::Number, false},
      {"(12)", Support::Number, true},     {"-21,", Support::Number, true}, {"(", Support::Punctuation, false},
      {"...", Support::Punctuation, true}, {"(-", Support::Number, false},  {"1a", Support::None, false},
  };
  for (const auto& one : cases) {
    INFO(one.word);
    const Dictionary::Answer answer = follow(*known.dictionary, ids_of(one.word, kLetters));
    CHECK(answer.support == one.support);
    CHECK(answer.ends == one.ends);
  }
}

TEST_CASE("a space or nothing never goes on in a word", "[ocr][lstm]") {
  const Known known = small_dictionary();
  CHECK(follow(*known.dictionary, {kSpaceChar}).support == Support::None);
  CHECK(follow(*known.dictionary, {kNoChar}).support == Support::None);
}

TEST_CASE("without punctuation in the model words stand alone", "[ocr][lstm]") {
  ModelParts parts = small_model(kLetters);
  parts.bytes[static_cast<std::size_t>(Part::Words)] = dawg_of_words({"cat"}, kLetters);
  const auto charset = Charset::read(parts.at(Part::Unicharset), parts.at(Part::Recoder));
  REQUIRE(charset.ok());
  const auto dictionary = Dictionary::read(parts, *charset);
  REQUIRE((dictionary.ok() && dictionary->has_value()));
  CHECK(follow(**dictionary, ids_of("cat", kLetters)).ends);
  CHECK(follow(**dictionary, ids_of("cat.", kLetters)).support == Support::None);
  parts.bytes[static_cast<std::size_t>(Part::Words)].clear();
  const auto none = Dictionary::read(parts, *charset);
  CHECK((none.ok() && !none->has_value()));
}

TEST_CASE("word graphs that lead outside themselves are refused", "[ocr][lstm]") {
  const ModelBytes good = dawg_of_words({"cat", "to"}, kLetters);
  const int characters = static_cast<int>(kLetters.size()) + 3;
  CHECK(Dawg::read(good, characters, "words").ok());
  CHECK_FALSE(Dawg::read(good, characters + 1, "words").ok());
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(Dawg::read(std::span(good).first(size), characters, "words").ok());
  ModelBytes far = good;
  far[10 + 7] = 0xff;  // the highest byte of an edge: the next node
  CHECK_FALSE(Dawg::read(far, characters, "words").ok());
  ModelBytes open = good;
  open[open.size() - 8] &= static_cast<std::uint8_t>(~(1u << 5));  // the flag "last" of the last edge; 16 characters take 5 bits
  CHECK_FALSE(Dawg::read(open, characters, "words").ok());
}

TEST_CASE("the English dictionary knows words, their capitals and common punctuation", "[ocr][lstm]") {
  const auto parts = load_model("eng");
  REQUIRE(parts.ok());
  const auto charset = Charset::read(parts->at(Part::Unicharset), parts->at(Part::Recoder));
  REQUIRE(charset.ok());
  const auto dictionary = Dictionary::read(*parts, *charset);
  REQUIRE((dictionary.ok() && dictionary->has_value()));
  const auto ends = [&](std::string_view word) {
    std::vector<int> ids;
    for (const char c : word)
      for (int id = 0; id < charset->size(); ++id)
        if ((*charset)[id].text == std::string(1, c)) ids.push_back(id);
    return follow(**dictionary, ids).ends;
  };
  for (const char* word : {"patient", "Patient", "(patient)", "patient.", "the", "1998", "12.5"}) {
    INFO(word);
    CHECK(ends(word));
  }
  for (const char* word : {"patientx", "qzx", ")patient("}) {
    INFO(word);
    CHECK_FALSE(ends(word));
  }
}
