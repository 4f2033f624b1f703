// One side out of the source, by whichever mechanism was agreed. State 6 at the start; 7 after a whole side, and then it
// waits there until the caller, having stored it, ends the transfer.
#pragma once

#include <variant>

#include "scanner-drivers/twain/session.h"
#include "scanner-drivers/twain/settings.h"

namespace chartscan::scan::twain {

// meta.side is `expected_side` unless the source says better. A fault with phase Start came before the first row.
// An error is the sink's own.
Result<std::variant<SideMeta, Fault>> fetch_side(Session& session, const TransferPlan& plan, int expected_side, SideSink& sink);

}  // namespace chartscan::scan::twain
