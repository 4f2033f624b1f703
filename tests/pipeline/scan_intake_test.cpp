#include "pipeline/scan_intake.h"

#include <random>

#include "pipeline/repair.h"
#include "tests/pipeline/paper_desk.h"

using namespace chartscan;
using namespace chartscan::testing;
using pipeline::reasons_against_release;
using scan::FaultKind;

namespace {

constexpr FaultKind kAllFaults[] = {FaultKind::Jam,      FaultKind::DoubleFeed, FaultKind::CoverOpen,   FaultKind::Busy,
                                    FaultKind::Offline,  FaultKind::DeviceIo,   FaultKind::ShortPage,   FaultKind::EmptyPage,
                                    FaultKind::NoMemory, FaultKind::Denied,     FaultKind::Unsupported, FaultKind::Hung,
                                    FaultKind::Crashed,  FaultKind::StillLoaded};

bool says(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("every fault at every side stops the batch, and fed again as it says the batch is whole", "[pipeline][scan]") {
  const FaultKind kind = GENERATE(from_range(std::begin(kAllFaults), std::end(kAllFaults)));
  const int sides = GENERATE(1, 2);
  const int side = GENERATE(0, 1);
  const int sheet = GENERATE(1, 4, 6);
  if (side >= sides) return;
  CAPTURE(scan::to_string(kind), sides, side, sheet);
  PaperDesk desk(6, sides);
  desk.wish.expected_sheets = 6;
  const auto stopped = desk.feed({{sheet, side, fault_of(kind, side), {}, false}});
  if (!stopped) {  // the device failed before it took anything: there is no batch to resume
    CHECK(sheet == 1);
    CHECK(kind == FaultKind::Busy);
    CHECK(stopped.error().code == ErrorCode::DeviceFault);
    CHECK(desk.archive->read()->batches()->empty());
    return;
  }
  CHECK(stopped->state == BatchState::Stopped);
  REQUIRE(stopped->stop);
  CHECK(stopped->stop->reason == scan::to_string(kind));
  CHECK(stopped->stop->raw == "RAW");
  CHECK(stopped->stop->sheet == sheet);
  const int suspect = kind == FaultKind::DoubleFeed && side == 0 && sheet > 1 ? sheet - 1 : sheet;
  CHECK(says(stopped->stop->advice, suspect == 1 ? "No sheet of this batch is good yet"
                                                 : "Put back sheet " + std::to_string(suspect) + " and everything after it"));
  desk.check_nothing_dropped();
  CHECK_FALSE(reasons_against_release(desk.batch(), *desk.archive->read()->ledger(desk.batch()),
                                      pipeline::count(desk.batch(), desk.pages()))
                  .empty());

  const auto whole = desk.resume();
  REQUIRE(whole.ok());
  CHECK(whole->state == BatchState::Fed);
  CHECK(whole->suspects.empty());
  CHECK(whole->interruptions == 1);
  desk.check_whole();
}

TEST_CASE("sides of a sheet that is fed again give their place in the write of its last side, not before", "[pipeline][scan]") {
  PaperDesk desk(3, 2);
  // The back of sheet 2 jams; fed again it jams once more at its back: two fronts, and none of them may be lost or count twice.
  REQUIRE(desk.feed({{2, 1, fault_of(FaultKind::Jam, 1), {}, false}}).ok());
  const std::vector<Page> once = desk.pages();
  REQUIRE(once.size() == 3);
  CHECK(once[2].capture->attempt == 1);

  std::vector<Trouble> again{{2, 1, fault_of(FaultKind::Jam, 1), {}, false}};
  pipeline::ScanIntake intake(*desk.archive, desk.options, desk.clock, [](const Page&) {});
  auto resumption = intake.resume(desk.id, "", 0);
  REQUIRE(resumption.ok());
  CHECK(resumption->point.sheet == 2);
  CHECK(resumption->point.attempt == 2);
  CHECK(resumption->point.last_good == PageId{1});
  StackFeeder feeder(2, 3, 2, resumption->point, again);
  REQUIRE(intake.feed_resumed(feeder, std::move(*resumption)).ok());
  desk.delivered += feeder.delivered;
  for (const Page& page : desk.pages()) CHECK_FALSE(is_out(page));  // nothing stands in their place yet

  REQUIRE(desk.resume().ok());
  desk.check_whole();
  const std::vector<Page> pages = desk.pages();
  int attempts[4] = {};
  for (const Page& page : pages)
    if (page.capture->sheet == 2) ++attempts[page.capture->attempt];
  CHECK(attempts[1] == 1);
  CHECK(attempts[2] == 1);
  CHECK(attempts[3] == 2);
  for (const Page& page : pages) {
    if (!is_out(page)) continue;
    const auto by = std::ranges::find(pages, *page.superseded_by, &Page::id);
    REQUIRE(by != pages.end());
    CHECK(by->capture->side == page.capture->side);
    CHECK_FALSE(is_out(*by));
  }
}

TEST_CASE("a batch that ended without a word is resumed behind its last whole sheet", "[pipeline][scan]") {
  const int side = GENERATE(0, 1);
  const int sheet = GENERATE(1, 3, 5);
  CAPTURE(side, sheet);
  PaperDesk desk(5, 2);
  desk.wish.expected_sheets = 5;
  const auto ended = desk.feed({{sheet, side, {}, Error{ErrorCode::Storage, "as after a kill", {}}, false}});
  REQUIRE_FALSE(ended.ok());
  if (sheet == 1 && side == 0) {
    CHECK(desk.archive->read()->batches()->empty());
    return;
  }
  desk.id = BatchId{1};
  desk.delivered = (sheet - 1) * 2 + side;
  CHECK(desk.batch().state == BatchState::Open);
  const auto whole = desk.resume();
  REQUIRE(whole.ok());
  CHECK(whole->state == BatchState::Fed);
  desk.check_whole();
  bool told = false;
  for (const JournalLine& line : desk.journal()) told = told || line.event == JournalEvent::Interrupted;
  CHECK(told);
}

TEST_CASE("fewer sheets than counted stop the batch, which says how many are missing", "[pipeline][scan]") {
  PaperDesk desk(4, 2);
  desk.wish.expected_sheets = 6;
  const auto stopped = desk.feed({});
  REQUIRE(stopped.ok());
  CHECK(stopped->state == BatchState::Stopped);
  CHECK(stopped->stop->reason == "count");
  CHECK(stopped->stop->message == "expected 6 sheets, 4 are stored: 2 missing");
  CHECK(has_finding(desk.batch().findings, finding::kCountMismatch));
  const auto reasons = reasons_against_release(desk.batch(), *desk.archive->read()->ledger(desk.batch()),
                                               pipeline::count(desk.batch(), desk.pages()));
  CHECK(std::ranges::any_of(reasons, [](const std::string& reason) { return says(reason, "2 missing"); }));
}

TEST_CASE("more sheets than counted stop the batch, too", "[pipeline][scan]") {
  PaperDesk desk(4, 1);
  desk.wish.expected_sheets = 3;
  const auto stopped = desk.feed({});
  REQUIRE(stopped.ok());
  CHECK(stopped->state == BatchState::Stopped);
  CHECK(stopped->stop->message == "expected 3 sheets, 4 are stored: 1 too many");
}

TEST_CASE("a sheet in doubt that does not come again is asked for", "[pipeline][scan]") {
  PaperDesk desk(5, 2);
  REQUIRE(desk.feed({{3, 1, fault_of(FaultKind::Jam, 1), {}, false}}).ok());
  const auto early = desk.resume(2);  // nothing put back: the feeder is empty at once
  REQUIRE(early.ok());
  CHECK(early->state == BatchState::Stopped);
  CHECK(early->stop->reason == "refeed");
  CHECK(says(early->stop->message, "sheet 3 was in doubt"));
  desk.check_nothing_dropped();
  REQUIRE(desk.resume().ok());
  desk.check_whole();
}

TEST_CASE("a sheet that was only feared for is settled by the count, stated before or after", "[pipeline][scan]") {
  const bool counted_before = GENERATE(true, false);
  PaperDesk desk(4, 2);
  if (counted_before) desk.wish.expected_sheets = 4;
  // Two sheets are said to be on their way where only the last one was left.
  REQUIRE(desk.feed({{4, 0, fault_of(FaultKind::DoubleFeed, 0), {}, false}}).ok());
  const auto fed = desk.resume();
  REQUIRE(fed.ok());
  desk.check_whole();
  if (counted_before) {
    CHECK(fed->state == BatchState::Fed);
    CHECK(fed->suspects.empty());
    return;
  }
  CHECK(fed->state == BatchState::Stopped);
  CHECK(fed->suspects == std::vector<int>{5});
  CHECK(says(fed->stop->advice, "batch recount B00000001 --sheets 4"));
  pipeline::Repair repair(*desk.archive, desk.clock, "");
  REQUIRE(repair.recount(desk.id, 4, 0).ok());
  CHECK(desk.batch().state == BatchState::Fed);
}

TEST_CASE("a cancelled feeding stops the batch and goes on later", "[pipeline][scan]") {
  PaperDesk desk(4, 2);
  const auto cancelled = desk.feed({{3, 1, {}, {}, true}});
  REQUIRE(cancelled.ok());
  CHECK(cancelled->state == BatchState::Stopped);
  CHECK(cancelled->stop->reason == "cancelled");
  CHECK(cancelled->suspects == std::vector<int>{3});
  REQUIRE(desk.resume().ok());
  desk.check_whole();
}

TEST_CASE("an empty feeder opens no batch", "[pipeline][scan]") {
  PaperDesk desk(0, 1);
  CHECK(desk.feed({}).error().code == ErrorCode::InputRefused);
  CHECK(desk.archive->read()->batches()->empty());
}

TEST_CASE("what the driver noticed about a side becomes a finding of its page", "[pipeline][scan]") {
  PaperDesk desk(1, 1);
  std::vector<Trouble> none;
  StackFeeder feeder(1, 1, 1, {}, none);
  feeder.notes = {"the last 812 rows are one flat grey"};
  pipeline::ScanIntake intake(*desk.archive, desk.options, desk.clock, [](const Page&) {});
  const auto batch = intake.feed_new(feeder, desk.wish);
  REQUIRE(batch.ok());
  desk.id = batch->id;
  REQUIRE(desk.pages().size() == 1);
  REQUIRE(has_finding(desk.pages()[0].findings, finding::kScannerNote));
  CHECK(desk.pages()[0].findings[0].detail == "the last 812 rows are one flat grey");
}

TEST_CASE("a driver that counts its sheets from the beginning again takes no number that is in use", "[pipeline][scan]") {
  PaperDesk desk(4, 2);
  REQUIRE(desk.feed({{3, 0, fault_of(FaultKind::Jam, 0), {}, false}}).ok());
  pipeline::ScanIntake intake(*desk.archive, desk.options, desk.clock, [](const Page&) {});
  auto resumption = intake.resume(desk.id, "", 0);
  REQUIRE(resumption.ok());
  std::vector<Trouble> none;
  StackFeeder forgetful(3, 4, 2, {}, none);  // sheets 3 and 4 of the paper, called 1 and 2
  REQUIRE(intake.feed_resumed(forgetful, std::move(*resumption)).ok());
  desk.delivered += forgetful.delivered;
  desk.check_whole();
}

TEST_CASE("a batch whose feeding is finished, or that comes from files, cannot be resumed", "[pipeline][scan]") {
  PaperDesk desk(2, 1);
  REQUIRE(desk.feed({}).ok());
  CHECK(desk.resume().error().code == ErrorCode::Conflict);
  desk.id = BatchId{9};
  CHECK(desk.resume().error().code == ErrorCode::NotFound);
}

TEST_CASE("random troubles on a long stack end with the stack, whole and in order", "[pipeline][scan]") {
  const unsigned seed = GENERATE(range(1u, 30u));
  CAPTURE(seed);
  std::mt19937 random(seed);
  constexpr int kSheets = 25;
  const int sides = 1 + static_cast<int>(random() % 2);
  PaperDesk desk(kSheets, sides);
  desk.wish.expected_sheets = kSheets;
  std::vector<Trouble> troubles;
  for (int i = 0; i < 8; ++i) {
    const int sheet = 2 + static_cast<int>(random() % (kSheets - 4)),
              side = static_cast<int>(random() % static_cast<unsigned>(sides));
    if (random() % 4 == 0)
      troubles.push_back({sheet, side, {}, {}, true});
    else
      troubles.push_back({sheet, side, fault_of(kAllFaults[random() % std::size(kAllFaults)], side), {}, false});
  }
  auto batch = desk.feed(troubles);
  REQUIRE(batch.ok());
  int resumed = 0;
  for (; batch->state == BatchState::Stopped && resumed < 20; ++resumed) {
    desk.check_nothing_dropped();
    batch = desk.resume();
    REQUIRE(batch.ok());
  }
  CHECK(batch->state == BatchState::Fed);
  CHECK(batch->interruptions == resumed);
  desk.check_whole();
}
