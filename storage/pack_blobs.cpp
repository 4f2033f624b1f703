#include "storage/pack_blobs.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "core/log.h"
#include "storage/bytes.h"
#include "storage/hasher.h"
#include "storage/keys.h"
#include "storage/pack_check.h"

namespace chartscan::storage {
namespace {

constexpr std::size_t kBuffer = 1 << 20;  // bytes of a blob in memory at a time

class PackReader final : public BlobReader {
 public:
  PackReader(std::unique_ptr<File> file, Locator locator) : file_(std::move(file)), locator_(locator) {}
  std::uint64_t size() const override { return locator_.length; }

  Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    if (offset >= locator_.length) return std::size_t{0};
    const std::size_t wanted = std::min<std::uint64_t>(out.size(), locator_.length - offset);
    TRY(const std::size_t count, file_->read_at(locator_.payload() + offset, out.first(wanted)));
    if (count < wanted)
      return Error{ErrorCode::Integrity, "the pack ends in the middle of an original; run 'chartscan verify' and restore the pack"};
    return count;
  }

 private:
  std::unique_ptr<File> file_;
  const Locator locator_;
};

Error not_writing() {
  return {ErrorCode::Storage, "originals cannot be stored: the archive is open for reading, or an earlier write to its packs failed; "
                              "give the command again"};
}

}  // namespace

PackBlobs::PackBlobs(Folders folders, Store& store, Disk& disk, std::uint64_t pack_size)
    : folders_(std::move(folders)), store_(store), disk_(disk), pack_size_(pack_size) {}

PackBlobs::~PackBlobs() {
  std::error_code ignored;
  if (!temporary_.empty()) std::filesystem::remove_all(temporary_, ignored);
}

Result<std::unique_ptr<PackBlobs>> PackBlobs::open_for_reading(Folders folders, Store& store, Disk& disk) {
  return std::unique_ptr<PackBlobs>(new PackBlobs(std::move(folders), store, disk, kPackSize));
}

Result<std::unique_ptr<PackBlobs>> PackBlobs::open_for_writing(Folders folders, Store& store, Disk& disk, std::uint64_t pack_size) {
  std::unique_ptr<PackBlobs> blobs(new PackBlobs(std::move(folders), store, disk, pack_size));
  const std::lock_guard lock(blobs->write_mutex_);
  TRY_STATUS(blobs->recover());
  blobs->writable_ = true;
  return blobs;
}

// --- writing start ----------------------------------------------------------------------------------------------------------

Status PackBlobs::recover() {
  TRY(const std::vector<std::uint32_t> packs, packs_in(folders_.packs));
  TRY(const std::shared_ptr<const View> view, store_.view());
  TRY_STATUS(check_located_end(*view, packs));
  if (packs.empty()) return {};
  pack_ = packs.back();
  TRY(file_, disk_.open(pack_path(folders_.packs, pack_), Disk::Mode::Write));
  TRY(const std::uint64_t located_end, end_of_located(*view, pack_));
  return keep_orphans_and_cut(located_end);
}

// Records that point behind the end of the packs mean that packs were lost: appending there would make it worse.
Status PackBlobs::check_located_end(const View& view, const std::vector<std::uint32_t>& packs) const {
  TRY(const std::optional<std::string> last, view.last(Family::Blob, keys::kPacked));
  if (!last) return {};
  const std::optional<keys::PackPlace> place = keys::place_of(*last);
  const std::filesystem::path path = pack_path(folders_.packs, place ? place->pack : 0);
  const Error lost{ErrorCode::Integrity, path.string() + " is missing or shorter than the archive's records say; "
                                                         "restore the folder 'packs' from a backup before anything is added"};
  if (!place || packs.empty() || packs.back() < place->pack || !std::filesystem::exists(path)) return lost;
  TRY(const std::unique_ptr<File> file, disk_.open(path, Disk::Mode::Read));
  TRY(const std::uint64_t size, file->size());
  TRY(const std::uint64_t located_end, end_of_located(view, place->pack));
  if (size < located_end) return lost;
  return {};
}

Status PackBlobs::keep_orphans_and_cut(std::uint64_t located_end) {
  TRY(const std::uint64_t size, file_->size());
  end_ = located_end;
  for (;;) {
    TRY(const std::optional<RecordHeader> header, read_header(*file_, end_, size));
    if (!header) break;
    const Locator locator{pack_, end_, header->length};
    TRY(const std::string digest, digest_in(*file_, locator.payload(), locator.length));
    if (digest != header->digest) break;
    uncommitted_[header->digest] = locator;
    end_ = locator.end();
  }
  // A crash may have come between write and sync: what the orphans hold is on the medium only from here on.
  if (end_ > located_end) TRY_STATUS(file_->sync());
  if (size == end_) return {};
  log::warning(pack_path(folders_.packs, pack_).string() + ": cutting " + std::to_string(size - end_) +
               " bytes of an original that was being written when the program stopped");
  TRY_STATUS(file_->truncate(end_));
  return file_->sync();
}

