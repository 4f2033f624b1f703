// Durable intake from a scanner: one side, one atomic write, before the next is asked for. A fault, a count that disagrees or
// a cancel stops the batch; nothing that arrived is dropped, and the same batch is resumed with the feeder opened afresh from
// ResumePoint. A sheet that is fed again takes the place of its earlier attempt in the write of its last side; until then the
// earlier one stands. One thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/sheets.h"
#include "pipeline/reconcile.h"
#include "pipeline/side_writer.h"
#include "scanner-drivers/feeder.h"

namespace chartscan::pipeline {

// What a new batch is told about itself.
struct ScanWish {
  std::string name;  // "" = the feeder's
  std::string device;
  std::string operator_name;
  std::string profile;
  ScanSettings settings;
  int expected_sheets = 0;
  int expected_pages = 0;
};

class ScanIntake {
 public:
  ScanIntake(storage::Archive& archive, const IngestOptions& options, const Clock& clock, OnStored on_stored);

  // A new batch. It is opened with its first side, so that a scanner that is off leaves no empty batch behind; a device that
  // fails before it took any paper is an error, DeviceFault.
  Result<Batch> feed_new(scan::Feeder& feeder, const ScanWish& wish);

  // A batch that stopped, or that a kill interrupted. Call resume() first; it says where the feeder must begin.
  struct Resumption {
    Batch batch;
    ResumePoint point;
  };
  Result<Resumption> resume(BatchId id, const std::string& operator_name, int expected_sheets);
  Result<Batch> feed_resumed(scan::Feeder& feeder, Resumption resumption);

 private:
  Status open(const scan::Feeder& feeder);
  Result<Batch> feed(scan::Feeder& feeder);
  Result<Batch> feed_to_the_end(scan::Feeder& feeder);
  Status take(const scan::Delivery& delivery);
  Capture numbered(const scan::Delivery& delivery) const;
  Status replace_earlier(const storage::Records& records, storage::Change& change, const Page& page, JournalLine& line);
  Status stop_at(const scan::Fault& fault);
  Status end(const scan::End& end);
  Status stop(Stop why);
  Result<Counted> counted() const;

  storage::Archive& archive_;
  const Clock& clock_;
  SideWriter writer_;

  // Of the batch being fed.
  ScanWish wish_;
  std::optional<Batch> batch_;
  int sequence_ = 0;                        // of the side stored last
  int next_sheet_ = 1;                      // the sheet that the next side belongs to
  int sheet_in_work_ = 0;                   // a side of it came in this feeding, its last one has not; 0 = none
  int last_sheet_ = 0;                      // of the side that came last in this feeding; 0 = none yet
  std::map<int, std::vector<Page>> sides_;  // stored sides of the sheets that are not settled: they may be replaced
};

}  // namespace chartscan::pipeline
