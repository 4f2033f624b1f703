// A whole feeding session with its operator: feed, meet a fault, put back what is asked for, feed on. And what an archive
// would then hold, held against the sheets that lay on the tray.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scanner-drivers/scan_feeder.h"
#include "tests/scan/rigs/sheets.h"

namespace chartscan::testing {

// What an archive keeps, as far as a feeder is concerned: all that came, the newest attempt of each side alive.
class FeedingStore {
 public:
  static constexpr int kSheets = 4;  // on the tray of every session

  void add(const scan::Delivery& delivery);
  // What is lost, doubled, damaged or in the wrong place; empty when all is well. `exact`: pixel for pixel.
  std::string wrong(int sides_per_sheet, bool exact) const;

  std::optional<scan::SideOrigin> last;
  int superseded = 0;
  std::size_t notes = 0;

 private:
  std::string trouble_;
  std::map<SideNumber, imaging::Image> live_;
  std::map<SideNumber, int> attempts_;
};

struct FeedingSession {
  static constexpr int kSheets = FeedingStore::kSheets;

  std::vector<scan::Fault> faults;
  FeedingStore store;
  bool ended = false;
};

// Feeds until the paper ends, or to the fifth fault.
FeedingSession feed_with_operator(const scan::ScannerOptions& options, const std::filesystem::path& tray);

std::string matrix_row(const std::string& path, const std::string& source, SideNumber at, const std::string& fault,
                       const FeedingSession& session, const std::string& wrong);

}  // namespace chartscan::testing
