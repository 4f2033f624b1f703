// Scanners behind the system's libsane: USB, saned over the network (net), eSCL (sane-airscan) and whatever else has a
// backend. libsane is loaded when first asked for; without it the driver lists nothing and says so.
#pragma once

#include <memory>

#include "scanner-drivers/driver.h"

namespace chartscan::scan {

std::unique_ptr<Driver> make_sane_driver();

}  // namespace chartscan::scan
