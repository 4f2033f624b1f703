#include "storage/audit_index.h"

#include <algorithm>
#include <cstdio>
#include <mutex>

#include "storage/audit_segment.h"
#include "storage/bytes.h"

namespace chartscan::storage {
namespace {

constexpr std::string_view kMagic = "CSAI";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderSize = 88;
constexpr std::size_t kOffsetSize = 4, kPlaceSize = 4, kKeySize = 16;

// FNV-1a, 64 bits, with a last mixing step (MurmurHash3's): on disk, so it stays.
std::uint64_t hash_of(char kind, std::string_view value) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto take = [&](char c) { hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL; };
  take(kind);
  for (const char c : value) take(c);
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdULL;
  return hash ^ hash >> 33;
}

std::vector<std::uint64_t> keys_of(const AuditRecord& record) {
  std::vector<std::uint64_t> keys;
  for (const std::string& mrn : record.mrns) keys.push_back(audit_key(AuditKey::Mrn, mrn));
  if (!record.user.empty()) keys.push_back(audit_key(AuditKey::User, record.user));
  if (record.page) keys.push_back(audit_key(AuditKey::Page, record.page.value));
  if (record.document) keys.push_back(audit_key(AuditKey::Document, record.document.value));
  if (record.batch) keys.push_back(audit_key(AuditKey::Batch, record.batch.value));
  keys.push_back(audit_key(AuditKey::Action, static_cast<std::uint64_t>(record.action)));
  return keys;
}

template <typename Unsigned>
Unsigned number_at(std::string_view bytes, std::size_t at) {
  bytes.remove_prefix(at);
  Unsigned value = 0;
  take_be(bytes, value);
  return value;
}

Error damaged() {
  return {ErrorCode::Integrity, "an index of the audit trail is damaged; delete the files trail-*.idx in the archive's folder 'audit': they are made anew", {}};
}

}  // namespace

std::uint64_t audit_key(AuditKey kind, std::string_view value) { return hash_of(static_cast<char>(kind), value); }

std::uint64_t audit_key(AuditKey kind, std::uint64_t value) {
  std::string bytes;
  put_be(bytes, value);
  return audit_key(kind, bytes);
}

OpenIndex::OpenIndex(std::uint64_t first_number) : first_(first_number), read_to_(kSegmentHeaderSize), end_(kSegmentHeaderSize) {}

Status OpenIndex::read(const File& segment, std::uint64_t end) {
  const std::unique_lock lock(mutex_);
  if (read_to_ < end_ || end <= end_) return {};  // it was damaged there, or is read already
  FrameReader frames(segment, read_to_, end);
  for (;;) {
    TRY(const std::optional<Frame> frame, frames.next());
    if (!frame) break;
    if (const std::optional<AuditRecord> record = decode_audit_record(frame->payload)) add(*record, frame->offset);
  }
  read_to_ = frames.at();
  end_ = end;
  return {};
}

void OpenIndex::add(const AuditRecord& record, std::uint64_t offset) {
  const auto place = static_cast<std::uint32_t>(offsets_.size());
  offsets_.push_back(static_cast<std::uint32_t>(offset));
  earliest_ = std::min(earliest_, record.time_ms);
  latest_ = std::max(latest_, record.time_ms);
  for (const std::uint64_t key : keys_of(record)) {
    std::uint32_t& newest = newest_[key];
    if (newest != 0 && places_[newest - 1].place == place) continue;
    places_.push_back({place, newest});
    newest = static_cast<std::uint32_t>(places_.size());
  }
}

std::uint32_t OpenIndex::records() const {
  const std::shared_lock lock(mutex_);
  return static_cast<std::uint32_t>(offsets_.size());
}

std::int64_t OpenIndex::earliest_ms() const {
  const std::shared_lock lock(mutex_);
  return earliest_;
}

std::int64_t OpenIndex::latest_ms() const {
  const std::shared_lock lock(mutex_);
  return latest_;
}

bool OpenIndex::whole() const {
  const std::shared_lock lock(mutex_);
  return read_to_ == end_;
}

Result<std::uint64_t> OpenIndex::offset(std::uint32_t place) const {
  const std::shared_lock lock(mutex_);
  return std::uint64_t{offsets_.at(place)};
}

Result<std::vector<std::uint32_t>> OpenIndex::places(std::uint64_t key) const {
  const std::shared_lock lock(mutex_);
  const auto found = newest_.find(key);
  return found == newest_.end() ? std::vector<std::uint32_t>() : places_of(found->second);
}

std::vector<std::uint32_t> OpenIndex::places_of(std::uint32_t newest) const {
  std::vector<std::uint32_t> places;
  for (std::uint32_t at = newest; at != 0; at = places_[at - 1].before) places.push_back(places_[at - 1].place);
  std::ranges::reverse(places);
  return places;
}

