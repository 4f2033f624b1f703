// Blobs in packs (storage/pack.h). A writing process appends; at its start whole records after the last locator are kept
// as orphans and what is torn behind them is cut off. A reading process only reads, and has its work folder in the
// system's temporary folder. put() holds a lock while it reads its source.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <unordered_set>

#include "storage/blobs.h"
#include "storage/disk.h"
#include "storage/pack.h"
#include "storage/pack_check.h"

namespace chartscan::storage {

inline constexpr std::uint64_t kPackSize = std::uint64_t{1} << 30;  // a pack at least this long is full

class PackBlobs final : public Blobs {
 public:
  struct Folders {
    std::filesystem::path packs;
    std::filesystem::path work;  // empty: a temporary folder of its own, removed at the end
  };
  static Result<std::unique_ptr<PackBlobs>> open_for_writing(Folders folders, Store& store, Disk& disk = Disk::real(),
                                                             std::uint64_t pack_size = kPackSize);
  static Result<std::unique_ptr<PackBlobs>> open_for_reading(Folders folders, Store& store, Disk& disk = Disk::real());
  ~PackBlobs() override;

  Result<StoredBlob> put(const ByteSource& source, WriteBatch& change) override;
  Result<std::unique_ptr<BlobReader>> open(const Hash& hash) override;
  Result<std::filesystem::path> materialise(const Hash& hash) override;
  Status clear_work() override;
  Result<std::uint64_t> verify(const std::function<void(const std::string&)>& report) override;
  Result<Repacked> repack(const IsNamed& is_named, double most_dead) override;  // pack_repack.cpp; the order of steps stands there

 private:
  struct PackUse;
  PackBlobs(Folders folders, Store& store, Disk& disk, std::uint64_t pack_size);
  Status recover();
  Status check_located_end(const View& view, const std::vector<std::uint32_t>& packs) const;
  Status keep_orphans_and_cut(std::uint64_t located_end);
  Status start_pack(std::uint32_t number);
  Result<RecordHeader> append_payload(const ByteSource& source);
  Result<StoredBlob> finish_record(const RecordHeader& header, WriteBatch& change);
  void cut_back();
  void forget_committed(const View& view);
  bool is_live(const Hash& hash, const IsNamed& is_named) const;
  Result<PackUse> use_of(std::uint32_t pack, const IsNamed& is_named);
  Result<bool> may_be_emptied(std::uint32_t pack);
  Status empty_pack(const PackUse& use, const IsNamed& is_named, Repacked& done);
  Status move_some(const File& from, std::uint32_t pack, std::span<const Located> some, const IsNamed& is_named, Repacked& done);
  Result<Locator> copy_record(const File& from, const Located& located);
  Status remove_pack(std::uint32_t pack);
  Result<std::optional<Locator>> find(const View& view, const Hash& hash) const;
  Result<Locator> locate(const Hash& hash);
  Result<std::unique_ptr<File>> open_pack_of(const Hash& hash, Locator& locator);
  Result<std::filesystem::path> work_folder();
  void forget_old_copies(const std::filesystem::path& work) const;  // that materialise() made

  const Folders folders_;
  Store& store_;
  Disk& disk_;
  const std::uint64_t pack_size_;

  std::mutex write_mutex_;
  bool writable_ = false;           // guarded by write_mutex_, like all that follows it
  std::uint32_t pack_ = 0;          // the pack being appended to; 0 = none yet
  std::unique_ptr<File> file_;
  std::uint64_t end_ = 0;           // where its next record begins
  // Whole synced records that no committed change names as far as we know: put in this process, or orphans.
  std::map<std::string, Locator> uncommitted_;  // by digest
  std::size_t forget_at_ = 64;
  std::unordered_set<std::uint64_t> handed_out_;  // beginnings of the digests of all that was put here, new or known

  std::mutex work_mutex_;
  std::filesystem::path temporary_;  // guarded by work_mutex_
  std::uint64_t copies_ = 0;         // guarded by work_mutex_; makes names of unfinished copies unique
};

}  // namespace chartscan::storage
