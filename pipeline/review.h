// A person's word on documents: whose they are, what they are and of which day. It outlives every recomputation, stands in the batch's
// journal with the document as it was before, and can be taken back, newest first. Works on released batches too: a document found in
// the wrong chart must leave it. Any thread; calls are serialised by the archive.
#pragma once

#include <optional>
#include <string>

#include "core/clock.h"
#include "core/document.h"
#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::pipeline {

// What is not said stays as it is. A document is filed once its patient and its type are settled.
struct ReviewDecision {
  std::optional<std::string> mrn;   // also a merged-away one: then the survivor's
  std::optional<std::string> type;  // code or LOINC
  std::optional<Date> service_date;
};

class ReviewDesk {
 public:
  ReviewDesk(storage::Archive& archive, const Clock& clock, std::string who) : archive_(archive), clock_(clock), who_(std::move(who)) {}

  // The proposed patient and type are right. Conflict where one of them is not proposed.
  Result<Document> accept(DocumentId id);
  Result<Document> decide(DocumentId id, const ReviewDecision& decision);
  // Put aside until the reason is gone: it waits in a queue of its own. A filed document leaves its chart.
  Result<Document> hold(DocumentId id, const std::string& why);
  // The newest word on this document is taken back; the document is exactly as it was before.
  Result<Document> undo(DocumentId id);

 private:
  storage::Archive& archive_;
  const Clock& clock_;
  const std::string who_;
};

}  // namespace chartscan::pipeline
