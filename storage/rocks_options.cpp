#include "storage/rocks_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/snapshot.h>
#include <rocksdb/table.h>
#include <rocksdb/universal_compaction.h>

#include "storage/file_checksum.h"

namespace chartscan::storage {
namespace {

constexpr std::size_t kBlockCache = 448 << 20;         // bytes, all families together; at two million pages 192 MB made questions a fifth slower
constexpr std::size_t kAllWriteBuffers = 160 << 20;    // bytes, all families together; flushed when reached
constexpr std::size_t kWriteBuffer = 16 << 20;          // bytes, one family
constexpr std::size_t kLogFiles = 160 << 20;           // bytes of log before idle families are flushed; bounds recovery time
constexpr int kOpenFiles = 256;                        // of the writer; a reader keeps all open, or the writer's clean-up is felt
constexpr int kBackgroundThreads = 2;                  // one flushes, one compacts: page workers want the cores
constexpr std::size_t kBlock = 16 << 10;               // bytes
constexpr double kBloomBits = 10;                      // 1 % false positives

// Nearly all keys come in order, one kind after the other, so RocksDB is told to put each right behind the one before of its kind: these
// are the bytes of a key that tell kinds from each other (storage/keys.h, indexer/rows.h). 0: it is not told.
std::size_t kind_bytes(Family family) {
  switch (family) {
    case Family::Page:
    case Family::Text:
    case Family::Document: return 1;
    case Family::Post: return 6;  // one more than the ranges have that older programs left in their logs
    default: return 0;
  }
}

rocksdb::BlockBasedTableOptions table_options(Family family, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = kBlock;
  table.cache_index_and_filter_blocks = true;  // else they are outside the bound on memory
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBits));
  table.format_version = 5;
  // Asked for by every word of every question, and small: a hundredth of the lists.
  if (family == Family::Post) table.metadata_cache_options.unpartitioned_pinning = rocksdb::PinningTier::kAll;
  return table;
}

rocksdb::ColumnFamilyOptions family_options(Family family, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(family, cache)));
  options.write_buffer_size = kWriteBuffer;
  options.memtable_protection_bytes_per_key = 8;
  options.compression = rocksdb::kLZ4Compression;
  if (family == Family::Blob) options.compression = rocksdb::kNoCompression;  // hashes
  if (family == Family::Text) {
    options.compression = rocksdb::kNoCompression;  // packing saves 0.7 KB a page, little beside its image, and costs a twentieth of the indexing
    // Texts come in order of their pages, so files need not be merged, only moved. (By levels RocksDB writes each a second time
    // when a snapshot is given back, for nothing but to drop sequence numbers.)
    options.compaction_style = rocksdb::kCompactionStyleUniversal;
    options.compaction_options_universal.allow_trivial_move = true;
  }
  if (const std::size_t kind = kind_bytes(family)) options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kind));
  return options;
}

}  // namespace

bool may_erase_range_from(Family family, std::string_view begin) { return kind_bytes(family) == 0 || begin.size() < kind_bytes(family); }

