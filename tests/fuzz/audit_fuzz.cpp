// The audit trail's readers: records, frames, headers, heads. Whatever the bytes are, reading returns, and a record that is accepted can be
// written and read again.
#include <cstdlib>

#include "storage/audit_head.h"
#include "storage/audit_record.h"
#include "storage/audit_segment.h"
#include "storage/audit_trail.h"

namespace {

// The bytes as a file.
class Bytes final : public chartscan::storage::File {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  chartscan::Result<std::uint64_t> size() const override { return std::uint64_t{bytes_.size()}; }
  chartscan::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    if (offset >= bytes_.size()) return std::size_t{0};
    return bytes_.substr(offset).copy(reinterpret_cast<char*>(out.data()), out.size());
  }
  chartscan::Status write_at(std::uint64_t, std::span<const std::uint8_t>) override { std::abort(); }
  chartscan::Status truncate(std::uint64_t) override { std::abort(); }
  chartscan::Status sync() override { std::abort(); }

 private:
  std::string_view bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chartscan::storage;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto record = decode_audit_record(bytes)) {
    const auto again = decode_audit_record(encode(*record));
    if (!again || encode(*again) != encode(*record)) std::abort();
    (void)utc_text(record->time_ms);
  }
  (void)number_of_audit_record(bytes);
  (void)parse_utc(bytes);
  (void)parse_audit_anchor(bytes);
  (void)decode_segment_header(bytes);
  (void)decode_audit_head(bytes);
  const Bytes file(bytes);
  (void)read_head(file);
  FrameReader frames(file, 0, size, 16);
  for (std::uint64_t at = 0;; at = frames.at()) {
    const auto frame = frames.next();
    if (!frame || !*frame) break;
    if (frames.at() <= at || frames.at() > size) std::abort();
  }
  return 0;
}
