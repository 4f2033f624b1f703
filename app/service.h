// Everything the product can do, in one facade. The command line and the HTTP server are thin over it and have no rules
// of their own. Reading calls may come from any thread; one writing call at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/search_view.h"
#include "charts/chart_order.h"
#include "charts/patient_index.h"
#include "charts/patient_search.h"
#include "core/batch.h"
#include "core/document.h"
#include "core/page.h"
#include "core/patient.h"
#include "core/result.h"
#include "exchange/mllp.h"
#include "exchange/page_picture.h"
#include "indexer/index_upkeep.h"
#include "indexer/search.h"
#include "core/sheets.h"
#include "pipeline/ingest.h"
#include "pipeline/repair.h"
#include "pipeline/resident.h"
#include "pipeline/review.h"
#include "pipeline/scan.h"
#include "pipeline/watch.h"
#include "storage/archive.h"

namespace chartscan::app {

struct BatchView {
  Batch batch;
  Ledger ledger;
};

// A batch with all that is known of it.
struct BatchDetails {
  BatchView view;
  std::vector<Page> pages;  // in its order
  Sheets sheets;
  std::vector<std::string> gaps;     // sheets of which something is missing, in words
  std::vector<std::string> against;  // what speaks against its release, in words; empty once it is released
  std::vector<JournalLine> journal;
};

struct ChartView {
  Patient patient;
  std::string asked;                  // the MRN asked for, where it was merged into this chart
  std::vector<Encounter> encounters;  // newest admission first
  std::string order;  // name of the profile in which `sections` and their documents are
  std::vector<charts::ChartProfile> orders;  // all it can be read in, by name
  std::vector<charts::ChartSection> sections;
};

struct PageView {
  Page page;
  PageText text;
  std::optional<Document> document;
};

enum class ImageKind { Delivered, Upright };

struct VerifyReport {
  std::uint64_t blobs = 0, pages = 0, documents = 0, audit_records = 0;
  std::vector<std::string> faults;
};

class Service {
 public:
  // Where this process already serves the archive for writing (stay()), the same archive and the same reading are shared.
  static Result<std::unique_ptr<Service>> open(const Config& config, storage::Access access, const std::string& verb);
  ~Service();

  // For a process that stays: whatever arrives is read in the background from now on, and every later open() of this archive in this
  // process shares it. Of one service that is open for writing and outlives those others.
  Status stay(int jobs);
  void end_staying();  // who waits for reading is told that it ends; before others that share it are waited for

  Result<charts::ImportReport> import_patients(const std::filesystem::path& csv, const charts::ImportProgress& progress = {});
  // Takes a hospital's messages until it is destroyed; not longer than this service.
  Result<std::unique_ptr<exchange::MllpServer>> listen_for_patients(const exchange::MllpOptions& options);
  Status merge_charts(const std::string& mrn, const std::string& into, const std::string& who);
  Result<ChartMerge> unmerge_charts(const std::string& mrn, const std::string& who);
  // `control` stops waiting for it, in a process that stays; elsewhere it has no effect. May be null.
  Result<pipeline::IngestReport> ingest(const std::vector<std::string>& paths, const pipeline::IngestOptions& options,
                                        const pipeline::ProgressSink& progress, pipeline::ScanControl* control = nullptr);

  // Reads what waits and closes what can be closed.
  Result<pipeline::IngestReport> read_backlog(int jobs, const pipeline::ProgressSink& progress);
  // In a process that stays: what arrives meanwhile and what was interrupted is read by itself, these return when it is done.
  Result<pipeline::ScanReport> scan(const pipeline::OpenFeeder& open, const pipeline::ScanOrder& order, int jobs,
                                    const pipeline::ProgressSink& progress, pipeline::ScanControl& control);
  Status watch(const pipeline::WatchOrder& order, int jobs, const pipeline::WatchSink& sink, pipeline::ScanControl& control);
  // A person's work on batches. `who` stands in the journal.
  Status read_again(BatchId batch);  // what a repair left unread: now, or in the background of a process that stays
  pipeline::Repair repair(const std::string& who) { return {*archive_, clock_, who}; }
  // A person's word on a document. An automatic link that turns out wrong counts in the audit, if it was drawn for it.
  Result<Document> accept(DocumentId id, const std::string& who);
  Result<Document> correct(DocumentId id, const pipeline::ReviewDecision& decision, const std::string& who);
  Result<Document> hold(DocumentId id, const std::string& why, const std::string& who);
  Result<Document> undo_decision(DocumentId id, const std::string& who);
  pipeline::IngestOptions intake_options(int jobs) const;  // as configured

