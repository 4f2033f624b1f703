#include "storage/pack_check.h"

#include <algorithm>
#include <map>

#include "storage/bytes.h"
#include "storage/hasher.h"
#include "storage/keys.h"

namespace chartscan::storage {

std::string located_value(const RecordHeader& record) {
  std::string value = record.digest;
  put_be(value, record.length);
  return value;
}

namespace {

using Report = std::function<void(const std::string&)>;

std::optional<RecordHeader> decode_located(std::string_view value) {
  RecordHeader record;
  if (value.size() != kDigestSize + sizeof record.length) return std::nullopt;
  record.digest = value.substr(0, kDigestSize);
  value.remove_prefix(kDigestSize);
  take_be(value, record.length);
  return record;
}

// One pack: its located records in order.
class PackCheck {
 public:
  PackCheck(std::string name, const File& file, std::uint64_t size, const Report& report)
      : name_(std::move(name)), file_(file), size_(size), report_(report) {}

  void record(const Located& located) {
    if (located.offset < end_) fault(located.offset, "records overlap");
    if (located.offset > end_) between(located.offset);
    check_bytes(located);
    end_ = std::max(end_, located.end());
  }

 private:
  // Whole records that nothing names may stand between two that are named, and nothing else.
  void between(std::uint64_t next) {
    while (end_ < next) {
      const Result<std::optional<RecordHeader>> orphan = read_header(file_, end_, next);
      if (!orphan.ok()) return fault(end_, orphan.error().message);
      if (!*orphan) return fault(end_, "bytes that are no record before the record at " + std::to_string(next));
      end_ += kRecordHeaderSize + (*orphan)->length;
    }
  }

  void check_bytes(const Located& located) {
    const std::string original = "original " + *hash_of_digest(located.record.digest);
    const std::uint64_t room = located.offset < size_ ? size_ - located.offset : 0;
    if (room < kRecordHeaderSize || room - kRecordHeaderSize < located.record.length)
      return fault(located.offset, original + " lies behind the end of the pack");
    const Result<std::optional<RecordHeader>> header = read_header(file_, located.offset, size_);
    if (!header.ok()) return fault(located.offset, header.error().message);
    if (!*header || (*header)->digest != located.record.digest || (*header)->length != located.record.length)
      fault(located.offset, original + ": its record header is damaged");
    const Result<std::string> digest = digest_in(file_, located.offset + kRecordHeaderSize, located.record.length);
    if (!digest.ok()) return fault(located.offset, original + ": " + digest.error().message);
    if (*digest != located.record.digest) fault(located.offset, original + " does not match its hash");
  }

  void fault(std::uint64_t offset, const std::string& what) {
    report_(name_ + " at " + std::to_string(offset) + ": " + what + "; restore the pack from a backup");
  }

  const std::string name_;
  const File& file_;
  const std::uint64_t size_;
  const Report& report_;
  std::uint64_t end_ = 0;  // of what was looked at
};

// The numbers of all packs that records name, by jumping from one to the next.
Result<std::vector<std::uint32_t>> packs_named(const View& view) {
  std::vector<std::uint32_t> packs;
  std::optional<std::uint64_t> next = 0;
  while (next && *next <= 0xffffffffu) {
    const std::string from = keys::packed_in(static_cast<std::uint32_t>(*next));
    next.reset();
    TRY_STATUS(view.scan(Family::Blob, keys::kPacked, from, [&](std::string_view key, std::string_view) {
      std::uint32_t pack = 0;
      key.remove_prefix(keys::kPacked.size());
      if (take_be(key, pack)) {
        packs.push_back(pack);
        next = std::uint64_t{pack} + 1;
      }
      return false;
    }));
  }
  return packs;
}

Result<std::uint64_t> check_pack(const std::filesystem::path& path, std::uint32_t pack, const View& view, Disk& disk,
                                 const Report& report) {
  TRY(const std::vector<Located> located, located_in(view, pack, report));
  const std::string name = "packs/" + path.filename().string();
  const Result<std::unique_ptr<File>> file = disk.open(path, Disk::Mode::Read);
  if (!file.ok()) {
    report(name + ": " + std::to_string(located.size()) + " originals cannot be read: " + file.error().message);
    return std::uint64_t{0};
  }
  TRY(const std::uint64_t size, (*file)->size());
  PackCheck check(name, **file, size, report);
  for (const Located& record : located) check.record(record);
  return located.size();
}

// Both ways to a blob must lead to the same place.
Status check_rows(const View& view, const Report& report) {
  std::uint64_t named = 0, placed = 0;
  Status outcome;
  TRY_STATUS(view.scan(Family::Blob, keys::kBlobs, [&](std::string_view key, std::string_view value) {
    ++named;
    const std::optional<Hash> hash = keys::hash_of_blob(key);
    const Result<Locator> locator = decode_locator(value);
    if (!hash || !locator.ok()) return report("the place of original " + hash.value_or("?") + " is damaged; restore the archive"), true;
    const Result<std::optional<std::string>> place = view.get(Family::Blob, keys::packed(locator->pack, locator->offset));
    if (!place.ok()) return outcome = place.error(), false;
    if (!*place || **place != located_value({*digest_of(*hash), locator->length}))
      report("the place of original " + *hash + " is not the one its pack is known by; restore the archive from a backup");
    return true;
  }));
  TRY_STATUS(outcome);
  TRY_STATUS(view.scan(Family::Blob, keys::kPacked, [&](std::string_view, std::string_view) { return ++placed, true; }));
  if (named != placed)
    report(std::to_string(placed) + " places in packs for " + std::to_string(named) + " originals; restore the archive from a backup");
  return {};
}

}  // namespace

Result<std::vector<Located>> located_in(const View& view, std::uint32_t pack, const Report& report) {
  std::vector<Located> all;
  TRY_STATUS(view.scan(Family::Blob, keys::packed_in(pack), [&](std::string_view key, std::string_view value) {
    const std::optional<keys::PackPlace> place = keys::place_of(key);
    std::optional<RecordHeader> record = decode_located(value);
    if (place && record) all.push_back({place->offset, std::move(*record)});
    else report("a place in pack " + std::to_string(pack) + " is damaged in the archive's records; restore the archive from a backup");
    return true;
  }));
  return all;
}

Result<std::uint64_t> end_of_located(const View& view, std::uint32_t pack) {
  TRY(const std::optional<std::string> last, view.last(Family::Blob, keys::packed_in(pack)));
  if (!last) return std::uint64_t{0};
  TRY(const std::optional<std::string> value, view.get(Family::Blob, *last));
  const std::optional<keys::PackPlace> place = keys::place_of(*last);
  const std::optional<RecordHeader> record = value ? decode_located(*value) : std::nullopt;
  if (!place || !record)
    return Error{ErrorCode::Integrity, "the last place in pack " + std::to_string(pack) +
                                           " is damaged in the archive's records; restore the archive from a backup"};
  return place->offset + kRecordHeaderSize + record->length;
}

Result<std::uint64_t> check_packs(const std::filesystem::path& folder, const View& view, Disk& disk, const Report& report) {
  TRY_STATUS(check_rows(view, report));
  std::uint64_t read = 0;
  TRY(const std::vector<std::uint32_t> packs, packs_named(view));
  for (const std::uint32_t pack : packs) {
    TRY(const std::uint64_t count, check_pack(pack_path(folder, pack), pack, view, disk, report));
    read += count;
  }
  return read;
}

}  // namespace chartscan::storage
