// Closing a batch: pages become documents, documents go to a chart or to review. One atomic write; before it the batch is
// fed, after it closed, at no moment anything between.
#pragma once

#include <vector>

#include "core/clock.h"
#include "storage/archive.h"

namespace chartscan::pipeline {

// Every page of the batch must have been read. A batch that is closed already is left as it is.
Status close_batch(storage::Archive& archive, BatchId batch, const Clock& clock);

// The documents of `pages` (all of the batch, in its order, as they are to be stored) made, or made anew where nothing was decided
// by a person: documents, charts, states and postings go into `change`. `batch` becomes closed; the caller puts it.
Status assemble_batch(const storage::Records& records, storage::Change& change, Batch& batch, std::vector<Page>& pages, const Clock& clock);

}  // namespace chartscan::pipeline
