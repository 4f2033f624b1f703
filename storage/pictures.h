// Pages as screens show them, made once (as a page is read, or when it is first looked at) and kept: what can always be made again from
// the originals. So nothing here is synced, nothing in the store points here, every picture carries its own check, and what fails it
// is as good as not there. The folder may be deleted at any time, and need not be backed up.
//
// pictures/00000000.pictures holds the pages 0..1023, 00000001.pictures the next, and so on:
//   8 bytes "CSPICT01", then 1024 slots of 32 bytes (be64 where the picture begins, be32 its length in bytes, be32 CRC-32C of key and
//   picture, 16 bytes key), then the pictures. A page read anew leaves its old picture behind as waste.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "core/page.h"
#include "storage/disk.h"

namespace chartscan::storage {

// What a picture was made of: other bytes, another turn or another width give another key.
using PictureKey = std::array<std::uint8_t, 16>;
PictureKey picture_key(const Page& page, int width);

struct PictureLimits {
  std::uint64_t most_bytes = 100'000'000'000;  // of all of them: beyond, the files of the oldest pages go. 0 = none are kept
  std::uint64_t leave_free = 500'000'000;      // of the file system: when less is free, none are added
};

// Any thread. Of several processes only the archive's writer may keep pictures; all may look for them.
class Pictures {
 public:
  explicit Pictures(std::filesystem::path folder, Disk& disk = Disk::real());

  void limit(const PictureLimits& limits);
  // Nothing when there is none, or none made of this.
  std::optional<std::vector<std::uint8_t>> find(PageId page, const PictureKey& key) const;
  // What cannot be kept is lost without harm; the first time a warning says so.
  void keep(PageId page, const PictureKey& key, std::span<const std::uint8_t> picture);

 private:
  Status append(PageId page, const PictureKey& key, std::span<const std::uint8_t> picture);
  void make_room(std::uint64_t being_written);
  std::filesystem::path path_of(std::uint64_t file) const;

  const std::filesystem::path folder_;
  Disk& disk_;
  std::mutex mutex_;              // of keeping
  PictureLimits limits_;          // guarded by mutex_, like what follows
  std::optional<std::uint64_t> bytes_;  // of all files; counted at the first keep
  bool warned_ = false;
};

}  // namespace chartscan::storage
