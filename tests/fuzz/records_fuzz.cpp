// Stored records and pack headers: whatever the bytes are, decoding returns, and what it accepts can be encoded and read again.
#include <cstdlib>

#include "storage/codec.h"
#include "storage/pack.h"

namespace {

template <typename T>
void round_trip(std::string_view bytes, chartscan::Result<T> (*decode)(std::string_view)) {
  const chartscan::Result<T> record = decode(bytes);
  if (!record.ok()) return;
  const chartscan::Result<T> again = decode(chartscan::storage::encode(*record));
  if (!again.ok()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chartscan;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  round_trip<Batch>(bytes, storage::decode_batch);
  round_trip<Page>(bytes, storage::decode_page);
  round_trip<PageText>(bytes, storage::decode_text);
  round_trip<Document>(bytes, storage::decode_document);
  round_trip<Patient>(bytes, storage::decode_patient);
  round_trip<JournalLine>(bytes, storage::decode_journal_line);
  round_trip<User>(bytes, storage::decode_user);
  round_trip<ApiToken>(bytes, storage::decode_api_token);
  round_trip<GlassBreak>(bytes, storage::decode_glass_break);
  if (const auto row = storage::decode_page_row(bytes); row && !storage::decode_page_row(storage::encode(*row))) std::abort();
  (void)storage::decode_record_header(bytes);
  (void)storage::decode_locator(bytes);
  return 0;
}
