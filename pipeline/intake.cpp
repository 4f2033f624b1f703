#include "pipeline/intake.h"

#include <algorithm>
#include <map>

#include "storage/hasher.h"

namespace chartscan::pipeline {
namespace {

constexpr std::size_t kPieceBytes = 1 << 20;

using scan::Delivery;
using scan::End;
using scan::Fed;
using scan::Feeder;

storage::ByteSource source_of(const imaging::ByteReader& bytes) {
  return [&bytes, offset = std::uint64_t{0}](std::span<std::uint8_t> out) mutable -> Result<std::size_t> {
    TRY(const std::size_t got, bytes.read(offset, out));
    offset += got;
    return got;
  };
}

// One line of a batch's content: equal content, equal lines in equal order.
std::string content_line(const std::string& file, const std::string& what) { return file + '\t' + what + '\n'; }

Result<Hash> hash_of(const imaging::ByteReader& bytes) {
  std::vector<std::uint8_t> piece(kPieceBytes);
  storage::Hasher hasher;
  for (std::uint64_t offset = 0; offset < bytes.size;) {
    TRY(const std::size_t got, bytes.read(offset, piece));
    if (got == 0) break;
    hasher.update(std::span<const std::uint8_t>(piece.data(), got));
    offset += got;
  }
  return storage::hash_of_digest(hasher.digest()).value();
}

// What the source holds, in one hash, read without storing anything.
Result<Hash> content_of(Feeder& feeder) {
  std::string lines;
  while (true) {
    TRY(const Fed fed, feeder.next());
    if (const auto* delivery = std::get_if<Delivery>(&fed)) {
      TRY(const Hash hash, hash_of(delivery->bytes), delivery->file);
      lines += content_line(delivery->file, hash);
    } else if (const auto* refused = std::get_if<RefusedItem>(&fed)) {
      lines += content_line(refused->file, "refused");
    } else {
      return storage::sha256(lines);
    }
  }
}

}  // namespace

Intake::Intake(storage::Archive& archive, const IngestOptions& options, const Clock& clock, std::function<void(int)> on_stored)
    : archive_(archive), options_(options), clock_(clock), on_stored_(std::move(on_stored)) {}

// The batch to go on with: one of the same source that is still open, or one that holds exactly the same content.
Result<std::optional<Batch>> Intake::known_batch(const Feeder& feeder, const Reopen& reopen, bool& same_content) {
  TRY(const storage::Records records, archive_.read());
  TRY(const std::vector<Batch> batches, records.batches());
  same_content = false;
  std::vector<Batch> finished;
  for (const Batch& batch : batches) {
    if (batch.source != feeder.source()) continue;
    if (batch.state == BatchState::Open) return std::optional<Batch>(batch);
    finished.push_back(batch);
  }
  if (finished.empty()) return std::optional<Batch>();
  TRY(const std::unique_ptr<Feeder> twin, reopen());
  TRY(const Hash content, content_of(*twin));
  for (const Batch& batch : finished) {
    if (batch.content != content) continue;
    same_content = true;
    return std::optional<Batch>(batch);
  }
  return std::optional<Batch>();
}

Result<Batch> Intake::open_batch(const Feeder& feeder) {
  TRY(const storage::Records records, archive_.read());
  Batch batch;
  TRY(batch.id, records.next_batch());
  batch.name = options_.batch_name.empty() ? feeder.name() : options_.batch_name;
  batch.source = feeder.source();
  batch.device = "folder";
  batch.expected_pages = options_.expected_pages;
  batch.opened_at = clock_.unix_seconds();
  storage::Change change;
  change.put(batch);
  TRY_STATUS(archive_.commit(change), "batch " + batch.name);
  return batch;
}

Result<IntakeOutcome> Intake::take(Feeder& feeder, const Reopen& reopen) {
  bool same_content = false;
  TRY(std::optional<Batch> known, known_batch(feeder, reopen, same_content), feeder.source());
  if (known && same_content) return IntakeOutcome{known->id, known->state == BatchState::Closed};
  Batch batch;
  if (known) {
    batch = std::move(*known);
  } else {
    TRY(batch, open_batch(feeder));
  }
  TRY_STATUS(feed(feeder, batch), feeder.source());
  return IntakeOutcome{batch.id, false};
}

Status Intake::feed(Feeder& feeder, Batch& batch) {
  TRY(const storage::Records records, archive_.read());
  std::map<std::string, Hash> taken;  // files that earlier runs made durable, with what they held
  int sequence = 0;
  TRY_STATUS(records.pages_of(batch.id, [&](const Page& page) {
    taken[page.original.file] = page.original.blob;
    sequence = std::max(sequence, page.sequence);
    return true;
  }));
  const auto refuse = [&](RefusedItem refusal) -> Status {
    const bool before = std::ranges::any_of(
        batch.refused, [&](const RefusedItem& item) { return item.file == refusal.file && item.page == refusal.page; });
    return before ? Status() : store_refusal(std::move(refusal), batch);
  };
  std::string lines;
  while (true) {
    TRY(Fed fed, feeder.next());
    if (const auto* delivery = std::get_if<Delivery>(&fed)) {
      TRY(const Hash hash, hash_of(delivery->bytes), delivery->file);
      lines += content_line(delivery->file, hash);
      if (const auto before = taken.find(delivery->file); before != taken.end()) {
        if (before->second != hash)
          TRY_STATUS(refuse({delivery->file, 0,
                             "it changed since the interrupted run took it; what it held then is stored, ingest the new file under "
                             "another name"}));
        continue;
      }
      TRY_STATUS(store_delivery(*delivery, batch, sequence + 1), delivery->file);
      sequence += delivery->pages;
    } else if (auto* refused = std::get_if<RefusedItem>(&fed)) {
      lines += content_line(refused->file, "refused");
      TRY_STATUS(refuse(std::move(*refused)));
    } else {
      batch.content = storage::sha256(lines);
      return close_feeding(batch);
    }
  }
}

Status Intake::check_space(std::uint64_t needed, const std::string& file) const {
  TRY(const std::uint64_t free, archive_.free_bytes());
  if (free >= needed + options_.keep_free_bytes) return {};
  return Error{ErrorCode::StorageFull,
               file + ": not taken, the disk of the archive has " + std::to_string(free / 1'000'000) +
                   " MB free; make room and give the same command again: it goes on here",
               {}};
}

Status Intake::store_delivery(const Delivery& delivery, Batch& batch, int first_sequence) {
  TRY_STATUS(check_space(delivery.bytes.size, delivery.file));
  TRY(const storage::Records records, archive_.read());
  TRY(PageId id, records.next_page());
  storage::Change change;
  TRY(const storage::StoredBlob blob, archive_.blobs().put(source_of(delivery.bytes), change.raw()));
  for (int index = 0; index < delivery.pages; ++index) {
    Page page;
    page.id = PageId{id.value + static_cast<std::uint64_t>(index)};
    page.batch = batch.id;
    page.sequence = first_sequence + index;
    page.original = {blob.hash, delivery.media, index, delivery.file};
    change.put(page);
  }
  Batch counted = batch;
  counted.sides_fed += delivery.pages;
  change.put(counted);
  TRY_STATUS(archive_.commit(change));
  batch = std::move(counted);
  on_stored_(delivery.pages);
  return {};
}

Status Intake::store_refusal(RefusedItem refusal, Batch& batch) {
  batch.refused.push_back(std::move(refusal));
  ++batch.sides_fed;
  storage::Change change;
  change.put(batch);
  return archive_.commit(change);
}

Status Intake::close_feeding(Batch& batch) {
  batch.state = BatchState::Fed;
  if (batch.expected_pages > 0 && batch.expected_pages != batch.sides_fed)
    batch.findings.push_back({finding::kCountMismatch, "expected " + std::to_string(batch.expected_pages) + " pages, " +
                                                           std::to_string(batch.sides_fed) + " were fed"});
  storage::Change change;
  change.put(batch);
  return archive_.commit(change);
}

}  // namespace chartscan::pipeline
