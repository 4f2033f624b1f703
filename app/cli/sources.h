// Where sides come from, by the words of the command line: a scanner by its profile and options, or files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/cli/verbs.h"
#include "app/profiles.h"
#include "scanner-drivers/feeder.h"
#include "scanner-drivers/scan_feeder.h"

namespace chartscan::app::cli {

// The profile named, or `base`, with what the words say on top. A device must come of it.
Result<ScanProfile> wanted_profile(const Config& config, const DeviceWords& words, const ScanProfile& base);

scan::ScannerOptions scanner_options(const ScanProfile& profile);

// What a device differs in from what was wanted, on stderr.
void tell_settings(const scan::ScanFeeder& feeder);

// The sides of files, one after the other.
Result<std::unique_ptr<scan::Feeder>> open_files(const std::vector<std::string>& files, const imaging::DecodeLimits& limits);

}  // namespace chartscan::app::cli
