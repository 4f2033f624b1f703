// Bytes that would not fit in memory, kept for as long as the object lives. The file has no name from the start, so a
// crash leaves nothing of a patient's pages behind. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace chartscan::exchange {

class ScratchFile {
 public:
  struct Range {
    std::uint64_t offset = 0, size = 0;
  };

  static Result<ScratchFile> open(const std::filesystem::path& folder);
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&&) = delete;
  ~ScratchFile();

  Result<Range> append(std::string_view bytes);
  Result<std::vector<std::uint8_t>> read(Range range) const;

 private:
  explicit ScratchFile(int fd) : fd_(fd) {}
  int fd_ = -1;
  std::uint64_t end_ = 0;
};

}  // namespace chartscan::exchange
