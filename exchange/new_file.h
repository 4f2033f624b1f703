// A file that appears under its name only when it is whole and on disk. Dropped without publish(), it is gone. One thread.
#pragma once

#include <cstdio>
#include <filesystem>

#include "core/result.h"

namespace chartscan::exchange {

class NewFile {
 public:
  static Result<NewFile> create(const std::filesystem::path& final_name);
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  std::FILE* stream() { return stream_; }
  Status publish();  // syncs the bytes, gives the file its name, syncs the folder

 private:
  NewFile(std::FILE* stream, std::filesystem::path temporary, std::filesystem::path final_name)
      : stream_(stream), temporary_(std::move(temporary)), final_name_(std::move(final_name)) {}
  std::FILE* stream_ = nullptr;
  std::filesystem::path temporary_, final_name_;  // temporary_ empty: published or moved from
};

// "a.pdf" -> ".", "x/a.pdf" -> "x".
std::filesystem::path folder_of(const std::filesystem::path& file);

}  // namespace chartscan::exchange
