// A disk that fails at a chosen call, tearing the write it fails at, as a full or broken one does.
#pragma once

#include <cerrno>
#include <memory>
#include <optional>

#include "storage/disk.h"

namespace chartscan::storage {

class FaultyDisk final : public Disk {
 public:
  enum class After { Recover, StayBroken };

  explicit FaultyDisk(Disk& real = Disk::real()) : real_(real) {}

  // The n-th changing call from now on (1 = the next) fails with `error_number`; later ones too, or not.
  void fail_at(int n, int error_number, After after) {
    countdown_ = n;
    error_ = error_number;
    after_ = after;
  }
  void repair() { countdown_ = 0; }
  int calls() const { return calls_; }  // changing calls so far
  bool has_failed() const { return failed_; }

  Result<std::unique_ptr<File>> open(const std::filesystem::path& path, Mode mode) override;
  Status sync_folder(const std::filesystem::path& folder) override {
    if (auto error = fault("cannot sync", folder)) return *error;
    return real_.sync_folder(folder);
  }
  Status remove(const std::filesystem::path& path) override {
    if (auto error = fault("cannot remove", path)) return *error;
    return real_.remove(path);
  }

 private:
  friend class FaultyFile;
  std::optional<Error> fault(const char* what, const std::filesystem::path& path) {
    ++calls_;
    if (countdown_ == 0) return std::nullopt;
    if (countdown_ > 1) return --countdown_, std::nullopt;
    if (after_ == After::Recover) countdown_ = 0;
    failed_ = true;
    return disk_error(what, path, error_);
  }

  Disk& real_;
  int countdown_ = 0;  // 0 = all is well; 1 = the next call fails
  int error_ = EIO;
  After after_ = After::Recover;
  int calls_ = 0;
  bool failed_ = false;
};

class FaultyFile final : public File {
 public:
  FaultyFile(FaultyDisk& disk, std::unique_ptr<File> file, std::filesystem::path path)
      : disk_(disk), file_(std::move(file)), path_(std::move(path)) {}
  Result<std::uint64_t> size() const override { return file_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override { return file_->read_at(offset, out); }
  Status write_at(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    auto error = disk_.fault("cannot write", path_);
    if (!error) return file_->write_at(offset, bytes);
    (void)file_->write_at(offset, bytes.first(bytes.size() / 2));  // torn
    return *error;
  }
  Status truncate(std::uint64_t size) override {
    if (auto error = disk_.fault("cannot shorten", path_)) return *error;
    return file_->truncate(size);
  }
  Status sync() override {
    if (auto error = disk_.fault("cannot sync", path_)) return *error;
    return file_->sync();
  }

 private:
  FaultyDisk& disk_;
  std::unique_ptr<File> file_;
  const std::filesystem::path path_;
};

inline Result<std::unique_ptr<File>> FaultyDisk::open(const std::filesystem::path& path, Mode mode) {
  if (mode == Mode::Write)
    if (auto error = fault("cannot open", path)) return *error;
  TRY(std::unique_ptr<File> file, real_.open(path, mode));
  return std::unique_ptr<File>(std::make_unique<FaultyFile>(*this, std::move(file), path));
}

}  // namespace chartscan::storage
