// Change and Records: typed rows over Store. Which keys a record has is decided here and in storage/keys.cpp alone.
#include <algorithm>
#include <string>

#include "storage/archive.h"
#include "storage/bytes.h"
#include "storage/codec.h"
#include "storage/keys.h"

namespace chartscan::storage {

void Change::put(const Batch& batch) { batch_.put(Family::Batch, keys::batch(batch.id), encode(batch)); }

void Change::put(const Page& page) {
  batch_.put(Family::Page, keys::page(page.id), encode(page));
  batch_.put(Family::Page, keys::batch_page(page.batch, page.id), encode(PageRow{page.state, page.sequence}));
}

void Change::append(Batch& batch, JournalLine line) {
  line.batch = batch.id;
  line.number = batch.journal.lines + 1;
  line.previous = batch.journal.lines == 0 ? sha256(journal_seed(batch.id)) : batch.journal.hash;
  std::string bytes = encode(line);
  batch.journal = {line.number, sha256(bytes)};
  batch_.put(Family::Meta, keys::journal_line(batch.id, line.number), std::move(bytes));
  put(batch);
}

void Change::put(PageId page, const PageText& text) { batch_.put(Family::Text, keys::text(page), encode(text)); }
namespace {

constexpr double kSuretySteps = 1'000'000;  // stored as a whole number of them

void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out += text;
}

bool take_text(std::string_view& in, std::string& text) {
  std::uint64_t size = 0;
  if (!take_varint(in, size) || size > in.size()) return false;
  text = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

WaitingDocument waiting_row(const Document& document) {
  return {document.id, document.batch, surety_of(document), review_queue(document), document.type, document.link.mrn};
}

std::string encode(const WaitingDocument& row) {
  std::string bytes;
  put_varint(bytes, row.batch.value);
  put_varint(bytes, static_cast<std::uint64_t>(std::clamp(row.surety, 0.0, 1.0) * kSuretySteps));
  put_text(bytes, row.queue);
  put_text(bytes, row.type);
  put_text(bytes, row.mrn);
  return bytes;
}

std::optional<WaitingDocument> decode_waiting(DocumentId id, std::string_view bytes) {
  WaitingDocument row;
  row.id = id;
  std::uint64_t surety = 0;
  if (!take_varint(bytes, row.batch.value) || !take_varint(bytes, surety) || !take_text(bytes, row.queue) || !take_text(bytes, row.type) ||
      !take_text(bytes, row.mrn))
    return std::nullopt;
  row.surety = static_cast<double>(surety) / kSuretySteps;
  return row;
}

}  // namespace

void Change::put(const Document& document) {
  batch_.put(Family::Document, keys::document(document.id), encode(document));
  if (document.filed) batch_.erase(Family::Meta, keys::waiting(document.id));
  else batch_.put(Family::Meta, keys::waiting(document.id), encode(waiting_row(document)));
}
void Change::erase(DocumentId document) {
  batch_.erase(Family::Document, keys::document(document));
  batch_.erase(Family::Meta, keys::waiting(document));
}
void Change::put(const Patient& patient) { batch_.put(Family::Patient, keys::patient(patient.mrn), encode(patient)); }

void Change::put(const Encounter& encounter) {
  batch_.put(Family::Patient, keys::encounter(encounter.mrn, encounter.visit), encode(encounter));
}
void Change::erase(const Encounter& encounter) { batch_.erase(Family::Patient, keys::encounter(encounter.mrn, encounter.visit)); }
void Change::put(const ChartMerge& merge) { batch_.put(Family::Meta, keys::chart_merge(merge.number), encode(merge)); }
void Change::put(const FeedLine& line) { batch_.put(Family::Meta, keys::feed_line(line.number), encode(line)); }

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

Status Records::page_rows(BatchId batch, const std::function<void(PageId, const PageRow&)>& visit) const {
  bool damaged = false;
  int rank = 0;
  TRY_STATUS(view_->scan(Family::Page, keys::batch_pages(batch), [&](std::string_view key, std::string_view value) {
    const std::optional<PageId> id = keys::page_of_batch(key);
    std::optional<PageRow> row = decode_page_row(value);
    if (!id || !row) return !(damaged = true);
    ++rank;
    if (row->sequence == 0) row->sequence = rank;
    visit(*id, *row);
    return true;
  }));
  if (damaged) return damaged_key(Family::Page);
  return {};
}

Status Records::pages_of(BatchId batch, const std::function<bool(Page)>& visit) const {
  std::vector<std::pair<int, PageId>> order;
  TRY_STATUS(page_rows(batch, [&](PageId id, const PageRow& row) { order.emplace_back(row.sequence, id); }));
  std::ranges::sort(order);
  for (const auto& [sequence, id] : order) {
    TRY(std::optional<Page> found, page(id));
    if (!found)
      return Error{ErrorCode::Integrity, "page " + to_string(id) + " of batch " + to_string(batch) +
                                             " has no record; run 'chartscan verify' and restore the archive from a backup"};
    if (!visit(std::move(*found))) return {};
  }
  return {};
}

Status Records::journal(BatchId batch, const std::function<bool(JournalLine)>& visit) const {
  return scan<JournalLine>(*view_, Family::Meta, keys::journal(batch), decode_journal_line, visit,
                           [&](std::string_view) { return "journal of batch " + to_string(batch); });
}

Status Records::pages(const std::function<bool(Page)>& visit) const {
  return scan<Page>(*view_, Family::Page, keys::kPages, decode_page, visit, page_row);
}

Status Records::waiting(const std::function<bool(WaitingDocument)>& visit) const {
  TRY(const std::optional<std::string> kept, view_->get(Family::Meta, keys::kWaitingKept));
  if (!kept)  // written by an older program and not yet opened for writing by this one
    return documents([&](const Document& document) { return document.filed || visit(waiting_row(document)); });
  bool damaged = false;
  TRY_STATUS(view_->scan(Family::Meta, keys::kWaiting, [&](std::string_view key, std::string_view value) {
    const std::optional<DocumentId> id = keys::document_of_waiting(key);
    std::optional<WaitingDocument> row = id ? decode_waiting(*id, value) : std::nullopt;
    damaged = !row;
    return row && visit(std::move(*row));
  }));
  if (damaged) return damaged_key(Family::Meta);
  return {};
}

Status Archive::add_waiting_rows() {
  TRY(const Records records, read());
  TRY(const std::optional<std::string> kept, records.view().get(Family::Meta, keys::kWaitingKept));
  if (kept) return {};
  constexpr std::size_t kTogether = 10'000;
  Change change;
  Status committed;
  TRY_STATUS(records.documents([&](const Document& document) {
    if (document.filed) return true;
    change.raw().put(Family::Meta, keys::waiting(document.id), encode(waiting_row(document)));
    if (change.raw().entries().size() < kTogether) return true;
    committed = commit(change);
    change = {};
    return committed.ok();
  }));
  TRY_STATUS(std::move(committed));
  change.raw().put(Family::Meta, std::string(keys::kWaitingKept), std::string());
  return commit(change);
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

Status Records::patients(const std::function<bool(Patient)>& visit, const std::string& beginning) const {
  return scan<Patient>(*view_, Family::Patient, keys::patient(beginning), decode_patient, visit, patient_row);
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

Result<std::optional<Encounter>> Records::encounter(const std::string& mrn, const std::string& visit) const {
  return get(*view_, Family::Patient, keys::encounter(mrn, visit), decode_encounter, "an encounter");
}

Result<std::vector<Encounter>> Records::encounters(const std::string& mrn) const {
  std::vector<Encounter> all;
  const auto collect = [&](Encounter encounter) { return all.push_back(std::move(encounter)), true; };
  TRY_STATUS(scan<Encounter>(*view_, Family::Patient, keys::encounters(mrn), decode_encounter, collect,
                             [](std::string_view) { return std::string("an encounter"); }));
  return all;
}

Status Records::chart_merges(const std::function<bool(ChartMerge)>& visit) const {
  return scan<ChartMerge>(*view_, Family::Meta, keys::kChartMerges, decode_chart_merge, visit,
                          [](std::string_view) { return std::string("a merge of charts"); });
}

Status Records::feed_lines(std::int64_t from, const std::function<bool(FeedLine)>& visit) const {
  Status outcome;
  TRY_STATUS(view_->scan(Family::Meta, keys::kFeedLines, keys::feed_line(from), [&](std::string_view, std::string_view value) {
    Result<FeedLine> line = decode_feed_line(value);
    if (line.ok()) return visit(std::move(line).value());
    outcome = std::move(line).error();
    return false;
  }));
  return outcome;
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
  TRY_STATUS(page_rows(batch.id, [&](PageId, const PageRow& row) { ++term(ledger, row.state); }));
  return ledger;
}

Result<PageId> Records::next_page() const {
  TRY(const std::optional<std::string> last, view_->last(Family::Page, keys::kPages));
  if (!last) return PageId{1};
  const std::optional<PageId> page = keys::page_of(*last);
  if (!page) return damaged_key(Family::Page);
  return PageId{page->value + 1};
}

Result<int> Records::next_chart_merge() const {
  TRY(const std::optional<std::string> last, view_->last(Family::Meta, keys::kChartMerges));
  if (!last) return 1;
  const std::optional<int> number = keys::number_of_chart_merge(*last);
  if (!number) return damaged_key(Family::Meta);
  return *number + 1;
}

Result<std::int64_t> Records::next_feed_line() const {
  TRY(const std::optional<std::string> last, view_->last(Family::Meta, keys::kFeedLines));
  if (!last) return 1;
  const std::optional<std::int64_t> number = keys::number_of_feed_line(*last);
  if (!number) return damaged_key(Family::Meta);
  return *number + 1;
}

Result<BatchId> Records::next_batch() const {
  TRY(const std::optional<std::string> last, view_->last(Family::Batch, {}));
  if (!last) return BatchId{1};
  const std::optional<BatchId> batch = keys::batch_of(*last);
  if (!batch) return damaged_key(Family::Batch);
  return BatchId{batch->value + 1};
}

}  // namespace chartscan::storage
