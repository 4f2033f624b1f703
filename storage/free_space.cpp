#include "storage/free_space.h"

#include <sys/statvfs.h>

#include <cerrno>

#include "storage/disk.h"

namespace chartscan::storage {

Result<std::uint64_t> free_bytes_at(const std::filesystem::path& folder) {
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0) return disk_error("cannot look at", folder, errno);
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

bool has_room_at(const std::filesystem::path& folder, std::uint64_t leave_free, std::uint64_t more) {
  const Result<std::uint64_t> free = free_bytes_at(folder);
  return free.ok() && *free >= leave_free + more;
}

}  // namespace chartscan::storage