// --- put --------------------------------------------------------------------------------------------------------------------

Result<StoredBlob> PackBlobs::put(const ByteSource& source, WriteBatch& change) {
  const std::lock_guard lock(write_mutex_);
  if (!writable_) return not_writing();
  if (!file_ || end_ >= pack_size_) TRY_STATUS(start_pack(pack_ + 1));
  Result<RecordHeader> header = append_payload(source);
  if (!header.ok()) {
    cut_back();
    return std::move(header).error();
  }
  Result<StoredBlob> stored = finish_record(*header, change);
  if (!stored.ok()) cut_back();
  return stored;
}

Status PackBlobs::start_pack(std::uint32_t number) {
  TRY(std::unique_ptr<File> file, disk_.open(pack_path(folders_.packs, number), Disk::Mode::Write));
  TRY_STATUS(disk_.sync_folder(folders_.packs));
  pack_ = number;
  file_ = std::move(file);
  end_ = 0;
  return {};
}

Result<RecordHeader> PackBlobs::append_payload(const ByteSource& source) {
  RecordHeader header;
  Hasher hasher;
  std::vector<std::uint8_t> buffer(kBuffer);
  for (;;) {
    TRY(const std::size_t count, source(buffer));
    if (count == 0) break;
    const std::span<const std::uint8_t> piece(buffer.data(), std::min(count, buffer.size()));
    TRY_STATUS(file_->write_at(end_ + kRecordHeaderSize + header.length, piece));
    hasher.update(piece);
    header.length += piece.size();
  }
  header.digest = hasher.digest();
  return header;
}

Result<StoredBlob> PackBlobs::finish_record(const RecordHeader& header, WriteBatch& change) {
  StoredBlob stored{*hash_of_digest(header.digest), header.length};
  handed_out_.insert(beginning_of(header.digest));
  TRY(const std::shared_ptr<const View> view, store_.view());
  TRY(const std::optional<Locator> known, find(*view, stored.hash));
  if (known) {
    cut_back();
    stored.already_there = true;
    return stored;
  }
  Locator locator{pack_, end_, header.length};
  if (const auto before = uncommitted_.find(header.digest); before != uncommitted_.end()) {
    cut_back();
    locator = before->second;
  } else {
    const std::string bytes = encode(header);
    TRY_STATUS(file_->write_at(end_, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}));
    if (Status synced = file_->sync(); !synced.ok()) {
      writable_ = false;  // the kernel may have dropped the bytes and say "synced" next time: only a new start looks again
      return std::move(synced).error();
    }
    end_ = locator.end();
    uncommitted_[header.digest] = locator;
  }
  change.put(Family::Blob, *keys::blob(stored.hash), encode(locator));
  change.put(Family::Blob, keys::packed(locator.pack, locator.offset), located_value({header.digest, header.length}));
  forget_committed(*view);
  return stored;
}

// Takes away what was appended since the last whole record. Where even that fails, nothing may follow it.
void PackBlobs::cut_back() {
  if (Status cut = file_->truncate(end_); !cut.ok()) {
    log::error(to_string(cut.error()));
    writable_ = false;
  }
}

// Keeps the list short in a long run: what is committed is found in the store.
void PackBlobs::forget_committed(const View& view) {
  if (uncommitted_.size() < forget_at_) return;
  std::erase_if(uncommitted_, [&](const auto& entry) {
    const Result<std::optional<std::string>> row = view.get(Family::Blob, *keys::blob(*hash_of_digest(entry.first)));
    return row.ok() && row->has_value();
  });
  forget_at_ = 2 * uncommitted_.size() + 64;
}

// --- reading ----------------------------------------------------------------------------------------------------------------

Result<std::optional<Locator>> PackBlobs::find(const View& view, const Hash& hash) const {
  const std::optional<std::string> key = keys::blob(hash);
  if (!key) return std::optional<Locator>();
  TRY(const std::optional<std::string> row, view.get(Family::Blob, *key), "original " + hash);
  if (!row) return std::optional<Locator>();
  TRY(const Locator locator, decode_locator(*row), "original " + hash);
  return std::optional(locator);
}

