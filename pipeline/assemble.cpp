#include "pipeline/assemble.h"

#include <algorithm>
#include <unordered_map>

#include "charts/boundaries.h"
#include "charts/link.h"
#include "indexer/index.h"

namespace chartscan::pipeline {
namespace {

bool holds_back(const Finding& finding) {
  // What a person must settle before a document may stand in a chart. Other findings stay with it as notes.
  return finding.code == finding::kForeignPage || finding.code == finding::kPatientContradiction ||
         finding.code == finding::kTypeUnsure;
}

class Closing {
 public:
  Closing(storage::Archive& archive, storage::Records records) : archive_(archive), records_(records), index_(records) {}

  Status run(Batch batch, const Clock& clock) {
    TRY_STATUS(load(batch.id));
    TRY(charts::Assembly assembly, charts::assemble(pages_, [this](std::size_t i) { return text_of(pages_[i]); }));
    for (std::size_t i = 0; i < pages_.size(); ++i) position_[pages_[i].id] = i;

    storage::Change change;
    for (Document& document : assembly.documents) TRY_STATUS(settle(document, change), "document " + to_string(document.id));
    for (const Page& page : pages_) TRY_STATUS(write(page, change), "page " + to_string(page.id));
    batch.state = BatchState::Closed;
    batch.closed_at = clock.unix_seconds();
    change.put(batch);
    return archive_.commit(change);
  }

 private:
  Status load(BatchId batch) {
    TRY_STATUS(records_.pages_of(batch, [&](Page page) {
      pages_.push_back(std::move(page));
      return true;
    }));
    for (const Page& page : pages_)
      if (page.state == PageState::Received)
        return Error{ErrorCode::Internal, "page " + to_string(page.id) + " has not been read yet", {}};
    return {};
  }

  Result<PageText> text_of(const Page& page) const {
    TRY(std::optional<PageText> text, records_.text(page.id), "page " + to_string(page.id));
    return text ? std::move(*text) : PageText{};
  }

  // The page with its new state, and the postings that go with it.
  Status write(const Page& page, storage::Change& change) {
    TRY(const std::optional<Page> before, records_.page(page.id));
    change.put(page);
    indexer::index_page_fields(change, before ? &*before : nullptr, page);
    return {};
  }

  // Links the document, decides between chart and review, and writes it with its pages' states.
  Status settle(Document& document, storage::Change& change) {
    std::vector<Page> own;
    for (const PageId id : document.pages) own.push_back(pages_[position_.at(id)]);
    TRY(charts::LinkDecision decision, charts::link_document(own, index_));
    document.link = std::move(decision.link);
    for (Finding& finding : decision.findings) document.findings.push_back(std::move(finding));
    if (document.type == "unknown" && !has_finding(document.findings, finding::kTypeUnsure))
      document.findings.push_back({finding::kTypeUnsure, "nothing on the pages says what kind of document this is"});
    // Whose it is may be clear and yet not how it came to lie there: then the link waits with the document.
    if (has_finding(document.findings, finding::kForeignPage) && document.link.status == LinkStatus::Auto) document.link.status = LinkStatus::Review;
    document.filed = document.link.status == LinkStatus::Auto && std::ranges::none_of(document.findings, holds_back);

    for (const PageId id : document.pages) {
      Page& page = pages_[position_.at(id)];
      page.document = document.id;
      page.state = document.filed ? PageState::Filed : PageState::Review;
      if (std::ranges::find(decision.foreign, id) != decision.foreign.end() && !has_finding(page.findings, finding::kForeignPage))
        page.findings.push_back({finding::kForeignPage, "names another patient than the rest of its document"});
    }
    change.put(document);
    if (document.filed) change.file(document.link.mrn, document.id);
    indexer::index_document(change, nullptr, document);
    return {};
  }

  storage::Archive& archive_;
  storage::Records records_;
  charts::PatientIndex index_;
  std::vector<Page> pages_;  // in feeding order
  std::unordered_map<PageId, std::size_t> position_;
};

}  // namespace

Status close_batch(storage::Archive& archive, BatchId id, const Clock& clock) {
  TRY(storage::Records records, archive.read());
  TRY(std::optional<Batch> batch, records.batch(id));
  if (!batch) return Error{ErrorCode::NotFound, "no batch " + to_string(id) + "; `chartscan batches` lists them", {}};
  if (batch->state == BatchState::Closed) return {};
  auto closed = Closing(archive, records).run(std::move(*batch), clock);
  if (!closed) return std::move(closed).error().with_context("batch " + to_string(id));
  return closed;
}

}  // namespace chartscan::pipeline
