// A person's work on batches: what it changes, that it can be taken back, and what it never does.
#include "pipeline/repair.h"

#include <algorithm>

#include "charts/patient_index.h"
#include "indexer/index.h"
#include "pipeline/assemble.h"
#include "pipeline/ingest.h"
#include "tests/pipeline/paper_desk.h"

using namespace chartscan;
using namespace chartscan::testing;
using pipeline::Repair;
using pipeline::Repaired;

namespace {

// A scanned batch whose pages are read: "read" by the test, every sheet a document of one patient.
class RepairDesk : public PaperDesk {
 public:
  RepairDesk(int sheets, int sides) : PaperDesk(sheets, sides) {
    wish.expected_sheets = sheets;
    storage::Change change;
    Patient patient;
    patient.mrn = "4410982";
    patient.family = "Doe";
    patient.given = "Ann";
    patient.dob = {1961, 2, 3};
    charts::put_patient(change, patient);
    REQUIRE(archive->commit(change).ok());
    REQUIRE(feed({}).ok());
    read_all();
    REQUIRE(pipeline::close_batch(*archive, id, clock).ok());
  }

  // As the runner does it, with what would be on the page.
  void read_all() {
    REQUIRE(archive
                ->update([&](const storage::Records& records, storage::Change& change) -> Status {
                  return records.pages_of(id, [&](Page page) {
                    if (page.state != PageState::Received) return true;
                    page.state = PageState::Processed;
                    page.stamps = {{"read", 1, "test"}};
                    page.types = {{"progress_note", 0.99}};
                    page.quality = {.text_confidence = 0.95, .words = 120};
                    page.blank = page.decisions.blank.value_or(false);
                    page.geometry.rotation = page.decisions.rotation.value_or(0);
                    page.fields = {
                        {FieldKind::Mrn, "4410982", {}, 0.95, "label"},
                        {FieldKind::PatientName, "DOE, ANN", {}, 0.95, "label"},
                        {FieldKind::PageNumber, page.capture && page.capture->side == 1 ? "2/2" : "1/2", {}, 0.95, "label"}};
                    const PageText text{{{"word" + std::to_string(page.id.value), {0, 0, 10, 10}, 0.9, 0}}};
                    change.put(page);
                    change.put(page.id, text);
                    indexer::index_page(change, page, text);
                    return true;
                  });
                })
                .ok());
  }

  Repair repair{*archive, clock, "desk 3"};

  PageId page(int sheet, int side) const {
    for (const Page& page : pages())
      if (!is_out(page) && page.capture && page.capture->sheet == sheet && page.capture->side == side) return page.id;
    FAIL("no sheet " << sheet);
    return {};
  }
  Page record(PageId id) const { return **archive->read()->page(id); }
  std::vector<PageId> order() const {
    std::vector<PageId> ids;
    for (const Page& page : pages())
      if (!is_out(page)) ids.push_back(page.id);
    return ids;
  }
  std::map<DocumentId, std::vector<PageId>> documents() const {
    std::map<DocumentId, std::vector<PageId>> all;
    REQUIRE(archive->read()->documents([&](const Document& document) { return all[document.id] = document.pages, true; }).ok());
    return all;
  }
  std::size_t in_chart() const { return archive->read()->chart("4410982")->size(); }

  // What must hold after every step.
  void check_sound() const {
    REQUIRE(storage::verify_records(*archive->read(), [](const std::string& line) { FAIL_CHECK(line); }).ok());
    REQUIRE(indexer::verify_index(*archive->read(), [](const std::string& line) { FAIL_CHECK(line); }).ok());
    const Ledger ledger = *archive->read()->ledger(batch());
    CHECK(ledger.fed == ledger.accounted() + ledger.waiting);
    if (batch().state == BatchState::Closed) CHECK(ledger.balances());
  }

  // Everything that a repair may change, to be compared with what undo leaves.
  std::string state() const {
    std::string text = std::to_string(in_chart());
    for (const Page& page : pages()) {
      text += "\n" + to_string(page.id) + " " + std::to_string(page.sequence) + " " + to_string(page.state) + " " +
              (page.document ? to_string(*page.document) : "-") + " " +
              (page.superseded_by ? to_string(*page.superseded_by) : "-") + " " + std::to_string(page.geometry.rotation);
    }
    return text;
  }
};

// One or two sides from a scanner, or a fault.
class FewSides : public scan::Feeder {
 public:
  FewSides(int sides, bool jams_at_the_back = false) : sides_(sides), jams_(jams_at_the_back) {}
  std::string name() const override { return "few"; }
  std::string source() const override { return "test:few"; }
  Result<scan::Fed> next() override {
    if (side_ == sides_) return scan::Fed(scan::End{});
    if (jams_ && side_ == 1) return scan::Fed(fault_of(scan::FaultKind::Jam, 1));
    const std::string bytes = "rescanned side " + std::to_string(side_) + " of " + std::to_string(++made_);
    scan::Delivery delivery{"again", MediaType::Tiff, imaging::memory_reader({bytes.begin(), bytes.end()}), 1, {}};
    delivery.origin = scan::SideOrigin{1, side_, 1, side_ + 1 == sides_, 300, "gray", {}};
    ++side_;
    return scan::Fed(std::move(delivery));
  }

