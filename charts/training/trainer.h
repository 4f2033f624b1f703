// Makes a type model of labelled pages. The same pages in the same order give the same model, byte for byte, on every machine of one
// kind of floating point. Seconds to minutes; one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "charts/type_model.h"

namespace chartscan::charts::training {

struct Example {
  TypeEvidence evidence;
  std::vector<std::size_t> types;  // classes of TypeModel, any of which is right; never empty
  std::string source;              // pages of one source are never parted between learning and testing; of a template "hand_2.txt:14"
  bool is_template = false;        // one of many pages of an invented source
  double weight = 1;
  std::optional<bool> opens;  // a document begins with it, or not; nothing: nobody knows
};

struct TrainOptions {
  int rounds = 8;
  int folds = 4;        // of the test that the temperature and the report come from
  double shrink = 2e-3; // L2, on every step
};

// What a model says of pages it was not trained on.
struct TestReport {
  struct Row {
    int pages = 0, right = 0, named = 0;  // named: as this type, rightly or not
  };
  std::map<std::string, Row> types;
  std::map<std::pair<std::string, std::string>, int> confusions;
  int pages = 0, right = 0;
  double macro_f1 = 0;
  double coverage = 0;           // share of pages that can be named while 95 in 100 named are right
  double calibration_error = 0;  // expected, over ten bins of stated confidence
};

struct Trained {
  TypeModel model;
  TestReport report;  // by folds: every page judged by a model that has not seen its source, nor another template of its hand
};

Trained train(const std::vector<Example>& examples, const TrainOptions& options = {});

// The figures of judged pages; `probability` by class, one row a page.
TestReport report_of(const std::vector<Example>& examples, const std::vector<std::vector<double>>& probability);

}  // namespace chartscan::charts::training
