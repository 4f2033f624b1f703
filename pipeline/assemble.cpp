#include "pipeline/assemble.h"

#include <algorithm>
#include <set>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "charts/boundaries.h"
#include "charts/fed_twice.h"
#include "charts/link.h"
#include "charts/link_audit.h"
#include "charts/patient_sheet.h"
#include "indexer/index.h"
#include "pipeline/drift.h"
#include "pipeline/reconcile.h"
#include "pipeline/supersede.h"

namespace chartscan::pipeline {
namespace {

// From here on a missed separator holds its document. Of pages on which a document begins, nearly half say so as surely; of those that
// go on 3 in 1,000: a look each, where a merged document is two charts wrong.
constexpr double kSheetSurelyMissed = 0.95;

bool holds_back(const Finding& finding) {
  // What a person must settle before a document may stand in a chart. Other findings stay with it as notes.
  if (finding.code == finding::kSeparatorMissed) return finding.score >= kSheetSurelyMissed;
  return finding.code == finding::kForeignPage || finding.code == finding::kPatientContradiction ||
         finding.code == finding::kTypeUnsure || finding.code == finding::kScannerNote;
}

constexpr std::size_t kEarlierDocuments = 500;  // of a chart, the newest, that a new one is held against

class Closing {
 public:
  Closing(const storage::Records& records, storage::Change& change, std::vector<Page>& pages)
      : records_(records), change_(change), index_(records), pages_(pages) {}

  Status run(Batch& batch) {
    for (std::size_t i = 0; i < pages_.size(); ++i) position_[pages_[i].id] = i;
    TRY_STATUS(check_all_read());
    TRY(limits_, charts::link_limits(records_));
    TRY_STATUS(take_documents_apart());
    for (std::size_t i = 0; i < pages_.size(); ++i)
      if (!decided_.contains(pages_[i].id)) reset(pages_[i], batch);
    TRY_STATUS(assemble_between_decided());
    for (Document& document : decided_documents_) TRY_STATUS(keep(document), "document " + to_string(document.id));
    for (const Page& page : pages_) TRY_STATUS(write(page), "page " + to_string(page.id));
    batch.state = BatchState::Closed;
    return {};
  }

 private:
  Status check_all_read() const {
    for (const Page& page : pages_)
      if (page.state == PageState::Received)
        return Error{ErrorCode::Internal, "page " + to_string(page.id) + " has not been read yet", {}};
    return {};
  }

  // Documents of an earlier closing: what a person decided stays, the rest is made anew.
  Status take_documents_apart() {
    std::set<DocumentId> known;
    for (const Page& page : pages_)
      if (page.document) known.insert(*page.document);
    for (const DocumentId id : known) {
      TRY(std::optional<Document> document, records_.document(id));
      if (!document) continue;
      if (!document->decided_by.empty()) {
        for (const PageId page : document->pages) decided_.insert(replacement(page));
        for (const PageId page : document->pages) decided_.insert(page);
        decided_documents_.push_back(std::move(*document));
        continue;
      }
      change_.erase(id);
      if (document->filed) change_.unfile(document->link.mrn, id);
      indexer::unindex_document(change_, *document);
    }
    return {};
  }

  // The page that stands where `page` stood, itself where nothing took its place.
  PageId replacement(PageId page) const {
    for (std::size_t steps = 0; steps <= pages_.size(); ++steps) {
      const auto at = position_.find(page);
      if (at == position_.end() || !pages_[at->second].superseded_by) return page;
      page = *pages_[at->second].superseded_by;
    }
    return page;
  }

  // As it was read, before any document was made of it.
  static void reset(Page& page, const Batch& batch) {
    page.document.reset();
    page.duplicate_of.reset();
    std::erase_if(page.findings, [](const Finding& finding) {
      return finding.code == finding::kDuplicateFeed || finding.code == finding::kForeignPage;
    });
    if (is_out(page))
      page.state = PageState::Superseded;
    else if (page.state != PageState::Rejected)
      page.state = PageState::Processed;
    if (page.decisions.blank) page.blank = *page.decisions.blank;
    if (batch.scan.ignore_separators) {
      if (page.separator == SeparatorKind::Patient) page.fields.clear();  // they were the sheet's evidence, and it is no sheet
      page.separator = SeparatorKind::None;
    }
  }

