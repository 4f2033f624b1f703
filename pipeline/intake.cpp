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
    } else if (const auto* fault = std::get_if<scan::Fault>(&fed)) {
      return Error{ErrorCode::DeviceFault, scan::advice(*fault), {}};
    } else {
      return storage::sha256(lines);
    }
  }
}

}  // namespace

Intake::Intake(storage::Archive& archive, const IngestOptions& options, const Clock& clock, OnStored on_stored)
    : archive_(archive), options_(options), clock_(clock), writer_(archive, options, clock, std::move(on_stored)) {}

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
  batch.operator_name = options_.operator_name;
  batch.expected_pages = options_.expected_pages;
  batch.opened_at = clock_.unix_seconds();
  TRY_STATUS(writer_.note(batch, JournalEvent::Opened, batch.source), "batch " + batch.name);
  return batch;
}

Result<IntakeOutcome> Intake::take(Feeder& feeder, const Reopen& reopen) {
  bool same_content = false;
  TRY(std::optional<Batch> known, known_batch(feeder, reopen, same_content), feeder.source());
  if (known && same_content) return IntakeOutcome{known->id, known->state == BatchState::Closed || known->state == BatchState::Released};
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
    return before ? Status() : writer_.refuse(std::move(refusal), batch);
  };
  std::string lines;
  while (true) {
    TRY(Fed fed, feeder.next());
    if (const auto* delivery = std::get_if<Delivery>(&fed)) {
      if (const auto before = taken.find(delivery->file); before != taken.end()) {
        TRY(const Hash hash, hash_of(delivery->bytes), delivery->file);
        lines += content_line(delivery->file, hash);
        if (before->second != hash)
          TRY_STATUS(refuse({delivery->file, 0,
                             "it changed since the interrupted run took it; what it held then is stored, ingest the new file under "
                             "another name"}));
        continue;
      }
      TRY(const std::vector<Page> pages, writer_.store(*delivery, batch, sequence + 1), delivery->file);
      if (pages.empty()) return Error{ErrorCode::Internal, delivery->file + ": a delivery without a side", {}};
      lines += content_line(delivery->file, pages.front().original.blob);
      sequence += delivery->pages;
    } else if (auto* refused = std::get_if<RefusedItem>(&fed)) {
      lines += content_line(refused->file, "refused");
      TRY_STATUS(refuse(std::move(*refused)));
    } else if (const auto* fault = std::get_if<scan::Fault>(&fed)) {
      return Error{ErrorCode::DeviceFault, scan::advice(*fault), {}};
    } else {
      batch.content = storage::sha256(lines);
      return close_feeding(batch);
    }
  }
}

Status Intake::close_feeding(Batch& batch) {
  batch.state = BatchState::Fed;
  if (batch.expected_pages > 0 && batch.expected_pages != batch.sides_fed)
    batch.findings.push_back({finding::kCountMismatch, "expected " + std::to_string(batch.expected_pages) + " pages, " +
                                                           std::to_string(batch.sides_fed) + " were fed"});
  return writer_.note(batch, JournalEvent::Fed, std::to_string(batch.sides_fed) + " sides");
}

}  // namespace chartscan::pipeline
