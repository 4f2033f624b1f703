// The committed samples, their truth and the generator belong together.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "tests/support/truth.h"

namespace fs = std::filesystem;
using namespace chartscan::testing;

namespace {

const fs::path kSamples = fs::path(CHARTSCAN_SOURCE_DIR) / "samples";

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

bool is_generated(const fs::path& path) {
  static const std::set<std::string> kEndings{".tif", ".pdf", ".png", ".jpg", ".csv", ".jsonl"};
  return kEndings.count(path.extension().string()) != 0;
}

std::set<std::string> generated_files(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && is_generated(entry.path())) names.insert(fs::relative(entry.path(), folder).string());
  }
  return names;
}

}  // namespace

TEST_CASE("the committed samples are byte for byte what the generator writes", "[samples][.slow]") {
  const fs::path folder = fs::path(CHARTSCAN_BINARY_DIR) / "samples-regenerated";
  fs::remove_all(folder);
  const std::string command = "\"" CHARTSCAN_BINARY_DIR "/tests/generate_samples\" \"" + folder.string() + "\" > /dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
  REQUIRE(generated_files(kSamples) == generated_files(folder));
  for (const auto& name : generated_files(folder)) {
    INFO(name);
    CHECK(bytes_of(kSamples / name) == bytes_of(folder / name));
  }
  fs::remove_all(folder);
}

TEST_CASE("the truth covers at least 60 pages, 6 batches and 12 document types, each with a file that exists", "[samples]") {
  const auto truth = load_truth(kSamples / "truth.jsonl");
  std::set<std::string> batches, types;
  for (const auto& page : truth) {
    CHECK(fs::exists(kSamples / page.page.file));
    batches.insert(page.batch);
    if (!page.doc_type.empty()) types.insert(page.doc_type);
  }
  CHECK(truth.size() >= 60);
  CHECK(batches.size() >= 6);
  CHECK(types.size() >= 12);
}

TEST_CASE("a truth row read and written again is the same row", "[samples]") {
  std::ifstream in(kSamples / "truth.jsonl");
  const auto truth = load_truth(kSamples / "truth.jsonl");
  REQUIRE_FALSE(truth.empty());
  for (const auto& page : truth) {
    std::string line;
    std::getline(in, line);
    CHECK(truth_line(page) == line);
  }
}

TEST_CASE("every document of the truth has search terms that stand in the text of its pages", "[samples]") {
  std::map<std::string, std::set<std::string>> terms;
  for (const auto& page : load_truth(kSamples / "truth.jsonl")) {
    CHECK(page.document.has_value() == !(page.blank || page.separator));
    if (!page.document) continue;
    terms[*page.document].insert(page.search_terms.begin(), page.search_terms.end());
  }
  for (const auto& [document, found] : terms) {
    INFO(document);
    CHECK(found.size() >= 2);
  }
}

TEST_CASE("a page expected to link by itself prints two identifiers that one patient of the index has", "[samples]") {
  std::map<std::string, int> registered;  // "mrn" -> lines in patients.csv
  std::ifstream in(kSamples / "patients.csv");
  std::string row;
  std::getline(in, row);
  CHECK(row == "mrn,family,given,middle,dob,sex,ssn,phone,address,city,state,zip");
  while (std::getline(in, row)) ++registered[row.substr(0, row.find(','))];
  for (const auto& page : load_truth(kSamples / "truth.jsonl")) {
    INFO(page.page.file << " page " << page.page.page_index);
    if (page.link == ExpectedLink::AutoOk) {
      REQUIRE(page.mrn.has_value());
      CHECK(registered[*page.mrn] == 1);
      CHECK(page.printed.size() >= 2);
    }
    if (page.duplicate_of) CHECK(page.duplicate_of->page_index < page.page.page_index);
  }
}
