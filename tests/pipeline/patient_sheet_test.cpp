// A patient separator sheet is evidence for what lies between it and the next separator, and for nothing else.
#include <catch2/catch.hpp>

#include "charts/patient_index.h"
#include "pipeline/assemble.h"
#include "pipeline/stages/stages.h"

using namespace chartscan;

namespace {

Patient patient(const char* mrn, const char* family, const char* given) {
  Patient p;
  p.mrn = mrn, p.family = family, p.given = given;
  p.dob = {1961, 2, 3};
  return p;
}

class FedBatch {
 public:
  FedBatch() {
    charts::put_patient(change_, patient("4410982", "Doe", "Ann"));
    charts::put_patient(change_, patient("7783051", "Stone", "Petra"));
    batch_.id = BatchId{1};
    change_.put(batch_);
  }

  Page& add(std::vector<std::pair<FieldKind, const char*>> fields) {
    Page page;
    page.id = PageId{++last_};
    page.batch = batch_.id;
    page.sequence = static_cast<int>(last_);
    page.state = PageState::Processed;
    page.types = {{"progress_note", 0.99}};
    page.quality = {.text_confidence = 0.95, .words = 120};
    page.first_page_cue = 0.9;
    for (const auto& [kind, value] : fields) page.fields.push_back({kind, value, {}, 0.95, "label"});
    pages_.push_back(page);
    return pages_.back();
  }

  // As the stage leaves it.
  void add_sheet(std::vector<Barcode> codes) {
    pipeline::PageDraft draft;
    draft.page = add({});
    draft.page.barcodes = std::move(codes);
    draft.page.quality.words = 12;
    pipeline::Workbench bench;
    REQUIRE(pipeline::stages::separate(draft, bench, {}).ok());
    REQUIRE(draft.page.separator != SeparatorKind::None);
    pages_.back() = draft.page;
  }
  void add_patient_sheet(const std::string& mrn) { add_sheet({{"PATIENTSEP", "Code128", {}}, {"MRN=" + mrn, "QRCode", {}}}); }

  void close() {
    for (const Page& page : pages_) change_.put(page);
    REQUIRE(archive_->commit(change_).ok());
    REQUIRE(pipeline::close_batch(*archive_, batch_.id, SystemClock()).ok());
  }

  Document document(std::uint64_t id) const {
    const auto found = archive_->read().value().document(DocumentId{id}).value();
    REQUIRE(found);
    return *found;
  }
  Page page(std::uint64_t id) const { return archive_->read().value().page(PageId{id}).value().value(); }

 private:
  std::unique_ptr<storage::Archive> archive_ = storage::Archive::in_memory();
  storage::Change change_;
  Batch batch_;
  std::vector<Page> pages_;
  std::uint64_t last_ = 0;
};

bool proposes(const Document& document, const std::string& mrn) {
  return document.link.mrn == mrn || std::ranges::any_of(document.link.candidates, [&](const LinkCandidate& c) { return c.mrn == mrn; });
}

const std::vector<std::pair<FieldKind, const char*>> kAnn{{FieldKind::Mrn, "4410982"}, {FieldKind::PatientName, "DOE, ANN"}};
const std::vector<std::pair<FieldKind, const char*>> kNobody{};

}  // namespace

TEST_CASE("a patient sheet alone files nothing: it proposes its patient to the person who reviews", "[pipeline][separate]") {
  FedBatch fed;
  fed.add_patient_sheet("4410982");
  fed.add(kNobody);
  fed.close();
  CHECK(fed.page(1).state == PageState::Separator);
  CHECK_FALSE(fed.page(1).document);
  const Document document = fed.document(2);
  CHECK_FALSE(document.filed);
  CHECK(document.link.status != LinkStatus::Auto);
  CHECK(proposes(document, "4410982"));
}

TEST_CASE("what a patient sheet says ends at the next separator of any kind", "[pipeline][separate]") {
  for (const Barcode& next : {Barcode{"PATCH T", "PatchT", {}}, Barcode{"BATCH-SEP", "Code39", {}}, Barcode{"PATIENTSEP", "Code128", {}}}) {
    FedBatch fed;
    fed.add_patient_sheet("4410982");
    fed.add(kAnn);
    fed.add_sheet({next});
    fed.add(kNobody);
    fed.close();
    INFO(next.payload);
    CHECK(fed.document(2).filed);
    CHECK(fed.document(2).link.mrn == "4410982");
    CHECK_FALSE(fed.document(4).filed);
    CHECK_FALSE(proposes(fed.document(4), "4410982"));
  }
}

TEST_CASE("no document inherits whom the document before it names, with a separator between them or without", "[pipeline][separate]") {
  for (const bool parted : {true, false}) {
    FedBatch fed;
    fed.add(kAnn);
    if (parted) fed.add_sheet({{"PATCH T", "PatchT", {}}});
    fed.add({{FieldKind::PageNumber, "1/1"}});
    fed.close();
    const Document next = fed.document(parted ? 3 : 2);
    CHECK(fed.document(1).filed);
    CHECK_FALSE(next.filed);
    CHECK_FALSE(proposes(next, "4410982"));
    CHECK(next.link.reasons.empty());
  }
}

TEST_CASE("a document that names another patient than the sheet before it waits, whichever is right", "[pipeline][separate]") {
  for (const char* sheet : {"7783051", "9999999"}) {  // another patient, and one that nobody knows
    FedBatch fed;
    fed.add_patient_sheet(sheet);
    fed.add(kAnn);
    fed.close();
    const Document document = fed.document(2);
    CHECK_FALSE(document.filed);
    CHECK(document.link.status == LinkStatus::Review);
    CHECK(has_finding(document.findings, finding::kPatientContradiction));
    CHECK(document.link.mrn == "4410982");
  }
}

TEST_CASE("a patient sheet that agrees is one more reason, no more", "[pipeline][separate]") {
  FedBatch fed;
  fed.add_patient_sheet("4410982");
  fed.add(kAnn);
  fed.close();
  const Document document = fed.document(2);
  CHECK(document.filed);
  CHECK(std::ranges::any_of(document.link.reasons, [](const LinkReason& reason) { return reason.field == "patient sheet"; }));
}
