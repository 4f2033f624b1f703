#include "tests/twain/tray.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>

#include "tests/twain/options.h"

namespace chartscan::fake_twain {
namespace fs = std::filesystem;

namespace {

constexpr const char* kSides[] = {"-front", "-back"};
constexpr const char* kEndings[] = {".pnm", ".pgm", ".pbm", ".ppm"};

std::set<std::string> sheets(const fs::path& folder) {
  std::set<std::string> found;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) {
    const std::string name = entry.path().filename().string();
    for (const std::string ending : kEndings)
      if (name.ends_with(kSides[0] + ending)) found.insert(name.substr(0, name.size() - (kSides[0] + ending).size()));
  }
  return found;
}

// A number of a PNM header; comments may stand before it.
int header_number(std::istream& file) {
  while (file >> std::ws && file.peek() == '#') file.ignore(1000, '\n');
  int number = 0;
  file >> number;
  return number;
}

int sample(const Picture& picture, int x, int y, int channel) {
  const std::uint8_t* row = picture.pixels.data() + static_cast<std::size_t>(y) * picture.row_bytes();
  const int index = x * picture.channels + (picture.channels == 1 ? 0 : channel);
  if (picture.depth == 1) return (row[x / 8] >> (7 - x % 8) & 1) ? 0 : 65535;
  if (picture.depth == 8) return row[index] * 257;
  std::uint16_t value;
  std::memcpy(&value, row + 2 * index, 2);
  return value;
}

void put(Picture& picture, int x, int y, int channel, int value) {
  std::uint8_t* row = picture.pixels.data() + static_cast<std::size_t>(y) * picture.row_bytes();
  const int index = x * picture.channels + channel;
  if (picture.depth == 1)
    row[x / 8] |= static_cast<std::uint8_t>((value < 32768 ? 1 : 0) << (7 - x % 8));
  else if (picture.depth == 8)
    row[index] = static_cast<std::uint8_t>(value / 257);
  else {
    const auto sixteen = static_cast<std::uint16_t>(value);
    std::memcpy(row + 2 * index, &sixteen, 2);
  }
}

}  // namespace

void complain(const std::string& what) { std::ofstream(fs::path(tray_folder()) / "complaints", std::ios::app) << what << "\n"; }

std::optional<Picture> read_pnm(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  Picture picture;
  if (!(file >> magic)) return std::nullopt;
  picture.width = header_number(file);
  picture.height = header_number(file);
  const int most = magic == "P4" ? 1 : header_number(file);
  if (picture.width <= 0 || picture.height <= 0 || most <= 0) return std::nullopt;
  file.get();
  picture.channels = magic == "P6" ? 3 : 1;
  picture.depth = magic == "P4" ? 1 : most > 255 ? 16 : 8;
  picture.pixels.resize(picture.row_bytes() * static_cast<std::size_t>(picture.height));
  if (!file.read(reinterpret_cast<char*>(picture.pixels.data()), static_cast<std::streamsize>(picture.pixels.size())))
    return std::nullopt;
  if (picture.depth == 16)  // the file has the high byte first
    for (std::size_t at = 0; at + 1 < picture.pixels.size(); at += 2) std::swap(picture.pixels[at], picture.pixels[at + 1]);
  return picture;
}

Picture converted(const Picture& from, int channels, int depth) {
  if (from.channels == channels && from.depth == depth) return from;
  Picture to{from.width, from.height, channels, depth, {}};
  to.pixels.resize(to.row_bytes() * static_cast<std::size_t>(to.height));
  for (int y = 0; y < to.height; ++y)
    for (int x = 0; x < to.width; ++x)
      for (int channel = 0; channel < channels; ++channel) {
        const int mixed = (sample(from, x, y, 0) + sample(from, x, y, 1) + sample(from, x, y, 2)) / 3;
        put(to, x, y, channel, channels == 3 ? sample(from, x, y, channel) : mixed);
      }
  return to;
}

Tray::Tray(fs::path folder, bool duplex) : folder_(std::move(folder)) {
  for (const std::string& sheet : sheets(folder_)) {
    sides_.push_back({sheet, 0, !duplex});
    if (duplex) sides_.push_back({sheet, 1, true});
  }
}

bool Tray::has_paper(const fs::path& folder) { return !sheets(folder).empty(); }

std::optional<fs::path> Tray::file(const Side& side) const {
  for (const char* const ending : kEndings) {
    const fs::path path = folder_ / (side.sheet + kSides[side.side] + ending);
    if (fs::exists(path)) return path;
  }
  return std::nullopt;
}

std::optional<Picture> Tray::picture() const {
  if (const auto path = file(next())) return read_pnm(*path);
  const auto front = file({next().sheet, 0, false});
  auto white = front ? read_pnm(*front) : std::nullopt;
  if (white) std::fill(white->pixels.begin(), white->pixels.end(), white->depth == 1 ? 0 : 255);
  return white;
}

std::optional<TrayFault> Tray::take_fault(bool at_start) const {
  if (sides_left() == 0) return std::nullopt;
  const fs::path path = folder_ / (next().sheet + kSides[next().side] + ".pnm.fault");
  std::ifstream file(path);
  TrayFault fault;
  if (!(file >> fault.kind)) return std::nullopt;
  file >> fault.amount;
  const bool strikes_early = fault.kind == "cover" || fault.kind == "busy" || fault.kind == "nomem" || fault.kind == "double";
  if (at_start && !strikes_early) return std::nullopt;
  fs::remove(path);
  return fault;
}

void Tray::taken() {
  const Side side = next();
  ++at_;
  if (!side.last_of_sheet) return;
  std::error_code failed;
  fs::create_directories(folder_ / "out", failed);
  for (const int each : {0, 1})
    if (const auto path = file({side.sheet, each, true})) fs::rename(*path, folder_ / "out" / path->filename(), failed);
}

}  // namespace chartscan::fake_twain
