#include "ocr/lstm/decoder.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <future>
#include <map>

#include "imaging/image.h"
#include "ocr/lstm/line_ink.h"
#include "tests/ocr/model_bytes.h"
#include "tests/support/paper.h"
#include "tests/support/scanned.h"

using namespace chartscan;
using namespace chartscan::testing;
using namespace chartscan::ocr::lstm;

namespace {

constexpr std::string_view kLetters = "acdeot1.";
constexpr char kNull = '_';
constexpr double kPixelsPerStep = 3;

// What a network might say: for each step its probable characters, '_' for nothing.
using Step = std::map<char, float>;

LineScores scores_of(const std::vector<Step>& steps) {
  LineScores scores;
  scores.steps = static_cast<int>(steps.size());
  scores.classes = static_cast<int>(kLetters.size()) + 2;
  scores.pixels_per_step = kPixelsPerStep;
  scores.values.assign(static_cast<std::size_t>(scores.steps * scores.classes), 1e-6f);
  for (std::size_t t = 0; t < steps.size(); ++t)
    for (const auto& [letter, probability] : steps[t]) {
      const std::size_t code = letter == ' ' ? 0 : letter == kNull ? kLetters.size() + 1 : kLetters.find(letter) + 1;
      scores.values[t * static_cast<std::size_t>(scores.classes) + code] = probability;
    }
  return scores;
}

// Every letter of the text certain at one step, nothing between.
std::vector<Step> plainly(std::string_view text, float certain = 0.999f) {
  std::vector<Step> steps;
  for (const char letter : text) {
    steps.push_back({{kNull, 0.999f}});
    steps.push_back({{letter, certain}, {kNull, 1 - certain}});
  }
  steps.push_back({{kNull, 0.999f}});
  return steps;
}

ModelParts model_with(const std::vector<std::string>& words) {
  ModelParts parts = small_model(kLetters);
  if (words.empty()) return parts;
  parts.bytes[static_cast<std::size_t>(Part::Words)] = dawg_of_words(words, kLetters);
  parts.bytes[static_cast<std::size_t>(Part::Punctuation)] = dawg_of_words({" ", " ."}, kLetters);
  return parts;
}

std::shared_ptr<const Decoder> decoder_of(const ModelParts& parts) {
  auto decoder = Decoder::make(parts);
  REQUIRE(decoder.ok());
  return *decoder;
}

ocr::ReadLine decode(const std::vector<Step>& steps, const std::vector<std::string>& words = {}) {
  const imaging::Image paper = imaging::blank_image(static_cast<int>(kPixelsPerStep) * static_cast<int>(steps.size()), 36);
  return decoder_of(model_with(words))->decode(scores_of(steps), paper, 1);
}

std::string text_of(const ocr::ReadLine& line) {
  std::string text;
  for (const ocr::ReadWord& word : line.words) text += (text.empty() ? "" : " ") + word.text();
  return text;
}

}  // namespace

TEST_CASE("codes that stay are one character, and nothing between two makes them two", "[ocr][lstm]") {
  const Step nothing{{kNull, 0.99f}}, o{{'o', 0.98f}, {kNull, 0.02f}}, t{{'t', 0.97f}, {kNull, 0.03f}};
  CHECK(text_of(decode({nothing, t, o, o, nothing})) == "to");
  CHECK(text_of(decode({nothing, t, o, nothing, o, nothing})) == "too");
  CHECK(text_of(decode({nothing, nothing})).empty());
}

// The example that explains CTC: a step shared by two neighbours is no reason to doubt either.
TEST_CASE("a step shared with nothing or with the neighbour costs no certainty", "[ocr][lstm]") {
  const std::vector<Step> shared{{{kNull, 0.99f}, {'t', 0.01f}}, {{'t', 0.55f}, {kNull, 0.44f}}, {{'t', 0.98f}, {kNull, 0.01f}},
                                 {{'t', 0.42f}, {kNull, 0.57f}}, {{kNull, 0.98f}, {'o', 0.01f}}, {{'o', 0.97f}, {kNull, 0.02f}},
                                 {{'o', 0.59f}, {'t', 0.40f}},   {{'t', 0.95f}, {'o', 0.04f}},   {{kNull, 0.98f}}};
  const ocr::ReadLine line = decode(shared);
  REQUIRE(text_of(line) == "tot");
  const double worst = 2.25 * (std::log(0.95) - 0.085);
  for (const ocr::ReadCharacter& one : line.words[0].characters) CHECK(one.confidence >= Approx(1 + 0.05 * worst).margin(1e-4));
  CHECK(line.words[0].characters[2].confidence == Approx(1 + 0.05 * worst).margin(1e-4));
}

TEST_CASE("between near equals the word of the dictionary is read, against clear print it is not", "[ocr][lstm]") {
  std::vector<Step> steps = plainly("cat");
  steps[3] = {{'o', 0.55f}, {'a', 0.44f}};
  CHECK(text_of(decode(steps)) == "cot");
  CHECK(text_of(decode(steps, {"cat"})) == "cat");
  steps[3] = {{'o', 0.999f}, {'a', 0.0005f}};
  CHECK(text_of(decode(steps, {"cat"})) == "cot");
}

