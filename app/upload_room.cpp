#include "app/upload_room.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "storage/disk.h"
#include "storage/free_space.h"
#include "storage/hasher.h"

namespace chartscan::app {
namespace {

namespace fs = std::filesystem;

Error no_such_upload() { return {ErrorCode::NotFound, "there is no such upload, or it was given up after an hour of silence; begin another and send the files again", {}}; }

// A plain name: nothing that leads elsewhere, nothing that a terminal would obey.
Status check_name(const std::string& name) {
  const bool plain = !name.empty() && name.size() <= 200 && name.front() != '.' &&
                     std::ranges::none_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '/' || c == '\\'; });
  return plain ? Status{} : Error{ErrorCode::Usage, "a file's name may hold no slash or control character and not begin with a dot; rename the file", {}};
}

fs::path order_of(fs::path folder) { return folder += ".order"; }

std::string text_in(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Result<std::string> name_of_content(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error)) files.push_back(entry->path());
  if (error) return storage::disk_error("cannot look at", folder, error.value());
  std::ranges::sort(files);
  storage::Hasher all;
  const auto add = [](storage::Hasher& to, std::string_view text) { to.update({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}); };
  std::vector<char> buffer(1 << 20);
  for (const fs::path& path : files) {
    storage::Hasher one;
    std::ifstream file(path, std::ios::binary);
    while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0)
      add(one, {buffer.data(), static_cast<std::size_t>(file.gcount())});
    if (!file.eof()) return storage::disk_error("cannot read", path, errno);
    add(all, path.filename().string() + '/' + one.digest());
  }
  return "upload-" + storage::hash_of_digest(all.digest())->substr(0, 16);
}

UploadRoom::UploadRoom(fs::path folder, UploadLimits limits) : folder_(std::move(folder)), limits_(limits) {
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory() && !fs::exists(order_of(entry->path()), ignored)) fs::remove_all(entry->path(), ignored);
  }
}

void UploadRoom::give_up_idle(std::int64_t now) {
  std::erase_if(uploads_, [&](const auto& entry) {
    if (now - entry.second.used_at < limits_.idle_seconds) return false;
    std::error_code ignored;
    fs::remove_all(folder_ / entry.first, ignored);
    return true;
  });
}

Result<std::string> UploadRoom::begin(const std::string& user, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  give_up_idle(now);
  if (std::ranges::count_if(uploads_, [&](const auto& entry) { return entry.second.user == user; }) >= limits_.most_open)
    return Error{ErrorCode::TooMany, "too many uploads are open; finish or drop one", {}};
  std::error_code error;
  // Never used before: a batch is known by where it came from.
  const std::string id = fmt::format("upload-{:%Y%m%d-%H%M%S}-{}", fmt::gmtime(static_cast<std::time_t>(now)), ++last_);
  fs::create_directories(folder_ / id, error);
  if (!error) fs::permissions(folder_, fs::perms::owner_all, error);
  if (error) return storage::disk_error("cannot make", folder_ / id, error.value());
  uploads_[id] = {user, {}, 0, now};
  return id;
}

// Whose it is not, for that one it is not there.
Result<const UploadRoom::Upload*> UploadRoom::find(const std::string& user, const std::string& id) const {
  const auto found = uploads_.find(id);
  if (found == uploads_.end() || found->second.user != user) return no_such_upload();
  return &found->second;
}

Result<std::uint64_t> UploadRoom::put(const std::string& user, const std::string& id, const std::string& name, std::uint64_t offset, std::string_view bytes,
                                      std::int64_t now) {
  TRY_STATUS(check_name(name));
  const std::lock_guard lock(mutex_);
  TRY_STATUS(find(user, id));
  Upload* const upload = &uploads_[id];
  const auto known = upload->bytes.find(name);
  const std::uint64_t size = known == upload->bytes.end() ? 0 : known->second;
  if (offset > size) return Error{ErrorCode::Conflict, "of this file there are " + std::to_string(size) + " bytes; go on from there", {}};
  const std::uint64_t end = std::max(size, offset + bytes.size()), more = end - size;
  if (known == upload->bytes.end() && static_cast<int>(upload->bytes.size()) >= limits_.most_files)
    return Error{ErrorCode::InputTooLarge, "an upload takes at most " + std::to_string(limits_.most_files) + " files; finish this one and begin another", {}};
  if (upload->total + more > limits_.most_bytes)
    return Error{ErrorCode::InputTooLarge, "an upload takes at most " + std::to_string(limits_.most_bytes) + " bytes; finish this one and begin another", {}};
  if (!storage::has_room_at(folder_, limits_.leave_free, more)) return Error{ErrorCode::StorageFull, "the archive's disk is nearly full; make room there, then send the piece again", {}};

  TRY(const std::unique_ptr<storage::File> file, storage::Disk::real().open(folder_ / id / name, storage::Disk::Mode::Write));
  TRY_STATUS(file->write_at(offset, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}));
  upload->bytes[name] = end;
  upload->total += more;
  upload->used_at = now;
  return end;
}

Result<std::vector<UploadedFile>> UploadRoom::files(const std::string& user, const std::string& id) const {
  const std::lock_guard lock(mutex_);
  TRY(const Upload* const upload, find(user, id));
  std::vector<UploadedFile> all;
  for (const auto& [name, bytes] : upload->bytes) all.push_back({name, bytes});
  return all;
}

Status UploadRoom::drop(const std::string& user, const std::string& id) {
  const std::lock_guard lock(mutex_);
  TRY_STATUS(find(user, id));
  uploads_.erase(id);
  std::error_code ignored;
  fs::remove_all(folder_ / id, ignored);
  return {};
}

Result<UploadRoom::HandedOver> UploadRoom::hand_over(const std::string& user, const std::string& id, const std::string& order) {
  const std::lock_guard lock(mutex_);
  TRY(const Upload* const upload, find(user, id));
  if (upload->bytes.empty()) return Error{ErrorCode::Conflict, "no file has arrived yet; send the files first", {}};
  const fs::path folder = folder_ / id;
  storage::Disk& disk = storage::Disk::real();
  for (const auto& [name, bytes] : upload->bytes) {
    TRY(const std::unique_ptr<storage::File> file, disk.open(folder / name, storage::Disk::Mode::Write));
    TRY_STATUS(file->sync());
  }
  TRY_STATUS(disk.sync_folder(folder));
  TRY_STATUS(storage::replace_file(order_of(folder), order));
  TRY_STATUS(disk.sync_folder(folder_));
  uploads_.erase(id);
  return HandedOver{id, folder, order};
}

std::vector<UploadRoom::HandedOver> UploadRoom::handed_over() const {
  std::vector<HandedOver> all;
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    const fs::path order = order_of(entry->path());
    if (entry->is_directory() && fs::exists(order, ignored)) all.push_back({entry->path().filename().string(), entry->path(), text_in(order)});
  }
  std::ranges::sort(all, {}, &HandedOver::id);
  return all;
}

void UploadRoom::done(const HandedOver& upload) {
  std::error_code ignored;
  fs::remove_all(upload.folder, ignored);
  fs::remove(order_of(upload.folder), ignored);
}

}  // namespace chartscan::app