  // Documents that a person decided part the rest: nothing is joined across them.
  Status assemble_between_decided() {
    for (std::size_t begin = 0; begin < pages_.size();) {
      std::size_t end = begin;
      while (end < pages_.size() && !decided_.contains(pages_[end].id)) ++end;
      if (end > begin) TRY_STATUS(assemble(begin, end));
      begin = end + 1;
    }
    return {};
  }

  Status assemble(std::size_t begin, std::size_t end) {
    const std::span<Page> run(pages_.data() + begin, end - begin);
    TRY(charts::Assembly assembly, charts::assemble(run, [&](std::size_t i) { return text_of(run[i]); }));
    for (Document& document : assembly.documents) {
      rename_if_taken(document);
      TRY_STATUS(settle(document), "document " + to_string(document.id));
    }
    return {};
  }

  // A document is called after its first page; a document that a person decided keeps its name though that page left it.
  void rename_if_taken(Document& document) const {
    const auto taken = [&](PageId page) {
      return std::ranges::any_of(decided_documents_, [&](const Document& decided) { return decided.id.value == page.value; });
    };
    for (const PageId page : document.pages) {
      if (taken(page)) continue;
      document.id = DocumentId{page.value};
      return;
    }
  }

  // A person's document, with the pages that took the place of others since. Then it waits for the person once more.
  Status keep(const Document& before) {
    Document document = before;
    std::vector<PageId> pages;
    for (const PageId page : before.pages) {
      const PageId now = replacement(page);
      const auto at = position_.find(now);
      if (at == position_.end() || is_out(pages_[at->second])) continue;
      if (std::ranges::find(pages, now) == pages.end()) pages.push_back(now);
    }
    if (pages != before.pages && !pages.empty()) {
      document.pages = std::move(pages);
      document.filed = false;
      if (!has_finding(document.findings, finding::kReplacedAfterDecision))
        document.findings.push_back(
            {finding::kReplacedAfterDecision, "a page of it was replaced or taken out after a person had decided about it", 1});
      if (before.filed) change_.unfile(before.link.mrn, before.id);
      change_.put(document);
      indexer::index_document(change_, &before, document);
    }
    for (const PageId page : before.pages)
      if (const auto at = position_.find(page); at != position_.end()) pages_[at->second].document.reset();
    for (const PageId page : document.pages) {
      const auto at = position_.find(page);
      if (at == position_.end()) continue;
      Page& own = pages_[at->second];
      own.document = document.id;
      if (!is_out(own)) own.state = document.filed ? PageState::Filed : PageState::Review;
    }
    return {};
  }

  // The separator sheet the document lies behind; null where none was fed before it. Only the nearest one counts: what a
  // patient sheet says ends at the next separator of any kind.
  const Page* separator_before(const Document& document) const {
    for (std::size_t i = position_.at(document.pages.front()); i-- > 0;)
      if (pages_[i].state == PageState::Separator) return &pages_[i];
    return nullptr;
  }

  Result<PageText> text_of(const Page& page) const {
    TRY(std::optional<PageText> text, records_.text(page.id), "page " + to_string(page.id));
    return text ? std::move(*text) : PageText{};
  }

  // The page with its new state, and the postings that go with it.
  Status write(const Page& page) {
    TRY(const std::optional<Page> before, records_.page(page.id));
    return before ? put_page(records_, change_, page) : Status();
  }

  // Links the document, decides between chart and review, and writes it with its pages' states.
  Status settle(Document& document) {
    std::vector<Page> own;
    for (const PageId id : document.pages) own.push_back(pages_[position_.at(id)]);
    TRY(charts::LinkDecision decision, charts::link_document(own, index_, limits_));
    if (const Page* sheet = separator_before(document)) TRY_STATUS(charts::weigh_patient_sheet(*sheet, index_, decision));
    document.link = std::move(decision.link);
    for (Finding& finding : decision.findings) document.findings.push_back(std::move(finding));
    if (document.type == "unknown" && !has_finding(document.findings, finding::kTypeUnsure))
      document.findings.push_back({finding::kTypeUnsure, "nothing on the pages says what kind of document this is"});
    // Whose it is may be clear and yet not how it came to lie there: then the link waits with the document.
    if (has_finding(document.findings, finding::kForeignPage) && document.link.status == LinkStatus::Auto)
      document.link.status = LinkStatus::Review;
    for (const Page& page : own)
      if (has_finding(page.findings, finding::kScannerNote) && !has_finding(document.findings, finding::kScannerNote))
        document.findings.push_back(
            {finding::kScannerNote,
             "the scanner noticed something about page " + to_string(page.id) + "; compare it with the paper", 1});
    document.filed = document.link.status == LinkStatus::Auto && std::ranges::none_of(document.findings, holds_back);
    if (document.filed) TRY_STATUS(find_earlier_scan(document, own));

    for (const PageId id : document.pages) {
      Page& page = pages_[position_.at(id)];
      page.document = document.id;
      page.state = document.filed ? PageState::Filed : PageState::Review;
      if (std::ranges::find(decision.foreign, id) != decision.foreign.end() && !has_finding(page.findings, finding::kForeignPage))
        page.findings.push_back({finding::kForeignPage, "names another patient than the rest of its document"});
    }
    change_.put(document);
    if (document.filed) change_.file(document.link.mrn, document.id);
    indexer::index_document(change_, nullptr, document);
    return {};
  }

