#include "app/service.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <limits>
#include <mutex>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "app/patient_feed.h"
#include "app/views.h"
#include "charts/document_types.h"
#include "exchange/page_export.h"
#include "exchange/pdf_export.h"
#include "exchange/text_export.h"
#include "imaging/view.h"
#include "indexer/index.h"
#include "pipeline/reconcile.h"
#include "storage/record_check.h"

namespace chartscan::app {
namespace {

constexpr int kNiceBesideScanner = 15;  // a scanner must not wait for recognition

Error no_such(const std::string& what, const std::string& hint) { return {ErrorCode::NotFound, "there is no " + what + "; " + hint, {}}; }

// What another process is told that finds the archive held.
std::string holder_text(const std::string& verb) {
  char host[256] = "?";
  gethostname(host, sizeof host - 1);
  char since[32] = "";
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  if (localtime_r(&now, &local)) std::strftime(since, sizeof since, "%Y-%m-%d %H:%M:%S", &local);
  return fmt::format("chartscan {}, process {} on {}, since {}", verb, getpid(), host, since);
}

// So that type:11506-3 and type:laboratory find what is indexed by code.
const std::vector<indexer::TypeName>& type_names() {
  static const std::vector<indexer::TypeName> kNames = [] {
    std::vector<indexer::TypeName> names;
    for (const charts::DocumentType& type : charts::document_types()) names.push_back({type.code, type.loinc, type.section});
    return names;
  }();
  return kNames;
}

}  // namespace

namespace {

// The one archive that this process serves.
struct Staying {
  std::mutex mutex;
  std::filesystem::path folder;                // guarded by mutex, like all that follows; empty = none
  std::weak_ptr<storage::Archive> archive;
  std::weak_ptr<indexer::IndexKeeper> keeper;
  std::weak_ptr<pipeline::Resident> resident;
};
Staying& staying() {
  static Staying one;
  return one;
}

std::filesystem::path real_folder(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::weakly_canonical(folder, error);
}

}  // namespace

Status Service::stay(int jobs) {
  pipeline::IngestOptions options = intake_options(jobs);
  options.worker_nice = kNiceBesideScanner;  // nor people at their screens
  resident_ = std::make_shared<pipeline::Resident>(*archive_, std::move(options));
  Staying& here = staying();
  const std::lock_guard lock(here.mutex);
  if (!here.folder.empty()) return Error{ErrorCode::Conflict, "this process serves another archive already", {}};
  here.folder = real_folder(config_.archive);
  here.archive = archive_;
  here.keeper = keeper_;
  here.resident = resident_;
  stays_ = true;
  return {};
}

void Service::end_staying() {
  if (resident_) resident_->end();
}

Service::~Service() {
  if (!stays_) return;
  const std::lock_guard lock(staying().mutex);
  staying().folder.clear();
}

Result<std::unique_ptr<Service>> Service::open(const Config& config, storage::Access access, const std::string& verb) {
  {
    Staying& here = staying();
    const std::lock_guard lock(here.mutex);
    const std::shared_ptr<storage::Archive> archive = here.archive.lock();
    if (archive && here.folder == real_folder(config.archive)) {
      std::unique_ptr<Service> service(new Service(config, archive));
      service->keeper_ = here.keeper.lock();
      service->resident_ = here.resident.lock();
      return service;
    }
  }
  TRY(std::unique_ptr<storage::Archive> archive, storage::Archive::open(config.archive, access, holder_text(verb)));
  archive->pictures()->limit({static_cast<std::uint64_t>(config.pictures.most_megabytes) * 1'000'000, config.keep_free_bytes});
  std::unique_ptr<Service> service(new Service(config, std::move(archive)));
  if (access == storage::Access::Write) TRY_STATUS(charts::renew_patient_keys(*service->archive_));
  if (access == storage::Access::Write) service->keeper_ = std::make_shared<indexer::IndexKeeper>(*service->archive_);
  return service;
}

Result<charts::ImportReport> Service::import_patients(const std::filesystem::path& csv, const charts::ImportProgress& progress) {
  return charts::import_patients_csv(csv, *archive_, progress);
}

Result<std::unique_ptr<exchange::MllpServer>> Service::listen_for_patients(const exchange::MllpOptions& options) {
  return app::listen_for_patients(std::make_shared<PatientFeed>(*archive_, clock_, config_.feed.rules), options);
}

Status Service::merge_charts(const std::string& mrn, const std::string& into, const std::string& who) {
  PatientEvent event;
  event.kind = PatientEventKind::Merge;
  event.patient.mrn = into;
  event.prior_mrn = mrn;
  event.trigger = "merge";
  FeedLine line;
  line.from = who;
  line.trigger = event.trigger;
  line.answer = "AA";
  line.mrn = into;
  return pipeline::PatientDesk(*archive_, clock_).apply(event, std::move(line));
}

Result<ChartMerge> Service::unmerge_charts(const std::string& mrn, const std::string& who) {
  return pipeline::PatientDesk(*archive_, clock_).unmerge(mrn, who);
}

Result<pipeline::IngestReport> Service::ingest(const std::vector<std::string>& paths, const pipeline::IngestOptions& options,
                                               const pipeline::ProgressSink& progress, pipeline::ScanControl* control) {
  if (resident_) {
    pipeline::ScanControl nobody;
    return resident_->ingest(paths, options, progress, control ? *control : nobody);
  }
  pipeline::IngestOptions effective = intake_options(options.jobs);
  effective.batch_name = options.batch_name;
  effective.called = options.called;
  effective.operator_name = options.operator_name;
  effective.expected_pages = options.expected_pages;
  return pipeline::ingest(*archive_, paths, effective, progress);
}

pipeline::IngestOptions Service::intake_options(int jobs) const {
  pipeline::IngestOptions options;
  options.limits = config_.limits;
  options.stages = config_.stages;
  if (config_.pictures.most_megabytes > 0) options.stages.picture_width = config_.pictures.width;
  options.page_limits = config_.page_limits;
  options.worker_command = config_.page_worker;
  options.keep_free_bytes = config_.keep_free_bytes;
  options.jobs = jobs > 0 ? jobs : config_.jobs;
  if (options.jobs <= 0) options.jobs = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  return options;
}

Result<pipeline::IngestReport> Service::read_backlog(int jobs, const pipeline::ProgressSink& progress) {
  if (resident_) {
    pipeline::ScanControl control;
    TRY_STATUS(resident_->read_to_the_end({}, progress, control));
    return pipeline::IngestReport{};
  }
  return pipeline::read_backlog(*archive_, intake_options(jobs), progress);
}

Status Service::read_again(BatchId batch) {
  if (resident_) return resident_->look_again(batch);
  TRY_STATUS(pipeline::read_backlog(*archive_, intake_options(0), {}));
  return {};
}

Result<pipeline::ScanReport> Service::scan(const pipeline::OpenFeeder& open, const pipeline::ScanOrder& order, int jobs,
                                           const pipeline::ProgressSink& progress, pipeline::ScanControl& control) {
  if (resident_) return resident_->scan(open, order, progress);
  pipeline::IngestOptions options = intake_options(jobs);
  options.worker_nice = kNiceBesideScanner;
  return pipeline::scan_batch(*archive_, open, order, options, progress, control);
}

Status Service::watch(const pipeline::WatchOrder& order, int jobs, const pipeline::WatchSink& sink, pipeline::ScanControl& control) {
  if (resident_) return resident_->watch(order, sink, control);
  return pipeline::watch(*archive_, order, intake_options(jobs), sink, control);
}

Result<SearchView> Service::search(const std::string& query, const indexer::SearchOptions& options) {
  TRY(const storage::Records records, archive_->read());
  indexer::SearchOptions effective = options;
  effective.types = type_names();
  TRY(indexer::Answer answer, indexer::search(records, query, effective));
  return view_of(records, std::move(answer));
}

Status Service::each_hit(const std::string& query, const indexer::SearchOptions& options, const std::function<Status(const indexer::Found&)>& begin,
                         const std::function<Status(const SearchRow&)>& visit) {
  constexpr int kAtOnce = 100'000;  // ranked at a time: some megabytes
  TRY(const storage::Records records, archive_->read());  // one moment for all of them
  indexer::SearchOptions effective = options;
  effective.types = type_names();
  effective.limit = kAtOnce;
  for (bool first = true;; first = false) {
    TRY(const indexer::Found found, indexer::find(records, query, effective));
    if (first) TRY_STATUS(begin(found));
    for (const indexer::RankedPage& page : found.pages) {
      TRY(indexer::Hit hit, indexer::show(records, page, found.phrases));
      TRY(const SearchRow row, row_of(records, std::move(hit)));
      TRY_STATUS(visit(row));
    }
    if (found.next.empty()) return {};
    effective.after = found.next;
  }
}

Result<std::uint64_t> Service::unfound(const std::vector<std::string>& hidden_types, const std::function<bool(const UnfoundPage&)>& visit) {
  TRY(const storage::Records records, archive_->read());
  Status fault;
  TRY(const std::uint64_t looked_at, indexer::unfound_pages(records, [&](const Page& page, indexer::Unfound reason) {
        UnfoundPage unfound{page, reason, {}};
        if (page.document) {
          auto document = records.document(*page.document);
          if (!document) return fault = std::move(document).error(), false;
          unfound.document = std::move(*document);
        }
        return visit(unfound);
      }, hidden_types));
  TRY_STATUS(fault);
  return looked_at;
}

Result<ChartView> Service::chart(const std::string& mrn, const std::string& order, std::span<const std::string> roles) {
  TRY(const charts::ChartProfile profile, config_.chart_orders.choose(order, roles));
  TRY(const storage::Records records, archive_->read());
  TRY(std::optional<Patient> patient, charts::PatientIndex(records).by_mrn(mrn));
  if (!patient) return no_such("patient with this MRN", "`chartscan patients import` adds patients");
  TRY(const std::vector<DocumentId> filed, records.chart(patient->mrn));
  TRY(std::vector<Encounter> encounters, records.encounters(patient->mrn));
  std::ranges::stable_sort(encounters, std::greater(), &Encounter::admitted);
  std::vector<Document> documents;
  for (const DocumentId id : filed) {
    TRY(std::optional<Document> document, records.document(id));
    if (document) documents.push_back(std::move(*document));
  }
  ChartView view;
  if (charts::canonical_mrn(patient->mrn) != charts::canonical_mrn(mrn)) view.asked = mrn;
  view.patient = std::move(*patient);
  view.encounters = std::move(encounters);
  view.order = profile.name;
  view.orders = config_.chart_orders.all();
  view.sections = charts::chart_order(std::move(documents), profile);
  return view;
}

Result<Ledger> Service::ledger_of(const storage::Records& records, const Batch& batch) {
  const bool settled = batch.state == BatchState::Closed || batch.state == BatchState::Released;
  if (settled) {
    const std::lock_guard lock(counts_->mutex);
    const auto known = counts_->of.find(batch.id);
    if (known != counts_->of.end() && known->second.first == batch.journal.lines) return known->second.second;
  }
  TRY(const Ledger ledger, records.ledger(batch));
  if (settled) {
    const std::lock_guard lock(counts_->mutex);
    counts_->of[batch.id] = {batch.journal.lines, ledger};
  }
  return ledger;
}

Result<std::vector<BatchView>> Service::batches() {
  TRY(std::vector<BatchView> views, batches(0, std::numeric_limits<std::size_t>::max()));
  std::ranges::reverse(views);
  return views;
}

Result<std::vector<BatchView>> Service::batches(std::uint64_t before, std::size_t limit) {
  TRY(const storage::Records records, archive_->read());
  TRY(std::vector<Batch> batches, records.batches());
  std::vector<BatchView> views;
  for (auto batch = batches.rbegin(); batch != batches.rend() && views.size() < limit; ++batch) {
    if (before && batch->id.value >= before) continue;
    TRY(const Ledger ledger, ledger_of(records, *batch));
    views.push_back({std::move(*batch), ledger});
  }
  return views;
}

Result<Ledger> Service::ledger() {
  TRY(const std::vector<BatchView> all, batches());
  Ledger sum;
  for (const BatchView& view : all) {
    sum.fed += view.ledger.fed;
    sum.filed += view.ledger.filed;
    sum.separators += view.ledger.separators;
    sum.blanks += view.ledger.blanks;
    sum.review += view.ledger.review;
    sum.rejected += view.ledger.rejected;
    sum.superseded += view.ledger.superseded;
    sum.waiting += view.ledger.waiting;
  }
  return sum;
}

Result<BatchView> Service::batch(BatchId id) {
  TRY(const storage::Records records, archive_->read());
  TRY(std::optional<Batch> batch, records.batch(id));
  if (!batch) return no_such("batch " + to_string(id), "`chartscan batches` lists them");
  TRY(const Ledger ledger, records.ledger(*batch));
  return BatchView{std::move(*batch), ledger};
}

Result<BatchDetails> Service::batch_details(BatchId id) {
  BatchDetails details;
  TRY(details.view, batch(id));
  TRY(details.pages, batch_pages(id));
  TRY(const storage::Records records, archive_->read());
  TRY_STATUS(records.journal(id, [&](JournalLine line) { return details.journal.push_back(std::move(line)), true; }));
  const Batch& b = details.view.batch;
  pipeline::Counted counted = pipeline::count(b, details.pages);
  details.gaps = pipeline::gaps(b, counted.sheets);
  if (b.state != BatchState::Released) details.against = pipeline::reasons_against_release(b, details.view.ledger, counted);
  details.sheets = std::move(counted.sheets);
  return details;
}

Result<std::vector<Page>> Service::batch_pages(BatchId id) {
  TRY(const storage::Records records, archive_->read());
  std::vector<Page> pages;
  TRY_STATUS(records.pages_of(id, [&](Page page) {
    pages.push_back(std::move(page));
    return true;
  }));
  return pages;
}

Result<std::vector<WaitingDocument>> Service::waiting() {
  TRY(const storage::Records records, archive_->read());
  std::vector<WaitingDocument> all;
  TRY_STATUS(records.waiting([&](WaitingDocument one) { return all.push_back(std::move(one)), true; }));
  return all;
}

Result<std::vector<Document>> Service::review() {
  TRY(const storage::Records records, archive_->read());
  std::vector<DocumentId> ids;
  TRY_STATUS(records.waiting([&](const WaitingDocument& one) { return ids.push_back(one.id), true; }));
  std::vector<Document> documents;
  for (const DocumentId id : ids) {
    TRY(std::optional<Document> document, records.document(id));
    if (document) documents.push_back(std::move(*document));
  }
  return documents;
}

Status Service::export_corrections(std::ostream& out) {
  TRY(const storage::Records records, archive_->read());
  Status outcome;
  TRY_STATUS(records.documents([&](const Document& document) {
    if (document.decided_by.empty() || has_finding(document.findings, finding::kTypeUnsure)) return true;
    for (const PageId id : document.pages) {
      const auto page = records.page(id);
      const auto text = records.text(id);
      if (!page || !text) outcome = !page ? page.error() : text.error();
      if (!outcome) return false;
      if (*page && *text) out << dump(labelled(**page, **text, document.type)) << '\n';
    }
    return static_cast<bool>(out);
  }));
  return outcome;
}

Result<Document> Service::accept(DocumentId id, const std::string& who) { return pipeline::ReviewDesk(*archive_, clock_, who).accept(id); }

Result<Document> Service::correct(DocumentId id, const pipeline::ReviewDecision& decision, const std::string& who) {
  TRY(const Document before, document(id));
  TRY(const Document after, pipeline::ReviewDesk(*archive_, clock_, who).decide(id, decision));
  if (before.link.status != LinkStatus::Auto || before.link.mrn == after.link.mrn) return after;
  TRY(const storage::Records records, archive_->read());
  TRY(const std::vector<charts::AuditedLink> drawn, charts::audited_links(records));
  if (std::ranges::find(drawn, id, &charts::AuditedLink::document) != drawn.end())
    TRY_STATUS(charts::record_verdict(*archive_, id, charts::Verdict::Wrong, who, clock_.unix_seconds(), config_.error_budget));
  return after;
}

Result<Document> Service::hold(DocumentId id, const std::string& why, const std::string& who) {
  return pipeline::ReviewDesk(*archive_, clock_, who).hold(id, why);
}

Result<Document> Service::undo_decision(DocumentId id, const std::string& who) { return pipeline::ReviewDesk(*archive_, clock_, who).undo(id); }

Result<Document> Service::document(DocumentId id) {
  TRY(const storage::Records records, archive_->read());
  TRY(std::optional<Document> document, records.document(id));
  if (!document) return no_such("document " + to_string(id), "`chartscan search` and `chartscan chart` name documents");
  return std::move(*document);
}

Result<PageView> Service::page(PageId id) {
  TRY(const storage::Records records, archive_->read());
  PageView view;
  TRY(std::optional<Page> page, records.page(id));
  if (!page) return no_such("page " + to_string(id), "`chartscan search` names pages");
  view.page = std::move(*page);
  TRY(std::optional<PageText> text, records.text(id));
  if (text) view.text = std::move(*text);
  if (view.page.document) {
    TRY(view.document, records.document(*view.page.document));
  }
  return view;
}

Result<std::vector<charts::PatientMatch>> Service::patients(const std::string& text, int limit) {
  TRY(const storage::Records records, archive_->read());
  return charts::find_patients(records, text, limit);
}

Result<std::vector<Patient>> Service::all_patients(int limit) {
  TRY(const storage::Records records, archive_->read());
  std::vector<Patient> found;
  TRY_STATUS(records.patients([&](Patient patient) {
    found.push_back(std::move(patient));
    return static_cast<int>(found.size()) < limit;
  }));
  return found;
}

std::optional<std::vector<std::uint8_t>> Service::kept_picture(const Page& page, int width) {
  if (width != config_.pictures.width || !archive_->pictures()) return std::nullopt;
  return archive_->pictures()->find(page.id, storage::picture_key(page, width));
}

void Service::keep_picture(const Page& page, const std::vector<std::uint8_t>& jpeg) {
  if (keeper_ && archive_->pictures())
    archive_->pictures()->keep(page.id, storage::picture_key(page, config_.pictures.width), jpeg);
}

// A thumbnail from what lies ready: a quarter of the work.
std::optional<std::vector<std::uint8_t>> Service::from_kept_picture(const Page& page, int width) {
  std::optional<std::vector<std::uint8_t>> kept = kept_picture(page, config_.pictures.width);
  if (!kept) return std::nullopt;
  const Result<imaging::Decoded> decoded = imaging::decode_page(imaging::memory_reader(std::move(*kept)), MediaType::Jpeg, 0, config_.limits);
  if (!decoded.ok()) return std::nullopt;
  return imaging::screen_picture(decoded->image, {}, width);
}

Result<std::vector<std::uint8_t>> Service::page_image(PageId id, ImageKind kind, int max_width, const Box& part) {
  TRY(const storage::Records records, archive_->read());
  TRY(const std::optional<Page> page, records.page(id));
  if (!page) return no_such("page " + to_string(id), "`chartscan search` names pages");
  const bool upright = kind == ImageKind::Upright && page->state != PageState::Received;
  const bool whole = part.empty();
  if (upright && whole && max_width > 0 && max_width < config_.pictures.width)
    if (auto smaller = from_kept_picture(*page, max_width)) return std::move(*smaller);
  TRY(const imaging::ByteReader bytes, storage::open_blob(archive_->blobs(), page->original.blob));
  TRY(imaging::Decoded decoded, imaging::decode_page(bytes, page->original.media, page->original.index, config_.limits));
  if (upright && whole) {
    std::vector<std::uint8_t> jpeg = imaging::screen_picture(decoded.image, page->geometry, max_width);
    if (max_width == config_.pictures.width) keep_picture(*page, jpeg);
    return jpeg;
  }
  imaging::Image image = std::move(decoded.image);
  if (upright) image = imaging::upright_copy(image, page->geometry);
  if (!whole) {
    image = imaging::cropped(image, part);
    if (image.empty()) return Error{ErrorCode::NotFound, "no part of page " + to_string(id) + " lies in the box asked for", {}};
  }
  return imaging::screen_picture(image, {}, max_width);
}

Status Service::export_pages(std::ostream& out) {
  TRY(const storage::Records records, archive_->read());
  return exchange::export_pages(records, out);
}

Status Service::export_pdf(const std::vector<DocumentId>& documents, exchange::Images images, const std::filesystem::path& out, const std::vector<PageId>& pages) {
  TRY(const storage::Records records, archive_->read());
  return exchange::write_pdf(records, archive_->blobs(), documents, config_.limits, {images, pages, config_.stages.language}, out);
}

Status Service::export_hocr(const std::vector<DocumentId>& documents, const std::filesystem::path& out) {
  TRY(const storage::Records records, archive_->read());
  return exchange::write_hocr(records, documents, config_.stages.language, out);
}

Status Service::export_alto(const std::vector<DocumentId>& documents, const std::filesystem::path& folder) {
  TRY(const storage::Records records, archive_->read());
  return exchange::write_alto(records, documents, config_.stages.language, folder);
}

Result<indexer::IndexStatus> Service::index_status() {
  TRY(const storage::Records records, archive_->read());
  return indexer::index_status(records);
}

Status Service::rebuild_index(const indexer::RebuildSink& progress) {
  keeper_.reset();
  TRY(const bool unfinished, indexer::needs_rebuild(*archive_));
  TRY_STATUS(indexer::rebuild(*archive_, unfinished ? indexer::Rebuild::Continue : indexer::Rebuild::FromStart, progress));
  for (bool more = true; more;) {
    TRY(more, indexer::merge(*archive_));
  }
  return {};
}

Status Service::tidy_index() {
  keeper_.reset();
  TRY_STATUS(indexer::sweep(*archive_));
  for (bool more = true; more;) {
    TRY(more, indexer::flush(*archive_));
  }
  return indexer::merge_all(*archive_);
}

std::filesystem::path Service::folder_for_uploads() const {
  const std::filesystem::path& folder = archive_->folder();
  return (folder.empty() ? std::filesystem::temp_directory_path() / fmt::format("chartscan-{}", ::getpid()) : folder) / "uploads";
}

Result<VerifyReport> Service::verify() {
  VerifyReport report;
  const auto fault = [&](const std::string& line) { report.faults.push_back(line); };
  if (Status status = archive_->store().verify(); !status) fault(to_string(status.error()));
  TRY(report.blobs, archive_->blobs().verify(fault));
  TRY(const storage::Records records, archive_->read());
  TRY(report.pages, storage::verify_records(records, fault));
  TRY_STATUS(indexer::verify_index(records, fault));
  TRY(const std::vector<Batch> batches, records.batches());
  for (const Batch& batch : batches) {
    TRY(const Ledger ledger, records.ledger(batch));
    const bool done = batch.state == BatchState::Closed || batch.state == BatchState::Released;
    const bool balanced = done ? ledger.balances() : ledger.fed == ledger.accounted() + ledger.waiting;
    if (!balanced)
      fault(fmt::format("batch {}: the ledger does not balance: {} sides fed, {} accounted for", to_string(batch.id), ledger.fed,
                        ledger.accounted() + ledger.waiting));
  }
  TRY_STATUS(records.documents([&](const Document& document) {
    ++report.documents;
    for (const PageId id : document.pages) {
      const auto page = records.page(id);
      if (!page || !*page || (*page)->document != document.id)
        fault("document " + to_string(document.id) + ": its page " + to_string(id) + " does not belong to it");
    }
    return true;
  }));
  TRY(const storage::AuditVerdict trail, storage::verify_audit_trail(archive_->folder(), {config_.audit.anchor, {}, {}}));
  report.audit_records = trail.records;
  if (trail.fault) fault(trail.fault->message);
  return report;
}

}  // namespace chartscan::app
