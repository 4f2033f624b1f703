#include "exchange/scratch_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace chartscan::exchange {
namespace {

Error fault(const char* what) {
  const int reason = errno;
  return {reason == ENOSPC || reason == EDQUOT ? ErrorCode::StorageFull : ErrorCode::Storage,
          std::string("scratch space beside the output cannot be ") + what + ": " + std::strerror(reason) +
              "; check the folder's permissions and free space"};
}

// O_TMPFILE is not known to every file system (NFS, overlays): then a name for a moment.
int open_nameless(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return fd;
  std::string name = (folder / ".chartscan-XXXXXX").string();
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

Result<ScratchFile> ScratchFile::open(const std::filesystem::path& folder) {
  const int fd = open_nameless(folder);
  if (fd < 0) return fault("opened");
  return ScratchFile(fd);
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), end_(other.end_) {}

ScratchFile::~ScratchFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<ScratchFile::Range> ScratchFile::append(std::string_view bytes) {
  const Range range{end_, bytes.size()};
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(end_));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fault("written");
    end_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return range;
}

Result<std::vector<std::uint8_t>> ScratchFile::read(Range range) const {
  std::vector<std::uint8_t> bytes(range.size);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::pread(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(range.offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fault("read back");
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace chartscan::exchange
