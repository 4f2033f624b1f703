// One step of a person's work on a batch, as one atomic write. Private to the pipeline.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "pipeline/repair.h"
#include "storage/archive.h"

namespace chartscan::pipeline {

// The batch as it stands, and what is to become of it.
struct Step {
  Batch batch;
  std::vector<Page> pages;           // in the batch's order; change them in place
  std::vector<JournalLine> journal;  // read only where the step asks for it: see read_journal
  JournalLine line;                  // event, detail and undoes are the step's to set

  Page* find(PageId id);
  std::size_t place_of(PageId id) const;  // pages.size() where it is none of the batch
};

enum class Needs { Pages, PagesAndJournal };

// Loads, lets `change` do its work on the step and writes: pages that differ, with what they were in the journal line; the batch;
// and the documents made anew where the batch was closed and nothing has to be read. `change` refuses by an error.
Result<Repaired> repair_step(storage::Archive& archive, const Clock& clock, const std::string& who, BatchId batch, Needs needs,
                             const std::function<Status(Step&)>& change);

// A stopped batch whose only trouble was a count or a missing sheet goes on as fed once that is settled.
void settle_stop(Batch& batch, std::span<const Page> pages);

}  // namespace chartscan::pipeline