std::string OpenIndex::encode(std::string_view header_hash) const {
  const std::shared_lock lock(mutex_);
  std::string out(kMagic);
  put_be(out, kVersion);
  out += header_hash;
  put_be(out, end_);
  put_be(out, first_);
  put_be(out, static_cast<std::uint64_t>(earliest_));
  put_be(out, static_cast<std::uint64_t>(latest_));
  put_be(out, read_to_);
  put_be(out, static_cast<std::uint32_t>(offsets_.size()));
  put_be(out, static_cast<std::uint32_t>(newest_.size()));
  for (const std::uint32_t offset : offsets_) put_be(out, offset);
  std::vector<std::uint64_t> keys;
  for (const auto& [key, newest] : newest_) keys.push_back(key);
  std::ranges::sort(keys);
  std::string all;
  for (const std::uint64_t key : keys) {
    const std::vector<std::uint32_t> places = places_of(newest_.at(key));
    put_be(out, key);
    put_be(out, static_cast<std::uint32_t>(all.size() / kPlaceSize));
    put_be(out, static_cast<std::uint32_t>(places.size()));
    for (const std::uint32_t place : places) put_be(all, place);
  }
  return out + all;
}

Result<std::unique_ptr<ClosedIndex>> ClosedIndex::open(const std::filesystem::path& path, std::string_view header_hash, std::uint64_t end) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::unique_ptr<ClosedIndex>();
  std::unique_ptr<ClosedIndex> index(new ClosedIndex);
  TRY(index->file_, Disk::real().open(path, Disk::Mode::Read));
  TRY(index->size_, index->file_->size());
  if (index->size_ < kHeaderSize) return std::unique_ptr<ClosedIndex>();
  TRY(const std::string header, index->read(0, kHeaderSize));
  const bool ours = header.starts_with(kMagic) && number_at<std::uint32_t>(header, 4) == kVersion &&
                    std::string_view(header).substr(8, kDigestSize) == header_hash && number_at<std::uint64_t>(header, 40) == end;
  index->earliest_ = static_cast<std::int64_t>(number_at<std::uint64_t>(header, 56));
  index->latest_ = static_cast<std::int64_t>(number_at<std::uint64_t>(header, 64));
  index->records_ = number_at<std::uint32_t>(header, 80);
  index->keys_ = number_at<std::uint32_t>(header, 84);
  index->whole_ = number_at<std::uint64_t>(header, 72) == end;
  const std::uint64_t least = kHeaderSize + std::uint64_t{kOffsetSize} * index->records_ + std::uint64_t{kKeySize} * index->keys_;
  if (!ours || index->size_ < least) return std::unique_ptr<ClosedIndex>();
  return index;
}

Result<std::string> ClosedIndex::read(std::uint64_t at, std::size_t size) const {
  if (at > size_ || size > size_ - at) return damaged();
  std::string bytes(size, '\0');
  TRY(const std::size_t count, file_->read_at(at, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}));
  if (count != size) return damaged();
  return bytes;
}

Result<std::vector<std::uint32_t>> ClosedIndex::places(std::uint64_t key) const {
  const std::uint64_t table = kHeaderSize + std::uint64_t{kOffsetSize} * records_, all = table + std::uint64_t{kKeySize} * keys_;
  std::uint32_t low = 0, high = keys_;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    TRY(const std::string entry, read(table + std::uint64_t{kKeySize} * middle, kKeySize));
    const auto found = number_at<std::uint64_t>(entry, 0);
    if (found < key) low = middle + 1;
    else if (found > key) high = middle;
    else {
      const auto first = number_at<std::uint32_t>(entry, 8), count = number_at<std::uint32_t>(entry, 12);
      if (count > records_) return damaged();
      TRY(const std::string bytes, read(all + std::uint64_t{kPlaceSize} * first, std::size_t{kPlaceSize} * count));
      std::vector<std::uint32_t> places;
      places.reserve(count);
      for (std::size_t at = 0; at < bytes.size(); at += kPlaceSize) places.push_back(number_at<std::uint32_t>(bytes, at));
      return places;
    }
  }
  return std::vector<std::uint32_t>();
}

Result<std::uint64_t> ClosedIndex::offset(std::uint32_t place) const {
  if (place >= records_) return damaged();
  TRY(const std::string bytes, read(kHeaderSize + std::uint64_t{kOffsetSize} * place, kOffsetSize));
  return std::uint64_t{number_at<std::uint32_t>(bytes, 0)};
}

std::string index_name(std::uint32_t segment) {
  char name[32];
  std::snprintf(name, sizeof name, "trail-%06u.idx", segment);
  return name;
}

}  // namespace chartscan::storage
