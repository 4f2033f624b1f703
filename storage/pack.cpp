#include "storage/pack.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "storage/bytes.h"
#include "storage/hasher.h"

namespace chartscan::storage {
namespace {

constexpr std::string_view kMagic = "CSPK";
constexpr std::uint16_t kPackVersion = 1;
constexpr std::size_t kReserved = 12;
constexpr std::size_t kPiece = 1 << 20;  // bytes in memory at a time, whatever the size of a blob
constexpr char kLocatorVersion = 1;
constexpr std::string_view kSuffix = ".pack";

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0x82f63b78u : 0u);
  }
  return table;
}

}  // namespace

// Table-driven: it runs over 60 bytes a record; the payload has its SHA-256.
std::uint32_t crc32c(std::string_view bytes) {
  static constexpr auto kTable = make_crc_table();
  std::uint32_t crc = ~0u;
  for (const char c : bytes) crc = crc >> 8 ^ kTable[(crc ^ static_cast<std::uint8_t>(c)) & 0xff];
  return ~crc;
}

std::string encode(const RecordHeader& header) {
  std::string bytes(kMagic);
  put_be(bytes, kPackVersion);
  put_be(bytes, std::uint16_t{0});
  put_be(bytes, header.length);
  bytes += header.digest;
  bytes.append(kReserved, '\0');
  put_be(bytes, crc32c(bytes));
  return bytes;
}

std::optional<RecordHeader> decode_record_header(std::string_view bytes) {
  if (bytes.size() != kRecordHeaderSize || !bytes.starts_with(kMagic)) return std::nullopt;
  std::string_view rest = bytes.substr(kMagic.size()), end = bytes.substr(kRecordHeaderSize - 4);
  std::uint16_t version = 0, flags = 0;
  std::uint32_t crc = 0;
  RecordHeader header;
  take_be(end, crc);
  if (crc != crc32c(bytes.substr(0, kRecordHeaderSize - 4))) return std::nullopt;
  if (!take_be(rest, version) || version != kPackVersion || !take_be(rest, flags) || !take_be(rest, header.length)) return std::nullopt;
  header.digest = rest.substr(0, kDigestSize);
  return header;
}

std::string encode(const Locator& locator) {
  std::string bytes(1, kLocatorVersion);
  put_be(bytes, locator.pack);
  put_be(bytes, locator.offset);
  put_be(bytes, locator.length);
  return bytes;
}

Result<Locator> decode_locator(std::string_view bytes) {
  Locator locator;
  const bool known = !bytes.empty() && bytes.front() == kLocatorVersion;
  if (known) bytes.remove_prefix(1);
  if (known && take_be(bytes, locator.pack) && take_be(bytes, locator.offset) && take_be(bytes, locator.length) && bytes.empty())
    return locator;
  return Error{ErrorCode::Integrity,
               "the stored place of an original is damaged; run 'chartscan verify' and restore the archive from a backup"};
}

std::filesystem::path pack_path(const std::filesystem::path& folder, std::uint32_t pack) {
  char name[24];
  std::snprintf(name, sizeof name, "%08u", pack);
  return folder / (std::string(name).append(kSuffix));
}

Result<std::vector<std::uint32_t>> packs_in(const std::filesystem::path& folder) {
  std::vector<std::uint32_t> packs;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::uint32_t pack = 0;
    const auto [stop, parsed] = std::from_chars(name.data(), name.data() + name.size(), pack);
    if (parsed == std::errc{} && std::string_view(stop) == kSuffix) packs.push_back(pack);
  }
  if (error) return disk_error("cannot list", folder, error.value());
  std::sort(packs.begin(), packs.end());
  return packs;
}

Result<std::optional<RecordHeader>> read_header(const File& file, std::uint64_t offset, std::uint64_t size) {
  if (offset > size || size - offset < kRecordHeaderSize) return std::optional<RecordHeader>();
  std::string bytes(kRecordHeaderSize, '\0');
  TRY(const std::size_t count, file.read_at(offset, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}));
  bytes.resize(count);
  std::optional<RecordHeader> header = decode_record_header(bytes);
  if (header && header->length > size - offset - kRecordHeaderSize) header.reset();
  return header;
}

Status read_pieces(const File& file, std::uint64_t offset, std::uint64_t length,
                   const std::function<Status(std::span<const std::uint8_t>)>& visit) {
  std::vector<std::uint8_t> buffer(std::min<std::uint64_t>(length, kPiece));
  while (length > 0) {
    const std::span<std::uint8_t> piece(buffer.data(), std::min<std::uint64_t>(length, kPiece));
    TRY(const std::size_t count, file.read_at(offset, piece));
    if (count < piece.size())
      return Error{ErrorCode::Integrity, "the pack ends in the middle of an original; restore the pack from a backup"};
    TRY_STATUS(visit(piece));
    offset += count;
    length -= count;
  }
  return {};
}

Result<std::string> digest_in(const File& file, std::uint64_t offset, std::uint64_t length) {
  Hasher hasher;
  const auto hash = [&](std::span<const std::uint8_t> piece) { return hasher.update(piece), Status(); };
  TRY_STATUS(read_pieces(file, offset, length, hash));
  return hasher.digest();
}

}  // namespace chartscan::storage
