// Change and Records: typed rows over Store. Which keys a record has is decided here and in storage/keys.cpp alone.
#include <string>

#include "storage/archive.h"
#include "storage/codec.h"
#include "storage/keys.h"

namespace chartscan::storage {

void Change::put(const Batch& batch) { batch_.put(Family::Batch, keys::batch(batch.id), encode(batch)); }

void Change::put(const Page& page) {
  batch_.put(Family::Page, keys::page(page.id), encode(page));
  batch_.put(Family::Page, keys::batch_page(page.batch, page.id), std::string(1, state_byte(page.state)));
}

void Change::put(PageId page, const PageText& text) { batch_.put(Family::Text, keys::text(page), encode(text)); }
void Change::put(const Document& document) { batch_.put(Family::Document, keys::document(document.id), encode(document)); }
void Change::erase(DocumentId document) { batch_.erase(Family::Document, keys::document(document)); }
void Change::put(const Patient& patient) { batch_.put(Family::Patient, keys::patient(patient.mrn), encode(patient)); }

void Change::file(const std::string& mrn, DocumentId document) {
  batch_.put(Family::Chart, keys::chart_document(mrn, document), std::string());
}

void Change::unfile(const std::string& mrn, DocumentId document) { batch_.erase(Family::Chart, keys::chart_document(mrn, document)); }

namespace {

Error damaged_key(Family family) {
  return {ErrorCode::Integrity, std::string("a key of the family '") + to_string(family) +
                                    "' is damaged; run 'chartscan verify' and restore the archive from a backup"};
}

// Names the row for the reader of an error. A patient's MRN is the patient's: it is not named.
template <typename T>
Result<T> in_row(Result<T> decoded, const std::string& row) {
  if (!decoded.ok()) return std::move(decoded).error().with_context(row);
  return decoded;
}

template <typename T>
Result<std::optional<T>> get(const View& view, Family family, const std::string& key, Result<T> (*decode)(std::string_view),
                             const std::string& row) {
  TRY(const std::optional<std::string> value, view.get(family, key), row);
  if (!value) return std::optional<T>();
  TRY(T record, decode(*value), row);
  return std::optional<T>(std::move(record));
}

// Visits the records under `prefix`; the first damaged one ends the scan with its error.
template <typename T>
Status scan(const View& view, Family family, std::string_view prefix, Result<T> (*decode)(std::string_view),
            const std::function<bool(T)>& visit, const std::function<std::string(std::string_view)>& row) {
  Status outcome;
  TRY_STATUS(view.scan(family, prefix, [&](std::string_view key, std::string_view value) {
    Result<T> record = in_row(decode(value), row(key));
    if (record.ok()) return visit(std::move(record).value());
    outcome = std::move(record).error();
    return false;
  }));
  return outcome;
}

template <typename IdType>
std::string named(const char* what, std::optional<IdType> id) {
  return std::string(what) + " " + (id ? to_string(*id) : "with a damaged key");
}

std::string batch_row(std::string_view key) { return named("batch", keys::batch_of(key)); }
std::string page_row(std::string_view key) { return named("page", keys::page_of(key)); }
std::string document_row(std::string_view key) { return named("document", keys::document_of(key)); }
std::string patient_row(std::string_view) { return "a patient of the index"; }

}  // namespace

Result<std::optional<Batch>> Records::batch(BatchId id) const {
  return get(*view_, Family::Batch, keys::batch(id), decode_batch, "batch " + to_string(id));
}

Result<std::vector<Batch>> Records::batches() const {
  std::vector<Batch> all;
  const auto collect = [&](Batch batch) { return all.push_back(std::move(batch)), true; };
  TRY_STATUS(scan<Batch>(*view_, Family::Batch, {}, decode_batch, collect, batch_row));
  return all;
}

Result<std::optional<Page>> Records::page(PageId id) const {
  return get(*view_, Family::Page, keys::page(id), decode_page, "page " + to_string(id));
}

Result<std::optional<PageText>> Records::text(PageId id) const {
  return get(*view_, Family::Text, keys::text(id), decode_text, "page " + to_string(id));
}

Status Records::pages_of(BatchId batch, const std::function<bool(Page)>& visit) const {
  Status outcome;
  TRY_STATUS(view_->scan(Family::Page, keys::batch_pages(batch), [&](std::string_view key, std::string_view) {
    const std::optional<PageId> id = keys::page_of_batch(key);
    if (!id) return outcome = damaged_key(Family::Page), false;
    Result<std::optional<Page>> found = page(*id);
    if (!found.ok()) return outcome = std::move(found).error(), false;
    if (!*found) {
      outcome = Error{ErrorCode::Integrity, "page " + to_string(*id) + " of batch " + to_string(batch) +
                                                " has no record; run 'chartscan verify' and restore the archive from a backup"};
      return false;
    }
    return visit(std::move(**found));
  }));
  return outcome;
}

Status Records::pages(const std::function<bool(Page)>& visit) const {
  return scan<Page>(*view_, Family::Page, keys::kPages, decode_page, visit, page_row);
}

Result<std::optional<Document>> Records::document(DocumentId id) const {
  return get(*view_, Family::Document, keys::document(id), decode_document, "document " + to_string(id));
}

Status Records::documents(const std::function<bool(Document)>& visit) const {
  return scan<Document>(*view_, Family::Document, {}, decode_document, visit, document_row);
}

Result<std::optional<Patient>> Records::patient(const std::string& mrn) const {
  return get(*view_, Family::Patient, keys::patient(mrn), decode_patient, patient_row(mrn));
}

Status Records::patients(const std::function<bool(Patient)>& visit) const {
  return scan<Patient>(*view_, Family::Patient, keys::kPatients, decode_patient, visit, patient_row);
}

Result<std::vector<DocumentId>> Records::chart(const std::string& mrn) const {
  std::vector<DocumentId> documents;
  bool damaged = false;
  TRY_STATUS(view_->scan(Family::Chart, keys::chart(mrn), [&](std::string_view key, std::string_view) {
    const std::optional<DocumentId> document = keys::document_of_chart(key);
    if (document) documents.push_back(*document);
    return !(damaged = !document);
  }));
  if (damaged) return damaged_key(Family::Chart);
  return documents;
}

namespace {

int& term(Ledger& ledger, PageState state) {
  switch (state) {
    case PageState::Received:
    case PageState::Processed: return ledger.waiting;
    case PageState::Filed: return ledger.filed;
    case PageState::Review: return ledger.review;
    case PageState::Separator: return ledger.separators;
    case PageState::BlankAside: return ledger.blanks;
    case PageState::Superseded: return ledger.superseded;
    case PageState::Rejected: return ledger.rejected;
  }
  return ledger.waiting;
}

}  // namespace

Result<Ledger> Records::ledger(const Batch& batch) const {
  Ledger ledger;
  ledger.fed = batch.sides_fed;
  ledger.rejected = static_cast<int>(batch.refused.size());
  bool damaged = false;
  TRY_STATUS(view_->scan(Family::Page, keys::batch_pages(batch.id), [&](std::string_view, std::string_view value) {
    const std::optional<PageState> state = state_of_byte(value);
    if (state) ++term(ledger, *state);
    return !(damaged = !state);
  }));
  if (damaged) return damaged_key(Family::Page);
  return ledger;
}

Result<PageId> Records::next_page() const {
  TRY(const std::optional<std::string> last, view_->last(Family::Page, keys::kPages));
  if (!last) return PageId{1};
  const std::optional<PageId> page = keys::page_of(*last);
  if (!page) return damaged_key(Family::Page);
  return PageId{page->value + 1};
}

Result<BatchId> Records::next_batch() const {
  TRY(const std::optional<std::string> last, view_->last(Family::Batch, {}));
  if (!last) return BatchId{1};
  const std::optional<BatchId> batch = keys::batch_of(*last);
  if (!batch) return damaged_key(Family::Batch);
  return BatchId{batch->value + 1};
}

}  // namespace chartscan::storage