rocksdb::DBOptions rocks_options(rocksdb::Env* env) {
  rocksdb::DBOptions options;
  if (env) options.env = env;
  options.paranoid_checks = true;
  options.file_checksum_gen_factory = file_checksums();
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.max_bgerror_resume_count = 0;  // after a failed write stop and say so; the next start recovers
  options.db_write_buffer_size = kAllWriteBuffers;
  options.max_total_wal_size = kLogFiles;
  options.max_open_files = kOpenFiles;
  options.max_background_jobs = kBackgroundThreads;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.max_log_file_size = 1 << 20;
  options.keep_log_file_num = 2;
  options.db_host_id = "";  // the machine's name does not belong in a file that may be handed on
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> rocks_families() {
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(kBlockCache);
  std::vector<rocksdb::ColumnFamilyDescriptor> families{{rocksdb::kDefaultColumnFamilyName, family_options(Family::Meta, cache)}};
  for (int i = 0; i < kFamilies; ++i) {
    const auto family = static_cast<Family>(i);
    families.emplace_back(to_string(family), family_options(family, cache));
    families.back().options.paranoid_file_checks = family != Family::Post;  // what can be made anew is not read again when written
  }
  return families;
}

Error rocks_error(const std::string& what, const std::filesystem::path& folder, const rocksdb::Status& status) {
  const std::string message = what + " " + folder.string() + ": " + status.ToString();
  if (status.IsNoSpace() || message.find("No space left") != std::string::npos)
    return {ErrorCode::StorageFull, message + "; make room on that disk, then give the same command again: it continues"};
  if (status.IsCorruption())
    return {ErrorCode::Integrity, message + "; run 'chartscan verify' to see how far it goes, and restore the archive from a backup"};
  return {ErrorCode::Storage, message + "; check the disk (dmesg, smartctl), then give the same command again: it continues"};
}

RocksDatabase::~RocksDatabase() {
  if (!db) return;
  for (rocksdb::ColumnFamilyHandle* handle : families) db->DestroyColumnFamilyHandle(handle);
  db->Close();
}

namespace {

// Never a null pointer, which an empty view may hold: RocksDB's header compares with memcmp.
rocksdb::Slice slice(std::string_view text) { return {text.data() ? text.data() : "", text.size()}; }
std::string_view view_of(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// The first key behind all keys with `prefix`; empty when there is none.
std::string behind(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) ++end.back();
  return end;
}

class RocksView final : public View {
 public:
  RocksView(std::shared_ptr<RocksDatabase> database, const rocksdb::Snapshot* snapshot)
      : database_(std::move(database)), snapshot_(snapshot) {}
  ~RocksView() override {
    if (snapshot_) database_->db->ReleaseSnapshot(snapshot_);
  }

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    std::string value;
    const rocksdb::Status status = database_->db->Get(options(), database_->family(family), slice(key), &value);
    if (status.ok()) return std::optional(std::move(value));
    if (status.IsNotFound()) return std::optional<std::string>();
    return rocks_error("cannot read", database_->folder, status);
  }

  Result<std::optional<Pinned>> pin(Family family, std::string_view key) const override {
    auto value = std::make_shared<rocksdb::PinnableSlice>();
    const rocksdb::Status status = database_->db->Get(options(), database_->family(family), slice(key), value.get());
    if (status.IsNotFound()) return std::optional<Pinned>();
    if (!status.ok()) return rocks_error("cannot read", database_->folder, status);
    const std::string_view bytes = view_of(*value);
    return std::optional(Pinned{std::move(value), bytes});
  }

  std::uint64_t moment() const override {
    return snapshot_ ? snapshot_->GetSequenceNumber() : database_->db->GetLatestSequenceNumber();
  }
  Attachment& attachment() const override { return database_->attachment; }

  Status scan(Family family, std::string_view prefix, std::string_view from, const Visit& visit) const override {
    Range range(*this, family, prefix);
    range.rows->Seek(slice(std::max(prefix, from)));
    for (; range.rows->Valid(); range.rows->Next())
      if (!visit(view_of(range.rows->key()), view_of(range.rows->value()))) break;
    return range.status();
  }

  std::unique_ptr<storage::Rows> rows(Family family, std::string_view prefix) const override {
    return std::make_unique<Walk>(*this, family, prefix);
  }

  Result<std::optional<std::string>> last(Family family, std::string_view prefix) const override {
    Range range(*this, family, prefix);
    range.rows->SeekToLast();
    TRY_STATUS(range.status());
    if (!range.rows->Valid() || !range.rows->key().starts_with(slice(prefix))) return std::optional<std::string>();
    return std::optional(range.rows->key().ToString());
  }

 private:
  // An iterator over the keys with a prefix, and the bound that it points to.
  struct Range {
    Range(const RocksView& view, Family family, std::string_view prefix) : folder(view.database_->folder), end(behind(prefix)), bound(end) {
      rocksdb::ReadOptions options = view.options();
      if (!end.empty()) options.iterate_upper_bound = &bound;
      rows.reset(view.database_->db->NewIterator(options, view.database_->family(family)));
    }
    Status status() const {
      if (!rows->status().ok()) return rocks_error("cannot read", folder, rows->status());
      return {};
    }
    const std::filesystem::path& folder;
    const std::string end;
    const rocksdb::Slice bound;
    std::unique_ptr<rocksdb::Iterator> rows;
  };

  class Walk final : public storage::Rows {
   public:
    Walk(const RocksView& view, Family family, std::string_view prefix) : range_(view, family, prefix) { range_.rows->Seek(slice(prefix)); }
    bool at_end() const override { return !range_.rows->Valid(); }
    std::string_view key() const override { return view_of(range_.rows->key()); }
    std::string_view value() const override { return view_of(range_.rows->value()); }
    void next() override { range_.rows->Next(); }
    Status status() const override { return range_.status(); }

   private:
    Range range_;
  };

  rocksdb::ReadOptions options() const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    return options;
  }

  const std::shared_ptr<RocksDatabase> database_;
  const rocksdb::Snapshot* const snapshot_;
};

}  // namespace

std::shared_ptr<const View> rocks_view(std::shared_ptr<RocksDatabase> database, const rocksdb::Snapshot* snapshot) {
  return std::make_shared<RocksView>(std::move(database), snapshot);
}

Status rocks_verify(const RocksDatabase& database) {
  const rocksdb::ReadOptions options;
  rocksdb::Status status = database.db->VerifyFileChecksums(options);
  if (status.ok()) status = database.db->VerifyChecksum(options);
  if (!status.ok()) return rocks_error("fault in", database.folder, status);
  return {};
}

}  // namespace chartscan::storage
