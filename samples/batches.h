// The batches of the samples, in file order. README.md has a row for each and for each special page.
#pragma once

#include <vector>

#include "samples/batch.h"

namespace chartscan::samples {

Batch internal_medicine();  // batch-0001: mixed encodings in one TIFF
Batch surgery();            // batch-0002: patch-T sheets between documents
Batch namesakes();          // batch-0003: barcode labels, separators, people easily confused
Batch faxed_referrals();    // batch-0004: scanned PDF, crooked and turned pages
Batch loose_images();       // batch-0005: a folder of PNG and JPEG
Batch hard_cases();         // batch-0006: faint, noisy, fed twice, foreign page, nobody we know
Batch duplex();             // batch-0007: both sides scanned, blank backs, unsigned forms

std::vector<Batch> all_batches();

}  // namespace chartscan::samples