TEST_CASE("words end at spaces, and a doubtful space makes its neighbours doubtful", "[ocr][lstm]") {
  const ocr::ReadLine sure = decode(plainly("cat to"), {"cat", "to"});
  REQUIRE(text_of(sure) == "cat to");
  REQUIRE(sure.words.size() == 2);
  std::vector<Step> steps = plainly("cat to");
  steps[7] = {{' ', 0.6f}, {kNull, 0.4f}};
  const ocr::ReadLine unsure = decode(steps, {"cat", "to"});
  REQUIRE(text_of(unsure) == "cat to");
  CHECK(unsure.words[0].confidence < sure.words[0].confidence);
  CHECK(unsure.words[1].confidence < sure.words[1].confidence);
  CHECK(unsure.words[0].characters[0].confidence == Approx(sure.words[0].characters[0].confidence));
  CHECK(text_of(decode(plainly(" to "))) == "to");
}

TEST_CASE("confidences follow Tesseract's formulas", "[ocr][lstm]") {
  const double inside = std::log(0.9) - 0.085;
  const ocr::ReadLine known = decode(plainly("cat", 0.9f), {"cat"}), unknown = decode(plainly("dde", 0.9f), {"cat"});
  REQUIRE(text_of(known) == "cat");
  REQUIRE(text_of(unknown) == "dde");
  CHECK(known.words[0].characters[1].confidence == Approx(1 + 0.05 * inside).margin(1e-4));
  CHECK(known.words[0].confidence == Approx(1 + 0.35 * inside).margin(1e-4));
  CHECK(unknown.words[0].characters[1].confidence == Approx(1 + 0.05 * 2.25 * inside).margin(1e-4));
  CHECK(unknown.words[0].confidence == Approx(1 + 0.35 * 2.25 * inside).margin(1e-4));
}

TEST_CASE("a doubtful character names what else it could be, best first", "[ocr][lstm]") {
  std::vector<Step> steps = plainly("cat");
  steps[3] = {{'a', 0.6f}, {'e', 0.1f}, {'o', 0.25f}, {kNull, 0.04f}, {' ', 0.01f}};
  const ocr::ReadLine line = decode(steps);
  REQUIRE(text_of(line) == "cat");
  const auto& characters = line.words[0].characters;
  CHECK(characters[0].others.empty());
  REQUIRE(characters[1].others.size() == 2);
  CHECK(characters[1].others[0].text == "o");
  CHECK(characters[1].others[1].text == "e");
  CHECK(characters[1].others[0].confidence < characters[1].confidence);
  CHECK(characters[1].others[1].confidence < characters[1].others[0].confidence);
}

TEST_CASE("characters of several codes are read, and words of scripts without spaces stand apart", "[ocr][lstm]") {
  ModelParts parts;
  const auto put = [&parts](Part part, ModelBytes bytes) { parts.bytes[static_cast<std::size_t>(part)] = std::move(bytes); };
  put(Part::Unicharset,
      bytes_of(
          "4\nNULL 0 Common 0\n\xe4\xb8\x80 1 0,255,0,255 Han 2\n\xe4\xb8\x81 1 0,255,0,255 Han 3\nx 1 0,255,0,255 Latin 1\n"));
  put(Part::Recoder, recoder_of({{0}, {2, 3}, {2, 4}, {1}, {5}}));
  LineScores scores;
  scores.classes = 6;
  scores.pixels_per_step = kPixelsPerStep;
  for (const int best : {5, 2, 5, 3, 5, 2, 4, 5, 1, 5})
    for (int code = 0; code < scores.classes; ++code) scores.values.push_back(code == best ? 0.99f : 0.002f);
  scores.steps = static_cast<int>(scores.values.size()) / scores.classes;
  const ocr::ReadLine line = decoder_of(parts)->decode(scores, imaging::blank_image(30, 36), 1);
  REQUIRE(line.words.size() == 3);
  CHECK(line.words[0].text() == "\xe4\xb8\x80");
  CHECK(line.words[1].text() == "\xe4\xb8\x81");
  CHECK(line.words[2].text() == "x");
}

