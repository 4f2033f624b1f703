// Values as bytes between the program and a worker process of its own: fixed order, little-endian, no versions.
// What is read is believed only within limits: the worker holds foreign code and may send anything. Pure.
//
// A type goes over the wire by a function fields(wire, value) in its own namespace that names its members once, for both ways.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "core/result.h"

namespace chartscan::wire {

using Bytes = std::vector<std::uint8_t>;

template <typename T, typename U>
concept Of = std::same_as<std::remove_const_t<T>, U>;

inline constexpr std::uint32_t kLongestList = 100'000;    // items
inline constexpr std::uint32_t kLongestText = 1'000'000;  // bytes

// The last value of an enumeration, said for each that travels.
template <typename Enum>
inline constexpr Enum kLastOf = [] {
  static_assert(!sizeof(Enum), "say the last value");
  return Enum{};
}();

class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  template <typename... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }

 private:
  template <typename T>
  void put(const T& value) {
    if constexpr (std::is_enum_v<T>)
      put_raw(static_cast<std::int32_t>(value));
    else if constexpr (std::is_same_v<T, bool>)
      put_raw(static_cast<std::uint8_t>(value));
    else if constexpr (std::is_arithmetic_v<T>)
      put_raw(value);
    else
      fields(*this, value);
  }
  void put(const std::string& text) {
    put_raw(static_cast<std::uint32_t>(text.size()));
    out_.insert(out_.end(), text.begin(), text.end());
  }
  template <typename T>
  void put(const std::vector<T>& list) {
    put_raw(static_cast<std::uint32_t>(list.size()));
    for (const T& item : list) put(item);
  }
  template <typename T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <typename T>
  void put_raw(T value) {
    static_assert(std::endian::native == std::endian::little);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    out_.insert(out_.end(), bytes, bytes + sizeof value);
  }

  Bytes& out_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : left_(bytes) {}

  template <typename... T>
  void operator()(T&... values) {
    (take(values), ...);
  }
  bool ok() const { return ok_ && left_.empty(); }  // all was well, and all was read

 private:
  template <typename T>
  void take(T& value) {
    if constexpr (std::is_enum_v<T>)
      take_enum(value);
    else if constexpr (std::is_same_v<T, bool>)
      take_bool(value);
    else if constexpr (std::is_arithmetic_v<T>)
      take_raw(value);
    else
      fields(*this, value);
  }
  void take(std::string& text) {
    const std::uint32_t size = take_count(kLongestText, 1);
    text.assign(reinterpret_cast<const char*>(left_.data()), size);
    left_ = left_.subspan(size);
  }
  template <typename T>
  void take(std::vector<T>& list) {
    list.resize(take_count(kLongestList, 1));
    for (T& item : list)
      if (ok_) take(item);
  }
  template <typename T>
  void take(std::optional<T>& value) {
    bool there = false;
    take(there);
    if (there && ok_) take(value.emplace());
  }
  template <typename T>
  void take_enum(T& value) {
    std::int32_t number = 0;
    take_raw(number);
    if (number < 0 || number > static_cast<std::int32_t>(kLastOf<T>))
      ok_ = false;
    else
      value = static_cast<T>(number);
  }
  void take_bool(bool& value) {
    std::uint8_t byte = 0;
    take_raw(byte);
    if (byte > 1) ok_ = false;
    value = byte == 1;
  }
  template <typename T>
  void take_raw(T& value) {
    if (left_.size() < sizeof value) {
      ok_ = false;
      return;
    }
    std::memcpy(&value, left_.data(), sizeof value);
    left_ = left_.subspan(sizeof value);
  }
  // No more than there are bytes for: a lie about the length takes no memory.
  std::uint32_t take_count(std::uint32_t most, std::size_t smallest_item) {
    std::uint32_t count = 0;
    take_raw(count);
    if (count > most || count > left_.size() / smallest_item) ok_ = false;
    return ok_ ? count : 0;
  }

  std::span<const std::uint8_t> left_;
  bool ok_ = true;
};

template <typename T>
Bytes written(const T& value) {
  Bytes bytes;
  Writer writer(bytes);
  writer(value);
  return bytes;
}

// Nothing where the bytes are not exactly one T.
template <typename T>
std::optional<T> read(std::span<const std::uint8_t> bytes) {
  T value{};
  Reader reader(bytes);
  reader(value);
  if (!reader.ok()) return std::nullopt;
  return value;
}

template <>
inline constexpr ErrorCode kLastOf<ErrorCode> = ErrorCode::Internal;
void fields(auto& wire, Of<Error> auto& v) { wire(v.code, v.message, v.context); }

}  // namespace chartscan::wire
