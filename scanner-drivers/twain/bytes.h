// Bytes that others wrote, read without trust in any length they claim: memory of a source, a file it left, a test's vector.
#pragma once

#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>
#include <string>

namespace chartscan::scan::twain {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // All of `to`, or false with `to` in any state: the bytes are not there.
  virtual bool read(std::uint64_t offset, std::span<std::uint8_t> to) const = 0;

  template <typename T>
  std::optional<T> get(std::uint64_t offset) const {
    std::uint8_t raw[sizeof(T)];
    if (!read(offset, raw)) return std::nullopt;
    T value;
    std::memcpy(&value, raw, sizeof(T));
    return value;
  }
};

class SpanSource : public ByteSource {
 public:
  explicit SpanSource(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  bool read(std::uint64_t offset, std::span<std::uint8_t> to) const override {
    if (offset > bytes_.size() || to.size() > bytes_.size() - offset) return false;
    if (!to.empty()) std::memcpy(to.data(), bytes_.data() + offset, to.size());
    return true;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

class FileSource : public ByteSource {
 public:
  explicit FileSource(const std::string& path) : file_(path, std::ios::binary) {}
  bool read(std::uint64_t offset, std::span<std::uint8_t> to) const override {
    file_.clear();
    if (!file_.seekg(static_cast<std::streamoff>(offset))) return false;
    file_.read(reinterpret_cast<char*>(to.data()), static_cast<std::streamsize>(to.size()));
    return file_.gcount() == static_cast<std::streamsize>(to.size());
  }

 private:
  mutable std::ifstream file_;
};

}  // namespace chartscan::scan::twain
