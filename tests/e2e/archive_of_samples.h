// The samples taken through the real program once, for all tests that only look at the outcome.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/truth.h"

namespace chartscan::testing {

inline const std::filesystem::path kSamples = std::filesystem::path(CHARTSCAN_SOURCE_DIR) / "samples";

inline Program chartscan_program() { return Program(std::filesystem::path(CHARTSCAN_BINARY_DIR) / "chartscan"); }

struct SampleArchive {
  TempFolder folder{"samples"};
  std::string archive = (folder / "archive").string();
  Program program = chartscan_program();
  Outcome imported, ingested;
  std::vector<nlohmann::json> pages;          // the page export, a line each
  std::map<PageRef, nlohmann::json> by_page;  // the same by file and index
  std::vector<TruthPage> truth = load_truth(kSamples / "truth.jsonl");

  SampleArchive() {
    imported = program.run({"patients", "import", (kSamples / "patients.csv").string(), "--archive", archive});
    ingested = program.run({"ingest", kSamples.string(), "--archive", archive});
    for (const std::string& line : lines_of(run({"export", "pages", "--format", "jsonl"}).out))
      pages.push_back(nlohmann::json::parse(line));
    for (const nlohmann::json& page : pages) by_page[{page.at("file"), page.at("page_index")}] = page;
  }

  // A verb on this archive.
  Outcome run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--archive", archive});
    return program.run(words);
  }
  nlohmann::json run_json(std::vector<std::string> words) const {
    words.push_back("--json");
    return nlohmann::json::parse(run(std::move(words)).out);
  }
};

// Made at first use, kept until the test program ends.
inline const SampleArchive& sample_archive() {
  static const SampleArchive kArchive;
  return kArchive;
}

}  // namespace chartscan::testing
