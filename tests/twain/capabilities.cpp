#include "tests/twain/capabilities.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sstream>

namespace chartscan::fake_twain {
namespace {

using tw::Cap;
using tw::Container;
using tw::ItemType;

Setting choice(ItemType type, std::vector<double> choices, double now) {
  return {.type = type, .choices = std::move(choices), .now = now};
}
Setting fact(ItemType type, double now) { return {.type = type, .now = now}; }
Setting range(ItemType type, double low, double high, double step, double now) {
  return {.type = type, .is_range = true, .low = low, .high = high, .step = step, .now = now};
}

std::size_t size_of(ItemType type) {
  switch (type) {
    case ItemType::Int8:
    case ItemType::Uint8: return 1;
    case ItemType::Int32:
    case ItemType::Uint32:
    case ItemType::Fix32: return 4;
    case ItemType::Str32: return 34;
    default: return 2;
  }
}

std::uint32_t bits_of(ItemType type, double value) {
  if (type == ItemType::Fix32) {
    const double whole = std::floor(value);
    return static_cast<std::uint32_t>(static_cast<std::uint16_t>(static_cast<std::int16_t>(whole))) |
           static_cast<std::uint32_t>((value - whole) * 65536) << 16;
  }
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(value));
}

double value_of(ItemType type, const std::uint8_t* raw) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, raw, std::min(size_of(type), sizeof(bits)));
  switch (type) {
    case ItemType::Fix32: return static_cast<std::int16_t>(bits & 0xffff) + (bits >> 16) / 65536.0;
    case ItemType::Int16: return static_cast<std::int16_t>(bits);
    case ItemType::Int32: return static_cast<std::int32_t>(bits);
    default: return bits;
  }
}

template <typename T>
void add(std::vector<std::uint8_t>& bytes, T value) {
  const auto* raw = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), raw, raw + sizeof(T));
}
void add_items(std::vector<std::uint8_t>& bytes, ItemType type, const std::vector<double>& items) {
  for (const double item : items) {
    const std::uint32_t bits = bits_of(type, item);
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&bits);
    bytes.insert(bytes.end(), raw, raw + size_of(type));
  }
}

}  // namespace

Capabilities::Capabilities(const Options& options) : rounds_(options.on("round")) {
  auto& all = settings_;
  const std::vector<double> both = {0, 1};
  all[Cap::TransferCount] = range(ItemType::Int16, -1, 32767, 1, -1);
  all[Cap::Units] = choice(ItemType::Uint16, {0}, 0);
  all[Cap::Compression] = choice(ItemType::Uint16, {0}, 0);
  all[Cap::FeederEnabled] = choice(ItemType::Bool, both, 1);
  all[Cap::FeederLoaded] = fact(ItemType::Bool, 0);
  all[Cap::PaperDetectable] = fact(ItemType::Bool, 1);
  if (options.on("autoscan")) all[Cap::AutoScan] = choice(ItemType::Bool, both, 0);
  all[Cap::AutoFeed] = choice(ItemType::Bool, both, 0);
  all[Cap::Indicators] = choice(ItemType::Bool, both, 1);
  all[Cap::UiControllable] = fact(ItemType::Bool, 1);
  all[Cap::DeviceOnline] = fact(ItemType::Bool, options.is("online", "0") ? 0 : 1);
  all[Cap::Duplex] = fact(ItemType::Uint16, 1);
  all[Cap::DuplexEnabled] = choice(ItemType::Bool, both, 0);
  all[Cap::SerialNumber] = {.type = ItemType::Str32, .text = "FAKE-0001"};
  all[Cap::DoubleFeedDetection] = {.type = ItemType::Uint16, .choices = {0, 1}, .is_array = true};
  all[Cap::DoubleFeedDetectionResponse] = choice(ItemType::Uint16, {0, 1}, 1);
  all[Cap::PixelType] = choice(ItemType::Uint16, {0, 1, 2}, 0);
  all[Cap::BitDepth] = choice(ItemType::Uint16, {1}, 1);
  all[Cap::PixelFlavor] = options.is("flavor", "vanilla") ? choice(ItemType::Uint16, {1}, 1) : choice(ItemType::Uint16, both, 0);
  all[Cap::BitOrder] = options.is("bitorder", "lsb") ? choice(ItemType::Uint16, {0}, 0) : choice(ItemType::Uint16, both, 1);
  all[Cap::PlanarChunky] = choice(ItemType::Uint16, {0}, 0);
  for (const Cap cap : {Cap::XResolution, Cap::YResolution})
    all[cap] = options.is("resolutions", "range") ? range(ItemType::Fix32, 50, 600, 1, 100)
                                                  : choice(ItemType::Fix32, {75, 100, 150, 200, 300, 600}, 100);
  all[Cap::PhysicalWidth] = fact(ItemType::Fix32, 8.5);
  all[Cap::PhysicalHeight] = fact(ItemType::Fix32, 14);
  all[Cap::Brightness] = range(ItemType::Fix32, -1000, 1000, 10, 0);
  all[Cap::Contrast] = range(ItemType::Fix32, -1000, 1000, 10, 0);
  all[Cap::SupportedSizes] = choice(ItemType::Uint16, {0, 3}, 3);
  all[Cap::ImageFileFormat] =
      options.is("native", "dib") ? choice(ItemType::Uint16, {2}, 2) : choice(ItemType::Uint16, {0, 2}, 2);
  all[Cap::AutoDiscardBlankPages] = choice(ItemType::Int32, {-2, -1}, -1);
  all[Cap::UndefinedImageSize] = choice(ItemType::Bool, both, 1);
  if (options.on("pageside") || !options.text("patch").empty()) all[Cap::ExtendedImageInfo] = choice(ItemType::Bool, both, 0);
  all[Cap::PatchCodeDetectionEnabled] = choice(ItemType::Bool, both, 0);

  Setting mechanisms = choice(ItemType::Uint16, {}, 0);
  std::istringstream names(options.text("mechanisms", "native,memory,file"));
  for (std::string name; std::getline(names, name, ',');)
    mechanisms.choices.push_back(name == "native" ? 0 : name == "file" ? 1 : 2);
  mechanisms.now = mechanisms.choices.front();
  all[Cap::TransferMechanism] = mechanisms;

  if (options.is("loaded", "none")) all.erase(Cap::FeederLoaded);
  std::istringstream missing(options.text("unsupported"));
  for (std::string hex; std::getline(missing, hex, ',');) all.erase(static_cast<Cap>(std::stoi(hex, nullptr, 16)));
}

