// Repack: a pack of which much is dead is copied, without that, behind the newest pack, and removed.
//
// The order of steps, each of which may be the last one that happens:
//   1. New originals go to a pack of their own from here on. Packs that hold what was put here and is not committed are left alone.
//   2. Live records are copied behind the newest one, checked against their hash on the way, and synced.
//   3. One synced write moves their locators and takes those of dead blobs away: a locator leads to the old bytes or to the new ones.
//   4. When nothing is located in the old pack any more, it is removed.
// What a crash leaves are whole records that nothing names: in the new pack, or the whole old one. The next repack removes them.
//
// Dead is what nothing named when repacking began and what this process has not put: every change that names a blob was preceded by a put
// of it here, also where its bytes were there already. Both are looked at under the lock that a put holds.
#include <algorithm>

#include "storage/hasher.h"
#include "storage/keys.h"
#include "storage/pack_blobs.h"

namespace chartscan::storage {
namespace {

constexpr std::uint64_t kMovedAtOnce = 32 << 20;  // bytes between two syncs; puts wait as long

Error cannot_repack(const std::filesystem::path& pack, const std::string& why) {
  return {ErrorCode::Integrity, "packs/" + pack.filename().string() + " is not repacked, and stays as it is: " + why +
                                    "; run 'chartscan verify' to see how far the damage goes, and restore the pack from a backup"};
}

}  // namespace

struct PackBlobs::PackUse {
  std::uint32_t pack = 0;
  std::uint64_t size = 0;  // bytes of the file
  std::uint64_t dead = 0;  // bytes of it
  std::vector<Located> located;
};

Result<Repacked> PackBlobs::repack(const IsNamed& is_named, double most_dead) {
  Repacked done;
  TRY(const std::vector<std::uint32_t> packs, packs_in(folders_.packs));
  const auto is_worth_it = [&](const PackUse& use) { return static_cast<double>(use.dead) > most_dead * static_cast<double>(use.size); };
  for (const std::uint32_t pack : packs) {
    TRY(PackUse use, use_of(pack, is_named));
    if (!is_worth_it(use)) continue;
    TRY(const bool free, may_be_emptied(pack));
    if (!free) continue;
    TRY(use, use_of(pack, is_named));  // with what was committed to it last
    if (is_worth_it(use)) TRY_STATUS(empty_pack(use, is_named, done));
  }
  return done;
}

// What is just being put into the pack counts as dead.
Result<PackBlobs::PackUse> PackBlobs::use_of(std::uint32_t pack, const IsNamed& is_named) {
  const std::filesystem::path path = pack_path(folders_.packs, pack);
  PackUse use{pack, 0, 0, {}};
  std::string fault;
  TRY(const std::shared_ptr<const View> view, store_.view());
  TRY(use.located, located_in(*view, pack, [&](const std::string& line) { fault = line; }));
  if (!fault.empty()) return cannot_repack(path, fault);
  TRY(const std::unique_ptr<File> file, disk_.open(path, Disk::Mode::Read));
  TRY(use.size, file->size());
  std::uint64_t live = 0;
  const std::lock_guard lock(write_mutex_);
  for (const Located& located : use.located)
    if (is_live(*hash_of_digest(located.record.digest), is_named)) live += kRecordHeaderSize + located.record.length;
  if (live > use.size) return cannot_repack(path, "it is shorter than the archive's records say");
  use.dead = use.size - live;
  return use;
}

// With the lock held.
bool PackBlobs::is_live(const Hash& hash, const IsNamed& is_named) const {
  return is_named(hash) || handed_out_.contains(beginning_of(*digest_of(hash)));
}

// From here on no put leads into this pack. False when one may already do so whose change is still to be written.
Result<bool> PackBlobs::may_be_emptied(std::uint32_t pack) {
  const std::lock_guard lock(write_mutex_);
  if (!writable_) return Error{ErrorCode::Storage, "packs cannot be repacked: the archive is open for reading, or an earlier write to its "
                                                   "packs failed; give the command again"};
  TRY(const std::shared_ptr<const View> view, store_.view());
  forget_at_ = 0;
  forget_committed(*view);
  const auto waits = [&](const auto& entry) { return entry.second.pack == pack && handed_out_.contains(beginning_of(entry.first)); };
  if (std::any_of(uncommitted_.begin(), uncommitted_.end(), waits)) return false;
  std::erase_if(uncommitted_, [&](const auto& entry) { return entry.second.pack == pack; });  // orphans of an earlier process
  if (pack == pack_) TRY_STATUS(start_pack(pack_ + 1));
  return true;
}

Status PackBlobs::empty_pack(const PackUse& use, const IsNamed& is_named, Repacked& done) {
  const std::filesystem::path path = pack_path(folders_.packs, use.pack);
  TRY(const std::unique_ptr<File> from, disk_.open(path, Disk::Mode::Read));
  for (std::size_t begin = 0, end = 0; begin < use.located.size(); begin = end) {
    std::uint64_t bytes = 0;
    while (end < use.located.size() && (end == begin || bytes + use.located[end].record.length <= kMovedAtOnce))
      bytes += use.located[end++].record.length;
    TRY_STATUS(move_some(*from, use.pack, std::span(use.located).subspan(begin, end - begin), is_named, done));
  }
  TRY_STATUS(remove_pack(use.pack));
  ++done.packs;
  done.bytes_given_back += use.dead;
  return {};
}

Status PackBlobs::move_some(const File& from, std::uint32_t pack, std::span<const Located> some, const IsNamed& is_named, Repacked& done) {
  const std::lock_guard lock(write_mutex_);
  if (!writable_) return Error{ErrorCode::Storage, "an earlier write to the packs failed; give the command again"};
  WriteBatch change;
  std::uint64_t moved = 0;
  for (const Located& located : some) {
    const Hash hash = *hash_of_digest(located.record.digest);
    change.erase(Family::Blob, keys::packed(pack, located.offset));
    if (!is_live(hash, is_named)) {
      change.erase(Family::Blob, *keys::blob(hash));
      continue;
    }
    Result<Locator> copy = copy_record(from, located);
    if (!copy.ok()) {
      cut_back();
      return copy.error().code == ErrorCode::Integrity ? cannot_repack(pack_path(folders_.packs, pack), copy.error().message) : std::move(copy).error();
    }
    change.put(Family::Blob, *keys::blob(hash), encode(*copy));
    change.put(Family::Blob, keys::packed(copy->pack, copy->offset), located_value(located.record));
    ++moved;
  }
  if (Status synced = moved > 0 ? file_->sync() : Status(); !synced.ok()) {
    writable_ = false;  // as in finish_record
    return synced;
  }
  TRY_STATUS(store_.write(change));
  done.moved += moved;
  done.dropped += some.size() - moved;
  return {};
}

// Appends a record as it stands there; it is synced with those that follow it, at the latest before another pack begins.
Result<Locator> PackBlobs::copy_record(const File& from, const Located& located) {
  if (!file_ || end_ >= pack_size_) {
    if (file_) TRY_STATUS(file_->sync());
    TRY_STATUS(start_pack(pack_ + 1));
  }
  const Locator locator{pack_, end_, located.record.length};
  std::uint64_t at = locator.payload();
  Hasher hasher;
  TRY_STATUS(read_pieces(from, located.offset + kRecordHeaderSize, located.record.length, [&](std::span<const std::uint8_t> piece) {
    hasher.update(piece);
    at += piece.size();
    return file_->write_at(at - piece.size(), piece);
  }));
  if (hasher.digest() != located.record.digest)
    return Error{ErrorCode::Integrity, "the original at " + std::to_string(located.offset) + " does not match its hash", ""};
  const std::string header = encode(located.record);
  TRY_STATUS(file_->write_at(end_, {reinterpret_cast<const std::uint8_t*>(header.data()), header.size()}));
  end_ = locator.end();
  return locator;
}

Status PackBlobs::remove_pack(std::uint32_t pack) {
  TRY(const std::shared_ptr<const View> view, store_.view());
  std::string fault;
  TRY(const std::vector<Located> left, located_in(*view, pack, [&](const std::string& line) { fault = line; }));
  if (!left.empty() || !fault.empty())
    return Error{ErrorCode::Internal, "pack " + std::to_string(pack) + " still holds originals after it was emptied; it is kept", ""};
  TRY_STATUS(disk_.remove(pack_path(folders_.packs, pack)));
  return disk_.sync_folder(folders_.packs);
}

}  // namespace chartscan::storage
