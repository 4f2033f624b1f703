#include "storage/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace chartscan::storage {
namespace {

template <typename Call>
auto retry_interrupted(Call call) {
  decltype(call()) result;
  do result = call();
  while (result < 0 && errno == EINTR);
  return result;
}

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}
  ~PosixFile() override { ::close(fd_); }

  Result<std::uint64_t> size() const override {
    struct stat status {};
    if (::fstat(fd_, &status) != 0) return disk_error("cannot look at", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t count = retry_interrupted(
          [&] { return ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done)); });
      if (count < 0) return disk_error("cannot read", path_, errno);
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

  Status write_at(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    while (!bytes.empty()) {
      const ssize_t count =
          retry_interrupted([&] { return ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
      if (count < 0) return disk_error("cannot write", path_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
      offset += static_cast<std::uint64_t>(count);
    }
    return {};
  }

  Status truncate(std::uint64_t size) override {
    if (retry_interrupted([&] { return ::ftruncate(fd_, static_cast<off_t>(size)); }) != 0)
      return disk_error("cannot shorten", path_, errno);
    return {};
  }

  Status sync() override {
    if (retry_interrupted([&] { return ::fdatasync(fd_); }) != 0) return disk_error("cannot sync", path_, errno);
    return {};
  }

 private:
  const int fd_;
  const std::filesystem::path path_;
};

class PosixDisk final : public Disk {
 public:
  Result<std::unique_ptr<File>> open(const std::filesystem::path& path, Mode mode) override {
    const int flags = mode == Mode::Write ? O_RDWR | O_CREAT : O_RDONLY;
    const int fd = retry_interrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0600); });
    if (fd < 0) return disk_error("cannot open", path, errno);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path));
  }

  Status sync_folder(const std::filesystem::path& folder) override {
    const int fd = retry_interrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (fd < 0) return disk_error("cannot open", folder, errno);
    const int synced = retry_interrupted([&] { return ::fsync(fd); });
    const int error_number = errno;
    ::close(fd);
    if (synced != 0) return disk_error("cannot sync", folder, error_number);
    return {};
  }

  Status remove(const std::filesystem::path& path) override {
    if (::unlink(path.c_str()) != 0) return disk_error("cannot remove", path, errno);
    return {};
  }
};

}  // namespace

Disk& Disk::real() {
  static PosixDisk disk;
  return disk;
}

Error disk_error(const std::string& what, const std::filesystem::path& path, int error_number) {
  const std::string message = what + " " + path.string() + ": " + std::strerror(error_number);
  switch (error_number) {
    case ENOSPC:
    case EDQUOT: return {ErrorCode::StorageFull, message + "; make room on that disk, then give the same command again: it continues"};
    case EACCES:
    case EPERM:
    case EROFS: return {ErrorCode::Storage, message + "; give this user the right to write there, or name another folder"};
    case ENOENT: return {ErrorCode::Storage, message + "; is the disk mounted? If it is, restore the file from a backup"};
    default: return {ErrorCode::Storage, message + "; check the disk (dmesg, smartctl), then give the same command again: it continues"};
  }
}

Status replace_file(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::path fresh = path;
  fresh += ".new";
  {
    TRY(const std::unique_ptr<File> file, Disk::real().open(fresh, Disk::Mode::Write));
    TRY_STATUS(file->truncate(0));
    TRY_STATUS(file->write_at(0, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
    TRY_STATUS(file->sync());
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return disk_error("cannot replace", path, errno);
  return Disk::real().sync_folder(path.parent_path());
}

}  // namespace chartscan::storage
