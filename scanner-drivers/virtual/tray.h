// The tray of the virtual feeder: a folder whose files are the sheets. All state is in the folder, so it outlives every
// process. Header only and of the standard library only. One process at a time.
//
//   0001-front.pgm  0001-back.pgm        a sheet (.pbm .pgm .ppm .pnm); no back = blank
//   0003-front.pnm.fault                 goes wrong once, when that side is fed; the file goes first
//   out/                                 sheets that went through
#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace chartscan::scan::virtual_feeder {

namespace fs = std::filesystem;

// What a fault file says: a word and up to two numbers.
struct PlannedFault {
  std::string kind;
  std::vector<double> numbers;
};

class Tray {
 public:
  explicit Tray(fs::path folder) : folder_(std::move(folder)) {}

  bool exists() const {
    std::error_code none;
    return fs::is_directory(folder_, none);
  }

  // "0001": the first in order of names, or empty.
  std::string top() const {
    std::string first;
    std::error_code failed;
    for (fs::directory_iterator it(folder_, failed), end; !failed && it != end; it.increment(failed)) {
      const std::string name = it->path().filename().string();
      const std::size_t mark = name.find("-front.");
      if (mark == std::string::npos || !is_image(it->path())) continue;
      if (first.empty() || name.substr(0, mark) < first) first = name.substr(0, mark);
    }
    return first;
  }

  // Empty when there is no such side.
  fs::path image(const std::string& sheet, int side) const {
    for (const char* extension : kExtensions)
      if (fs::path path = folder_ / (sheet + suffix(side) + extension); there(path)) return path;
    return {};
  }

  // A fault happens once: its file is gone before it does.
  std::optional<PlannedFault> take_fault(const std::string& sheet, int side) const {
    const fs::path path = folder_ / (sheet + suffix(side) + ".pnm.fault");
    std::ifstream file(path);
    PlannedFault fault;
    if (!(file >> fault.kind)) return std::nullopt;
    for (double number = 0; file >> number;) fault.numbers.push_back(number);
    std::error_code none;
    fs::remove(path, none);
    return fault;
  }

  void put_out(const std::string& sheet) const {
    std::error_code none;
    fs::create_directories(folder_ / "out", none);
    for (const int side : {0, 1})
      if (const fs::path path = image(sheet, side); !path.empty()) fs::rename(path, folder_ / "out" / path.filename(), none);
  }

 private:
  static constexpr std::array<const char*, 4> kExtensions{".pgm", ".pbm", ".ppm", ".pnm"};

  static const char* suffix(int side) { return side == 0 ? "-front" : "-back"; }
  static bool is_image(const fs::path& path) {
    return std::ranges::find(kExtensions, path.extension().string()) != kExtensions.end();
  }
  static bool there(const fs::path& path) {
    std::error_code none;
    return fs::exists(path, none);
  }

  fs::path folder_;
};

}  // namespace chartscan::scan::virtual_feeder
