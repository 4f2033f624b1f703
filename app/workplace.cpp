#include "app/workplace.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>
#include <set>

#include "app/views.h"

namespace chartscan::app {
namespace {

using storage::AuditAction;
using storage::AuditRecord;

constexpr std::size_t kMinReason = 5;  // characters of a reason for taking something out

Error no_such(const std::string& what) { return {ErrorCode::NotFound, "there is no " + what, {}}; }

// Charts whose pages a list shows.
std::vector<std::string> charts_of(const std::set<std::string>& mrns) {
  std::vector<std::string> list(mrns.begin(), mrns.end());
  std::erase(list, "");
  return list;
}

void note(const SearchRow& row, std::set<std::string>& mrns) {
  if (row.patient) mrns.insert(row.patient->mrn);
}

std::string changes_of(const Document& before, const Document& after) {
  std::string words;
  const auto add = [&](const std::string& what) { words += (words.empty() ? "" : ", ") + what; };
  if (before.type != after.type) add("type " + before.type + " to " + after.type);
  if (before.link.mrn != after.link.mrn) add("another patient");
  if (before.service_date != after.service_date) add("another date");
  if (before.filed != after.filed) add(after.filed ? "filed" : "waits again");
  return words.empty() ? "confirmed" : words;
}

}  // namespace

std::string version_of(const Document& document) {
  return storage::sha256(std::string_view(dump(to_json(document)))).substr(0, 16);
}

Result<Opening> Workplace::opening_of(const storage::Records& records, const Document& document) const {
  return desk_.doors().may_open(*actor_, records, document, now());
}

Result<bool> Workplace::is_open(DocumentId id) {
  TRY(const storage::Records records, service_.archive().read());
  TRY(const std::optional<Document> document, records.document(id));
  if (!document) return false;
  TRY(const Opening opening, opening_of(records, *document));
  return opening == Opening::Allowed;
}

// The document as it is now, if this person may open it.
Result<Document> Workplace::opened(DocumentId id) const {
  TRY(Document document, service_.document(id));
  TRY(const storage::Records records, service_.archive().read());
  TRY_STATUS(must_open(records, document));
  return document;
}

Status Workplace::must_open(const storage::Records& records, const Document& document) const {
  TRY(const Opening opening, opening_of(records, document));
  return as_status(opening, "document " + to_string(document.id));
}

AuditRecord Workplace::about(AuditAction action, const Document& document) const {
  AuditRecord record;
  record.action = action;
  record.document = document.id;
  record.batch = document.batch;
  if (!document.link.mrn.empty()) record.mrns = {document.link.mrn};
  return record;
}

// --- looking --------------------------------------------------------------------------------------------------------------------

Result<SearchView> Workplace::search(const std::string& query, indexer::SearchOptions options) {
  options.hidden_types = desk_.doors().hidden_types(*actor_, now(), options.mrn);
  TRY(SearchView view, service_.search(query, options));
  std::set<std::string> mrns;
  for (const SearchRow& row : view.rows) note(row, mrns);
  for (const SearchGroup& group : view.groups)
    for (const SearchRow& row : group.rows) note(row, mrns);
  AuditRecord record;
  record.action = AuditAction::Search;
  record.query = query;
  record.mrns = charts_of(mrns);
  record.detail = fmt::format("{} pages answer, {} shown", view.found.total, view.rows.size() + view.groups.size());
  TRY_STATUS(this->record(std::move(record)));
  return view;
}

Result<charts::OverlayReport> Workplace::overlays(std::size_t limit) {
  TRY(const storage::Records records, service_.archive().read());
  TRY(charts::OverlayReport report, charts::possible_overlays(records, limit, desk_.doors().hidden_types(*actor_, now())));
  AuditRecord record;
  record.action = AuditAction::ViewPatients;
  record.detail = "charts that may hold two people";
  for (const charts::Overlay& overlay : report.overlays) record.mrns.push_back(overlay.mrn);
  TRY_STATUS(this->record(std::move(record)));
  return report;
}

Result<std::uint64_t> Workplace::unfound(const std::function<bool(const UnfoundPage&)>& visit) {
  AuditRecord record;
  record.action = AuditAction::Search;
  record.detail = "pages that cannot be found";
  TRY_STATUS(this->record(std::move(record)));
  return service_.unfound(desk_.doors().hidden_types(*actor_, now()), visit);
}

Result<ChartView> Workplace::chart(const std::string& mrn, const std::string& order) {
  TRY(ChartView view, service_.chart(mrn, order, actor_->roles));
  TRY_STATUS(as_status(may_open_chart(*actor_, view.patient.mrn, now()), "this chart"));
  TRY(const storage::Records records, service_.archive().read());
  for (charts::ChartSection& section : view.sections) {
    std::vector<Document> open;
    for (Document& document : section.documents) {
      TRY(const Opening opening, opening_of(records, document));
      if (opening == Opening::Allowed) open.push_back(std::move(document));
    }
    section.documents = std::move(open);
  }
  std::erase_if(view.sections, [](const charts::ChartSection& section) { return section.documents.empty(); });
  AuditRecord record;
  record.action = AuditAction::ViewChart;
  record.mrns = {view.patient.mrn};
  TRY_STATUS(this->record(std::move(record)));
  return view;
}

Result<PageView> Workplace::page(PageId id) {
  TRY(PageView view, service_.page(id));
  TRY(const storage::Records records, service_.archive().read());
  TRY(const Opening opening, desk_.doors().may_open(*actor_, records, view.page, now()));
  TRY_STATUS(as_status(opening, "page " + to_string(id)));
  AuditRecord record = view.document ? about(AuditAction::ViewPage, *view.document) : AuditRecord{};
  record.action = AuditAction::ViewPage;
  record.page = id;
  record.batch = view.page.batch;
  TRY_STATUS(this->record(std::move(record)));
  return view;
}

Result<Page> Workplace::page_to_show(PageId id, Look look) {
  TRY(const storage::Records records, service_.archive().read());
  TRY(std::optional<Page> page, records.page(id));
  if (!page) return no_such("page " + to_string(id));
  TRY(const Opening opening, desk_.doors().may_open(*actor_, records, *page, now()));
  TRY_STATUS(as_status(opening, "page " + to_string(id)));
  if (look == Look::Thumbnail) return std::move(*page);
  AuditRecord record;
  record.action = AuditAction::ViewImage;
  record.page = id;
  record.batch = page->batch;
  if (page->document) {
    record.document = *page->document;
    TRY(const std::optional<Document> document, records.document(*page->document));
    if (document && !document->link.mrn.empty()) record.mrns = {document->link.mrn};
  }
  TRY_STATUS(this->record(std::move(record)));
  return std::move(*page);
}

Result<Document> Workplace::document(DocumentId id) {
  TRY(Document document, opened(id));
  TRY_STATUS(record(about(AuditAction::ViewDocument, document)));
  return document;
}

Result<BatchDetails> Workplace::batch(BatchId id) {
  TRY(BatchDetails details, service_.batch_details(id));
  TRY(const storage::Records records, service_.archive().read());
  std::vector<Page> open;
  for (Page& page : details.pages) {
    TRY(const Opening opening, desk_.doors().may_open(*actor_, records, page, now()));
    if (opening == Opening::Allowed) open.push_back(std::move(page));
  }
  details.pages = std::move(open);
  return details;
}

Result<std::vector<charts::PatientMatch>> Workplace::patients(const std::string& text, int limit) {
  TRY(std::vector<charts::PatientMatch> found, service_.patients(text, limit));
  AuditRecord record;
  record.action = AuditAction::ViewPatients;
  record.query = text;
  for (const charts::PatientMatch& match : found) record.mrns.push_back(match.patient.mrn);
  TRY_STATUS(this->record(std::move(record)));
  return found;
}

Result<std::vector<WaitingDocument>> Workplace::waiting(const ReviewQueue& queue) {
  TRY(std::vector<WaitingDocument> all, service_.waiting());
  const std::int64_t at = now();
  const SensitivityTable& table = desk_.sensitivity();
  std::erase_if(all, [&](const WaitingDocument& one) {
    if (queue.name.empty() ? one.queue == "held" : one.queue != queue.name) return true;
    const std::string& sensitivity = table.of(one.type);
    return !sensitivity.empty() && may_open(*actor_, {one.mrn, sensitivity, false, false, ""}, at) != Opening::Allowed;
  });
  if (queue.order == ReviewQueue::Order::Worst) std::ranges::stable_sort(all, {}, &WaitingDocument::surety);
  return all;
}

Result<ReviewItem> Workplace::review_item(DocumentId id, const ReviewQueue& queue) {
  TRY(const std::vector<WaitingDocument> all, waiting(queue));
  ReviewItem item;
  item.left = all.size();
  const auto here = std::ranges::find(all, id, &WaitingDocument::id);
  if (here != all.end() && here + 1 != all.end()) item.next = (here + 1)->id;
  TRY(item.document, service_.document(id));
  TRY(const storage::Records records, service_.archive().read());
  TRY_STATUS(must_open(records, item.document));
  for (const PageId page : item.document.pages) {
    TRY(std::optional<Page> one, records.page(page));
    if (one) item.pages.push_back(std::move(*one));
  }
  const charts::PatientIndex index(records);
  for (const LinkCandidate& candidate : item.document.link.candidates) {
    TRY(std::optional<Patient> patient, index.by_mrn(candidate.mrn));
    if (patient) item.candidates.push_back({std::move(*patient), candidate});
  }
  TRY(const std::optional<Batch> batch, records.batch(item.document.batch));
  if (batch) item.fed_at = batch->opened_at;
  AuditRecord record = about(AuditAction::ViewReview, item.document);
  record.mrns.clear();
  for (const ReviewItem::Candidate& candidate : item.candidates) record.mrns.push_back(candidate.patient.mrn);
  TRY_STATUS(this->record(std::move(record)));
  return item;
}

// --- deciding -------------------------------------------------------------------------------------------------------------------

Status Workplace::must_be(const Document& document, const std::string& version) const {
  if (version.empty() || version == version_of(document)) return {};
  return Error{ErrorCode::Conflict, "document " + to_string(document.id) + " was changed since it was shown; look at it again", {}};
}

Result<Document> Workplace::decided(DocumentId id, const std::string& version, const std::string& why, const std::string& what,
                                    const std::function<Result<Document>()>& work) {
  TRY(const Document before, opened(id));
  TRY_STATUS(must_be(before, version));
  Result<Document> done = work();
  const bool refiled = done && before.filed && before.link.mrn != done->link.mrn;
  AuditRecord record = about(refiled ? AuditAction::Refile : AuditAction::Change, before);
  record.reason = why;
  if (done && done->link.mrn != before.link.mrn && !done->link.mrn.empty()) record.mrns.push_back(done->link.mrn);
  if (done) record.detail = what + ": " + changes_of(before, *done);
  else record.detail = what, record.outcome = storage::AuditOutcome::Failed;
  TRY_STATUS(this->record(std::move(record)));
  return done;
}

Result<Document> Workplace::accept(DocumentId id, const std::string& version) {
  return decided(id, version, "", "accepted", [&] { return service_.accept(id, actor_->user); });
}

Result<Document> Workplace::decide(DocumentId id, const pipeline::ReviewDecision& decision, const std::string& why, const std::string& version) {
  TRY(const Document before, opened(id));
  const bool refiles = before.filed && decision.mrn && *decision.mrn != before.link.mrn;
  if (refiles) {
    TRY_STATUS(desk_.require(*actor_, Right::Refile, about(AuditAction::Refile, before)));
    if (why.size() < kMinReason)
      return Error{ErrorCode::InputRefused, "say why a filed document goes to another chart; the reason stands in the audit trail", {}};
  }
  return decided(id, version, why, "decided", [&] { return service_.correct(id, decision, actor_->user); });
}

// What lies in a chart leaves it by the right to refile; what one has just put there oneself, by one's own word.
Status Workplace::may_take_out(const Document& document) {
  if (!document.filed || document.decided_by == actor_->user) return {};
  return desk_.require(*actor_, Right::Refile, about(AuditAction::Refile, document));
}

Result<Document> Workplace::hold(DocumentId id, const std::string& why) {
  if (why.size() < kMinReason) return Error{ErrorCode::InputRefused, "say why the document is held; the next person reads it", {}};
  TRY(const Document before, opened(id));
  TRY_STATUS(may_take_out(before));
  return decided(id, "", why, "held", [&] { return service_.hold(id, why, actor_->user); });
}

Result<Document> Workplace::undo(DocumentId id) {
  TRY(const Document before, opened(id));
  TRY_STATUS(may_take_out(before));
  return decided(id, "", "", "taken back", [&] { return service_.undo_decision(id, actor_->user); });
}

Result<std::vector<Document>> Workplace::documents_of(BatchId id) const {
  TRY(const storage::Records records, service_.archive().read());
  std::set<DocumentId> ids;
  TRY_STATUS(records.pages_of(id, [&](const Page& page) {
    if (page.document) ids.insert(*page.document);
    return true;
  }));
  std::vector<Document> documents;
  for (const DocumentId one : ids) {
    TRY(std::optional<Document> document, records.document(one));
    if (document) documents.push_back(std::move(*document));
  }
  return documents;
}

Result<std::vector<Document>> Workplace::split(DocumentId id, PageId page, const std::string& version) {
  TRY(const Document document, opened(id));
  TRY_STATUS(must_be(document, version));
  const auto at = std::ranges::find(document.pages, page);
  if (at == document.pages.end() || at == document.pages.begin())
    return Error{ErrorCode::Usage, "a second document begins at the second page of " + to_string(id) + " or later", {}};
  TRY_STATUS(repair(document.batch, "split " + to_string(id), [&](pipeline::Repair& desk) { return desk.split(document.batch, page); }));
  TRY(std::vector<Document> all, documents_of(document.batch));
  std::erase_if(all, [&](const Document& one) {
    return std::ranges::none_of(one.pages, [&](PageId p) { return std::ranges::find(document.pages, p) != document.pages.end(); });
  });
  return all;
}

Result<std::vector<Document>> Workplace::join(DocumentId id, const std::string& version) {
  TRY(const Document document, opened(id));
  TRY_STATUS(must_be(document, version));
  if (document.pages.empty()) return Error{ErrorCode::Conflict, to_string(id) + " has no pages", {}};
  const PageId first = document.pages.front();
  TRY_STATUS(repair(document.batch, "join " + to_string(id), [&](pipeline::Repair& desk) { return desk.join(document.batch, first); }));
  TRY(std::vector<Document> all, documents_of(document.batch));
  std::erase_if(all, [&](const Document& one) { return std::ranges::find(one.pages, first) == one.pages.end(); });
  return all;
}

// --- batches --------------------------------------------------------------------------------------------------------------------

Result<pipeline::Repaired> Workplace::repair(BatchId id, const std::string& what, const RepairWork& work) {
  TRY(const BatchView view, service_.batch(id));
  if (view.ledger.waiting > 0)
    return Error{ErrorCode::Conflict, fmt::format("{} pages of batch {} are still being read; try again when they are", view.ledger.waiting, to_string(id)), {}};
  pipeline::Repair desk = service_.repair(actor_->user);
  Result<pipeline::Repaired> done = work(desk);
  AuditRecord record;
  record.action = AuditAction::Change;
  record.batch = id;
  record.detail = done ? what + ": " + done->words : what;
  if (!done) record.outcome = storage::AuditOutcome::Failed;
  TRY_STATUS(this->record(std::move(record)));
  if (done && done->needs_reading) TRY_STATUS(service_.read_again(id));
  return done;
}

// --- taking out -----------------------------------------------------------------------------------------------------------------

Result<std::filesystem::path> Workplace::pdf(Wanted wanted, Purpose purpose, const std::string& why, const std::filesystem::path& folder) {
  if (why.size() < kMinReason) return Error{ErrorCode::InputRefused, "say why the copy is made; the reason stands in the audit trail", {}};
  std::vector<DocumentId>& documents = wanted.documents;
  if (documents.empty() && wanted.pages.empty()) return Error{ErrorCode::NotFound, "there is nothing to take out", {}};
  if (!documents.empty() && !wanted.pages.empty()) return Error{ErrorCode::Usage, "name documents, or pages, not both", {}};
  AuditRecord record;
  record.action = purpose == Purpose::Print ? AuditAction::Print : AuditAction::Export;
  record.reason = why;
  std::set<std::string> mrns;
  std::string ids;
  {
    TRY(const storage::Records records, service_.archive().read());
    for (const PageId id : wanted.pages) {
      TRY(const std::optional<Page> page, records.page(id));
      // A page that is not for this person is answered as one that is not there.
      TRY(const Opening opening, page ? desk_.doors().may_open(*actor_, records, *page, now()) : Opening::Hidden);
      TRY_STATUS(as_status(opening, "page " + to_string(id)));
      if (!page->document) return Error{ErrorCode::Conflict, "page " + to_string(id) + " is in no document yet, so nobody can say whose it is; copies are made of documents", {}};
      if (std::ranges::find(documents, *page->document) == documents.end()) documents.push_back(*page->document);
      ids += (ids.empty() ? "" : " ") + to_string(id);
    }
    for (const DocumentId id : documents) {
      TRY(const Document document, service_.document(id));
      TRY_STATUS(must_open(records, document));
      mrns.insert(document.link.mrn);
      if (wanted.pages.empty()) ids += (ids.empty() ? "" : " ") + to_string(id);
    }
  }
  record.mrns = charts_of(mrns);
  record.detail = ids;
  if (documents.size() == 1) record.document = documents.front();
  if (wanted.pages.size() == 1) record.page = wanted.pages.front();
  TRY_STATUS(this->record(std::move(record)));  // before the copy exists
  std::string pattern = (folder / "copy-XXXXXX.pdf").string();
  const int file = mkstemps(pattern.data(), 4);
  if (file < 0) return Error{ErrorCode::Storage, folder.string() + ": no file can be made here; check the folder and its rights", {}};
  ::close(file);
  TRY_STATUS(service_.export_pdf(documents, exchange::Images::Full, pattern, wanted.pages));
  return std::filesystem::path(pattern);
}

}  // namespace chartscan::app
