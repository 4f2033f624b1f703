// What is wanted (ScanRequest) brought to an open source, and what came of it; and what a source can do, for people.
// State 4.
#pragma once

#include <optional>
#include <variant>

#include "scanner-drivers/driver.h"
#include "scanner-drivers/twain/session.h"

namespace chartscan::scan::twain {

// How sides are fetched with the settings in force.
struct TransferPlan {
  int mechanism = kMemory;  // kMemory, kNative, kFile
  int file_format = kFileTiff;
  bool zero_is_white = false;  // of one-sample pixels in memory transfer
  bool low_bit_first = false;
  bool tells_more = false;  // extended image information is on: page side, patch code
};

struct Agreement {
  Settings settings;
  TransferPlan plan;
};

// Usage where the device has not got the source of paper that is wanted; a fault where the device stopped answering.
Result<std::variant<Agreement, Fault>> agree(Session& session, const ScanRequest& request);

Capabilities describe(Session& session);

}  // namespace chartscan::scan::twain
