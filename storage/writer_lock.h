// One process writes an archive at a time. The kernel holds the lock (flock), so it is gone with its process, however that
// ended; the file's text only tells others who it is.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/result.h"

namespace chartscan::storage {

class WriterLock {
 public:
  // ArchiveHeld with the holder's text when another has it.
  static Result<std::unique_ptr<WriterLock>> take(const std::filesystem::path& path, const std::string& holder);
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  explicit WriterLock(int fd) : fd_(fd) {}
  const int fd_;
};

}  // namespace chartscan::storage
