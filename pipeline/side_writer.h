// Makes what a feeder delivers durable: untouched bytes, page rows, journal lines and the batch's count in one atomic write.
// Shared by everything that takes sides in. One thread; the batch given is the caller's copy and is brought up to date.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "pipeline/ingest.h"
#include "scanner-drivers/feeder.h"
#include "storage/archive.h"

namespace chartscan::pipeline {

// Hears of each page that became durable; called after the write.
using OnStored = std::function<void(const Page&)>;

class SideWriter {
 public:
  SideWriter(storage::Archive& archive, const IngestOptions& options, const Clock& clock, OnStored on_stored);

  // Completes a new page and its journal line before they are written, and may add to the change.
  using Prepare = std::function<Status(const storage::Records& records, storage::Change& change, Page& page, JournalLine& line)>;

  // The delivery's sides as pages, numbered on from `first_sequence`. Their hash is Page::original.blob.
  Result<std::vector<Page>> store(const scan::Delivery& delivery, Batch& batch, int first_sequence, const Prepare& prepare = {});
  Status refuse(RefusedItem refusal, Batch& batch);

  // A line by itself, with the batch as it is now.
  Status note(Batch& batch, JournalEvent event, const std::string& detail);

  JournalLine line(const Batch& batch, JournalEvent event, std::string detail) const;

 private:
  Status check_space(std::uint64_t needed, const std::string& file) const;

  storage::Archive& archive_;
  const IngestOptions& options_;
  const Clock& clock_;
  OnStored on_stored_;
};

}  // namespace chartscan::pipeline
