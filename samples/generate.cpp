// generate_samples OUTDIR: writes the sample batches, patients.csv and truth.jsonl. A rerun writes the same bytes.
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <set>

#include "samples/batches.h"

namespace {

using chartscan::testing::TruthPage;
namespace fs = std::filesystem;

void write_truth(const fs::path& path, const std::vector<TruthPage>& truth) {
  std::ofstream out(path, std::ios::binary);
  for (const auto& page : truth) out << chartscan::testing::truth_line(page) << '\n';
}

void print_summary(const std::vector<TruthPage>& truth) {
  std::map<std::string, int> pages, types;
  std::set<std::string> documents;
  for (const auto& page : truth) {
    ++pages[page.batch];
    if (page.document && documents.insert(*page.document).second) ++types[page.doc_type];
  }
  for (const auto& [batch, count] : pages) std::printf("%-12s %3d pages\n", batch.c_str(), count);
  for (const auto& [type, count] : types) std::printf("  %-22s %2d documents\n", type.c_str(), count);
  std::printf("%zu pages, %zu documents, %zu types, %zu patients\n", truth.size(), documents.size(), types.size(),
              chartscan::samples::people().size());
}

void generate(const fs::path& folder) {
  fs::create_directories(folder);
  std::ofstream(folder / "patients.csv", std::ios::binary) << chartscan::samples::patients_csv();
  std::vector<TruthPage> truth;
  for (const auto& batch : chartscan::samples::all_batches()) batch.write(folder, truth);
  write_truth(folder / "truth.jsonl", truth);
  print_summary(truth);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: generate_samples OUTDIR\n", stderr);
    return 2;
  }
  try {
    generate(arguments[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "generate_samples: %s\n", error.what());
    return 1;
  }
  return 0;
}
