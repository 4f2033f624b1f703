// `chartscan train`, as a person gives it: with which model the new one is compared, and what is told of it.
#include <nlohmann/json.hpp>

#include "charts/document_types.h"
#include "charts/type_model.h"
#include "tests/app/terminal.h"
#include "tests/support/program.h"

using namespace chartscan;
using charts::TypeModel;
using chartscan::testing::TempFolder;
using chartscan::testing::Terminal;
using chartscan::testing::write_file;
using nlohmann::json;

namespace {

constexpr const char* kTemplates = R"(
== medication_list
# {MEDICATION LIST|Home medications}
*3-6 {aspirin|warfarin|heparin} || <n:5-90> mg || daily
== medication_list
# CURRENT MEDICATIONS
*3-6 {aspirin|warfarin|heparin} <n:5-90> mg {each morning|at night}
== lab_report
# {LAB RESULTS|Laboratory report}
*3-6 {Sodium|Potassium|Glucose} || <n:1-150> || mmol/L
== lab_report
# Chemistry
*3-6 {Sodium|Potassium|Calcium} <n:1-150> {high|low|} mmol/L
)";

// The shipped model, but that it takes all for letters.
std::string fond_of_letters() {
  TypeModel::Numbers numbers = TypeModel::shipped().numbers();
  for (std::size_t i = 0; i < charts::document_types().size(); ++i)
    if (charts::document_types()[i].code == "letter") numbers.bias[i] += 100;
  return TypeModel(numbers).write();
}

class Desk : public Terminal {
 public:
  Desk() {
    std::filesystem::create_directory(folder_ / "templates");
    write_file(folder_ / "templates/by_test.txt", kTemplates);
  }
  // With the configuration that names `in_use`; empty: with one that names none.
  int train(const std::filesystem::path& in_use, std::vector<std::string> more = {}) {
    write_file(folder_ / "c.toml", in_use.empty() ? "" : "[types]\nmodel = '" + in_use.string() + "'\n");
    std::vector<std::string> words{
        "train",        "--templates", path("templates"),  "--copies", "4", "--rounds", "2", "--config",
        path("c.toml"), "-o",          out_file().string()};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  json report(const std::filesystem::path& in_use) {
    REQUIRE(train(in_use, {"--json"}) == 0);
    return json::parse(out);
  }
  std::filesystem::path out_file() const { return folder_ / "new.txt"; }
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    write_file(folder_ / name, text);
    return folder_ / name;
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

 private:
  TempFolder folder_{"train-verb"};
};

}  // namespace

TEST_CASE("a new model is compared with the one that the configuration names, else with the shipped one",
          "[app][types-model][cli]") {
  Desk desk;
  const json shipped = desk.report("");
  CHECK(shipped["compared_with"].is_null());
  CHECK(shipped["changes"]["pages"] == 16);

  // Against itself nothing changes; against one that takes all for letters every page does.
  const auto trained = desk.file("trained.txt", testing::read_file(desk.out_file()));
  const json same = desk.report(trained);
  CHECK(same["compared_with"] == trained.string());
  CHECK(same["changes"]["pages"] == 16);
  CHECK(same["changes"]["changed"] == 0);
  CHECK(testing::read_file(desk.out_file()) == testing::read_file(trained));

  const auto letters = desk.file("letters.txt", fond_of_letters());
  const json other = desk.report(letters);
  CHECK(other["compared_with"] == letters.string());
  CHECK(other["changes"]["changed"] == 16);
  CHECK(other["changes"]["now_wrong"] == 0);
  CHECK(other["changes"] != shipped["changes"]);
}

TEST_CASE("corrections are compared with the model in use, too, and the words say which it is", "[app][types-model][cli]") {
  Desk desk;
  const auto corrections =
      desk.file("corrections.jsonl",
                R"({"text": "# Chemistry\nSodium 140 mmol/L\nPotassium 4 mmol/L\nCalcium 2 mmol/L", "doc_type": "lab_report"})");
  REQUIRE(desk.train("", {"--corrections", corrections.string()}) == 0);
  CHECK(desk.out.find("compared with the model that came with the program\nall examples: of 17 pages") != std::string::npos);

  const auto letters = desk.file("letters.txt", fond_of_letters());
  REQUIRE(desk.train(letters, {"--corrections", corrections.string()}) == 0);
  CHECK(desk.out.find("compared with " + letters.string() +
                      ", the model in use ([types] model)\nall examples: of 17 pages 17 get another") != std::string::npos);
  CHECK(desk.out.find("corrections: of 1 pages 1 get another type than from the model in use: 1 now right, 0 now wrong") !=
        std::string::npos);
}

TEST_CASE("a model that is written over the one in use is compared with what stood there", "[app][types-model][cli]") {
  Desk desk;
  write_file(desk.out_file(), fond_of_letters());
  const json over = desk.report(desk.out_file());
  CHECK(over["compared_with"] == desk.out_file().string());
  CHECK(over["changes"]["changed"] == 16);
  CHECK(desk.report(desk.out_file())["changes"]["changed"] == 0);
}
