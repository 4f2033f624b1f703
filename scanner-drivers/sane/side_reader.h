// One side from a started SANE device: all its frames to the end, normalised as driver.h promises. Strips padding, joins
// the three passes of old colour scanners, spreads one-bit colour to bytes, finds out an unknown height.
#pragma once

#include <variant>

#include "core/result.h"
#include "scanner-drivers/driver.h"
#include "scanner-drivers/sane/session.h"

namespace chartscan::scan::sane {

// What the device answered where the side did not come whole.
struct ReadTrouble {
  FaultKind kind = FaultKind::DeviceIo;  // where `code` does not say: ShortPage, EmptyPage, Unsupported
  Code code = Code::Good;
  bool started = false;  // pixels had come
  std::string text;      // what is wrong, where the code alone does not tell
};

// dpi: of the settings in force. An error is the sink's own.
Result<std::variant<SideMeta, ReadTrouble>> read_side(Session& session, int dpi_x, int dpi_y, SideSink& sink);

}  // namespace chartscan::scan::sane
