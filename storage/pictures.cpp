#include "storage/pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "core/log.h"
#include "storage/archive.h"
#include "storage/bytes.h"
#include "storage/free_space.h"
#include "storage/hasher.h"
#include "storage/pack.h"

namespace chartscan::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "CSPICT01";
constexpr std::uint64_t kPagesPerFile = 1024, kSlotSize = 32;
constexpr std::uint64_t kFirstPicture = 8 + kPagesPerFile * kSlotSize;
constexpr std::uint32_t kLongest = 64 << 20;  // bytes
constexpr const char* kExtension = ".pictures";
constexpr int kMakingVersion = 1;  // raise it when pictures of equal pages come out different

std::string_view as_text(std::span<const std::uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
std::span<const std::uint8_t> as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::uint32_t check_of(const PictureKey& key, std::span<const std::uint8_t> picture) {
  std::string both(as_text(key));
  both += as_text(picture);
  return crc32c(both);
}

struct Slot {
  std::uint64_t offset = 0;
  std::uint32_t length = 0, check = 0;
  PictureKey key{};
};

std::uint64_t slot_place(PageId page) { return kMagic.size() + page.value % kPagesPerFile * kSlotSize; }

std::string encode(const Slot& slot) {
  std::string out;
  put_be(out, slot.offset);
  put_be(out, slot.length);
  put_be(out, slot.check);
  return out.append(as_text(slot.key));
}

std::optional<Slot> read_slot(const File& file, PageId page) {
  std::array<std::uint8_t, kSlotSize> bytes{};
  const Result<std::size_t> got = file.read_at(slot_place(page), bytes);
  if (!got.ok() || *got < bytes.size()) return std::nullopt;
  std::string_view in = as_text(bytes);
  Slot slot;
  if (!take_be(in, slot.offset) || !take_be(in, slot.length) || !take_be(in, slot.check)) return std::nullopt;
  std::ranges::copy(as_bytes(in), slot.key.begin());
  if (slot.offset < kFirstPicture || slot.length == 0 || slot.length > kLongest) return std::nullopt;
  return slot;
}

std::optional<std::uint64_t> number_of(const fs::path& path) {
  const std::string name = path.stem().string();
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (path.extension() != kExtension || error != std::errc{} || stop != name.data() + name.size()) return std::nullopt;
  return number;
}

// Sizes of the files there are, by number.
std::map<std::uint64_t, std::uint64_t> files_in(const fs::path& folder) {
  std::map<std::uint64_t, std::uint64_t> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    const std::uint64_t size = entry->file_size(ignored);
    if (const auto number = number_of(entry->path()); number && !ignored) files[*number] = size;
  }
  return files;
}

}  // namespace

PictureKey picture_key(const Page& page, int width) {
  const Geometry& g = page.geometry;
  const std::string made_of =
      fmt::format("{} {} {} {} {}x{} {} {:a} {}x{} {:a} {:a}", kMakingVersion, page.original.blob, page.original.index, width, g.delivered.width,
                  g.delivered.height, g.rotation, g.skew.value, g.working.width, g.working.height, g.scale_x, g.scale_y);
  Hasher hasher;
  hasher.update(as_bytes(made_of));
  PictureKey key;
  std::ranges::copy(as_bytes(hasher.digest()).first(key.size()), key.begin());
  return key;
}

Pictures::Pictures(fs::path folder, Disk& disk) : folder_(std::move(folder)), disk_(disk) {}

void Pictures::limit(const PictureLimits& limits) {
  const std::lock_guard lock(mutex_);
  limits_ = limits;
}

fs::path Pictures::path_of(std::uint64_t file) const { return folder_ / fmt::format("{:08}{}", file, kExtension); }

std::optional<std::vector<std::uint8_t>> Pictures::find(PageId page, const PictureKey& key) const {
  const Result<std::unique_ptr<File>> file = disk_.open(path_of(page.value / kPagesPerFile), Disk::Mode::Read);
  if (!file.ok()) return std::nullopt;
  const std::optional<Slot> slot = read_slot(**file, page);
  if (!slot || slot->key != key) return std::nullopt;
  std::vector<std::uint8_t> picture(slot->length);
  const Result<std::size_t> got = (*file)->read_at(slot->offset, picture);
  if (!got.ok() || *got < picture.size() || check_of(key, picture) != slot->check) return std::nullopt;
  return picture;
}

void Pictures::keep(PageId page, const PictureKey& key, std::span<const std::uint8_t> picture) {
  const std::lock_guard lock(mutex_);
  if (limits_.most_bytes == 0 || picture.empty() || picture.size() > kLongest) return;
  const Status kept = append(page, key, picture);
  if (kept.ok() || warned_) return;
  warned_ = true;
  log::warning("pictures of pages are not kept, screens make them anew: " + to_string(kept.error()));
}

Status Pictures::append(PageId page, const PictureKey& key, std::span<const std::uint8_t> picture) {
  std::error_code error;
  if (fs::create_directory(folder_, error)) fs::permissions(folder_, fs::perms::owner_all, error);
  if (error) return disk_error("cannot make", folder_, error.value());
  if (!has_room_at(folder_, limits_.leave_free))
    return Error{ErrorCode::StorageFull, "the disk of " + folder_.string() + " is nearly full; make room, or set [pictures] most_megabytes"};

  const std::uint64_t number = page.value / kPagesPerFile;
  make_room(number);
  TRY(const std::unique_ptr<File> file, disk_.open(path_of(number), Disk::Mode::Write));
  TRY(const std::uint64_t size, file->size());
  if (size < kFirstPicture) {
    TRY_STATUS(file->truncate(kFirstPicture));
    TRY_STATUS(file->write_at(0, as_bytes(kMagic)));
  }
  const Slot slot{std::max(size, kFirstPicture), static_cast<std::uint32_t>(picture.size()), check_of(key, picture), key};
  TRY_STATUS(file->write_at(slot.offset, picture));
  TRY_STATUS(file->write_at(slot_place(page), as_bytes(encode(slot))));
  *bytes_ += slot.offset + slot.length - size;
  return {};
}

void Pictures::make_room(std::uint64_t being_written) {
  if (bytes_ && *bytes_ <= limits_.most_bytes) return;
  bytes_ = 0;
  const std::map<std::uint64_t, std::uint64_t> files = files_in(folder_);
  for (const auto& [number, size] : files) *bytes_ += size;
  for (const auto& [number, size] : files) {
    if (*bytes_ <= limits_.most_bytes) return;
    std::error_code error;
    if (number != being_written && fs::remove(path_of(number), error)) *bytes_ -= size;
  }
}

}  // namespace chartscan::storage
