#include "pipeline/hot_folder.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace chartscan::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDone = "done";
constexpr const char* kRefused = "refused";
constexpr std::array kUnfinished{".part", ".tmp", ".crdownload", ".filepart"};
constexpr int kMostNames = 10'000;  // of one name in done/

Error folder_error(const std::string& what, const fs::path& path, int code) {
  return {
      code == ENOSPC ? ErrorCode::StorageFull : ErrorCode::InputUnreadable,
      what + " " + path.string() + ": " + std::strerror(code) + "; check the folder and its rights, then give the command again",
      {}};
}

bool is_source(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  if (!fs::is_regular_file(status) && !fs::is_directory(status)) return false;  // links lead out of the folder
  const std::string name = path.filename().string();
  if (name.empty() || name.front() == '.' || name == kDone || name == kRefused) return false;
  return std::ranges::none_of(kUnfinished, [&](const char* ending) { return name.ends_with(ending); });
}

// Changes whenever a byte, a file or a name below does. Links are not followed.
std::string signature_of(const fs::path& path) {
  std::string text;
  const auto add = [&](const fs::path& file) {
    struct stat status {};
    if (::lstat(file.c_str(), &status) != 0) return;
    text += file.string() + '\t' + std::to_string(status.st_size) + '\t' + std::to_string(status.st_mtim.tv_sec) + '.' +
            std::to_string(status.st_mtim.tv_nsec) + '\t' + std::to_string(status.st_ino) + '\n';
  };
  add(path);
  std::error_code error;
  if (!fs::is_directory(fs::symlink_status(path, error))) return text;
  std::vector<fs::path> below;
  for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error))
    below.push_back(entry->path());
  std::ranges::sort(below);
  for (const fs::path& file : below) add(file);
  return text;
}

bool holds_unfinished(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(fs::symlink_status(path, error))) return false;
  for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (std::ranges::any_of(kUnfinished, [&](const char* ending) { return name.ends_with(ending); })) return true;
  }
  return false;
}

void sync_folder(const fs::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  (void)::fsync(file);  // the source is in the archive: at worst it is recognised there once more
  ::close(file);
}

// Never over anything.
Result<fs::path> move_into(const fs::path& source, const fs::path& folder) {
  const std::string stem = source.stem().string(), ending = source.extension().string();
  for (int nth = 1; nth < kMostNames; ++nth) {
    const fs::path target = folder / (nth == 1 ? source.filename().string() : stem + "-" + std::to_string(nth) + ending);
    if (::renameat2(AT_FDCWD, source.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) == 0) {
      sync_folder(folder);
      return target;
    }
    if (errno == EINVAL || errno == ENOSYS) {  // a file system that cannot promise it: look, then move
      std::error_code error;
      if (fs::exists(fs::symlink_status(target, error))) continue;
      if (::rename(source.c_str(), target.c_str()) == 0) {
        sync_folder(folder);
        return target;
      }
    }
    if (errno != EEXIST) return folder_error("cannot move " + source.filename().string() + " into", folder, errno);
  }
  return Error{
      ErrorCode::Storage, folder.string() + " holds too many files called " + source.filename().string() + "; empty it", {}};
}

}  // namespace

Result<HotFolder> HotFolder::open(const fs::path& folder, std::chrono::milliseconds quiet) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    return Error{
        ErrorCode::InputUnreadable, folder.string() + " is no folder that can be read; make it, or name another one", {}};
  HotFolder hot(fs::absolute(folder).lexically_normal(), quiet);
  for (const char* name : {kDone, kRefused}) {
    fs::create_directories(hot.folder_ / name, error);
    if (error) return folder_error("cannot make", hot.folder_ / name, error.value());
  }
  hot.events_ = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (hot.events_ >= 0)
    (void)::inotify_add_watch(hot.events_, hot.folder_.c_str(), IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_FROM);
  return hot;
}

HotFolder::HotFolder(HotFolder&& other) noexcept
    : folder_(std::move(other.folder_)),
      quiet_(other.quiet_),
      seen_(std::move(other.seen_)),
      moved_in_(std::move(other.moved_in_)),
      events_(std::exchange(other.events_, -1)) {}

HotFolder::~HotFolder() {
  if (events_ >= 0) ::close(events_);
}

void HotFolder::read_events() {
  if (events_ < 0) return;
  alignas(inotify_event) std::array<char, 16384> buffer;
  while (true) {
    const ssize_t got = ::read(events_, buffer.data(), buffer.size());
    if (got <= 0) return;
    for (ssize_t at = 0; at < got;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if (event->len == 0) continue;
      const std::string name = event->name;
      if (event->mask & IN_MOVED_TO)
        moved_in_.insert(name);
      else
        moved_in_.erase(name);  // somebody writes it, or it is gone
    }
  }
}

Result<std::vector<fs::path>> HotFolder::at_rest(Time now) {
  read_events();
  std::map<fs::path, Seen> present;
  std::vector<fs::path> ready;
  std::error_code error;
  fs::directory_iterator entry(folder_, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const fs::path& path = entry->path();
    if (!is_source(path) || holds_unfinished(path)) continue;
    Seen seen{signature_of(path), now};
    if (const auto before = seen_.find(path); before != seen_.end() && before->second.signature == seen.signature)
      seen.since = before->second.since;
    if (moved_in_.contains(path.filename().string()) || now - seen.since >= quiet_) ready.push_back(path);
    present.emplace(path, std::move(seen));
  }
  if (error) return folder_error("cannot list", folder_, error.value());
  seen_ = std::move(present);
  std::ranges::sort(ready);
  return ready;
}

bool HotFolder::unchanged(const fs::path& source) const {
  const auto seen = seen_.find(source);
  return seen != seen_.end() && seen->second.signature == signature_of(source);
}

void HotFolder::wait(std::chrono::milliseconds most) {
  pollfd event{events_, POLLIN, 0};
  (void)::poll(&event, events_ >= 0 ? 1 : 0, static_cast<int>(most.count()));
}

Result<fs::path> HotFolder::move_to_done(const fs::path& source) {
  seen_.erase(source);
  moved_in_.erase(source.filename().string());
  return move_into(source, folder_ / kDone);
}

Result<fs::path> HotFolder::move_to_refused(const fs::path& source, const std::string& reason) {
  seen_.erase(source);
  moved_in_.erase(source.filename().string());
  TRY(const fs::path target, move_into(source, folder_ / kRefused));
  const fs::path note = target.string() + ".reason.txt";
  std::ofstream file(note);
  file << reason << '\n';
  file.close();
  if (!file) return folder_error("cannot write", note, errno ? errno : EIO);
  return target;
}

}  // namespace chartscan::pipeline
