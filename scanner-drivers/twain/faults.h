// What a source's refusal means for the operator. The raw codes are kept beside it: "TWRC_FAILURE/TWCC_PAPERJAM".
#pragma once

#include <string>

#include "scanner-drivers/fault.h"
#include "scanner-drivers/twain/wire.h"

namespace chartscan::scan::twain {

// What a call came to. The condition is read, once and at once, only where the code is Failure: reading clears it.
struct Reply {
  ReturnCode code = ReturnCode::Success;
  ConditionCode condition = ConditionCode::Success;

  bool ok() const { return code == ReturnCode::Success || code == ReturnCode::CheckStatus; }
  bool failed_with(ConditionCode why) const { return code == ReturnCode::Failure && condition == why; }
};

std::string to_string(const Reply& reply);

// `side`: 0 or 1, the one being fetched. How many sheets may be on their way follows from phase, side and kind.
Fault to_fault(const Reply& reply, FaultPhase phase, int side);
Fault make_fault(FaultKind kind, FaultPhase phase, int side, const std::string& text);

}  // namespace chartscan::scan::twain
