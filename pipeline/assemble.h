// Closing a batch: pages become documents, documents go to a chart or to review. One atomic write; before it the batch is
// fed, after it closed, at no moment anything between.
#pragma once

#include "core/clock.h"
#include "storage/archive.h"

namespace chartscan::pipeline {

// Every page of the batch must have been read. A batch that is closed already is left as it is.
Status close_batch(storage::Archive& archive, BatchId batch, const Clock& clock);

}  // namespace chartscan::pipeline
