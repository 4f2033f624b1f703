// A register against itself: which of its patients may be one person, and the weights that its own pairs teach. Reads the
// patients by streaming; memory holds the MRNs, a number or two a patient, and the pairs found. No thread of its own.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "charts/linkage.h"
#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::charts {

struct PatientPair {
  std::string mrn, other;  // mrn < other
  double probability = 0;  // of being one person
  double bits = 0;
  std::vector<std::string> reasons;  // "birth date same (+11.3)", never the values
};

struct PairOptions {
  double probability = 0.5;      // pairs from here on are listed
  std::size_t most_of_block = 200;  // patients that share a key; a larger block says too little and is left out
  std::size_t limit = 10'000;    // pairs listed, likeliest first
};

struct PairReport {
  std::vector<PatientPair> pairs;  // likeliest first
  std::vector<std::vector<std::string>> groups;  // MRNs that pairs tie together: the records of one person, or of two in one
  std::size_t compared = 0;
  std::size_t blocks_left_out = 0;
};

Result<PairReport> possible_duplicates(const storage::Records& records, const Weights& weights, const PairOptions& options = {});

// Weights for pairs of this register: u and name shares from its patients drawn at random, m by EM over pairs that share a key.
Result<Weights> learn_from_register(const storage::Records& records, const PairOptions& options = {});

// The weights that this archive learnt from its own register, else those shipped.
Result<Weights> weights_of_register(const storage::Records& records);
Result<Weights> learn_and_keep(storage::Archive& archive);

}  // namespace chartscan::charts
