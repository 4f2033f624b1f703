#include "storage/archive.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <limits>
#include <unordered_set>

#include "storage/hasher.h"
#include "storage/free_space.h"
#include "storage/memory_blobs.h"
#include "storage/memory_store.h"
#include "storage/pack_blobs.h"
#include "storage/rocks_store.h"
#include "storage/writer_lock.h"

namespace chartscan::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormatFile = "FORMAT";
constexpr const char* kLockFile = "writer.lock";
constexpr const char* kDatabase = "db";
constexpr const char* kPacks = "packs";
constexpr const char* kPictures = "pictures";
constexpr const char* kWork = "work";
constexpr std::string_view kFormatPrefix = "chartscan archive\nformat ";

// What may stand in a folder that is to become an archive: what an interrupted making leaves, and what mkfs makes.
constexpr std::array kHarmless{"FORMAT.new", "writer.lock", "lost+found"};

std::string format_text() { return std::string(kFormatPrefix) + std::to_string(kFormatVersion) + "\n"; }

Error not_found(const fs::path& folder) {
  return {ErrorCode::NotFound, "there is no archive in " + folder.string() + "; 'chartscan ingest --archive " + folder.string() +
                                   " FILE...' makes one, or name another folder with --archive"};
}

// The format version; nothing when the folder has no FORMAT file.
Result<std::optional<int>> read_format(const fs::path& folder) {
  std::error_code error;
  const fs::path path = folder / kFormatFile;
  if (!fs::exists(path, error)) {
    if (error) return disk_error("cannot look at", path, error.value());
    return std::optional<int>();
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(256, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || !file.is_open()) return disk_error("cannot read", path, errno);
  int version = 0;
  const char* const end = text.data() + text.size();
  const bool known = text.starts_with(kFormatPrefix);
  const auto [stop, parsed] = std::from_chars(text.data() + (known ? kFormatPrefix.size() : text.size()), end, version);
  if (parsed != std::errc{} || stop == end || *stop != '\n' || version < 1)
    return Error{ErrorCode::Integrity, path.string() + " is damaged; if this folder is an archive, restore that file from a backup"};
  return std::optional(version);
}

Status check_version(const fs::path& folder, int version) {
  if (version <= kFormatVersion) return {};
  return Error{ErrorCode::ArchiveTooNew, "archive " + folder.string() + " has format " + std::to_string(version) +
                                             ", this chartscan knows formats up to " + std::to_string(kFormatVersion) +
                                             "; use the chartscan that wrote it, or a newer one (nothing was changed)"};
}

// A folder that holds something else is never written into.
Status check_may_become_archive(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (std::find(kHarmless.begin(), kHarmless.end(), name) == kHarmless.end())
      return Error{ErrorCode::InputRefused, folder.string() + " is not empty and is no archive (it has no file FORMAT but holds '" + name +
                                                "'); name an empty or new folder with --archive"};
  }
  if (error) return disk_error("cannot list", folder, error.value());
  return {};
}

Status make_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::create_directories(folder, error)) {
    if (error) return disk_error("cannot make", folder, error.value());
    return {};
  }
  fs::permissions(folder, fs::perms::owner_all, error);  // charts are nobody else's business until the owner says so
  if (error) return disk_error("cannot protect", folder, error.value());
  return {};
}

bool has_database(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / kDatabase / "CURRENT", ignored);
}

// Originals without records: making a new database beside them would hide that the old one is lost.
Status check_database_not_lost(const fs::path& folder) {
  std::error_code ignored;
  if (has_database(folder) || !fs::exists(folder / kPacks, ignored)) return {};
  TRY(const std::vector<std::uint32_t> packs, packs_in(folder / kPacks));
  for (const std::uint32_t pack : packs)
    if (fs::file_size(pack_path(folder / kPacks, pack), ignored) > 0)
      return Error{ErrorCode::Integrity, "archive " + folder.string() + " holds originals but its database (folder 'db') is missing; "
                                                                        "restore 'db' from a backup (nothing was changed)"};
  return {};
}

// Leaves a folder with a FORMAT file of a version that we know and the sub-folders.
Status prepare(const fs::path& folder) {
  TRY(const std::optional<int> version, read_format(folder));
  if (version) {
    TRY_STATUS(check_version(folder, *version));
    // Every older format reads as it is; from here on rows may be written that an older program would not understand.
    if (*version < kFormatVersion) TRY_STATUS(replace_file(folder / kFormatFile, format_text()));
  } else {
    TRY_STATUS(check_may_become_archive(folder));
    TRY_STATUS(replace_file(folder / kFormatFile, format_text()));
  }
  TRY_STATUS(check_database_not_lost(folder));
  for (const char* name : {kDatabase, kPacks, kWork}) TRY_STATUS(make_folder(folder / name));
  return Disk::real().sync_folder(folder);
}

}  // namespace

