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

// open: sides may still arrive. stopped: feeding stands still and waits for the operator (see Stop). fed: the source is
// exhausted, pages are being read. closed: documents are made. released: a person let it go, nothing in it changes any more.
//
//   open -> fed -> closed -> released        fault, count or cancel: open -> stopped -> open (fed again, "resumed")
//                                            repair that needs reading: closed -> fed -> closed
enum class BatchState { Open, Stopped, Fed, Closed, Released };

// An input that could not be taken at all: it counts as one side fed and one rejected.
struct RefusedItem {
  std::string file;
  int page = 0;         // 1-based page inside the file; 0 = the file as a whole
  std::string message;  // what is wrong and what to do
};

// Why feeding stands still. Never patient words.
struct Stop {
  std::string reason;   // kind of the fault ("jam"), or "count", "refeed", "cancelled"
  std::string phase;    // of the fault
  std::string raw;      // what the layer below said
  int sheet = 0;        // that was being fetched; 0 = none
  int side = 0;
  std::string message;  // what happened
  std::string advice;   // what the operator must put back, and how to go on
  std::int64_t at = 0;  // seconds since 1970, UTC
};

// What was asked of the scanner, so that a batch is resumed as it was begun.
struct ScanSettings {
  std::string source;  // "adf-duplex"
  int dpi = 0;
  std::string mode;    // "gray"
  double width_mm = 0, height_mm = 0;  // 0 = as large as the device takes
  bool ignore_separators = false;      // codes that are printed on the forms themselves part nothing
};

// The end of a batch's hash-chained journal (core/journal.h).
struct JournalHead {
  int lines = 0;
  std::string hash;  // of the last line
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
  int expected_pages = 0;   // as stated by the operator; 0 = not stated
  int expected_sheets = 0;  // the same, of paper
  std::string profile;      // scan profile, "" = none
  ScanSettings scan;        // empty for files
  std::optional<Stop> stop;   // the last one; the state says whether it still stands
  std::vector<int> suspects;  // sheets that must be fed again before the batch may be released, rising
  int interruptions = 0;      // faults, stops and kills that feeding was resumed after
  JournalHead journal;
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

// Fed by a scanner: sheets have numbers, and feeding can be resumed.
bool is_scanned(const Batch& batch);

const char* to_string(BatchState state);
std::optional<BatchState> parse_batch_state(std::string_view text);

}  // namespace chartscan
