#include "exchange/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace chartscan::exchange {
namespace {

Error fault(const char* what, const std::filesystem::path& file) {
  const int reason = errno;
  return {
      reason == ENOSPC || reason == EDQUOT ? ErrorCode::StorageFull : ErrorCode::Storage,
      file.string() + " cannot be " + what + ": " + std::strerror(reason) + "; check the folder's permissions and free space"};
}

// Not mkstemp: the file keeps the permissions that the user's umask gives to files.
int create_beside(const std::filesystem::path& final_name, std::filesystem::path& temporary) {
  for (int attempt = 0; attempt < 1000; ++attempt) {
    temporary = folder_of(final_name) / ("." + final_name.filename().string() + "." + std::to_string(::getpid()) + "." +
                                         std::to_string(attempt) + ".part");
    const int fd = ::open(temporary.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

Status sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fault("opened", folder);
  const int synced = ::fsync(fd);
  const int reason = errno;
  ::close(fd);
  errno = reason;
  if (synced != 0 && errno != EINVAL) return fault("synced", folder);  // EINVAL: a file system without folder syncs
  return {};
}

}  // namespace

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

Result<NewFile> NewFile::create(const std::filesystem::path& final_name) {
  std::filesystem::path temporary;
  const int fd = create_beside(final_name, temporary);
  if (fd < 0) return fault("created", final_name);
  std::FILE* stream = ::fdopen(fd, "w+b");
  if (!stream) {
    ::close(fd);
    ::unlink(temporary.c_str());
    return Error{ErrorCode::Internal, "a stream for " + final_name.string() + " cannot be opened"};
  }
  return NewFile(stream, std::move(temporary), final_name);
}

NewFile::NewFile(NewFile&& other) noexcept
    : stream_(std::exchange(other.stream_, nullptr)),
      temporary_(std::exchange(other.temporary_, {})),
      final_name_(std::move(other.final_name_)) {}

NewFile::~NewFile() {
  if (stream_) std::fclose(stream_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Status NewFile::publish() {
  if (std::fflush(stream_) != 0 || ::fsync(::fileno(stream_)) != 0) return fault("written to its end", final_name_);
  if (std::fclose(std::exchange(stream_, nullptr)) != 0) return fault("closed", final_name_);
  if (::rename(temporary_.c_str(), final_name_.c_str()) != 0) return fault("given its name", final_name_);
  temporary_.clear();
  return sync_folder(folder_of(final_name_));
}

}  // namespace chartscan::exchange
