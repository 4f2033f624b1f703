// Pages whose tilt and turn a test knows: the kinds of print a chart holds, set in a family of fonts, and the harm that feeders,
// photocopiers and faxes do to them. The same number gives the same page.
#pragma once

#include <span>
#include <string>

#include "tests/support/paper.h"
#include "tests/support/scanned.h"

namespace chartscan::testing {

// Sets that share no seed. What is learnt is learnt on the first, tuned on the second and believed on the third, whose fonts the
// other two do not have.
enum class PoseSet { Train, Tune, Held };

struct PosePage {
  std::string kind;
  Paper paper;
  Scan scan;  // its harm; skew and rotation are for the caller to choose
};

std::span<const char* const> pose_kinds();
PosePage pose_page(int number, PoseSet set);  // its kind is number modulo the count of kinds

}  // namespace chartscan::testing
