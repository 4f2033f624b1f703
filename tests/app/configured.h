// The configuration that a file with this text gives.
#pragma once

#include <string>

#include "app/config.h"
#include "tests/support/program.h"

namespace chartscan::testing {

inline Result<app::Config> configured(const std::string& toml) {
  const TempFolder folder("configured");
  write_file(folder / "c.toml", toml);
  return app::load_config(folder / "c.toml");
}

}  // namespace chartscan::testing
