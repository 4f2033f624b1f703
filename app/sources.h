// Where sides come from: a scanner, by its profile and what is asked for on top, or files.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/profiles.h"
#include "scanner-drivers/feeder.h"
#include "scanner-drivers/scan_feeder.h"

namespace chartscan::app {

// What a person says of a scanner; empty and 0 = as the profile says.
struct DeviceWords {
  std::string device, profile, source, mode, size;
  int dpi = 0;
};

// The profile named, or `base`, with what the words say on top. A device must come of it.
Result<ScanProfile> wanted_profile(const Config& config, const DeviceWords& words, const ScanProfile& base);

scan::ScannerOptions scanner_options(const ScanProfile& profile);

// The sides of files, one after the other.
Result<std::unique_ptr<scan::Feeder>> open_files(const std::vector<std::string>& files, const imaging::DecodeLimits& limits);

// What ends a feeding from another thread: after the sheet in work no more comes. The feeder may not be open yet.
class Reach {
 public:
  void end();
  std::unique_ptr<scan::Feeder> within(std::unique_ptr<scan::ScanFeeder> feeder);  // this must outlive what it returns

 private:
  friend class ReachedFeeder;
  void set(scan::ScanFeeder* feeder);
  std::mutex mutex_;
  scan::ScanFeeder* feeder_ = nullptr;  // guarded by mutex_
  bool ended_ = false;                  // guarded by mutex_
};

}  // namespace chartscan::app
