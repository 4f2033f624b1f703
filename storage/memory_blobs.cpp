#include "storage/memory_blobs.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>

#include "storage/archive.h"
#include "storage/keys.h"

namespace chartscan::storage {
namespace {

class MemoryReader final : public BlobReader {
 public:
  explicit MemoryReader(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_->size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    if (offset >= bytes_->size()) return std::size_t{0};
    const std::size_t count = std::min<std::size_t>(out.size(), bytes_->size() - offset);
    std::memcpy(out.data(), bytes_->data() + offset, count);
    return count;
  }

 private:
  std::shared_ptr<const std::string> bytes_;
};

Result<std::filesystem::path> make_temporary_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "chartscan-work-XXXXXX").string();
  if (!mkdtemp(name.data())) return Error{ErrorCode::Storage, "cannot make a folder in " + name + ": " + std::strerror(errno)};
  return std::filesystem::path(name);
}

}  // namespace

MemoryBlobs::MemoryBlobs(Store& store) : store_(store) {}

MemoryBlobs::~MemoryBlobs() {
  std::error_code ignored;
  if (!work_.empty()) std::filesystem::remove_all(work_, ignored);
}

Result<StoredBlob> MemoryBlobs::put(const ByteSource& source, WriteBatch& change) {
  std::string bytes;
  std::string buffer(1 << 16, '\0');
  for (;;) {
    TRY(const std::size_t count, source({reinterpret_cast<std::uint8_t*>(buffer.data()), buffer.size()}));
    if (count == 0) break;
    bytes.append(buffer, 0, count);
  }
  StoredBlob stored{sha256(bytes), bytes.size()};
  TRY(stored.already_there, is_known(stored.hash));
  if (stored.already_there) return stored;
  change.put(Family::Blob, *keys::blob(stored.hash), {});
  const std::lock_guard lock(mutex_);
  blobs_[stored.hash] = std::make_shared<const std::string>(std::move(bytes));
  return stored;
}

Result<bool> MemoryBlobs::is_known(const Hash& hash) {
  const std::optional<std::string> key = keys::blob(hash);
  if (!key) return false;
  TRY(const auto view, store_.view());
  TRY(const auto row, view->get(Family::Blob, *key));
  return row.has_value();
}

Result<MemoryBlobs::Bytes> MemoryBlobs::find(const Hash& hash) {
  TRY(const bool known, is_known(hash));
  const std::lock_guard lock(mutex_);
  const auto found = blobs_.find(hash);
  if (!known || found == blobs_.end()) return Error{ErrorCode::NotFound, "no original " + hash + " in this archive; check the hash"};
  return found->second;
}

Result<std::unique_ptr<BlobReader>> MemoryBlobs::open(const Hash& hash) {
  TRY(Bytes bytes, find(hash));
  return std::unique_ptr<BlobReader>(std::make_unique<MemoryReader>(std::move(bytes)));
}

Result<std::filesystem::path> MemoryBlobs::materialise(const Hash& hash) {
  TRY(const Bytes bytes, find(hash));
  const std::lock_guard lock(mutex_);
  if (work_.empty()) {
    TRY(work_, make_temporary_folder());
  }
  const std::filesystem::path path = work_ / hash;
  if (std::filesystem::exists(path)) return path;
  std::ofstream out(path, std::ios::binary);
  out.write(bytes->data(), static_cast<std::streamsize>(bytes->size()));
  if (!out.flush()) return Error{ErrorCode::Storage, "cannot write " + path.string() + ": " + std::strerror(errno)};
  return path;
}

Status MemoryBlobs::clear_work() {
  const std::lock_guard lock(mutex_);
  std::error_code error;
  if (!work_.empty()) std::filesystem::remove_all(std::exchange(work_, {}), error);
  if (error) return Error{ErrorCode::Storage, "cannot clear the work folder: " + error.message()};
  return {};
}

Result<std::uint64_t> MemoryBlobs::verify(const std::function<void(const std::string&)>& report) {
  const std::lock_guard lock(mutex_);
  for (const auto& [hash, bytes] : blobs_)
    if (sha256(*bytes) != hash) report("original " + hash + " does not match its hash");
  return static_cast<std::uint64_t>(blobs_.size());
}

}  // namespace chartscan::storage