TEST_CASE("boxes lie tight around the ink, in pixels of the image that was read", "[ocr][lstm]") {
  std::vector<Step> steps = plainly("to a", 0.99f);     // t, o, a at steps 1, 3, 7; 9 steps
  imaging::Image image = imaging::blank_image(54, 72);  // twice the height the network takes: 6 pixels a step
  const auto ink = [&image](const Box& box) {
    for (int y = box.y0; y < box.y1; ++y)
      for (int x = box.x0; x < box.x1; ++x) image.row(y)[x] = 20;
  };
  const Box t{4, 10, 12, 50}, o{16, 20, 25, 50}, a{40, 20, 50, 52};
  for (const Box& box : {t, o, a}) ink(box);
  const ocr::ReadLine line = decoder_of(model_with({}))->decode(scores_of(steps), image, 0.5);
  REQUIRE(text_of(line) == "to a");
  CHECK(line.words[0].box == united(t, o));
  CHECK(line.words[0].characters[0].box == t);
  CHECK(line.words[0].characters[1].box == o);
  CHECK(line.words[1].box == a);

  image.row(3)[30] = 0;                                                                     // a speck
  for (int x = 0; x < 30; ++x) image.row(0)[x] = image.row(1)[x] = 0;                       // feet of the line above
  for (std::uint8_t& level : image.pixels) level = static_cast<std::uint8_t>(255 - level);  // and white on black
  const ocr::ReadLine again = decoder_of(model_with({}))->decode(scores_of(steps), image, 0.5);
  REQUIRE(text_of(again) == "to a");
  CHECK(again.words[0].box == united(t, o));
  CHECK(again.words[1].box == a);
}

TEST_CASE("a printed line is read with the English model: its words, where they stand, and how sure", "[ocr][lstm]") {
  const auto parts = load_model("eng");
  REQUIRE(parts.ok());
  const auto network = Network::read(parts->at(Part::Network));
  REQUIRE(network.ok());
  const auto decoder = decoder_of(*parts);
  const std::string text = "Potassium (serum) was 4.1 mmol/L on 03/14/2019, up from 3.6 before";
  const Type type{.size = 11};
  Paper paper({Paper().text_width(text, type) + 6, 15});  // bare paper beyond the print reads as letters
  paper.text({3, 1}, text, type);
  const Scan scan{.dpi = 200, .softness = 0.5};
  const imaging::Image image = scanned(paper, scan);
  double scale = 0;
  const std::vector<LineInput> inputs{line_input(image, &scale)};
  Workspace workspace;
  const ocr::ReadLine line = decoder->decode((*network)->forward(inputs, workspace).at(0), image, scale);
  REQUIRE(text_of(line) == text);
  REQUIRE(line.words.size() == paper.words().size());
  for (std::size_t i = 0; i < line.words.size(); ++i) {
    const ocr::ReadWord& word = line.words[i];
    INFO(word.text());
    const Box printed = scanned_box(paper.words()[i].box, paper.size(), scan);
    CHECK(word.box.x0 >= printed.x0 - 1);
    CHECK(word.box.x0 <= printed.x0 + 4);  // letters have a little room of their own on both sides, figures more
    CHECK(word.box.x1 >= printed.x1 - 7);
    CHECK(word.box.x1 <= printed.x1 + 1);
    CHECK(word.box.y0 >= printed.y0 - 1);
    CHECK(word.box.y1 <= printed.y1 + 1);
    CHECK(word.confidence > 0.85);
    int right = word.box.x0;
    for (const ocr::ReadCharacter& character : word.characters) {
      CHECK(character.box.x0 >= right);
      CHECK(character.box.x1 > character.box.x0);
      right = character.box.x1;
    }
    CHECK(right <= word.box.x1);
  }
}

TEST_CASE("scores of another network, no scores and no image give no words", "[ocr][lstm]") {
  const auto decoder = decoder_of(model_with({}));
  LineScores scores = scores_of(plainly("cat"));
  const imaging::Image paper = imaging::blank_image(21, 36);
  CHECK(decoder->decode(LineScores{}, paper, 1).words.empty());
  CHECK(decoder->decode(scores, imaging::Image{}, 1).words.empty());
  CHECK(decoder->decode(scores, paper, 0).words.empty());
  scores.classes += 1;
  CHECK(decoder->decode(scores, paper, 1).words.empty());
}

TEST_CASE("threads share one decoder and read the same", "[ocr][lstm]") {
  const auto decoder = decoder_of(model_with({"cat", "to", "dead"}));
  const LineScores scores = scores_of(plainly("dead cat to", 0.8f));
  const imaging::Image paper = imaging::blank_image(69, 36);
  const std::string expected = text_of(decoder->decode(scores, paper, 1));
  CHECK(expected == "dead cat to");
  std::vector<std::future<bool>> all;
  for (int i = 0; i < 4; ++i)
    all.push_back(std::async(std::launch::async, [&] {
      for (int n = 0; n < 50; ++n)
        if (text_of(decoder->decode(scores, paper, 1)) != expected) return false;
      return true;
    }));
  for (auto& one : all) CHECK(one.get());
}

TEST_CASE("models that read from right to left are left to Tesseract", "[ocr][lstm]") {
  ModelParts parts;
  parts.bytes[static_cast<std::size_t>(Part::Unicharset)] =
      bytes_of("2\nNULL 0 Common 0\n\xd7\x90 1 0,255,0,255,0,0,0,0,0,0 Hebrew 1 1 1 \xd7\x90\n");
  const auto decoder = Decoder::make(parts);
  REQUIRE_FALSE(decoder.ok());
  CHECK(decoder.error().message.find("right to left") != std::string::npos);
}
