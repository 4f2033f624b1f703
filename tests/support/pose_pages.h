// Pages whose tilt and turn a test knows: the kinds of print a chart holds, set in a family of fonts, and the harm that feeders,
// photocopiers and faxes do to them. The same number gives the same page.
#pragma once

#include <span>
#include <string>

#include "tests/support/paper.h"
#include "tests/support/scanned.h"

namespace chartscan::testing {

// Two sets that share no font and no seed: what is tuned is tuned on the first and believed on the second.
enum class PoseSet { Tune, Held };

struct PosePage {
  std::string kind;
  Paper paper;
  Scan scan;  // its harm; skew and rotation are for the caller to choose
};

std::span<const char* const> pose_kinds();
PosePage pose_page(int number, PoseSet set);  // its kind is number modulo the count of kinds

}  // namespace chartscan::testing
