// A folder that is gone with its test, and the archives that a test which holds for every archive runs over.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "storage/archive.h"

namespace chartscan {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "chartscan-test-XXXXXX").string();
    if (mkdtemp(name.data())) path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct ArchiveRoom {
  std::unique_ptr<TemporaryFolder> folder;
  std::unique_ptr<storage::Archive> archive;
};

inline std::vector<ArchiveRoom> archives() {
  std::vector<ArchiveRoom> all;
  all.push_back({nullptr, storage::Archive::in_memory()});
  auto folder = std::make_unique<TemporaryFolder>();
  auto archive = storage::Archive::open(folder->path() / "archive", storage::Access::Write);
  REQUIRE(archive.ok());
  all.push_back({std::move(folder), std::move(archive).value()});
  return all;
}

}  // namespace chartscan
