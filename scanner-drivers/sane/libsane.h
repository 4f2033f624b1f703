// The system's libsane, loaded at run time: programs that never scan never load it, and nothing of it is needed to build
// or start. One thread; one Library at a time (libsane has global state).
#pragma once

#include <memory>
#include <variant>

#include "core/result.h"
#include "scanner-drivers/driver.h"
#include "scanner-drivers/sane/session.h"

namespace chartscan::scan::sane {

class Library {
 public:
  virtual ~Library() = default;
  virtual Result<std::vector<DeviceInfo>> devices() = 0;  // ids without "sane:"
  virtual std::variant<std::unique_ptr<Session>, Code> open(const std::string& name) = 0;
  virtual std::string kind_of(const std::string& name) = 0;  // "sheetfed scanner"; lists all devices, which takes time
};

Result<std::shared_ptr<Library>> load_library();

}  // namespace chartscan::scan::sane