 private:
  static inline int made_ = 0;
  const int sides_;
  const bool jams_;
  int side_ = 0;
};

}  // namespace

TEST_CASE("the documents of a scanned batch are its sheets, filed in the chart", "[pipeline][repair]") {
  const RepairDesk desk(3, 2);
  CHECK(desk.batch().state == BatchState::Closed);
  CHECK(desk.documents().size() == 3);
  CHECK(desk.in_chart() == 3);
  desk.check_sound();
}

TEST_CASE("every repair that needs no reading is undone without a trace but its lines", "[pipeline][repair]") {
  RepairDesk desk(4, 2);
  const std::string before = desk.state();
  const std::size_t lines = desk.journal().size();
  Result<Repaired> done = Error{};
  SECTION("move") {
    done = desk.repair.move(desk.id, {desk.page(3, 0), desk.page(3, 1)}, desk.page(1, 1));
    REQUIRE(done.ok());
    CHECK(desk.order()[2] == PageId{5});
    CHECK(desk.order()[4] == PageId{3});
  }
  SECTION("move to the front") {
    done = desk.repair.move(desk.id, {desk.page(4, 0)}, {});
    REQUIRE(done.ok());
    CHECK(desk.order()[0] == PageId{7});
  }
  SECTION("split") {
    done = desk.repair.split(desk.id, desk.page(2, 1));
    REQUIRE(done.ok());
    CHECK(desk.documents().size() == 5);
    CHECK(desk.documents().contains(DocumentId{4}));
  }
  SECTION("join") {
    done = desk.repair.join(desk.id, desk.page(2, 0));
    REQUIRE(done.ok());
    CHECK(desk.documents().size() == 3);
    CHECK(desk.documents().at(DocumentId{1}).size() == 4);
    CHECK(desk.in_chart() == 3);
  }
  REQUIRE(done.ok());
  CHECK_FALSE(done->needs_reading);
  CHECK(done->batch.state == BatchState::Closed);
  CHECK(desk.state() != before);
  desk.check_sound();
  REQUIRE(desk.repair.undo(desk.id).ok());
  CHECK(desk.state() == before);
  desk.check_sound();
  const auto journal = desk.journal();
  REQUIRE(journal.size() == lines + 2);
  CHECK(journal[lines].who == "desk 3");
  CHECK(journal[lines + 1].event == JournalEvent::Undone);
  CHECK(journal[lines + 1].undoes == journal[lines].number);
  CHECK(desk.repair.undo(desk.id).error().code == ErrorCode::Conflict);  // nothing stands that could be undone
}

TEST_CASE("steps are undone one by one, newest first", "[pipeline][repair]") {
  RepairDesk desk(4, 1);
  std::vector<std::string> states{desk.state()};
  REQUIRE(desk.repair.move(desk.id, {desk.page(4, 0)}, desk.page(1, 0)).ok());
  states.push_back(desk.state());
  REQUIRE(desk.repair.split(desk.id, desk.page(3, 0)).ok());
  states.push_back(desk.state());
  REQUIRE(desk.repair.move(desk.id, {desk.page(2, 0)}, {}).ok());
  for (int i = 2; i >= 0; --i) {
    REQUIRE(desk.repair.undo(desk.id).ok());
    CHECK(desk.state() == states[static_cast<std::size_t>(i)]);
    desk.check_sound();
  }
}

TEST_CASE("a page turned is read again, and its document stands until then", "[pipeline][repair]") {
  RepairDesk desk(2, 2);
  const PageId page = desk.page(1, 0);
  const auto turned = desk.repair.rotate(desk.id, page, 90);
  REQUIRE(turned.ok());
  CHECK(turned->needs_reading);
  CHECK(desk.batch().state == BatchState::Fed);
  CHECK(desk.record(page).state == PageState::Received);
  CHECK(desk.record(page).decisions.rotation == 90);
  CHECK(desk.in_chart() == 2);
  desk.check_sound();
  desk.read_all();
  REQUIRE(pipeline::close_batch(*desk.archive, desk.id, desk.clock).ok());
  CHECK(desk.record(page).geometry.rotation == 90);
  CHECK(desk.in_chart() == 2);
  desk.check_sound();
  REQUIRE(desk.repair.undo(desk.id).ok());
  CHECK_FALSE(desk.record(page).decisions.rotation);
  CHECK(desk.record(page).state == PageState::Received);
}