Result<Locator> PackBlobs::locate(const Hash& hash) {
  TRY(const std::shared_ptr<const View> view, store_.view());
  TRY(const std::optional<Locator> locator, find(*view, hash));
  if (!locator) return Error{ErrorCode::NotFound, "no original " + hash + " in this archive; check the hash"};
  return *locator;
}

// A pack that was just emptied is gone; then its blobs have another place.
Result<std::unique_ptr<File>> PackBlobs::open_pack_of(const Hash& hash, Locator& locator) {
  TRY(locator, locate(hash));
  for (;;) {
    Result<std::unique_ptr<File>> file = disk_.open(pack_path(folders_.packs, locator.pack), Disk::Mode::Read);
    if (file.ok()) return file;
    TRY(const Locator now, locate(hash));
    if (now == locator) return std::move(file).error().with_context("original " + hash);
    locator = now;
  }
}

Result<std::unique_ptr<BlobReader>> PackBlobs::open(const Hash& hash) {
  Locator locator;
  TRY(std::unique_ptr<File> file, open_pack_of(hash, locator));
  return std::unique_ptr<BlobReader>(std::make_unique<PackReader>(std::move(file), locator));
}

Result<std::uint64_t> PackBlobs::verify(const std::function<void(const std::string&)>& report) {
  TRY(const std::shared_ptr<const View> view, store_.view());
  return check_packs(folders_.packs, *view, disk_, report);
}

// --- work folder ------------------------------------------------------------------------------------------------------------

Result<std::filesystem::path> PackBlobs::work_folder() {
  if (!folders_.work.empty()) return folders_.work;
  if (temporary_.empty()) {
    std::string name = (std::filesystem::temp_directory_path() / "chartscan-work-XXXXXX").string();
    if (!mkdtemp(name.data())) return disk_error("cannot make", name, errno);
    temporary_ = name;
  }
  return temporary_;
}

// A process that stays would fill the folder. Nothing takes as long with a copy as copies are kept.
void PackBlobs::forget_old_copies(const std::filesystem::path& work) const {
  constexpr std::chrono::hours kKept(2);
  const auto oldest = std::filesystem::file_time_type::clock::now() - kKept;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(work, error); !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code gone;
    const auto used = entry->last_write_time(gone);
    if (!gone && used < oldest) std::filesystem::remove_all(entry->path(), gone);
  }
}

Result<std::filesystem::path> PackBlobs::materialise(const Hash& hash) {
  TRY(Locator locator, locate(hash));
  std::filesystem::path path, copy;
  {
    const std::lock_guard lock(work_mutex_);
    TRY(const std::filesystem::path work, work_folder());
    path = copy = work / hash;
    copy += ".copy-" + std::to_string(++copies_);
  }
  std::error_code missing;
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now(), missing);  // it is in use
  if (!missing) return path;
  forget_old_copies(path.parent_path());
  TRY(const std::unique_ptr<File> pack, open_pack_of(hash, locator));
  TRY(const std::unique_ptr<File> out, disk_.open(copy, Disk::Mode::Write));
  Hasher hasher;
  std::uint64_t written = 0;
  const auto write = [&](std::span<const std::uint8_t> piece) {
    hasher.update(piece);
    Status status = out->write_at(written, piece);
    written += piece.size();
    return status;
  };
  Status copied = read_pieces(*pack, locator.payload(), locator.length, write);
  if (copied.ok() && hash_of_digest(hasher.digest()) != hash)
    copied = Error{ErrorCode::Integrity, "original " + hash + " in " + pack_path(folders_.packs, locator.pack).string() +
                                             " does not match its hash; run 'chartscan verify' and restore the pack from a backup"};
  // The name appears when the bytes are complete; whoever comes second replaces them by the same.
  if (copied.ok() && ::rename(copy.c_str(), path.c_str()) != 0) copied = disk_error("cannot make", path, errno);
  if (!copied.ok()) {
    ::unlink(copy.c_str());
    return std::move(copied).error();
  }
  return path;
}

Status PackBlobs::clear_work() {
  const std::lock_guard lock(work_mutex_);
  const std::filesystem::path& work = folders_.work.empty() ? temporary_ : folders_.work;
  if (work.empty()) return {};
  std::error_code error;
  std::filesystem::directory_iterator entry(work, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::filesystem::remove_all(entry->path(), error);
    if (error) break;
  }
  if (error) return disk_error("cannot clear", work, error.value());
  return {};
}

}  // namespace chartscan::storage
