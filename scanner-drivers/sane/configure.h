// A request becomes settings of a SANE device: every option is looked for under the names backends use, set, and read back
// when all is set, because setting one changes others. What comes out different is said in the notes; a source the device
// does not have is refused, because scanning one side of two would lose pages without a sound.
#pragma once

#include "core/result.h"
#include "scanner-drivers/driver.h"
#include "scanner-drivers/sane/session.h"

namespace chartscan::scan::sane {

// `kind` is the device's own description: a "sheetfed scanner" without a source option is a feeder.
Result<Settings> configure(Session& session, const ScanRequest& request, const std::string& kind);
Capabilities capabilities(Session& session, const std::string& kind);

// Of the first option of these names that is a sensor, what it says now.
std::optional<bool> sensed(Session& session, std::span<const char* const> names);

}  // namespace chartscan::scan::sane
