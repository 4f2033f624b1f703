#include "app/cli/train_verb.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/terminal.h"
#include "app/views.h"
#include "charts/document_types.h"
#include "charts/training/examples.h"
#include "charts/training/trainer.h"
#include "charts/type_model.h"

namespace chartscan::app::cli {
namespace {

using charts::TypeModel;
using charts::training::Dressing;
using charts::training::Example;
using charts::training::Labelled;
using charts::training::TemplateSet;
using charts::training::TestReport;
using nlohmann::json;

constexpr int kCopiesOfText = 2;  // of each page's worth
constexpr double kTextWeight = 0.5;  // of each copy
constexpr double kCorrectionWeight = 3;  // a person looked at it
constexpr std::size_t kMostConfusions = 15;

Result<std::string> whole_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return Error{ErrorCode::InputUnreadable, path.string() + " cannot be read; look whether it is there and yours to read", {}};
  return text.str();
}

Result<TemplateSet> read_templates(const std::filesystem::path& folder) {
  TemplateSet set;
  if (folder.empty()) return set;
  std::vector<std::filesystem::path> files;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  if (failed || files.empty()) return Error{ErrorCode::InputUnreadable, folder.string() + " holds no templates (*.txt); name the folder that does", {}};
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    TRY(const std::string text, whole_file(file));
    TRY_STATUS(set.add(file.filename().string(), text));
  }
  return set;
}

// Words as `export pages` writes them; its lines end where a word begins left of the one before.
PageText words_of(const json& list) {
  PageText text;
  int line = 1;
  for (const json& one : list) {
    Word word;
    word.text = one.at("t");
    word.box = {one.at("b").at(0), one.at("b").at(1), one.at("b").at(2), one.at("b").at(3)};
    word.confidence = one.value("c", 1.0);
    if (!text.words.empty() && word.box.x0 < text.words.back().box.x0) ++line;
    word.line = line;
    if (!word.text.empty()) text.words.push_back(std::move(word));
  }
  return text;
}

// {"text": ..., "types": [...] or "doc_type": ..., "source": ...}, and a page's "words" in place of its text.
Labelled labelled_of(const json& line, const std::string& place) {
  Labelled one;
  one.source = line.value("source", place);
  if (line.contains("types")) one.types = line.at("types").get<std::vector<std::string>>();
  else one.types = {line.at("doc_type").get<std::string>()};
  if (line.contains("words")) {
    one.words = words_of(line.at("words"));
    for (const Word& word : one.words.words) {
      one.look.working.width = std::max(one.look.working.width, word.box.x1);
      one.look.working.height = std::max(one.look.working.height, word.box.y1);
    }
    one.look.check_boxes = line.value("check_boxes", 0);
    one.look.places_to_sign = line.value("places_to_sign", 0);
  } else {
    one.text = line.at("text");
  }
  return one;
}

Result<std::vector<Labelled>> read_lines(const std::filesystem::path& path) {
  TRY(const std::string text, whole_file(path));
  std::vector<Labelled> all;
  std::istringstream in(text);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    const std::string place = path.filename().string() + ":" + std::to_string(number);
    try {
      all.push_back(labelled_of(json::parse(line), place));
    } catch (const json::exception&) {  // its words would be the page's
      return Error{ErrorCode::InputRefused, place + ": not a labelled text; docs/document-types.md says what a line holds", {}};
    }
  }
  return all;
}

double share(int part, int whole) { return whole ? static_cast<double>(part) / whole : 0; }

json figures_of(const TestReport& report) {
  json types = json::object(), confusions = json::array();
  for (const auto& [name, row] : report.types) types[name] = {{"pages", row.pages}, {"right", row.right}, {"named", row.named}};
  for (const auto& [pair, count] : report.confusions) confusions.push_back({{"type", pair.first}, {"named", pair.second}, {"pages", count}});
  return {{"pages", report.pages},       {"accuracy", share(report.right, report.pages)}, {"macro_f1", report.macro_f1},
          {"coverage_at_95", report.coverage}, {"calibration_error", report.calibration_error}, {"types", types}, {"confusions", confusions}};
}

