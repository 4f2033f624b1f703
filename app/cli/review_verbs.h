// The verbs of review: list, next, show, accept, correct, split, join, undo, corrections.
#pragma once

#include <filesystem>
#include <string>

#include "app/cli/verbs.h"

namespace chartscan::app::cli {

struct ReviewWords {
  std::string document, queue, order = "oldest", operator_name;
  std::string mrn, type, date;  // of a correction
  int page = 0;                 // within the document, from 1
};

Result<int> list_review(const Common& common, const ReviewWords& words);
Result<int> next_review(const Common& common, const ReviewWords& words);
Result<int> show_review(const Common& common, const ReviewWords& words);
Result<int> accept_review(const Common& common, const ReviewWords& words);
Result<int> correct_review(const Common& common, const ReviewWords& words);
Result<int> split_review(const Common& common, const ReviewWords& words);
Result<int> join_review(const Common& common, const ReviewWords& words);
Result<int> undo_review(const Common& common, const ReviewWords& words);
// What people said documents are, as `chartscan train --corrections` takes it.
Result<int> export_corrections(const Common& common, const std::filesystem::path& out);

}  // namespace chartscan::app::cli
