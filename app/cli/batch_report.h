// Batches as people read them: the ledger, what stands still and why, pages, journal.
#pragma once

#include <vector>

#include "app/service.h"
#include "core/result.h"

namespace chartscan::app::cli {

Status print_batches(Service& service, const std::vector<BatchView>& views);
void print_pages(const BatchDetails& details);
void print_paper(const BatchDetails& details);  // sheets, gaps, and what speaks against a release
void print_journal(const BatchDetails& details, bool every_side);

}  // namespace chartscan::app::cli
