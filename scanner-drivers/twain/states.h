// The seven states of a TWAIN session, and which call is allowed in which. One table; the session asks it before every call
// and moves by it after.
//
//   1 Unloaded --load--> 2 Loaded --OPENDSM--> 3 ManagerOpen --OPENDS--> 4 SourceOpen --ENABLEDS--> 5 Enabled
//                                                                             ^                        |   ^
//                                                                             +------- DISABLEDS ------+   | XFERREADY (source)
//                                                                                                      v   |
//        7 Transferring <--IMAGE...XFER-- 6 TransferReady <------------------------------------------------+
//              |                              |   ^      \--RESET--> 5
//              +--------ENDXFER, count > 0----|---+
//              +--------ENDXFER, count = 0--> 5
#pragma once

#include "scanner-drivers/twain/wire.h"

namespace chartscan::scan::twain {

enum class State { Unloaded = 1, Loaded, ManagerOpen, SourceOpen, Enabled, TransferReady, Transferring };

bool is_permitted(State state, Data data, Message message);

// Where a call that came back with `code` leads. `images_pending` is what ENDXFER said; 0 or not is all that counts.
State state_after(State state, Data data, Message message, ReturnCode code, int images_pending);

}  // namespace chartscan::scan::twain