  Result<SearchView> search(const std::string& query, const indexer::SearchOptions& options);
  // Every page that answers, best first, however many: `begin` is told what was found before the first. Memory does not grow with them.
  Status each_hit(const std::string& query, const indexer::SearchOptions& options, const std::function<Status(const indexer::Found&)>& begin,
                  const std::function<Status(const SearchRow&)>& visit);
  // Pages that cannot be found, or hardly, by id. `visit` returns false to stop. Returns the number of pages looked at.
  Result<std::uint64_t> unfound(const std::vector<std::string>& hidden_types, const std::function<bool(const UnfoundPage&)>& visit);
  // In the order of that name; empty: that of the first role that has one, else the configuration's.
  Result<ChartView> chart(const std::string& mrn, const std::string& order = {}, std::span<const std::string> roles = {});
  Result<std::vector<BatchView>> batches();  // oldest first
  Result<std::vector<BatchView>> batches(std::uint64_t before, std::size_t limit);  // newest first, with smaller ids than `before` (0 = all)
  Result<Ledger> ledger();  // of all batches together
  Result<BatchView> batch(BatchId id);
  Result<BatchDetails> batch_details(BatchId id);
  Result<std::vector<Page>> batch_pages(BatchId id);
  Result<std::vector<Document>> review();  // documents that wait for a person, oldest first
  Result<std::vector<WaitingDocument>> waiting();  // the same as their queues know them
  Result<Document> document(DocumentId id);
  Result<PageView> page(PageId id);
  Result<std::vector<charts::PatientMatch>> patients(const std::string& text, int limit);  // as a person asks for them, best first
  Result<std::vector<Patient>> all_patients(int limit);                                      // by MRN
  // JPEG for screens, never larger than the page; `max_width` 0 = as it is.
  // `part`: of the image asked for, in its pixels; the whole where it is empty.
  // JPEG. `max_width` > 0: no wider. `part`: only that box of the image.
  Result<std::vector<std::uint8_t>> page_image(PageId id, ImageKind kind, int max_width, const Box& part = {});
  // The upright page of this width where it lies ready: costs a read, no decoding.
  std::optional<std::vector<std::uint8_t>> kept_picture(const Page& page, int width);

  Status export_corrections(std::ostream& out);  // JSON lines, docs/document-types.md
  Status export_pages(std::ostream& out);  // JSON lines, docs/contracts.md
  // `pages`: only these of the documents; empty = all.
  Status export_pdf(const std::vector<DocumentId>& documents, exchange::Images images, const std::filesystem::path& out, const std::vector<PageId>& pages = {});
  Status export_hocr(const std::vector<DocumentId>& documents, const std::filesystem::path& out);
  Status export_alto(const std::vector<DocumentId>& documents, const std::filesystem::path& folder);
  Result<VerifyReport> verify();
  Result<indexer::IndexStatus> index_status();
  // From the start, or from where an interrupted one stopped. Other upkeep of the index rests from here on.
  Status rebuild_index(const indexer::RebuildSink& progress);
  Status tidy_index();  // into as few segments as can be

  storage::Archive& archive() { return *archive_; }
  std::filesystem::path folder_for_uploads() const;
  const Config& config() const { return config_; }

 private:
  Service(Config config, std::shared_ptr<storage::Archive> archive) : config_(std::move(config)), archive_(std::move(archive)) {}
  Result<Ledger> ledger_of(const storage::Records& records, const Batch& batch);
  void keep_picture(const Page& page, const std::vector<std::uint8_t>& jpeg);
  std::optional<std::vector<std::uint8_t>> from_kept_picture(const Page& page, int width);

  // Counting a batch reads a row of every page. Of a closed one the count stays until something is written into its journal.
  struct Counts {
    std::mutex mutex;
    std::map<BatchId, std::pair<int, Ledger>> of;  // journal's lines, ledger
  };
  Config config_;
  std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
  std::shared_ptr<storage::Archive> archive_;
  std::shared_ptr<indexer::IndexKeeper> keeper_;  // of an archive open for writing; gone before the archive
  std::shared_ptr<pipeline::Resident> resident_;  // of a process that stays; gone before the keeper
  bool stays_ = false;
  SystemClock clock_;
};

}  // namespace chartscan::app
