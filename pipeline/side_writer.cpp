#include "pipeline/side_writer.h"

namespace chartscan::pipeline {
namespace {

storage::ByteSource source_of(const imaging::ByteReader& bytes) {
  return [&bytes, offset = std::uint64_t{0}](std::span<std::uint8_t> out) mutable -> Result<std::size_t> {
    TRY(const std::size_t got, bytes.read(offset, out));
    offset += got;
    return got;
  };
}

}  // namespace

SideWriter::SideWriter(storage::Archive& archive, const IngestOptions& options, const Clock& clock, OnStored on_stored)
    : archive_(archive), options_(options), clock_(clock), on_stored_(std::move(on_stored)) {}

JournalLine SideWriter::line(const Batch& batch, JournalEvent event, std::string detail) const {
  JournalLine line;
  line.event = event;
  line.at = clock_.unix_seconds();
  line.who = batch.operator_name;
  line.detail = std::move(detail);
  return line;
}

Status SideWriter::check_space(std::uint64_t needed, const std::string& file) const {
  TRY(const std::uint64_t free, archive_.free_bytes());
  if (free >= needed + options_.keep_free_bytes) return {};
  return Error{ErrorCode::StorageFull,
               file + ": not taken, the disk of the archive has " + std::to_string(free / 1'000'000) +
                   " MB free; make room and give the same command again: it goes on here",
               {}};
}

Result<std::vector<Page>> SideWriter::store(const scan::Delivery& delivery, Batch& batch, int first_sequence,
                                            const Prepare& prepare) {
  TRY_STATUS(check_space(delivery.bytes.size, delivery.file));
  Batch counted = batch;
  std::vector<Page> pages;
  TRY_STATUS(archive_.update([&](const storage::Records& records, storage::Change& change) -> Status {
    TRY(const PageId id, records.next_page());
    TRY(const storage::StoredBlob blob, archive_.blobs().put(source_of(delivery.bytes), change.raw()));
    counted.sides_fed += delivery.pages;
    for (int index = 0; index < delivery.pages; ++index) {
      Page page;
      page.id = PageId{id.value + static_cast<std::uint64_t>(index)};
      page.batch = batch.id;
      page.sequence = first_sequence + index;
      page.original = {blob.hash, delivery.media, index, delivery.file};
      JournalLine told = line(counted, JournalEvent::Stored, delivery.file);
      told.page = page.id;
      told.sequence = page.sequence;
      told.hash = blob.hash;
      told.size = blob.size;
      if (prepare) TRY_STATUS(prepare(records, change, page, told));
      change.put(page);
      change.append(counted, std::move(told));
      pages.push_back(std::move(page));
    }
    return {};
  }));
  batch = std::move(counted);
  for (const Page& page : pages) on_stored_(page);
  return pages;
}

Status SideWriter::refuse(RefusedItem refusal, Batch& batch) {
  Batch counted = batch;
  const std::string what =
      refusal.file + (refusal.page > 0 ? ", page " + std::to_string(refusal.page) : "") + ": " + refusal.message;
  counted.refused.push_back(std::move(refusal));
  ++counted.sides_fed;
  TRY_STATUS(note(counted, JournalEvent::Refused, what));
  batch = std::move(counted);
  return {};
}

Status SideWriter::note(Batch& batch, JournalEvent event, const std::string& detail) {
  return archive_.update([&](const storage::Records&, storage::Change& change) -> Status {
    change.append(batch, line(batch, event, detail));
    return {};
  });
}

}  // namespace chartscan::pipeline
