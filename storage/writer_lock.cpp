#include "storage/writer_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "storage/disk.h"

namespace chartscan::storage {
namespace {

constexpr std::size_t kMaxHolderText = 400;

Error held(int fd, const std::filesystem::path& path) {
  std::string holder(kMaxHolderText, '\0');
  const ssize_t count = ::pread(fd, holder.data(), holder.size(), 0);
  holder.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  return {ErrorCode::ArchiveHeld, "archive " + path.parent_path().string() + " is being written by " +
                                      (holder.empty() ? "another process" : holder) +
                                      "; wait for it to end, or stop it (reading is possible meanwhile)"};
}

}  // namespace

Result<std::unique_ptr<WriterLock>> WriterLock::take(const std::filesystem::path& path, const std::string& holder) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return disk_error("cannot open", path, errno);
  std::unique_ptr<WriterLock> lock(new WriterLock(fd));
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return errno == EWOULDBLOCK ? held(fd, path) : disk_error("cannot lock", path, errno);
  const std::string text = (holder.empty() ? "process " + std::to_string(::getpid()) : holder.substr(0, kMaxHolderText - 1)) + "\n";
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    return disk_error("cannot write", path, errno);
  return lock;
}

WriterLock::~WriterLock() { ::close(fd_); }

}  // namespace chartscan::storage
