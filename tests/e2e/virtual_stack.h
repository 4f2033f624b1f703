// A stack of sheets in the virtual feeder's tray, the operator who puts sheets back, and what the archive holds of them: for tests
// that scan through the real program.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "tests/support/program.h"

namespace chartscan::testing {

constexpr int kImageWidth = 340, kImageHeight = 440;  // pixels: a little less than Letter at 50 dpi

inline std::string tray_name(int sheet, const char* face) {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%s.pgm", sheet, face);
  return text;
}

// Each side another picture.
inline void load_tray(const std::filesystem::path& tray, int sheets) {
  std::filesystem::remove_all(tray);
  std::filesystem::create_directories(tray);
  for (int sheet = 1; sheet <= sheets; ++sheet)
    for (const char* face : {"front", "back"}) {
      std::mt19937 random(static_cast<unsigned>(sheet * 2 + (face[0] == 'b')));
      std::string image = "P5\n" + std::to_string(kImageWidth) + " " + std::to_string(kImageHeight) + "\n255\n";
      for (int i = 0; i < kImageWidth * kImageHeight / 10; ++i)
        image += std::string(10, static_cast<char>(random() % 4 == 0 ? 20 : 250));
      write_file(tray / tray_name(sheet, face), image);
    }
}

// What the operator does: every sheet from that number on lies in the feeder again. Returns the images moved.
inline int put_back(const std::filesystem::path& tray, int from, int sheets) {
  int moved = 0;
  for (int sheet = from; sheet <= sheets; ++sheet)
    for (const char* face : {"front", "back"})
      if (std::filesystem::exists(tray / "out" / tray_name(sheet, face))) {
        std::filesystem::rename(tray / "out" / tray_name(sheet, face), tray / tray_name(sheet, face));
        ++moved;
      }
  return moved;
}

using Sides = std::map<std::pair<int, std::string>, std::string>;  // sheet and face -> SHA-256

// The sides that count, from `batch show --json`; each sheet and face once, in order.
inline Sides stored_sides(const nlohmann::json& batch) {
  std::map<std::string, std::string> hash_of;
  for (const nlohmann::json& line : batch.at("journal"))
    if (line.at("event") == "stored") hash_of[line.at("page")] = line.at("sha256");
  Sides sides;
  std::pair<int, int> last{0, 0};
  for (const nlohmann::json& page : batch.at("pages")) {
    if (page.at("state") == "superseded") continue;
    const nlohmann::json& capture = page.at("capture");
    const std::pair<int, int> now{capture.at("sheet"), capture.at("side") == "front" ? 0 : 1};
    CHECK(now > last);
    last = now;
    CHECK(sides.emplace(std::pair(now.first, capture.at("side").get<std::string>()), hash_of.at(page.at("id"))).second);
  }
  return sides;
}

}  // namespace chartscan::testing