TEST_CASE("a page set aside as blank leaves its document and comes back", "[pipeline][repair]") {
  RepairDesk desk(2, 2);
  const PageId back = desk.page(1, 1);
  REQUIRE(desk.repair.set_aside(desk.id, back).ok());
  CHECK(desk.record(back).state == PageState::BlankAside);
  CHECK_FALSE(desk.record(back).document);
  CHECK(desk.archive->read()->ledger(desk.batch())->blanks == 1);
  desk.check_sound();
  CHECK(desk.repair.set_aside(desk.id, back).error().code == ErrorCode::Conflict);
  const auto restored = desk.repair.restore(desk.id, back);
  REQUIRE(restored.ok());
  CHECK(restored->needs_reading);
  desk.read_all();
  REQUIRE(pipeline::close_batch(*desk.archive, desk.id, desk.clock).ok());
  CHECK(desk.record(back).state == PageState::Filed);
  CHECK(desk.archive->read()->ledger(desk.batch())->blanks == 0);
  desk.check_sound();
}

TEST_CASE("a rescanned sheet takes the place of the old one, which is kept and can come back", "[pipeline][repair]") {
  RepairDesk desk(3, 2);
  const std::string before = desk.state();
  const PageId old_front = desk.page(2, 0), old_back = desk.page(2, 1);
  FewSides sheet(2);
  const auto done = desk.repair.rescan_sheet(desk.id, 2, sheet, desk.options);
  if (!done) FAIL(to_string(done.error()));
  CHECK(done->needs_reading);
  CHECK(desk.record(old_front).state == PageState::Superseded);
  CHECK(desk.record(old_front).superseded_by == desk.page(2, 0));
  CHECK(desk.record(old_back).superseded_by == desk.page(2, 1));
  CHECK(desk.record(desk.page(2, 0)).capture->attempt == 2);
  CHECK(desk.order() == std::vector<PageId>{{1}, {2}, {7}, {8}, {5}, {6}});
  desk.check_sound();
  desk.read_all();
  REQUIRE(pipeline::close_batch(*desk.archive, desk.id, desk.clock).ok());
  CHECK(desk.in_chart() == 3);
  CHECK(desk.documents().at(DocumentId{7}) == std::vector<PageId>{{7}, {8}});
  CHECK_FALSE(desk.documents().contains(DocumentId{3}));
  desk.check_sound();

  REQUIRE(desk.repair.undo(desk.id).ok());
  CHECK(desk.order() == std::vector<PageId>{{1}, {2}, {3}, {4}, {5}, {6}});
  CHECK(desk.record(PageId{7}).state == PageState::Superseded);  // kept all the same
  CHECK(desk.documents().at(DocumentId{3}) == std::vector<PageId>{{3}, {4}});
  CHECK(desk.in_chart() == 3);
  desk.check_sound();
}

TEST_CASE("a fault during a rescan changes nothing that counts", "[pipeline][repair]") {
  RepairDesk desk(3, 2);
  const auto documents = desk.documents();
  const auto order = desk.order();
  FewSides jammed(2, true);
  const auto failed = desk.repair.rescan_sheet(desk.id, 2, jammed, desk.options);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code == ErrorCode::DeviceFault);
  CHECK(desk.documents() == documents);
  CHECK(desk.order() == order);
  CHECK(desk.batch().state == BatchState::Closed);
  CHECK(desk.pages().size() == 7);  // the front that came is kept, withdrawn
  CHECK(desk.pages().back().decisions.withdrawn);
  desk.check_sound();
  FewSides sheet(2);
  REQUIRE(desk.repair.rescan_sheet(desk.id, 2, sheet, desk.options).ok());
  CHECK(desk.record(desk.page(2, 0)).capture->attempt == 3);
  desk.check_sound();
}

