// [types] of the configuration: a model made by `chartscan train` in place of the one that came with the program.
#include <catch2/catch.hpp>

#include "app/config.h"
#include "charts/document_types.h"
#include "charts/type_model.h"
#include "pipeline/stages/stages.h"
#include "tests/support/program.h"

using namespace chartscan;
using namespace chartscan::app;
using charts::TypeModel;

namespace {

Result<Config> with_model(const std::string& model) {
  const testing::TempFolder folder("types-model-config");
  testing::write_file(folder / "model.txt", model);
  testing::write_file(folder / "c.toml", "[types]\nmodel = \"" + (folder / "model.txt").string() + "\"\n");
  return load_config(folder / "c.toml");
}

// The model as it is, but that it takes all for letters.
std::string fond_of_letters() {
  TypeModel::Numbers numbers = TypeModel::shipped().numbers();
  for (std::size_t i = 0; i < charts::document_types().size(); ++i)
    if (charts::document_types()[i].code == "letter") numbers.bias[i] += 100;
  return TypeModel(numbers).write();
}

std::string type_of(const pipeline::StageSettings& settings) {
  pipeline::PageDraft draft;
  draft.page.geometry.working = {1700, 2200};
  int y = 200;
  for (const std::string line : {"DISCHARGE SUMMARY", "Hospital course: the patient improved on antibiotics.", "Condition at discharge: stable."}) {
    int x = 200;
    std::istringstream words(line);
    for (std::string word; words >> word; x += 20 * static_cast<int>(word.size()) + 20)
      draft.text.words.push_back({word, {x, y, x + 20 * static_cast<int>(word.size()), y + 36}, 0.95, y / 100});
    y += 100;
  }
  pipeline::Workbench bench;
  REQUIRE(pipeline::stages::classify(draft, bench, settings).ok());
  return draft.page.types.front().type;
}

}  // namespace

TEST_CASE("a trained model named by the configuration tells the types", "[app][types-model]") {
  const auto config = with_model(fond_of_letters());
  if (!config) FAIL(to_string(config.error()));
  CHECK(type_of(config->stages) == "letter");
  CHECK(type_of(pipeline::StageSettings{}) == "discharge_summary");
  CHECK(config->stages.types_name != with_model(TypeModel::shipped().write())->stages.types_name);
}

TEST_CASE("a model that cannot be read is named with the reason", "[app][types-model]") {
  const auto damaged = with_model("chartscan types\nthis is no weight\n");
  REQUIRE_FALSE(damaged.ok());
  CHECK(damaged.error().message.find("model.txt") != std::string::npos);
  CHECK(damaged.error().message.find("line") != std::string::npos);

  const testing::TempFolder folder("types-model-missing");
  testing::write_file(folder / "c.toml", "[types]\nmodel = \"nowhere.txt\"\n");
  const auto missing = load_config(folder / "c.toml");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().message.find("nowhere.txt cannot be read") != std::string::npos);
}
