// Scanners behind TWAIN 2.x sources: "twain:" and the source's product name. The source manager is loaded when it is
// needed; a machine without one has no such scanners. See docs/twain.md.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "scanner-drivers/driver.h"

namespace chartscan::scan {

struct TwainOptions {
  // The source manager; empty: what the environment variable CHARTSCAN_TWAIN_DSM names, else the usual places.
  std::string manager;
  // How long the first image may take before the source is called hung. The supervisor's own patience is shorter.
  std::chrono::seconds first_image{300};
  // From then on an empty feeder, seen by its sensor, ends the wait for the first image.
  std::chrono::milliseconds empty_feeder{10'000};
};

std::unique_ptr<Driver> make_twain_driver(TwainOptions options = {});

}  // namespace chartscan::scan
