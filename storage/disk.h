// The few file operations that the packs rest on, as a seam: tests make the n-th of them fail and tear writes apart.
// A File may be read by many threads; writing is one thread's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "core/result.h"

namespace chartscan::storage {

class File {
 public:
  virtual ~File() = default;
  virtual Result<std::uint64_t> size() const = 0;
  // Fills `out`; fewer bytes only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> out) const = 0;
  virtual Status write_at(std::uint64_t offset, std::span<const std::uint8_t> bytes) = 0;
  virtual Status truncate(std::uint64_t size) = 0;
  virtual Status sync() = 0;  // contents and size are on the medium when this returns
};

class Disk {
 public:
  enum class Mode { Read, Write };  // Write makes the file when it is missing, and keeps what is there

  virtual ~Disk() = default;
  virtual Result<std::unique_ptr<File>> open(const std::filesystem::path& path, Mode mode) = 0;
  virtual Status sync_folder(const std::filesystem::path& folder) = 0;  // a new file's name is on the medium
  virtual Status remove(const std::filesystem::path& path) = 0;         // whoever has it open goes on reading it

  static Disk& real();
};

// The error of a failed system call: a full disk is StorageFull, everything else Storage. `what` as in "cannot write".
Error disk_error(const std::string& what, const std::filesystem::path& path, int error_number);

// Replaces `path` by `text` so that after a crash it holds the old or the new.
Status replace_file(const std::filesystem::path& path, const std::string& text);

}  // namespace chartscan::storage
