// The service as one person may use it: what they may not open is left out or refused, and every look and change stands in the audit
// trail before it is given. The HTTP routes and the command line come to the archive's records through here. A value for one call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/access/access_desk.h"
#include "app/service.h"
#include "charts/overlays.h"

namespace chartscan::app {

// What a person decides about, with what helps to decide.
struct ReviewItem {
  Document document;
  std::vector<Page> pages;  // of it, in order
  struct Candidate {
    Patient patient;
    LinkCandidate proposed;
  };
  std::vector<Candidate> candidates;
  std::int64_t fed_at = 0;  // when its batch was opened
  std::size_t left = 0;     // that wait in this queue, this one with them
  std::optional<DocumentId> next;
};

struct ReviewQueue {
  std::string name;  // empty = all but what is held
  enum class Order { Oldest, Worst } order = Order::Oldest;
};

// Stands for what a document was when it was shown: a decision about another one is refused.
std::string version_of(const Document& document);

enum class Purpose { Print, Export };

class Workplace {
 public:
  Workplace(Service& service, AccessDesk& desk, ActorPtr actor) : service_(service), desk_(desk), actor_(std::move(actor)) {}
  const Actor& actor() const { return *actor_; }

  // --- looking ------------------------------------------------------------------------------------------------------------------
  Result<SearchView> search(const std::string& query, indexer::SearchOptions options);
  Result<charts::OverlayReport> overlays(std::size_t limit);
  Result<std::uint64_t> unfound(const std::function<bool(const UnfoundPage&)>& visit);
  Result<ChartView> chart(const std::string& mrn, const std::string& order = {});  // Service::chart with the roles of who asks
  Result<PageView> page(PageId id);
  // Asks the rules for a page whose image is to be shown and records the look; a thumbnail, too small to read, is no look.
  enum class Look { Thumbnail, Read };
  Result<Page> page_to_show(PageId id, Look look);
  Result<Document> document(DocumentId id);
  // Whether the rules let this person open it; for lists that name documents. What the archive does not have is not open.
  Result<bool> is_open(DocumentId id);
  Result<BatchDetails> batch(BatchId id);
  Result<std::vector<charts::PatientMatch>> patients(const std::string& text, int limit);
  // What waits for a person and this one may see, in the queue's order.
  Result<std::vector<WaitingDocument>> waiting(const ReviewQueue& queue);
  Result<ReviewItem> review_item(DocumentId id, const ReviewQueue& queue);

  // --- deciding -----------------------------------------------------------------------------------------------------------------
  // `version`: of the document that the person saw; empty = whatever it is now. Conflict when another was quicker.
  Result<Document> accept(DocumentId id, const std::string& version);
  Result<Document> decide(DocumentId id, const pipeline::ReviewDecision& decision, const std::string& why, const std::string& version);
  Result<Document> hold(DocumentId id, const std::string& why);
  Result<Document> undo(DocumentId id);
  Result<std::vector<Document>> split(DocumentId id, PageId page, const std::string& version);
  Result<std::vector<Document>> join(DocumentId id, const std::string& version);

  // --- batches ------------------------------------------------------------------------------------------------------------------
  // `work` on a batch that nothing is being read of; what it leaves unread is read.
  using RepairWork = std::function<Result<pipeline::Repaired>(pipeline::Repair&)>;
  Result<pipeline::Repaired> repair(BatchId id, const std::string& what, const RepairWork& work);

  // --- taking out ---------------------------------------------------------------------------------------------------------------
  // A searchable PDF of these documents and of these pages, into a new file in `folder`.
  struct Wanted {
    std::vector<DocumentId> documents;
    std::vector<PageId> pages;  // where there are any, documents are not wanted whole
  };
  Result<std::filesystem::path> pdf(Wanted wanted, Purpose purpose, const std::string& why, const std::filesystem::path& folder);

 private:
  std::int64_t now() const { return desk_.now(); }
  Result<Opening> opening_of(const storage::Records& records, const Document& document) const;
  Result<Document> opened(DocumentId id) const;
  Status must_open(const storage::Records& records, const Document& document) const;
  Status may_take_out(const Document& document);
  Status must_be(const Document& document, const std::string& version) const;
  storage::AuditRecord about(storage::AuditAction action, const Document& document) const;
  Status record(storage::AuditRecord what) { return desk_.record(*actor_, std::move(what)); }
  Result<Document> decided(DocumentId id, const std::string& version, const std::string& why, const std::string& what,
                           const std::function<Result<Document>()>& work);
  Result<std::vector<Document>> documents_of(BatchId id) const;

  Service& service_;
  AccessDesk& desk_;
  const ActorPtr actor_;
};

}  // namespace chartscan::app
