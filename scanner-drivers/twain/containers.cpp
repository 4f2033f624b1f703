#include "scanner-drivers/twain/containers.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace chartscan::scan::twain {
namespace {

constexpr std::uint32_t kMaxItems = 4096;  // CAP_SUPPORTEDCAPS is the longest list there is, with some 200

std::size_t item_size(ItemType type) {
  switch (type) {
    case ItemType::Int8:
    case ItemType::Uint8: return 1;
    case ItemType::Int16:
    case ItemType::Uint16:
    case ItemType::Bool: return 2;
    case ItemType::Int32:
    case ItemType::Uint32:
    case ItemType::Fix32: return 4;
    case ItemType::Frame: return sizeof(wire::Frame);
    case ItemType::Str32: return 34;
    case ItemType::Str64: return 66;
    case ItemType::Str128: return 130;
    case ItemType::Str255: return 256;
    case ItemType::Handle: break;  // only inside extended image information
  }
  return 0;
}

bool is_text(ItemType type) { return type >= ItemType::Str32 && type <= ItemType::Str255; }

template <typename T>
T load(const std::uint8_t* raw) {
  T value;
  std::memcpy(&value, raw, sizeof(T));
  return value;
}

double number(ItemType type, const std::uint8_t* raw) {
  switch (type) {
    case ItemType::Int8: return load<std::int8_t>(raw);
    case ItemType::Uint8: return load<std::uint8_t>(raw);
    case ItemType::Int16: return load<std::int16_t>(raw);
    case ItemType::Uint16: return load<std::uint16_t>(raw);
    case ItemType::Bool: return load<std::uint16_t>(raw) != 0;
    case ItemType::Int32: return load<std::int32_t>(raw);
    case ItemType::Uint32: return load<std::uint32_t>(raw);
    case ItemType::Fix32: return from_fix32(load<wire::Fix32>(raw));
    default: return 0;  // frames: only that they are there
  }
}

// Printable ASCII only: what a source says ends up in messages and on screens.
std::string text(const std::uint8_t* raw, std::size_t size) {
  std::string clean;
  for (std::size_t at = 0; at < size && raw[at] != 0; ++at)
    clean += raw[at] >= 0x20 && raw[at] < 0x7f ? static_cast<char>(raw[at]) : '?';
  return clean;
}

bool read_items(const ByteSource& bytes, std::size_t offset, std::uint32_t count, Values& values) {
  const std::size_t size = item_size(values.type);
  if (size == 0 || count > kMaxItems) return false;
  std::vector<std::uint8_t> raw(size * count);
  if (!bytes.read(offset, raw)) return false;
  for (std::size_t at = 0; at < raw.size(); at += size) {
    if (is_text(values.type))
      values.texts.push_back(text(raw.data() + at, size));
    else
      values.numbers.push_back(number(values.type, raw.data() + at));
  }
  return true;
}

bool read_range(const ByteSource& bytes, Values& values) {
  const auto range = bytes.get<wire::Range>(0);
  const std::size_t size = item_size(values.type);
  if (!range || size == 0 || size > 4) return false;
  const auto slot = [&](std::uint32_t raw) {
    std::uint8_t four[4];
    std::memcpy(four, &raw, 4);
    return number(values.type, four);
  };
  values.low = slot(range->low);
  values.high = slot(range->high);
  values.step = slot(range->step);
  values.range_current = slot(range->current);
  return values.low <= values.high && values.step >= 0;
}

// The bytes of one value as it stands in an array.
void append(std::vector<std::uint8_t>& bytes, ItemType type, double value) {
  const auto add = [&](const auto item) {
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&item);
    bytes.insert(bytes.end(), raw, raw + sizeof(item));
  };
  switch (type) {
    case ItemType::Int8: return add(static_cast<std::int8_t>(value));
    case ItemType::Uint8: return add(static_cast<std::uint8_t>(value));
    case ItemType::Int16: return add(static_cast<std::int16_t>(value));
    case ItemType::Uint16:
    case ItemType::Bool: return add(static_cast<std::uint16_t>(value));
    case ItemType::Int32: return add(static_cast<std::int32_t>(value));
    case ItemType::Fix32: return add(to_fix32(value));
    default: return add(static_cast<std::uint32_t>(value));
  }
}

template <typename T>
void append_raw(std::vector<std::uint8_t>& bytes, T value) {
  const auto* raw = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), raw, raw + sizeof(T));
}

}  // namespace

std::optional<double> Values::current() const {
  if (container == Container::Range) return range_current;
  if (container == Container::Array || current_index >= numbers.size()) return std::nullopt;
  return numbers[current_index];
}

std::optional<double> Values::nearest(double wanted) const {
  if (container == Container::Range) {
    const double inside = std::clamp(wanted, low, high);
    if (step <= 0) return inside;
    const double steps = std::round((inside - low) / step);
    const double value = low + steps * step;
    return value > high ? value - step : value;
  }
  if (numbers.empty()) return std::nullopt;
  return *std::min_element(numbers.begin(), numbers.end(),
                           [&](double a, double b) { return std::abs(a - wanted) < std::abs(b - wanted); });
}

bool Values::offers(double value) const {
  const auto closest = nearest(value);
  return closest && std::abs(*closest - value) < 1e-3;
}

std::optional<Values> parse_container(Container container, const ByteSource& bytes) {
  const auto type = bytes.get<std::uint16_t>(0);
  if (!type) return std::nullopt;
  Values values;
  values.container = container;
  values.type = static_cast<ItemType>(*type);
  bool whole = false;
  switch (container) {
    case Container::OneValue: whole = read_items(bytes, offsetof(wire::OneValue, item), 1, values); break;
    case Container::Array:
      if (const auto count = bytes.get<std::uint32_t>(offsetof(wire::Array, count)))
        whole = read_items(bytes, offsetof(wire::Array, items), *count, values);
      break;
    case Container::Enumeration:
      if (const auto count = bytes.get<std::uint32_t>(offsetof(wire::Enumeration, count))) {
        const auto current = bytes.get<std::uint32_t>(offsetof(wire::Enumeration, current));
        values.current_index = current.value_or(0);
        whole = current && values.current_index < *count && read_items(bytes, offsetof(wire::Enumeration, items), *count, values);
      }
      break;
    case Container::Range: whole = read_range(bytes, values); break;
  }
  if (!whole) return std::nullopt;
  return values;
}

std::vector<std::uint8_t> one_value(ItemType type, double value) {
  std::vector<std::uint8_t> bytes;
  append_raw(bytes, static_cast<std::uint16_t>(type));
  append(bytes, type, value);
  bytes.resize(sizeof(wire::OneValue));
  return bytes;
}

std::vector<std::uint8_t> array_of(ItemType type, std::span<const double> values) {
  std::vector<std::uint8_t> bytes;
  append_raw(bytes, static_cast<std::uint16_t>(type));
  append_raw(bytes, static_cast<std::uint32_t>(values.size()));
  for (const double value : values) append(bytes, type, value);
  bytes.resize(std::max(bytes.size(), sizeof(wire::Array)));
  return bytes;
}

}  // namespace chartscan::scan::twain
