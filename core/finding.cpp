#include "core/finding.h"

#include <algorithm>

namespace chartscan {

bool has_finding(const std::vector<Finding>& findings, const std::string& code) {
  return std::ranges::any_of(findings, [&](const Finding& finding) { return finding.code == code; });
}

}  // namespace chartscan