std::vector<std::uint8_t> Capabilities::get(Cap cap, bool current_only, Container& container) const {
  const Setting& setting = settings_.at(cap);
  std::vector<std::uint8_t> bytes;
  add(bytes, static_cast<std::uint16_t>(setting.type));
  if (setting.is_array) {
    container = Container::Array;
    const auto& items = current_only ? setting.now_all : setting.choices;
    add(bytes, static_cast<std::uint32_t>(items.size()));
    add_items(bytes, setting.type, items);
  } else if (!current_only && setting.is_range) {
    container = Container::Range;
    for (const double value : {setting.low, setting.high, setting.step, setting.now, setting.now})
      add(bytes, bits_of(setting.type, value));
  } else if (!current_only && !setting.choices.empty()) {
    container = Container::Enumeration;
    const auto at = std::find(setting.choices.begin(), setting.choices.end(), setting.now) - setting.choices.begin();
    add(bytes, static_cast<std::uint32_t>(setting.choices.size()));
    add(bytes, static_cast<std::uint32_t>(at));
    add(bytes, std::uint32_t{0});
    add_items(bytes, setting.type, setting.choices);
  } else {
    container = Container::OneValue;
    if (setting.type == ItemType::Str32) {
      bytes.resize(2 + 34);
      std::memcpy(bytes.data() + 2, setting.text.data(), setting.text.size());
    } else {
      add(bytes, bits_of(setting.type, setting.now));
    }
  }
  return bytes;
}

tw::ConditionCode Capabilities::set(Cap cap, Container container, const std::uint8_t* bytes, bool& rounded) {
  using tw::ConditionCode;
  Setting& setting = settings_.at(cap);
  std::uint16_t type;
  std::memcpy(&type, bytes, 2);
  if (type != static_cast<std::uint16_t>(setting.type)) {
    complain("capability " + std::to_string(static_cast<int>(cap)) + " was set with item type " + std::to_string(type));
    return ConditionCode::BadValue;
  }
  if (setting.is_array) {
    if (container != Container::Array) return ConditionCode::BadValue;
    std::uint32_t count;
    std::memcpy(&count, bytes + 2, 4);
    setting.now_all.clear();
    for (std::uint32_t index = 0; index < count; ++index)
      setting.now_all.push_back(value_of(setting.type, bytes + 6 + index * size_of(setting.type)));
    return ConditionCode::Success;
  }
  if (container != Container::OneValue) return ConditionCode::BadValue;
  if (!setting.is_range && setting.choices.empty()) return ConditionCode::CapabilityBadOperation;
  double wanted = value_of(setting.type, bytes + 2);
  const bool resolution = cap == Cap::XResolution || cap == Cap::YResolution;
  if (rounds_ && resolution && wanted != 200) wanted = 200, rounded = true;  // whatever it is asked for
  const bool legal = setting.is_range
                         ? wanted >= setting.low && wanted <= setting.high
                         : std::find(setting.choices.begin(), setting.choices.end(), wanted) != setting.choices.end();
  if (!legal) return ConditionCode::BadValue;
  setting.now = wanted;
  if (cap == Cap::PixelType) pixel_type_changed();
  return ConditionCode::Success;
}

void Capabilities::pixel_type_changed() {
  if (!has(Cap::BitDepth)) return;
  Setting& depth = settings_.at(Cap::BitDepth);
  const int type = now(Cap::PixelType);
  depth.choices = type == 0 ? std::vector<double>{1} : type == 1 ? std::vector<double>{8, 16} : std::vector<double>{24, 48};
  depth.now = depth.choices.front();
}

}  // namespace chartscan::fake_twain