TEST_CASE("a sheet in doubt that is rescanned settles a stopped batch, and undo brings the doubt back", "[pipeline][repair]") {
  PaperDesk desk(3, 2);
  desk.wish.expected_sheets = 3;
  REQUIRE(desk.feed({{3, 1, fault_of(scan::FaultKind::Jam, 1), {}, false}}).ok());
  REQUIRE(desk.resume(2).ok());  // nothing put back
  REQUIRE(desk.batch().stop->reason == "refeed");
  Repair repair(*desk.archive, desk.clock, "");
  FewSides sheet(2);
  const auto done = repair.rescan_sheet(desk.id, 3, sheet, desk.options);
  if (!done) FAIL(to_string(done.error()));
  CHECK(done->batch.suspects.empty());
  CHECK(done->batch.state == BatchState::Fed);
  REQUIRE(repair.undo(desk.id).ok());
  CHECK(desk.batch().suspects == std::vector<int>{3});
}

TEST_CASE("sheets put between stand at their place, count, and leave again by undo", "[pipeline][repair]") {
  RepairDesk desk(3, 2);
  REQUIRE(desk.repair.recount(desk.id, 4, 0).ok());
  CHECK(has_finding(desk.batch().findings, finding::kCountMismatch));
  FewSides sheet(2);
  const auto done = desk.repair.insert(desk.id, desk.page(1, 1), sheet, desk.options);
  if (!done) FAIL(to_string(done.error()));
  CHECK(desk.order() == std::vector<PageId>{{1}, {2}, {7}, {8}, {3}, {4}, {5}, {6}});
  CHECK_FALSE(has_finding(desk.batch().findings, finding::kCountMismatch));
  desk.read_all();
  REQUIRE(pipeline::close_batch(*desk.archive, desk.id, desk.clock).ok());
  CHECK(desk.in_chart() == 4);
  desk.check_sound();
  REQUIRE(desk.repair.undo(desk.id).ok());
  CHECK(desk.order() == std::vector<PageId>{{1}, {2}, {3}, {4}, {5}, {6}});
  CHECK(desk.in_chart() == 3);
  CHECK(desk.pages().size() == 8);
  desk.check_sound();
}

TEST_CASE("sheets are put first, too, and one side is replaced alone", "[pipeline][repair]") {
  RepairDesk desk(2, 2);
  FewSides one(1);
  REQUIRE(desk.repair.insert(desk.id, {}, one, desk.options).ok());
  CHECK(desk.order().front() == PageId{5});
  FewSides other(1);
  const auto replaced = desk.repair.replace_page(desk.id, PageId{1}, other, desk.options);
  if (!replaced) FAIL(to_string(replaced.error()));
  CHECK(desk.order() == std::vector<PageId>{{5}, {6}, {2}, {3}, {4}});
  CHECK(desk.record({1}).superseded_by == PageId{6});
  CHECK(pipeline::count(desk.batch(), desk.pages()).sheets.incomplete().empty());
  FewSides two(2);
  CHECK(desk.repair.replace_page(desk.id, PageId{2}, two, desk.options).error().code == ErrorCode::InputRefused);
  desk.check_sound();
}

TEST_CASE("a document that a person decided about outlives repairs, and waits again when its page is replaced",
          "[pipeline][repair]") {
  RepairDesk desk(3, 2);
  storage::Change change;
  Document decided = **desk.archive->read()->document({3});
  const Document before = decided;
  decided.decided_by = "desk 1";
  decided.type = "consult_note";
  change.put(decided);
  indexer::index_document(change, &before, decided);
  REQUIRE(desk.archive->commit(change).ok());

  REQUIRE(desk.repair.split(desk.id, desk.page(1, 1)).ok());
  CHECK((*desk.archive->read()->document({3}))->type == "consult_note");
  CHECK(desk.record({3}).state == PageState::Filed);
  CHECK(desk.in_chart() == 4);
  desk.check_sound();

  FewSides sheet(2);
  REQUIRE(desk.repair.rescan_sheet(desk.id, 2, sheet, desk.options).ok());
  desk.read_all();
  REQUIRE(pipeline::close_batch(*desk.archive, desk.id, desk.clock).ok());
  const Document now = **desk.archive->read()->document({3});
  CHECK(now.type == "consult_note");
  CHECK(now.pages == std::vector<PageId>{{7}, {8}});
  CHECK_FALSE(now.filed);
  CHECK(has_finding(now.findings, finding::kReplacedAfterDecision));
  CHECK(desk.record({7}).state == PageState::Review);
  CHECK(desk.in_chart() == 3);
  desk.check_sound();
}

