// Scan profiles: what an operator would otherwise have to say with every batch. [profiles.NAME] in the configuration,
// `chartscan scan --profile NAME`; an option on the command line outweighs its profile.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/batch.h"
#include "scanner-drivers/driver.h"

namespace chartscan::app {

struct ScanProfile {
  std::string device;          // "" = must be named
  std::string source = "adf";  // flatbed, adf, adf-duplex, or the backend's own string
  int dpi = 300;
  scan::PixelMode mode = scan::PixelMode::Gray;
  scan::Millimetres size;  // 0 = as large as the device takes
  bool stop_at_double_feed = true;
  bool separators = true;  // separator sheets and patch codes part documents
  int expect_sheets = 0, expect_pages = 0;
};

inline constexpr const char* kModeWords = "bitonal, gray or color";
inline constexpr const char* kSizeWords = "letter, legal, ledger, a3, a4, a5, full, or WIDTHxHEIGHT in mm such as 215.9x279.4";
std::optional<scan::PixelMode> parse_mode(const std::string& text);
std::optional<scan::Millimetres> parse_size(const std::string& text);
std::string mode_word(scan::PixelMode mode);
std::string size_words(const scan::Millimetres& size);

scan::ScanRequest request_of(const ScanProfile& profile);
ScanSettings settings_of(const ScanProfile& profile);
// What a batch was begun with, for resuming it.
ScanProfile profile_of(const Batch& batch);

// The section of the commented configuration: an example where there are none.
std::string profiles_toml(const std::map<std::string, ScanProfile>& profiles);

}  // namespace chartscan::app
