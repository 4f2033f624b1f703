// What the TWAIN tests share: a tray to feed from, a sink that keeps what it gets, and the fake source manager's knobs.
// Where CHARTSCAN_TWAIN_DSM names another manager, the tests run on that one; the fake source must be installed for it.
#pragma once

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "scanner-drivers/twain/twain_driver.h"
#include "tests/twain/tray.h"

namespace chartscan::testing {

constexpr const char* kFakeFeeder = "twain:Chartscan Fake Feeder";

inline std::string twain_manager() {
  const char* const named = std::getenv("CHARTSCAN_TWAIN_DSM");
  return named ? named : CHARTSCAN_FAKE_TWAIN;
}
// What only the fake manager can play.
inline bool manager_is_real() { return twain_manager() != CHARTSCAN_FAKE_TWAIN; }

class TwainTray {
 public:
  explicit TwainTray(const std::string& options = "") {
    std::string pattern = (std::filesystem::temp_directory_path() / "chartscan-tray-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    setenv("CHARTSCAN_FAKE_TWAIN_TRAY", folder_.c_str(), 1);
    behave(options);
  }
  ~TwainTray() {
    CHECK(complaints() == "");
    unsetenv("CHARTSCAN_FAKE_TWAIN_TRAY");
    unsetenv("CHARTSCAN_FAKE_TWAIN_OPTIONS");
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TwainTray(const TwainTray&) = delete;
  TwainTray& operator=(const TwainTray&) = delete;

  void behave(const std::string& options) const { setenv("CHARTSCAN_FAKE_TWAIN_OPTIONS", options.c_str(), 1); }
  const std::filesystem::path& folder() const { return folder_; }

  // Sides that differ from each other in every row, of the mode asked for.
  fake_twain::Picture put(int sheet, int side, scan::PixelMode mode = scan::PixelMode::Gray, int width = 125, int height = 170,
                          int depth = 8) {
    fake_twain::Picture picture{
        width, height, mode == scan::PixelMode::Color ? 3 : 1, mode == scan::PixelMode::Bitonal ? 1 : depth, {}};
    picture.pixels.resize(picture.row_bytes() * static_cast<std::size_t>(height));
    std::uint32_t state = static_cast<std::uint32_t>(sheet * 7919 + side * 104729 + 1);
    for (auto& byte : picture.pixels) byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
    if (picture.depth == 1 && width % 8 != 0)
      for (std::size_t end = picture.row_bytes() - 1; end < picture.pixels.size(); end += picture.row_bytes())
        picture.pixels[end] &= static_cast<std::uint8_t>(0xff << (8 - width % 8));
    write_pnm(folder_ / name(sheet, side), picture);
    return picture;
  }
  void fault(int sheet, int side, const std::string& what) const {
    std::ofstream(folder_ / (name(sheet, side) + ".fault")) << what;
  }

  std::string complaints() const {
    std::ifstream file(folder_ / "complaints");
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
  }
  bool in_tray(int sheet) const { return std::filesystem::exists(folder_ / name(sheet, 0)); }
  bool came_out(int sheet) const { return std::filesystem::exists(folder_ / "out" / name(sheet, 0)); }
  void put_back(int sheet) const {
    for (const int side : {0, 1})
      if (std::filesystem::exists(folder_ / "out" / name(sheet, side)))
        std::filesystem::rename(folder_ / "out" / name(sheet, side), folder_ / name(sheet, side));
  }

 private:
  static std::string name(int sheet, int side) {
    char text[32];
    std::snprintf(text, sizeof(text), "%04d-%s.pnm", sheet, side == 0 ? "front" : "back");
    return text;
  }
  static void write_pnm(const std::filesystem::path& path, const fake_twain::Picture& picture) {
    std::ofstream file(path, std::ios::binary);
    file << (picture.depth == 1      ? "P4"
             : picture.channels == 3 ? "P6"
                                     : "P5")
         << "\n"
         << picture.width << " " << picture.height << "\n";
    if (picture.depth != 1) file << (picture.depth == 16 ? 65535 : 255) << "\n";
    auto bytes = picture.pixels;
    if (picture.depth == 16)
      for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) std::swap(bytes[at], bytes[at + 1]);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

  std::filesystem::path folder_;
};

// Keeps a side; refuses from row `refuse_at` on where that is set.
class KeepingSink : public scan::SideSink {
 public:
  Status begin(const scan::SideFormat& format) override {
    CHECK_FALSE(begun);
    begun = true;
    this->format = format;
    return {};
  }
  Status rows(std::span<const std::uint8_t> whole_rows) override {
    CHECK(begun);
    CHECK(whole_rows.size() % format.row_bytes() == 0);
    pixels.insert(pixels.end(), whole_rows.begin(), whole_rows.end());
    if (refuse_at >= 0 && pixels.size() >= format.row_bytes() * static_cast<std::size_t>(refuse_at))
      return Error{ErrorCode::StorageFull, "the test's disk is full"};
    return {};
  }
  Status progress(std::uint64_t) override { return {}; }

  bool begun = false;
  int refuse_at = -1;
  scan::SideFormat format;
  std::vector<std::uint8_t> pixels;
};

inline std::unique_ptr<scan::Driver> twain_driver() {
  scan::TwainOptions options;
  options.manager = twain_manager();
  options.first_image = std::chrono::seconds(20);
  options.empty_feeder = std::chrono::milliseconds(600);
  return scan::make_twain_driver(options);
}

inline std::unique_ptr<scan::Device> open_fake_feeder(scan::Driver& driver) {
  auto opened = driver.open(kFakeFeeder);
  if (const auto* fault = std::get_if<scan::Fault>(&opened)) FAIL("the fake feeder does not open: " << fault->raw_text);
  return std::move(std::get<std::unique_ptr<scan::Device>>(opened));
}

struct ScannedSide {
  scan::SideMeta meta;
  scan::SideFormat format;
  std::vector<std::uint8_t> pixels;
};
struct ScannedBatch {
  std::vector<ScannedSide> sides;
  std::optional<scan::EndReason> end;
  std::optional<scan::Fault> fault;
};

// Feeds until the end or a fault.
inline ScannedBatch scan_all(scan::Device& device) {
  ScannedBatch batch;
  const auto started = device.start_batch();
  if (const auto* fault = std::get_if<scan::Fault>(&started)) {
    batch.fault = *fault;
    return batch;
  }
  for (;;) {
    KeepingSink sink;
    auto outcome = device.next_side(sink);
    REQUIRE(outcome.ok());
    if (const auto* end = std::get_if<scan::EndOfPaper>(&*outcome)) {
      batch.end = end->reason;
      return batch;
    }
    if (const auto* fault = std::get_if<scan::Fault>(&*outcome)) {
      batch.fault = *fault;
      return batch;
    }
    batch.sides.push_back({std::get<scan::SideMeta>(*outcome), sink.format, std::move(sink.pixels)});
  }
}

inline ScannedBatch scan_with(const scan::ScanRequest& request) {
  const auto driver = twain_driver();
  const auto device = open_fake_feeder(*driver);
  const auto settings = device->configure(request);
  if (!settings.ok()) FAIL(to_string(settings.error()));
  return scan_all(*device);
}

}  // namespace chartscan::testing
