#include "storage/audit_head.h"

#include "storage/audit_segment.h"
#include "storage/bytes.h"

namespace chartscan::storage {
namespace {

constexpr std::string_view kMagic = "CSAH";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHashed = kHeadSlot - kDigestSize;

std::span<const std::uint8_t> bytes_of(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

}  // namespace

std::string encode(const AuditHead& head) {
  std::string out(kMagic);
  put_be(out, kVersion);
  put_be(out, std::uint16_t{0});
  put_be(out, head.turn);
  put_be(out, head.number);
  put_be(out, static_cast<std::uint64_t>(head.time_ms));
  out += head.hash;
  out += head.trail_id;
  put_be(out, head.segment);
  put_be(out, std::uint32_t{0});
  put_be(out, head.end);
  out.resize(kHashed, '\0');
  return out + ChainHasher().hash({out});
}

std::optional<AuditHead> decode_audit_head(std::string_view slot) {
  if (slot.size() != kHeadSlot || !slot.starts_with(kMagic)) return std::nullopt;
  AuditHead head;
  std::uint64_t time = 0;
  std::uint32_t zero = 0;
  std::string_view in = slot.substr(kMagic.size() + 4);
  take_be(in, head.turn), take_be(in, head.number), take_be(in, time);
  head.time_ms = static_cast<std::int64_t>(time);
  head.hash = in.substr(0, kDigestSize);
  head.trail_id = in.substr(kDigestSize, kTrailIdSize);
  in.remove_prefix(kDigestSize + kTrailIdSize);
  take_be(in, head.segment), take_be(in, zero), take_be(in, head.end);
  if (head.turn == 0 || head.segment == 0 || encode(head) != slot) return std::nullopt;
  return head;
}

Result<HeadFile> read_head(const File& file) {
  std::string bytes(kHeadSize + 1, '\0');
  TRY(const std::size_t count, file.read_at(0, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}));
  HeadFile found;
  found.whole = count == kHeadSize;
  for (std::size_t slot = 0; slot < 2; ++slot) {
    const std::optional<AuditHead> head = decode_audit_head(std::string_view(bytes).substr(slot * kHeadSlot, kHeadSlot));
    if (!head || head->turn % 2 != slot) found.whole = false;
    else if (!found.newest || head->turn > found.newest->turn) found.newest = head;
  }
  return found;
}

Status write_head(File& file, const AuditHead& head) { return file.write_at(head.turn % 2 * kHeadSlot, bytes_of(encode(head))); }

Status begin_head(File& file, const AuditHead& head) {
  TRY_STATUS(file.truncate(0));
  AuditHead older = head;
  --older.turn;
  for (const AuditHead& slot : {older, head}) TRY_STATUS(write_head(file, slot));
  return file.sync();
}

}  // namespace chartscan::storage
