// Does a document begin with a page? What stands on it and on the page before it is weighed by a logistic model; the weights are
// learnt from batches of training pages (scripts/bench classify --gaps and bench/fit_starts.py make them anew). Private to this room; pure.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "core/page.h"

namespace chartscan::charts {

inline constexpr std::size_t kStartCues = 13;
using StartCues = std::array<double, kStartCues>;
extern const std::array<const char*, kStartCues> kStartCueNames;  // for people: "a title", "another type"

// `open`: the pages of the document so far, not empty, the last one lies before `page`.
StartCues start_cues(std::span<const Page* const> open, const Page& page);
StartGuess weigh_start(const StartCues& cues);

}  // namespace chartscan::charts
