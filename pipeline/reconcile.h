// What was fed held against what was counted by hand, and what speaks against letting a batch go. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/page.h"
#include "core/sheets.h"

namespace chartscan::pipeline {

// Sides and sheets that count: those taken out (fed again, replaced, withdrawn) do not.
struct Counted {
  int sides = 0;       // refused items included
  int duplicates = 0;  // of them: sheets judged fed twice; the operator's count may know of them or not
  Sheets sheets;
};
Counted count(const Batch& batch, std::span<const Page> pages);

// "expected 200 sheets, 199 are stored: 1 is missing"; empty where nothing was stated or it agrees.
std::string pages_disagreement(const Batch& batch, const Counted& counted);
std::string sheets_disagreement(const Batch& batch, const Counted& counted);

// Brings the batch's count-mismatch finding up to date.
void note_counts(Batch& batch, const Counted& counted);

// Sheets of which the archive lacks something, each in words: "sheet 17: its front is stored, its back never came".
std::vector<std::string> gaps(const Batch& batch, const Sheets& sheets);

// Empty: the batch may be released.
std::vector<std::string> reasons_against_release(const Batch& batch, const Ledger& ledger, const Counted& counted);

}  // namespace chartscan::pipeline