  // The same paper may have been scanned in an earlier batch: it is filed, for nothing is thrown away, and the chart shows it once.
  Status find_earlier_scan(Document& document, std::span<const Page> own) const {
    TRY(const std::vector<DocumentId> filed, records_.chart(document.link.mrn));
    const std::size_t looked_at = std::min(filed.size(), kEarlierDocuments);
    for (const DocumentId id : std::span(filed).last(looked_at)) {
      TRY(const std::optional<Document> earlier, records_.document(id));
      if (!earlier || earlier->batch == document.batch || earlier->type != document.type || earlier->duplicate_of) continue;
      TRY(const bool same, is_same_paper(own, *earlier));
      if (!same) continue;
      document.duplicate_of = id;
      document.findings.push_back({finding::kDuplicateDocument, "the same paper was scanned before, as " + to_string(id) + "; the chart shows it once", 1});
      return {};
    }
    return {};
  }

  Result<bool> is_same_paper(std::span<const Page> own, const Document& earlier) const {
    if (own.size() != earlier.pages.size()) return false;
    std::vector<Page> others;
    for (std::size_t i = 0; i < own.size(); ++i) {
      TRY(std::optional<Page> other, records_.page(earlier.pages[i]));
      if (!other || !charts::looks_like(own[i], *other)) return false;
      others.push_back(std::move(*other));
    }
    for (std::size_t i = 0; i < own.size(); ++i) {
      TRY(const PageText text, text_of(own[i]));
      TRY(const PageText other_text, text_of(others[i]));
      if (!charts::says_the_same(own[i], text, others[i], other_text)) return false;
    }
    return true;
  }

  const storage::Records& records_;
  storage::Change& change_;
  charts::PatientIndex index_;
  charts::LinkLimits limits_;
  std::vector<Page>& pages_;  // in the batch's order
  std::unordered_map<PageId, std::size_t> position_;
  std::vector<Document> decided_documents_;
  std::unordered_set<PageId> decided_;  // pages of those
};

}  // namespace

Status assemble_batch(const storage::Records& records, storage::Change& change, Batch& batch, std::vector<Page>& pages,
                      const Clock& clock) {
  auto done = Closing(records, change, pages).run(batch);
  if (!done) return std::move(done).error().with_context("batch " + to_string(batch.id));
  batch.closed_at = clock.unix_seconds();
  note_counts(batch, count(batch, pages));
  note_drift(batch, pages);
  return {};
}

Status close_batch(storage::Archive& archive, BatchId id, const Clock& clock) {
  return archive.update([&](const storage::Records& records, storage::Change& change) -> Status {
    TRY(std::optional<Batch> batch, records.batch(id));
    if (!batch) return Error{ErrorCode::NotFound, "no batch " + to_string(id) + "; `chartscan batches` lists them", {}};
    if (batch->state == BatchState::Closed || batch->state == BatchState::Released) return {};
    std::vector<Page> pages;
    TRY_STATUS(records.pages_of(id, [&](Page page) { return pages.push_back(std::move(page)), true; }));
    TRY_STATUS(assemble_batch(records, change, *batch, pages, clock));
    JournalLine line;
    line.event = JournalEvent::Closed;
    line.at = batch->closed_at;
    line.detail = "documents made";
    change.append(*batch, std::move(line));
    return {};
  });
}

}  // namespace chartscan::pipeline
