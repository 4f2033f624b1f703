// The archive: a folder holding every original, every record and the index. One process writes at a time; any number
// read beside it. Typed reads and writes over Store and Blobs; storage/codec.h turns records into bytes.
//
// Folder: FORMAT (format version, text), writer.lock (who writes), db/ (RocksDB), packs/ (originals), pictures/ (of pages,
// for screens; storage/pictures.h), work/ (scratch).
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/document.h"
#include "core/journal.h"
#include "core/page.h"
#include "core/patient.h"
#include "core/patient_event.h"
#include "core/result.h"
#include "storage/blobs.h"
#include "storage/pictures.h"
#include "storage/store.h"

namespace chartscan::storage {

class WriterLock;

struct PageRow;

inline constexpr int kFormatVersion = 4;

enum class Access { Read, Write };

// What becomes durable together. Room for other rooms' keys (the index) is `raw`.
class Change {
 public:
  void put(const Batch& batch);
  void put(const Page& page);
  // The next line of the batch's journal: number, chain and the batch's head of it are set here. Puts the batch, too; whoever
  // changes the batch afterwards puts it again.
  void append(Batch& batch, JournalLine line);
  void put(PageId page, const PageText& text);
  void put(const Document& document);
  void erase(DocumentId document);
  void put(const Patient& patient);
  void put(const Encounter& encounter);
  void erase(const Encounter& encounter);
  void put(const ChartMerge& merge);
  void put(const FeedLine& line);
  // Files `document` under a chart, or takes it out. The chart row is a key of its own: no read-modify-write.
  void file(const std::string& mrn, DocumentId document);
  void unfile(const std::string& mrn, DocumentId document);
  WriteBatch& raw() { return batch_; }
  const WriteBatch& raw() const { return batch_; }

 private:
  WriteBatch batch_;
};

// Typed reads of one moment. Cheap to copy, many threads may share one.
class Records {
 public:
  explicit Records(std::shared_ptr<const View> view) : view_(std::move(view)) {}
  const View& view() const { return *view_; }

  Result<std::optional<Batch>> batch(BatchId id) const;
  Result<std::vector<Batch>> batches() const;  // oldest first
  Result<std::optional<Page>> page(PageId id) const;
  Result<std::optional<PageText>> text(PageId id) const;
  // In the batch's order (Page::sequence). `visit` returns false to stop.
  Status pages_of(BatchId batch, const std::function<bool(Page)>& visit) const;
  // The same without reading the pages, by id.
  Status page_rows(BatchId batch, const std::function<void(PageId, const PageRow&)>& visit) const;
  Status pages(const std::function<bool(Page)>& visit) const;  // every page, by id
  Status journal(BatchId batch, const std::function<bool(JournalLine)>& visit) const;  // first line first
  Result<std::optional<Document>> document(DocumentId id) const;
  Status waiting(const std::function<bool(WaitingDocument)>& visit) const;  // every document that waits for a person, by id
  Status documents(const std::function<bool(Document)>& visit) const;  // every document, by id
  Result<std::optional<Patient>> patient(const std::string& mrn) const;
  Status patients(const std::function<bool(Patient)>& visit, const std::string& beginning = "") const;  // by MRN, those that begin so
  Result<std::vector<DocumentId>> chart(const std::string& mrn) const;
  Result<std::optional<Encounter>> encounter(const std::string& mrn, const std::string& visit) const;
  Result<std::vector<Encounter>> encounters(const std::string& mrn) const;                 // by visit number
  Status chart_merges(const std::function<bool(ChartMerge)>& visit) const;                 // oldest first
  Status feed_lines(std::int64_t from, const std::function<bool(FeedLine)>& visit) const;  // oldest first, from that number on
  Result<Ledger> ledger(const Batch& batch) const;  // counted from the page rows against batch.sides_fed

  // The numbers after the highest in use.
  Result<PageId> next_page() const;
  Result<BatchId> next_batch() const;
  Result<int> next_chart_merge() const;
  Result<std::int64_t> next_feed_line() const;

 private:
  std::shared_ptr<const View> view_;
};

// Any thread; commits from several threads are grouped. Records must not outlive their archive.
class Archive {
 public:
  // Write makes the folder when it is missing and takes the writer's lock; ArchiveHeld names the holder otherwise.
  // `holder` is what others are told ("ingest, pid 123, since 10:15 on scan-pc").
  static Result<std::unique_ptr<Archive>> open(const std::filesystem::path& folder, Access access, const std::string& holder = "");
  static std::unique_ptr<Archive> in_memory();  // for tests
  static std::unique_ptr<Archive> over(std::unique_ptr<Store> store, std::unique_ptr<Blobs> blobs);  // for tests with disks of their own
  ~Archive();

  Result<Records> read();  // the newest state
  Status commit(const Change& change);
  // Reads, then writes what `build` puts together from that, with no other update between: for whoever changes a record that
  // another thread may change as well. An error of `build` writes nothing, an empty change neither.
  Status update(const std::function<Status(const Records&, Change&)>& build);
  // The same with no other write at all between: others wait. For short steps that must know every row they build on.
  Status update_alone(const std::function<Status(const Records&, Change&)>& build);
  // Asked before each commit, on its thread and before it holds anything others need to go on: may wait. For who must keep pace with
  // what is committed (the index). Null takes it off.
  using Brake = std::function<void()>;
  void set_brake(std::shared_ptr<const Brake> brake) { brake_ = std::move(brake); }
  std::uint64_t writes() const { return writes_; }  // of this process: where it stands still, nothing changed
  Blobs& blobs() { return *blobs_; }
  // Gives back the room of originals that no page and no line of a journal names, in packs of which they take more than `most_dead`. Pages
  // that were superseded, rejected or set aside name theirs. Others go on working meanwhile.
  Result<Repacked> repack(double most_dead);
  Pictures* pictures() { return pictures_.get(); }  // null for an archive in memory
  Store& store() { return *store_; }
  const std::filesystem::path& folder() const { return folder_; }
  // Free bytes on the archive's file system; intake stops before it is full.
  Result<std::uint64_t> free_bytes() const;

 private:
  Archive();
  Status open_for_writing(const std::string& holder);
  Status add_waiting_rows();  // to an archive written before there were any
  Status open_for_reading();

  std::filesystem::path folder_;
  std::unique_ptr<WriterLock> lock_;  // before the store, so that it is given up after it
  std::unique_ptr<Store> store_;
  std::unique_ptr<Blobs> blobs_;
  std::unique_ptr<Pictures> pictures_;
  std::atomic<std::uint64_t> writes_ = 0;
  std::atomic<std::shared_ptr<const Brake>> brake_;
  std::mutex update_mutex_;         // held through an update
  std::shared_mutex commit_mutex_;  // shared by every commit; update_alone has it alone
};

Hash sha256(std::span<const std::uint8_t> bytes);
Hash sha256(std::string_view bytes);

}  // namespace chartscan::storage
