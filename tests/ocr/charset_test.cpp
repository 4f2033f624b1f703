#include "ocr/lstm/charset.h"

#include <catch2/catch.hpp>

#include "tests/ocr/model_bytes.h"

using namespace chartscan;
using namespace chartscan::testing;
using ocr::lstm::Charset;

namespace {
std::string refusal(std::string_view unicharset, const ModelBytes& recoder) {
  const auto set = Charset::read(bytes_of(unicharset), recoder);
  REQUIRE_FALSE(set.ok());
  CHECK(set.error().code == ErrorCode::InputRefused);
  return set.error().message;
}
}  // namespace

TEST_CASE("a character set says what each code of the network is", "[ocr][lstm]") {
  const auto set = Charset::read(bytes_of(small_unicharset("ab7")), small_recoder(3));
  REQUIRE(set.ok());
  CHECK(set->size() == 6);
  CHECK(set->classes() == 5);
  CHECK(set->null_code() == 4);
  CHECK((*set)[set->character_of(0)].text == " ");
  CHECK((*set)[set->character_of(2)].text == "b");
  CHECK((*set)[set->character_of(3)].digit);
  CHECK(set->character_of(4) == ocr::lstm::kNoChar);
  CHECK(set->spaced_language());
  CHECK_FALSE(set->right_to_left());
}

TEST_CASE("characters of several codes are found code by code", "[ocr][lstm]") {
  const std::string text =
      "4\nNULL 0 Common 0\nx 1 0,255,0,255 Latin 1\n\xe4\xb8\x80 1 0,255,0,255 Han 2\n\xe4\xb8\x81 1 0,255,0,255 Han 3\n";
  const auto set = Charset::read(bytes_of(text), recoder_of({{0}, {1}, {2, 3}, {2, 4, 3}, {5}}));
  REQUIRE(set.ok());
  CHECK(set->longest_code() == 3);
  CHECK(set->null_code() == 5);
  CHECK_FALSE(set->spaced_language());
  CHECK_FALSE((*set)[2].spaced);
  CHECK(set->character_of(2) == ocr::lstm::kNoChar);
  const auto& root = set->prefix(0);
  REQUIRE(set->step_at_root(2) >= 0);
  const auto& begun = set->prefix(root.steps[static_cast<std::size_t>(set->step_at_root(2))].prefix);
  REQUIRE(begun.endings.size() == 1);
  CHECK(begun.endings[0].character == 2);
  REQUIRE(begun.steps.size() == 1);
  CHECK(set->prefix(begun.steps[0].prefix).endings[0].character == 3);
}

TEST_CASE("a model without codes of its own uses its characters", "[ocr][lstm]") {
  const auto set = Charset::read(bytes_of("2\nNULL 0 NULL 0\nx 1 Latin 1\n"), {});
  REQUIRE(set.ok());
  CHECK(set->classes() == 3);
  CHECK(set->null_code() == 2);
  CHECK((*set)[set->character_of(1)].text == "x");
}

TEST_CASE("a script that runs from right to left is said to", "[ocr][lstm]") {
  const auto set = Charset::read(
      bytes_of("3\nNULL 0 Common 0\n\xd7\x90 1 0,255,0,255,0,0,0,0,0,0 Hebrew 1 1 1 \xd7\x90\n- 10 0,255,0,255 Common 2 3 2\n"),
      {});
  REQUIRE(set.ok());
  CHECK(set->right_to_left());
}

TEST_CASE("character sets that contradict themselves are refused with the reason", "[ocr][lstm]") {
  const std::string text = small_unicharset("ab");
  const ModelBytes codes = small_recoder(2);
  CHECK(refusal("", codes).find("count") != std::string::npos);
  CHECK(refusal("99999999999\n", codes).find("count") != std::string::npos);
  CHECK(refusal("3\nNULL 0 Common 0\n", codes).find("line 3") != std::string::npos);
  CHECK(refusal("2\nNULL 0 Common 0\n\xff\xfe 3 Latin 1\n", codes).find("UTF-8") != std::string::npos);
  CHECK(refusal("2\nx 0 Common 0\nNULL 0 Common 0\n", codes).find("space") != std::string::npos);
  CHECK(refusal(text, small_recoder(7)).find("other characters") != std::string::npos);
  ModelBytes cut = codes;
  cut.pop_back();
  CHECK(refusal(text, cut).find("character 4") != std::string::npos);
  ModelBytes more = codes;
  more.push_back(0);
  CHECK(refusal(text, more).find("after its codes") != std::string::npos);
  CHECK(refusal(text, recoder_of({{0}, {3}, {3}, {}, {2}})).find("character 3") != std::string::npos);
  CHECK(refusal(text, recoder_of({{0}, {3}, {3}, {-1}, {2}})).find("character 3") != std::string::npos);
  CHECK(refusal(text, recoder_of({{0}, {0}, {0}, {1}, {2}})).find("nothing") != std::string::npos);
  CHECK(refusal(text, recoder_of({{1}, {3}, {3}, {0}, {2}})).find("space") != std::string::npos);
}

TEST_CASE("Debian's English model is read", "[ocr][lstm]") {
  const auto parts = ocr::lstm::load_model("eng");
  REQUIRE(parts.ok());
  const auto set = Charset::read(parts->at(ocr::lstm::Part::Unicharset), parts->at(ocr::lstm::Part::Recoder));
  REQUIRE(set.ok());
  CHECK(set->classes() == 111);
  CHECK(set->null_code() == 110);
  CHECK(set->longest_code() == 1);
  std::string all;
  for (int code = 0; code < set->null_code(); ++code) all += (*set)[set->character_of(code)].text;
  for (const std::string_view one : {"A", "z", "0", "9", ".", "\"", "\xc2\xa3"}) CHECK(all.find(one) != std::string::npos);
}