Archive::Archive() = default;
Archive::~Archive() = default;

Result<std::unique_ptr<Archive>> Archive::open(const fs::path& folder, Access access, const std::string& holder) {
  std::unique_ptr<Archive> archive(new Archive);
  archive->folder_ = folder;
  archive->pictures_ = std::make_unique<Pictures>(folder / kPictures);
  TRY_STATUS(access == Access::Write ? archive->open_for_writing(holder) : archive->open_for_reading());
  return archive;
}

Status Archive::open_for_writing(const std::string& holder) {
  TRY_STATUS(make_folder(folder_));
  TRY(const std::optional<int> version, read_format(folder_));
  TRY_STATUS(version ? check_version(folder_, *version) : check_may_become_archive(folder_));
  TRY(lock_, WriterLock::take(folder_ / kLockFile, holder));
  TRY_STATUS(prepare(folder_));
  TRY(store_, open_rocks_writer(folder_ / kDatabase));
  TRY(blobs_, PackBlobs::open_for_writing({folder_ / kPacks, folder_ / kWork}, *store_));
  TRY_STATUS(add_waiting_rows());
  return blobs_->clear_work();
}

Status Archive::open_for_reading() {
  TRY(const std::optional<int> version, read_format(folder_));
  if (!version) return not_found(folder_);
  TRY_STATUS(check_version(folder_, *version));
  TRY_STATUS(check_database_not_lost(folder_));
  if (!has_database(folder_))
    return Error{ErrorCode::NotFound, "archive " + folder_.string() + " is just being made, or its making was interrupted; try again, or " +
                                          "give a command that writes to it"};
  TRY(store_, open_rocks_reader(folder_ / kDatabase));
  TRY(blobs_, PackBlobs::open_for_reading({folder_ / kPacks, {}}, *store_));
  return {};
}

std::unique_ptr<Archive> Archive::in_memory() {
  std::unique_ptr<Archive> archive(new Archive);
  archive->store_ = std::make_unique<MemoryStore>();
  archive->blobs_ = std::make_unique<MemoryBlobs>(*archive->store_);
  return archive;
}

std::unique_ptr<Archive> Archive::over(std::unique_ptr<Store> store, std::unique_ptr<Blobs> blobs) {
  std::unique_ptr<Archive> archive(new Archive);
  archive->store_ = std::move(store);
  archive->blobs_ = std::move(blobs);
  return archive;
}

Result<Records> Archive::read() {
  TRY(std::shared_ptr<const View> view, store_->view());
  return Records(std::move(view));
}

Status Archive::commit(const Change& change) {
  if (const auto brake = brake_.load()) (*brake)();
  const std::shared_lock lock(commit_mutex_);
  const Status written = store_->write(change.raw());
  ++writes_;
  return written;
}

Status Archive::update(const std::function<Status(const Records&, Change&)>& build) {
  const std::lock_guard lock(update_mutex_);
  TRY(const Records records, read());
  Change change;
  TRY_STATUS(build(records, change));
  return change.raw().empty() ? Status() : commit(change);
}

Status Archive::update_alone(const std::function<Status(const Records&, Change&)>& build) {
  const std::unique_lock lock(commit_mutex_);
  TRY(const Records records, read());
  Change change;
  TRY_STATUS(build(records, change));
  if (change.raw().empty()) return {};
  const Status written = store_->write(change.raw());
  ++writes_;
  return written;
}

Result<Repacked> Archive::repack(double most_dead) {
  TRY(const Records records, read());
  std::unordered_set<std::uint64_t> named;
  const auto name = [&](const Hash& hash) {
    if (const auto digest = digest_of(hash)) named.insert(beginning_of(*digest));
  };
  TRY_STATUS(records.pages([&](const Page& page) { return name(page.original.blob), true; }));
  TRY(const std::vector<Batch> batches, records.batches());
  for (const Batch& batch : batches)
    TRY_STATUS(records.journal(batch.id, [&](const JournalLine& line) { return name(line.hash), true; }));
  return blobs_->repack(
      [&](const Hash& hash) {
        const auto digest = digest_of(hash);
        return !digest || named.contains(beginning_of(*digest));
      },
      most_dead);
}

Result<std::uint64_t> Archive::free_bytes() const {
  if (folder_.empty()) return std::numeric_limits<std::uint64_t>::max();  // in memory
  return free_bytes_at(folder_);
}

}  // namespace chartscan::storage
