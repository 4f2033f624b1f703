// A SANE device as driver.h wants it. Built on a Session, so that a scripted one can stand in.
#pragma once

#include <memory>
#include <string>

#include "scanner-drivers/driver.h"
#include "scanner-drivers/sane/session.h"

namespace chartscan::scan::sane {

struct Identity {
  std::string name;  // libsane's: "net:host:test:0"
  std::string kind;  // "sheetfed scanner"; empty where it is not known
};

std::unique_ptr<Device> make_device(std::unique_ptr<Session> session, Identity identity);

// What a status means in a phase. `side_in_work`: paper has begun to move for the side being fetched.
Fault fault_of(Code code, FaultPhase phase);

}  // namespace chartscan::scan::sane
