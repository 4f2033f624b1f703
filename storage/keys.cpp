#include "storage/keys.h"

#include "storage/bytes.h"
#include "storage/hasher.h"

namespace chartscan::storage::keys {
namespace {

// The text, after its length: what follows can never be taken for a part of it.
void put_text(std::string& key, std::string_view text) {
  put_be(key, static_cast<std::uint32_t>(text.size()));
  key += text;
}

std::string number(std::uint64_t value) {
  std::string key;
  put_be(key, value);
  return key;
}

template <typename IdType>
std::optional<IdType> last_number(std::string_view key, std::size_t size) {
  if (key.size() != size || size < 8) return std::nullopt;
  key.remove_prefix(size - 8);
  IdType id;
  take_be(key, id.value);
  return id;
}

constexpr std::size_t kNumber = 8;

}  // namespace

std::string batch(BatchId id) { return number(id.value); }
std::string page(PageId id) { return std::string(kPages) + number(id.value); }
std::string batch_pages(BatchId batch) { return std::string(kAllBatchPages) + number(batch.value); }
std::string batch_page(BatchId batch, PageId page) { return batch_pages(batch) + number(page.value); }
std::string journal(BatchId batch) { return "j" + number(batch.value); }
std::string journal_line(BatchId batch, int number) {
  std::string key = journal(batch);
  put_be(key, static_cast<std::uint32_t>(number));
  return key;
}
std::string linking(std::string_view name) { return std::string("l").append(name); }
std::string chart_merge(int number) {
  std::string key(kChartMerges);
  put_be(key, static_cast<std::uint32_t>(number));
  return key;
}
std::string feed_line(std::int64_t line) { return std::string(kFeedLines) + number(static_cast<std::uint64_t>(line)); }
std::string saved_searches(std::string_view user) { return std::string("s").append(user); }
std::string waiting(DocumentId id) { return std::string(kWaiting) + number(id.value); }
std::string user(std::string_view name) { return std::string(kUsers).append(name); }
std::string api_token(std::string_view id) { return std::string(kApiTokens).append(id); }
std::string glass_break(std::int64_t which) { return std::string(kGlassBreaks) + number(static_cast<std::uint64_t>(which)); }
std::string text(PageId id) { return number(id.value); }
std::string document(DocumentId id) { return number(id.value); }

std::string chart(const std::string& mrn) {
  std::string key;
  put_text(key, mrn);
  return key;
}

std::string chart_document(const std::string& mrn, DocumentId document) { return chart(mrn) + number(document.value); }

std::string patient(std::string_view mrn) { return std::string(kPatients).append(mrn); }

std::string patient_blocks(char kind, std::string_view value) {
  std::string key{'b', kind};
  put_text(key, value);
  return key;
}

std::string patient_block(char kind, std::string_view value, std::string_view mrn) { return patient_blocks(kind, value).append(mrn); }

std::optional<std::string> mrn_of_patient_block(std::string_view key) {
  std::uint32_t length = 0;
  if (key.size() < 2 || key[0] != 'b') return std::nullopt;
  key.remove_prefix(2);
  if (!take_be(key, length) || key.size() < length) return std::nullopt;
  return std::string(key.substr(length));
}

std::string encounters(std::string_view mrn) {
  std::string key("e");
  put_text(key, mrn);
  return key;
}

std::string encounter(std::string_view mrn, std::string_view visit) { return encounters(mrn).append(visit); }

std::string patient_alias(std::string_view mrn) { return std::string(kPatientAliases).append(mrn); }

std::optional<std::string> blob(const Hash& hash) {
  const std::optional<std::string> digest = digest_of(hash);
  if (!digest) return std::nullopt;
  return std::string(kBlobs) + *digest;
}

std::string packed_in(std::uint32_t pack) {
  std::string key(kPacked);
  put_be(key, pack);
  return key;
}

std::string packed(std::uint32_t pack, std::uint64_t offset) { return packed_in(pack) + number(offset); }

std::optional<BatchId> batch_of(std::string_view key) { return last_number<BatchId>(key, kNumber); }
std::optional<PageId> page_of(std::string_view key) { return last_number<PageId>(key, 1 + kNumber); }
std::optional<PageId> page_of_batch(std::string_view key) { return last_number<PageId>(key, 1 + 2 * kNumber); }
std::optional<BatchId> batch_of_page(std::string_view key) {
  if (key.size() != 1 + 2 * kNumber) return std::nullopt;
  return last_number<BatchId>(key.substr(0, 1 + kNumber), 1 + kNumber);
}
std::optional<PageId> page_of_text(std::string_view key) { return last_number<PageId>(key, kNumber); }
std::optional<DocumentId> document_of(std::string_view key) { return last_number<DocumentId>(key, kNumber); }

std::optional<DocumentId> document_of_chart(std::string_view key) {
  std::string_view rest = key;
  std::uint32_t length = 0;
  if (!take_be(rest, length) || rest.size() != length + kNumber) return std::nullopt;
  return last_number<DocumentId>(key, key.size());
}

std::optional<DocumentId> document_of_waiting(std::string_view key) { return last_number<DocumentId>(key, kWaiting.size() + kNumber); }

std::optional<int> number_of_chart_merge(std::string_view key) {
  std::uint32_t number = 0;
  if (!key.starts_with(kChartMerges)) return std::nullopt;
  key.remove_prefix(kChartMerges.size());
  if (!take_be(key, number) || !key.empty() || number > 0x7fffffff) return std::nullopt;
  return static_cast<int>(number);
}

namespace {
std::optional<std::int64_t> number_behind(std::string_view prefix, std::string_view key) {
  std::uint64_t number = 0;
  if (!key.starts_with(prefix)) return std::nullopt;
  key.remove_prefix(prefix.size());
  if (!take_be(key, number) || !key.empty() || number > 0x7fffffffffffffff) return std::nullopt;
  return static_cast<std::int64_t>(number);
}
}  // namespace

std::optional<std::int64_t> number_of_feed_line(std::string_view key) { return number_behind(kFeedLines, key); }
std::optional<std::int64_t> number_of_glass_break(std::string_view key) { return number_behind(kGlassBreaks, key); }

std::optional<Hash> hash_of_blob(std::string_view key) {
  if (!key.starts_with(kBlobs)) return std::nullopt;
  return hash_of_digest(key.substr(kBlobs.size()));
}

std::optional<PackPlace> place_of(std::string_view key) {
  PackPlace place;
  if (!key.starts_with(kPacked)) return std::nullopt;
  key.remove_prefix(kPacked.size());
  if (!take_be(key, place.pack) || !take_be(key, place.offset) || !key.empty()) return std::nullopt;
  return place;
}

}  // namespace chartscan::storage::keys
