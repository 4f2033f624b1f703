// One feeding session and its ledger. What went in must come out: the batch closes only when the sum balances.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/finding.h"

namespace chartscan {

// open: sides may still arrive. fed: the source is exhausted, pages are being read. closed: documents are made.
enum class BatchState { Open, Fed, Closed };

// An input that could not be taken at all: it counts as one side fed and one rejected.
struct RefusedItem {
  std::string file;
  int page = 0;         // 1-based page inside the file; 0 = the file as a whole
  std::string message;  // what is wrong and what to do
};

struct Batch {
  BatchId id;
  std::string name;
  std::string source;   // what was fed: the path as given, or a device name
  std::string content;  // hash over what the source held, so that the same source is recognised when it is given again
  std::string device;
  std::string operator_name;
  BatchState state = BatchState::Open;
  int sides_fed = 0;       // counted by the feeder, independently of the pages stored
  int expected_pages = 0;  // as stated by the operator; 0 = not stated
  std::vector<RefusedItem> refused;
  std::vector<Finding> findings;
  std::int64_t opened_at = 0;  // seconds since 1970, UTC
  std::int64_t closed_at = 0;
};

// sides fed = filed + separators + set-aside blanks + in review + rejected + superseded
struct Ledger {
  int fed = 0;
  int filed = 0;
  int separators = 0;
  int blanks = 0;
  int review = 0;
  int rejected = 0;
  int superseded = 0;
  int waiting = 0;  // received or processed, batch not yet closed

  int accounted() const { return filed + separators + blanks + review + rejected + superseded; }
  bool balances() const { return waiting == 0 && fed == accounted(); }
  bool operator==(const Ledger&) const = default;
};

const char* to_string(BatchState state);
std::optional<BatchState> parse_batch_state(std::string_view text);

}  // namespace chartscan
