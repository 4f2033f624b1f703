// Faults of a scanner and of its feeding that a records department acts on, laid over a scanned page. Each says how strong it is.
#pragma once

#include "imaging/image.h"

namespace chartscan::testing {

// A line of dirt on the glass: the same column of every row darker (or lighter: a dead sensor), by so many levels.
void add_streak(imaging::Image& image, double at, int width_px, int levels_darker);

// Out of focus: a gaussian of so many pixels.
imaging::Image blurred(const imaging::Image& image, double sigma_px);

// The image begins and ends inside the page: so much of its left side and its top is missing, in inches.
imaging::Image cropped(const imaging::Image& image, double left_inches, double top_inches);

}  // namespace chartscan::testing
