// A person's work on a batch: pages moved, turned, parted and joined, blanks put aside and taken back, sheets fed again or put
// between. Nothing is deleted, every step is a line in the batch's journal with what it changed, and undo takes them back one
// by one. A closed batch gets its documents anew in the same atomic write, except those that a person decided about; where a page
// must be read first, the batch is fed again and closes when that is done. Until then the old documents stand. A released batch is
// not touched. Any thread; calls are serialised by the archive.
#pragma once

#include <string>
#include <vector>

#include "core/clock.h"
#include "scanner-drivers/feeder.h"
#include "storage/archive.h"

namespace chartscan::pipeline {

struct IngestOptions;

struct Repaired {
  Batch batch;
  int line = 0;       // of the journal
  std::string words;  // what was done
  bool needs_reading = false;
};

class Repair {
 public:
  Repair(storage::Archive& archive, const Clock& clock, std::string who)
      : archive_(archive), clock_(clock), who_(std::move(who)) {}

  // A page of the batch by its id ("P00000012") or by its place in the batch ("12").
  Result<PageId> find(BatchId batch, const std::string& side) const;

  Result<Repaired> move(BatchId batch, std::vector<PageId> pages, PageId after);  // after none: to the front
  Result<Repaired> rotate(BatchId batch, PageId page, int clockwise);             // by 90, 180 or 270, as it is shown now
  Result<Repaired> split(BatchId batch, PageId page);                             // a document begins here
  Result<Repaired> join(BatchId batch, PageId page);                              // it goes on with the page before
  Result<Repaired> set_aside(BatchId batch, PageId page);                         // as blank
  Result<Repaired> restore(BatchId batch, PageId page);                           // a page set aside comes back
  Result<Repaired> undo(BatchId batch);                                           // the newest step that stands
  Result<Repaired> recount(BatchId batch, int sheets, int pages);                 // as counted by hand; 0 = as it was

  // Sides are taken in first, each durable by itself and in no document; the last write puts them in their place. A fault before
  // it changes nothing but leaves those sides in the archive, withdrawn.
  Result<Repaired> rescan_sheet(BatchId batch, int sheet, scan::Feeder& feeder, const IngestOptions& options);
  Result<Repaired> replace_page(BatchId batch, PageId page, scan::Feeder& feeder, const IngestOptions& options);
  Result<Repaired> insert(BatchId batch, PageId after, scan::Feeder& feeder, const IngestOptions& options);

  // Writes the release into the journal; refused with every reason that speaks against it.
  Result<Repaired> release(BatchId batch);

 private:
  storage::Archive& archive_;
  const Clock& clock_;
  const std::string who_;
};

}  // namespace chartscan::pipeline
