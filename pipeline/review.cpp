#include "pipeline/review.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "charts/document_types.h"
#include "charts/patient_index.h"
#include "indexer/index.h"

namespace chartscan::pipeline {
namespace {

constexpr const char* kOfPatient[] = {finding::kPatientUnknown,       finding::kPatientNotFound, finding::kPatientNearTie,   finding::kPatientOneIdentifier,
                                      finding::kPatientContradiction, finding::kForeignPage,     finding::kUnidentifiedPage};

bool is_settled(const Link& link) { return link.status == LinkStatus::Auto || link.status == LinkStatus::Person; }

// One decision, within one atomic write.
class Step {
 public:
  Step(const storage::Records& records, storage::Change& change, std::int64_t now, const std::string& who)
      : records_(records), change_(change), index_(records), now_(now), who_(who) {}

  Result<Document> load(DocumentId id) const {
    TRY(std::optional<Document> document, records_.document(id));
    if (!document) return Error{ErrorCode::NotFound, "no document " + to_string(id) + "; `chartscan review list` names those that wait", {}};
    return std::move(*document);
  }

  Status accept(Document& document) {
    if (document.link.mrn.empty())
      return Error{ErrorCode::Conflict, "nobody is proposed for " + to_string(document.id) + "; name the patient with `review correct --patient MRN`", {}};
    if (!charts::find_document_type(document.type))
      return Error{ErrorCode::Conflict, "no type is proposed for " + to_string(document.id) + "; name it with `review correct --type TYPE`", {}};
    return decide(document, {document.link.mrn, document.type, std::nullopt});
  }

  Status decide(Document& document, const ReviewDecision& decision) {
    const Document before = document;
    if (decision.type) TRY_STATUS(set_type(document, *decision.type));
    if (decision.mrn) TRY_STATUS(set_patient(document, *decision.mrn));
    if (decision.service_date) document.service_date = *decision.service_date;
    std::erase_if(document.findings, [](const Finding& finding) { return finding.code == finding::kHeld; });
    document.decided_by = who_.empty() ? "a person" : who_;
    document.filed = is_settled(document.link) && !has_finding(document.findings, finding::kTypeUnsure);
    return write(before, document, JournalEvent::Decided, 0);
  }

  Status hold(Document& document, const std::string& why) {
    const Document before = document;
    std::erase_if(document.findings, [](const Finding& finding) { return finding.code == finding::kHeld; });
    document.findings.push_back({finding::kHeld, why, 1});
    document.decided_by = who_.empty() ? "a person" : who_;
    document.filed = false;
    return write(before, document, JournalEvent::Decided, 0);
  }

  Status undo(Document& document) {
    std::vector<JournalLine> standing;  // words on this document that were not taken back
    TRY_STATUS(records_.journal(document.batch, [&](JournalLine line) {
      const bool ours = line.documents.size() == 1 && line.documents.front().id == document.id;
      if (ours && line.event == JournalEvent::Decided) standing.push_back(std::move(line));
      else if (ours && line.event == JournalEvent::Reconsidered && !standing.empty()) standing.pop_back();
      return true;
    }));
    if (standing.empty())
      return Error{ErrorCode::Conflict, "nothing was decided about " + to_string(document.id) + " that could be taken back", {}};
    const Document before = document;
    document = standing.back().documents.front();
    if (document.pages != before.pages)
      return Error{ErrorCode::Conflict, "the pages of " + to_string(document.id) + " changed since; decide about it anew", {}};
    return write(before, document, JournalEvent::Reconsidered, standing.back().number);
  }

 private:
  Status set_type(Document& document, const std::string& wanted) {
    const charts::DocumentType* type = charts::find_document_type(wanted);
    if (!type) return Error{ErrorCode::NotFound, "no document type '" + wanted + "'; docs/document-types.md lists the codes", {}};
    document.type = type->code;
    document.type_confidence = 1;
    std::erase_if(document.findings, [](const Finding& finding) { return finding.code == finding::kTypeUnsure; });
    return {};
  }

  Status set_patient(Document& document, const std::string& mrn) {
    TRY(const std::optional<Patient> patient, index_.by_mrn(mrn));
    if (!patient) return Error{ErrorCode::NotFound, "no patient has this MRN; `chartscan patients import` adds patients", {}};
    if (document.link.mrn != patient->mrn) {
      const auto same = std::ranges::find(document.link.candidates, patient->mrn, &LinkCandidate::mrn);
      document.link.reasons = same == document.link.candidates.end() ? std::vector<LinkReason>() : same->reasons;
    }
    document.link.mrn = patient->mrn;
    document.link.status = LinkStatus::Person;
    document.link.confidence = 1;
    std::erase_if(document.findings, [](const Finding& finding) { return std::ranges::find(kOfPatient, finding.code) != std::end(kOfPatient); });
    return {};
  }

  Status write(const Document& before, const Document& after, JournalEvent event, int undoes) {
    if (before.filed) change_.unfile(before.link.mrn, before.id);
    if (after.filed) change_.file(after.link.mrn, after.id);
    change_.put(after);
    indexer::index_document(change_, &before, after);
    for (const PageId id : after.pages) {
      TRY(std::optional<Page> page, records_.page(id));
      if (!page || page->document != after.id) continue;
      const PageState state = after.filed ? PageState::Filed : PageState::Review;
      if (page->state == state) continue;
      page->state = state;
      change_.put(*page);
      indexer::index_page_fields(change_, *page);
    }
    return log(before, after, event, undoes);
  }

  Status log(const Document& before, const Document& after, JournalEvent event, int undoes) {
    TRY(std::optional<Batch> batch, records_.batch(after.batch));
    if (!batch) return Error{ErrorCode::Integrity, "batch " + to_string(after.batch) + " has no record; run 'chartscan verify'", {}};
    JournalLine line;
    line.event = event;
    line.at = now_;
    line.who = who_;
    line.undoes = undoes;
    line.detail = to_string(after.id);
    if (before.type != after.type) line.detail += ", type " + before.type + " to " + after.type;
    if (before.link.mrn != after.link.mrn) line.detail += ", another patient";
    if (before.service_date != after.service_date) line.detail += ", another date";
    line.detail += after.filed ? ", filed" : ", waits";
    line.documents = {before};
    change_.append(*batch, std::move(line));
    return {};
  }

  const storage::Records& records_;
  storage::Change& change_;
  charts::PatientIndex index_;
  const std::int64_t now_;
  const std::string& who_;
};

template <typename Work>
Result<Document> step(storage::Archive& archive, const Clock& clock, const std::string& who, DocumentId id, Work work) {
  Document document;
  TRY_STATUS(archive.update([&](const storage::Records& records, storage::Change& change) -> Status {
    Step step(records, change, clock.unix_seconds(), who);
    TRY(document, step.load(id));
    return work(step, document);
  }));
  return document;
}

}  // namespace

Result<Document> ReviewDesk::accept(DocumentId id) {
  return step(archive_, clock_, who_, id, [](Step& step, Document& document) { return step.accept(document); });
}

Result<Document> ReviewDesk::decide(DocumentId id, const ReviewDecision& decision) {
  return step(archive_, clock_, who_, id, [&](Step& step, Document& document) { return step.decide(document, decision); });
}

Result<Document> ReviewDesk::hold(DocumentId id, const std::string& why) {
  return step(archive_, clock_, who_, id, [&](Step& step, Document& document) { return step.hold(document, why); });
}

Result<Document> ReviewDesk::undo(DocumentId id) {
  return step(archive_, clock_, who_, id, [](Step& step, Document& document) { return step.undo(document); });
}

}  // namespace chartscan::pipeline
