#include "storage/audit_segment.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "core/log.h"
#include "storage/audit_record.h"
#include "storage/bytes.h"

namespace chartscan::storage {
namespace {

constexpr std::string_view kMagic = "CSAT";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHashed = kSegmentHeaderSize - kDigestSize;
constexpr std::string_view kTrailIdPrefix = "chartscan audit trail ";

// Fetched once: looking an algorithm up takes longer than a record's hash.
const EVP_MD* sha256_algorithm() {
  static EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kAlgorithm;
}

void must(bool done) {
  if (done) return;
  log::error("SHA-256 is not available from this OpenSSL; repair the installation of libssl3");
  std::abort();
}

std::string_view be32_of(std::uint32_t value, char (&room)[4]) {
  for (int i = 0; i < 4; ++i) room[i] = static_cast<char>(value >> (24 - 8 * i));
  return {room, sizeof room};
}

}  // namespace

ChainHasher::ChainHasher() : context_(EVP_MD_CTX_new()) { must(context_ != nullptr); }
ChainHasher::~ChainHasher() { EVP_MD_CTX_free(context_); }

std::string ChainHasher::hash(std::initializer_list<std::string_view> pieces) {
  must(EVP_DigestInit_ex2(context_, sha256_algorithm(), nullptr) == 1);
  for (const std::string_view piece : pieces) must(EVP_DigestUpdate(context_, piece.data(), piece.size()) == 1);
  std::string out(kDigestSize, '\0');
  must(EVP_DigestFinal_ex(context_, reinterpret_cast<unsigned char*>(out.data()), nullptr) == 1);
  return out;
}

std::string ChainHasher::link(std::string_view before, std::string_view payload) {
  char length[4];
  return hash({before, be32_of(static_cast<std::uint32_t>(payload.size()), length), payload});
}

std::string encode(const SegmentHeader& header) {
  std::string out(kMagic);
  put_be(out, kVersion);
  put_be(out, std::uint16_t{0});
  put_be(out, header.segment);
  put_be(out, std::uint32_t{0});
  put_be(out, header.first);
  put_be(out, static_cast<std::uint64_t>(header.made_ms));
  out += header.before;
  out += header.trail_id;
  out.resize(kHashed, '\0');
  return out + ChainHasher().hash({out});
}

std::optional<SegmentHeader> decode_segment_header(std::string_view bytes) {
  if (bytes.size() != kSegmentHeaderSize || !bytes.starts_with(kMagic)) return std::nullopt;
  SegmentHeader header;
  std::string_view in = bytes.substr(kMagic.size() + 4);
  std::uint32_t zero = 0;
  std::uint64_t made = 0;
  take_be(in, header.segment), take_be(in, zero), take_be(in, header.first), take_be(in, made);
  header.made_ms = static_cast<std::int64_t>(made);
  header.before = in.substr(0, kDigestSize);
  header.trail_id = in.substr(kDigestSize, kTrailIdSize);
  if (header.segment == 0 || header.first == 0 || encode(header) != bytes) return std::nullopt;
  return header;
}

std::string hash_of_trail_id(std::string_view trail_id) { return ChainHasher().hash({kTrailIdPrefix, trail_id}); }

std::string frame(std::string_view payload, std::string_view hash) {
  std::string out;
  out.reserve(payload.size() + kFrameOverhead);
  put_be(out, static_cast<std::uint32_t>(payload.size()));
  out += payload;
  out += hash;
  return out;
}

Result<std::optional<Frame>> FrameReader::next() {
  constexpr std::size_t kLength = 4;
  TRY_STATUS(fill(kLength));
  std::string_view in = std::string_view(buffer_).substr(at_ - buffer_at_);
  std::uint32_t length = 0;
  if (!take_be(in, length) || length == 0 || length > kMaxAuditPayload) return std::optional<Frame>();
  TRY_STATUS(fill(length + kFrameOverhead));
  in = std::string_view(buffer_).substr(at_ - buffer_at_);
  if (in.size() < length + kFrameOverhead) return std::optional<Frame>();
  Frame frame{at_, in.substr(kLength, length), in.substr(kLength + length, kDigestSize)};
  at_ = frame.end();
  return std::optional(frame);
}

Status FrameReader::fill(std::size_t wanted) {
  if (at_ >= buffer_at_ && at_ + wanted <= buffer_at_ + buffer_.size()) return {};
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(std::max(wanted, at_once_), end_ > at_ ? end_ - at_ : 0));
  buffer_.resize(size);
  buffer_at_ = at_;
  TRY(const std::size_t count, file_.read_at(at_, {reinterpret_cast<std::uint8_t*>(buffer_.data()), size}));
  buffer_.resize(count);
  return {};
}

std::string segment_name(std::uint32_t segment) {
  char name[32];
  std::snprintf(name, sizeof name, "trail-%06u.log", segment);
  return name;
}

std::optional<std::uint32_t> segment_of_name(std::string_view name) {
  constexpr std::string_view kBegin = "trail-", kEnd = ".log";
  if (!name.starts_with(kBegin) || !name.ends_with(kEnd) || name.size() <= kBegin.size() + kEnd.size()) return std::nullopt;
  const std::string_view digits = name.substr(kBegin.size(), name.size() - kBegin.size() - kEnd.size());
  std::uint32_t segment = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), segment);
  if (fault != std::errc{} || end != digits.data() + digits.size() || segment_name(segment) != name) return std::nullopt;
  return segment;
}

Result<std::vector<std::uint32_t>> segments_in(const std::filesystem::path& folder) {
  std::vector<std::uint32_t> segments;
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) return segments;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
    if (const auto segment = segment_of_name(entry->path().filename().string())) segments.push_back(*segment);
  if (error) return disk_error("cannot list", folder, error.value());
  std::ranges::sort(segments);
  return segments;
}

}  // namespace chartscan::storage