TEST_CASE("a side that the scanner was not sure of holds its document back", "[pipeline][repair]") {
  RepairDesk desk(2, 2);
  Page noted = desk.record({1}), before = noted;
  noted.findings.push_back({finding::kScannerNote, "rows 2400 to 3300 are one flat grey", 1});
  storage::Change change;
  change.put(noted);
  indexer::index_page_fields(change, noted);
  REQUIRE(desk.archive->commit(change).ok());
  REQUIRE(desk.repair.split(desk.id, desk.page(2, 0)).ok());  // the documents are made again
  CHECK(desk.record({1}).state == PageState::Review);
  CHECK(desk.record({3}).state == PageState::Filed);
  CHECK(desk.in_chart() == 1);
  CHECK(has_finding((*desk.archive->read()->document({1}))->findings, finding::kScannerNote));
  desk.check_sound();
}

TEST_CASE("a batch is released when nothing speaks against it, and not touched any more", "[pipeline][release]") {
  RepairDesk desk(2, 2);
  REQUIRE(desk.repair.release(desk.id).ok());
  CHECK(desk.batch().state == BatchState::Released);
  CHECK(desk.journal().back().event == JournalEvent::Released);
  const std::string before = desk.state();
  CHECK(desk.repair.split(desk.id, desk.page(1, 1)).error().code == ErrorCode::Conflict);
  CHECK(desk.repair.undo(desk.id).error().code == ErrorCode::Conflict);
  CHECK(desk.repair.release(desk.id).error().code == ErrorCode::Conflict);
  FewSides sheet(2);
  CHECK(desk.repair.rescan_sheet(desk.id, 1, sheet, desk.options).error().code == ErrorCode::Conflict);
  CHECK(desk.state() == before);
  desk.check_sound();
}

TEST_CASE("a release is refused with its reason", "[pipeline][release]") {
  RepairDesk desk(3, 2);
  const auto refusal = [&] {
    const auto released = desk.repair.release(desk.id);
    REQUIRE_FALSE(released.ok());
    CHECK(released.error().code == ErrorCode::Conflict);
    return released.error().message;
  };
  const auto change_batch = [&](const std::function<void(Batch&)>& how) {
    Batch batch = desk.batch();
    how(batch);
    storage::Change change;
    change.put(batch);
    REQUIRE(desk.archive->commit(change).ok());
  };
  SECTION("a count disagrees") {
    REQUIRE(desk.repair.recount(desk.id, 4, 0).ok());
    CHECK(refusal().find("expected 4 sheets, 3 are stored: 1 missing") != std::string::npos);
    REQUIRE(desk.repair.recount(desk.id, 3, 0).ok());
    CHECK(desk.repair.release(desk.id).ok());
  }
  SECTION("a count of sides disagrees") {
    REQUIRE(desk.repair.recount(desk.id, 0, 7).ok());
    CHECK(refusal().find("expected 7 pages, 6 are stored: 1 missing") != std::string::npos);
  }
  SECTION("a page waits") {
    REQUIRE(desk.repair.rotate(desk.id, desk.page(1, 0), 180).ok());
    CHECK(refusal().find("1 pages wait") != std::string::npos);
  }
  SECTION("a sheet in doubt was not fed again") {
    change_batch([](Batch& batch) { batch.suspects = {2}; });
    CHECK(refusal().find("not fed again: 2") != std::string::npos);
  }
  SECTION("the ledger does not balance") {
    change_batch([](Batch& batch) { ++batch.sides_fed; });
    CHECK(refusal().find("does not balance: 7 sides fed, 6 accounted for") != std::string::npos);
  }
  CHECK(desk.batch().state != BatchState::Open);
}

TEST_CASE("a stopped batch is not released", "[pipeline][release]") {
  PaperDesk desk(3, 1);
  REQUIRE(desk.feed({{2, 0, fault_of(scan::FaultKind::Jam, 0), {}, false}}).ok());
  Repair repair(*desk.archive, desk.clock, "");
  const auto released = repair.release(desk.id);
  REQUIRE_FALSE(released.ok());
  CHECK(released.error().message.find("stands still") != std::string::npos);
  CHECK(desk.batch().state == BatchState::Stopped);
}

TEST_CASE("an overcautious fault that feared for a sheet that is none is settled by counting again", "[pipeline][release]") {
  PaperDesk desk(3, 1);
  REQUIRE(desk.feed({}).ok());
  Batch batch = desk.batch();
  batch.state = BatchState::Stopped;
  batch.stop = Stop{"refeed", {}, {}, 0, 0, "sheet 4 was in doubt", {}, 0};
  batch.suspects = {4};
  storage::Change change;
  change.put(batch);
  REQUIRE(desk.archive->commit(change).ok());
  Repair repair(*desk.archive, desk.clock, "");
  REQUIRE(repair.recount(desk.id, 3, 0).ok());
  CHECK(desk.batch().suspects.empty());
  CHECK(desk.batch().state == BatchState::Fed);
}
