// train: makes the model that tells document types, and says what changed (docs/document-types.md).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/verbs.h"

namespace chartscan::app::cli {

struct TrainWords {
  std::filesystem::path templates;                // a folder of *.txt; charts/training/templates.h is their language
  std::vector<std::filesystem::path> corpora;     // JSON lines of labelled texts and pages
  std::filesystem::path corrections;              // the same, of what people decided
  std::filesystem::path out;
  int copies = 12;  // pages made of each template
  int rounds = 8;   // over all examples
};

Result<int> train(const Common& common, const TrainWords& words);

}  // namespace chartscan::app::cli