void print(const TestReport& report) {
  std::fprintf(std_out(),
               "pages judged by a model that had not seen their source: %d, right %.3f, macro-F1 %.3f, coverage at 95 %% "
               "precision %.3f, calibration error %.3f\n",
               report.pages, share(report.right, report.pages), report.macro_f1, report.coverage, report.calibration_error);
  for (const auto& [name, row] : report.types)
    std::fprintf(std_out(), "  %-26s %4d pages, right %.2f, of those named so %.2f\n", name.c_str(), row.pages,
                 share(row.right, row.pages), share(row.right, row.named));
  std::vector<std::pair<int, std::string>> worst;
  for (const auto& [pair, count] : report.confusions) worst.emplace_back(count, pair.first + " taken for " + pair.second);
  std::stable_sort(worst.begin(), worst.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  worst.resize(std::min(worst.size(), kMostConfusions));
  for (const auto& [count, what] : worst) std::fprintf(std_out(), "  %4d %s\n", count, what.c_str());
}

// What the new model says otherwise than the one in use.
struct Change {
  int pages = 0, now_right = 0, now_wrong = 0, otherwise = 0;
};

std::size_t best_of(const TypeModel& model, const Example& example) {
  const std::vector<double> p = model.probabilities(example.evidence);
  return static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
}

Change changes(const TypeModel& before, const TypeModel& now, const std::vector<Example>& examples) {
  Change change;
  for (const Example& example : examples) {
    const std::size_t old_type = best_of(before, example), new_type = best_of(now, example);
    if (old_type == new_type) continue;
    const auto right = [&](std::size_t type) { return std::find(example.types.begin(), example.types.end(), type) != example.types.end(); };
    ++change.pages;
    if (right(new_type) && !right(old_type)) ++change.now_right;
    else if (right(old_type) && !right(new_type)) ++change.now_wrong;
    else ++change.otherwise;
  }
  return change;
}

json figures_of(const Change& change, std::size_t of) {
  return {{"pages", of}, {"changed", change.pages}, {"now_right", change.now_right}, {"now_wrong", change.now_wrong}};
}

void print(const char* what, const Change& change, std::size_t of) {
  std::fprintf(
      std_out(),
      "%s: of %zu pages %d get another type than from the model in use: %d now right, %d now wrong, %d wrong either way\n", what,
      of, change.pages, change.now_right, change.now_wrong, change.otherwise);
}

Status write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) return Error{ErrorCode::Storage, path.string() + " cannot be written; look whether there is space and the folder is yours", {}};
  return {};
}

void append(std::vector<Example>& to, std::vector<Example> from) {
  for (Example& example : from) to.push_back(std::move(example));
}

}  // namespace

Result<int> train(const Common& common, const TrainWords& words) {
  TRY(const TemplateSet set, read_templates(words.templates));
  Dressing dressing;
  dressing.copies = words.copies;
  TRY(std::vector<Example> examples, examples_of(set, dressing));
  dressing.copies = kCopiesOfText;
  dressing.weight = kTextWeight;
  for (const auto& corpus : words.corpora) {
    TRY(const std::vector<Labelled> texts, read_lines(corpus));
    TRY(std::vector<Example> more, examples_of(texts, set, dressing));
    append(examples, std::move(more));
  }
  std::vector<Example> corrected;
  if (!words.corrections.empty()) {
    TRY(const std::vector<Labelled> corrections, read_lines(words.corrections));
    dressing.copies = 1;
    dressing.weight = kCorrectionWeight;
    TRY(corrected, examples_of(corrections, set, dressing));
    append(examples, corrected);
  }
  if (examples.empty()) return Error{ErrorCode::Usage, "nothing to learn from: name --templates, --corpus or --corrections", {}};

  charts::training::TrainOptions options;
  options.rounds = words.rounds;
  const charts::training::Trained trained = charts::training::train(examples, options);
  TRY_STATUS(write_file(words.out, trained.model.write()));
  const TypeModel& in_use = common.config.stages.types ? *common.config.stages.types : TypeModel::shipped();
  const std::string name = common.config.types_model.string();
  const Change all = changes(in_use, trained.model, examples);
  const Change of_corrections = changes(in_use, trained.model, corrected);
  if (common.json) {
    json out = figures_of(trained.report);
    out["compared_with"] = name.empty() ? json(nullptr) : json(name);
    out["changes"] = figures_of(all, examples.size());
    out["corrections"] = figures_of(of_corrections, corrected.size());
    std::fprintf(std_out(), "%s\n", dump(out).c_str());
  } else {
    print(trained.report);
    std::fprintf(
        std_out(), "compared with %s\n",
        name.empty() ? "the model that came with the program" : (printable(name) + ", the model in use ([types] model)").c_str());
    print("all examples", all, examples.size());
    if (!corrected.empty()) print("corrections", of_corrections, corrected.size());
    std::fprintf(std_out(), "%s: %zu features\n", words.out.string().c_str(), trained.model.numbers().weights.size());
  }
  return kDone;
}

}  // namespace chartscan::app::cli
