#include "app/profiles.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <array>
#include <charconv>
#include <sstream>

namespace chartscan::app {
namespace {

struct PaperSize {
  const char* name;
  scan::Millimetres size;
};
constexpr std::array kSizes{PaperSize{"letter", {215.9, 279.4}},
                            PaperSize{"legal", {215.9, 355.6}},
                            PaperSize{"ledger", {279.4, 431.8}},
                            PaperSize{"a3", {297, 420}},
                            PaperSize{"a4", {210, 297}},
                            PaperSize{"a5", {148, 210}},
                            PaperSize{"full", {0, 0}}};

constexpr std::array<const char*, 3> kModes{"bitonal", "gray", "color"};

std::string quoted(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return out.str();
}

std::string section(const std::string& name, const ScanProfile& profile) {
  return fmt::format(
      "\n[profiles.{}]\ndevice = {}\nsource = {}\ndpi = {}\nmode = {}\nsize = {}\nstop_at_double_feed = {}\nseparators = {}\n"
      "expect_sheets = {}\nexpect_pages = {}\n",
      quoted(name), quoted(profile.device), quoted(profile.source), profile.dpi, quoted(mode_word(profile.mode)),
      quoted(size_words(profile.size)), profile.stop_at_double_feed, profile.separators, profile.expect_sheets,
      profile.expect_pages);
}

}  // namespace

std::optional<scan::PixelMode> parse_mode(const std::string& text) {
  for (std::size_t i = 0; i < kModes.size(); ++i)
    if (text == kModes[i]) return static_cast<scan::PixelMode>(i);
  return std::nullopt;
}

std::string mode_word(scan::PixelMode mode) { return kModes[static_cast<std::size_t>(mode)]; }

std::optional<scan::Millimetres> parse_size(const std::string& text) {
  for (const PaperSize& known : kSizes)
    if (text == known.name) return known.size;
  const std::size_t cross = text.find('x');
  if (cross == std::string::npos) return std::nullopt;
  const auto length = [](std::string_view part) -> double {
    double value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    return error == std::errc{} && end == part.data() + part.size() ? value : 0;
  };
  const scan::Millimetres size{length(std::string_view(text).substr(0, cross)), length(std::string_view(text).substr(cross + 1))};
  constexpr double kLeast = 20, kMost = 2000;  // mm: a visiting card, a long chart of an ECG
  const auto sane = [](double side) { return side >= kLeast && side <= kMost; };
  if (!sane(size.width) || !sane(size.height)) return std::nullopt;
  return size;
}

std::string size_words(const scan::Millimetres& size) {
  for (const PaperSize& known : kSizes)
    if (size.width == known.size.width && size.height == known.size.height) return known.name;
  return fmt::format("{}x{}", size.width, size.height);
}

scan::ScanRequest request_of(const ScanProfile& profile) {
  scan::ScanRequest request;
  request.source = profile.source;
  request.dpi = profile.dpi;
  request.mode = profile.mode;
  request.depth = profile.mode == scan::PixelMode::Bitonal ? 1 : 8;
  request.size = profile.size;
  request.stop_at_double_feed = profile.stop_at_double_feed;
  return request;
}

ScanSettings settings_of(const ScanProfile& profile) {
  return {profile.source, profile.dpi, mode_word(profile.mode), profile.size.width, profile.size.height, !profile.separators};
}

ScanProfile profile_of(const Batch& batch) {
  ScanProfile profile;
  profile.device = batch.device;
  profile.source = batch.scan.source;
  profile.dpi = batch.scan.dpi;
  profile.mode = parse_mode(batch.scan.mode).value_or(profile.mode);
  profile.size = {batch.scan.width_mm, batch.scan.height_mm};
  profile.separators = !batch.scan.ignore_separators;
  profile.expect_sheets = batch.expected_sheets;
  profile.expect_pages = batch.expected_pages;
  return profile;
}

std::string profiles_toml(const std::map<std::string, ScanProfile>& profiles) {
  std::string text = R"(
# Scan profiles, for `chartscan scan --profile NAME`. An option given on the command line outweighs its profile.
#   device               as `chartscan devices` lists it
#   source               flatbed, adf, adf-duplex, or the scanner's own word
#   dpi, mode            mode is )" +
                     std::string(kModeWords) + "\n#   size                 " + kSizeWords + R"(
#   stop_at_double_feed  where the scanner can tell that it took two sheets
#   separators           false: patch codes and separator barcodes part nothing (they are printed on the forms themselves)
#   expect_sheets, expect_pages   counted by hand, the same for every batch; 0 = not stated
)";
  if (profiles.empty()) {
    std::istringstream example(section("charts", {}));
    for (std::string line; std::getline(example, line);)
      if (!line.empty()) text += "# " + line + "\n";
    return text;
  }
  for (const auto& [name, profile] : profiles) text += section(name, profile);
  return text;
}

}  // namespace chartscan::app
