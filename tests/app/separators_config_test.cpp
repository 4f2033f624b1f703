// [separators] of the configuration: read, printed as it is read, and refused where it is misspelt.
#include <catch2/catch.hpp>

#include "tests/app/configured.h"

using namespace chartscan;
using namespace chartscan::app;
using chartscan::testing::configured;
using pipeline::SeparatorAction;

namespace {

SeparatorAction patch(const Config& config, const std::string& sign) { return action_of({"", "Patch" + sign, {}}, config.stages.separators); }
SeparatorAction payload(const Config& config, const std::string& text) { return action_of({text, "Code128", {}}, config.stages.separators); }

}  // namespace

TEST_CASE("the configuration says what a code does, and leaves the rest as it was", "[app][separators]") {
  const auto config = configured("[separators]\npatch_1 = \"batch\"\npatch_T = \"ignore\"\npatient = [\"PT*\"]\nignore = [\"SEPARATOR 9\"]\nmost_words = 10\n");
  REQUIRE(config.ok());
  CHECK(patch(*config, "1") == SeparatorAction::Batch);
  CHECK(patch(*config, "T") == SeparatorAction::Ignore);
  CHECK(patch(*config, "2") == SeparatorAction::Document);
  CHECK(payload(*config, "pt-17") == SeparatorAction::Patient);
  CHECK(payload(*config, "PATIENTSEP") == SeparatorAction::Ignore);
  CHECK(payload(*config, "SEPARATOR-9") == SeparatorAction::Ignore);
  CHECK(payload(*config, "SEPARATOR-8") == SeparatorAction::Document);
  CHECK(config->stages.separators.most_words == 10);
}

TEST_CASE("what `chartscan config` prints is read back as the same", "[app][separators]") {
  auto config = configured("[separators]\npatch_6 = \"patient\"\ndocument = [\"A \\\"B\\\"*\", \"C\"]\n");
  REQUIRE(config.ok());
  const auto again = configured(to_toml(*config));
  REQUIRE(again.ok());
  CHECK(words_of(again->stages.separators) == words_of(config->stages.separators));
  CHECK(words_of(again->stages.separators) != words_of(pipeline::SeparatorSettings{}));
}

TEST_CASE("a misspelt separator setting is refused by name", "[app][separators]") {
  for (const char* wrong : {"patch_5 = \"document\"", "patch_T = \"documents\"", "patient = \"PT*\"", "batch = [3]", "most_words = -1", "patients = []"}) {
    const auto config = configured(std::string("[separators]\n") + wrong + "\n");
    INFO(wrong);
    REQUIRE_FALSE(config.ok());
    CHECK(config.error().code == ErrorCode::Configuration);
  }
}

TEST_CASE("the engine that reads is chosen by name, printed as chosen, and no other name is taken", "[app][ocr]") {
  const auto config = configured("[ocr]\nengine = \"tesseract\"\n");
  REQUIRE(config.ok());
  CHECK(config->stages.engine == ocr::EngineChoice::Tesseract);
  const auto again = configured(to_toml(*config));
  REQUIRE(again.ok());
  CHECK(again->stages.engine == ocr::EngineChoice::Tesseract);
  const auto wrong = configured("[ocr]\nengine = \"fast\"\n");
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().message.find("ocr.engine") != std::string::npos);
}
