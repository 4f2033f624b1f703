// A stack of numbered sheets, a feeder that takes them with the trouble a test asks for, and an operator who puts back what the
// batch says. The bytes of a side name the sheet and the face, so that what is stored can be held against the paper.
#pragma once

#include <catch2/catch.hpp>
#include <optional>

#include "pipeline/scan_intake.h"
#include "storage/record_check.h"

namespace chartscan::testing {

struct Trouble {
  int sheet = 0;                     // on the paper, from 1
  int side = 0;                      // while this one is fetched
  std::optional<scan::Fault> fault;  // what the device says,
  std::optional<Error> crash;        // or an end without a word
  bool cancel = false;               // or the operator's wish
};

inline std::string bytes_of(int sheet, int side) { return "sheet " + std::to_string(sheet) + (side ? " back" : " front"); }

class StackFeeder : public scan::Feeder {
 public:
  StackFeeder(int first, int sheets, int sides, ResumePoint from, std::vector<Trouble>& troubles)
      : next_sheet_(first), last_(sheets), sides_(sides), number_(from.sheet), attempt_(from.attempt), troubles_(troubles) {}

  std::string name() const override { return "stack"; }
  std::string source() const override { return "test:stack"; }
  Result<scan::Fed> next() override {
    if (next_sheet_ > last_) return scan::Fed(scan::End{});
    for (auto trouble = troubles_.begin(); trouble != troubles_.end(); ++trouble) {
      if (trouble->sheet != next_sheet_ || trouble->side != side_) continue;
      const Trouble now = *trouble;
      troubles_.erase(trouble);  // once
      if (now.crash) return *now.crash;
      if (now.cancel) return scan::Fed(scan::End{scan::EndReason::Cancelled});
      return scan::Fed(*now.fault);
    }
    scan::Delivery delivery;
    const std::string bytes = bytes_of(next_sheet_, side_);
    delivery.file = "stack";
    delivery.media = MediaType::Tiff;
    delivery.bytes = imaging::memory_reader({bytes.begin(), bytes.end()});
    delivery.pages = 1;
    delivery.origin = scan::SideOrigin{number_, side_, attempt_, side_ + 1 == sides_, 300, "gray", notes};
    ++delivered;
    if (++side_ == sides_) {
      side_ = 0;
      ++next_sheet_;
      ++number_;
      attempt_ = 1;
    }
    return scan::Fed(std::move(delivery));
  }

  int delivered = 0;
  std::vector<std::string> notes;

 private:
  int next_sheet_, last_, sides_, number_, attempt_, side_ = 0;
  std::vector<Trouble>& troubles_;
};

class PaperDesk {
 public:
  PaperDesk(int sheets, int sides) : sheets_(sheets), sides_(sides) {
    wish.settings = {sides == 2 ? "adf-duplex" : "adf", 300, "gray", 0, 0};
    wish.device = "test:stack";
  }

  std::unique_ptr<storage::Archive> archive = storage::Archive::in_memory();
  pipeline::IngestOptions options;
  FixedClock clock{1'700'000'000};
  pipeline::ScanWish wish;
  int delivered = 0;  // sides that the device gave, over all feedings

  // Feeds the whole stack; the batch is kept for resuming.
  Result<Batch> feed(std::vector<Trouble> troubles) {
    troubles_ = std::move(troubles);
    pipeline::ScanIntake intake = make_intake();
    StackFeeder feeder(1, sheets_, sides_, {}, troubles_);
    auto batch = intake.feed_new(feeder, wish);
    delivered += feeder.delivered;
    if (batch) id = batch->id;
    return batch;
  }

  // The operator does as told: the sheet of that number and all behind it go back. `to` ends the stack earlier than it should.
  Result<Batch> resume(int to = 0) {
    pipeline::ScanIntake intake = make_intake();
    TRY(auto resumption, intake.resume(id, "desk 3", 0));
    StackFeeder feeder(resumption.point.sheet, to > 0 ? to : sheets_, sides_, resumption.point, troubles_);
    auto batch = intake.feed_resumed(feeder, std::move(resumption));
    delivered += feeder.delivered;
    return batch;
  }

  Batch batch() const { return **archive->read()->batch(id); }
  std::vector<Page> pages() const {
    std::vector<Page> all;
    REQUIRE(archive->read()->pages_of(id, [&](Page page) { return all.push_back(std::move(page)), true; }).ok());
    return all;
  }
  std::vector<JournalLine> journal() const {
    std::vector<JournalLine> all;
    REQUIRE(archive->read()->journal(id, [&](JournalLine line) { return all.push_back(std::move(line)), true; }).ok());
    return all;
  }

  // What counts is the stack: every side once, in order, with its bytes; and nothing that was delivered is gone.
  void check_whole() const {
    std::vector<Page> live;
    for (const Page& page : pages())
      if (!is_out(page)) live.push_back(page);
    REQUIRE(live.size() == static_cast<std::size_t>(sheets_ * sides_));
    for (std::size_t i = 0; i < live.size(); ++i) {
      const int sheet = static_cast<int>(i) / sides_ + 1, side = static_cast<int>(i) % sides_;
      INFO("sheet " << sheet << " side " << side);
      REQUIRE(live[i].capture);
      CHECK(live[i].capture->sheet == sheet);
      CHECK(live[i].capture->side == side);
      CHECK(live[i].original.blob == storage::sha256(bytes_of(sheet, side)));
      if (i > 0) CHECK(live[i].sequence > live[i - 1].sequence);
    }
    check_nothing_dropped();
  }

  void check_nothing_dropped() const {
    CHECK(pages().size() == static_cast<std::size_t>(delivered));
    CHECK(batch().sides_fed == delivered);
    const Ledger ledger = *archive->read()->ledger(batch());
    CHECK(ledger.fed == ledger.accounted() + ledger.waiting);
    for (const Page& page : pages()) CHECK((page.state == PageState::Superseded) == is_out(page));
    REQUIRE(storage::verify_records(*archive->read(), [](const std::string& line) { FAIL_CHECK(line); }).ok());
  }

  BatchId id;

 private:
  pipeline::ScanIntake make_intake() {
    return {*archive, options, clock, [](const Page&) {}};
  }

  const int sheets_, sides_;
  std::vector<Trouble> troubles_;
};

inline scan::Fault fault_of(scan::FaultKind kind, int side) {
  scan::Fault fault;
  fault.kind = kind;
  fault.phase = kind == scan::FaultKind::Busy ? scan::FaultPhase::Start : scan::FaultPhase::Read;
  fault.side = side;
  fault.raw_text = "RAW";
  fault.last_side_suspect = kind == scan::FaultKind::DoubleFeed;
  fault.sheets_in_transport = kind == scan::FaultKind::Busy ? (side > 0 ? 1 : 0) : kind == scan::FaultKind::DoubleFeed ? 2 : 1;
  return fault;
}

}  // namespace chartscan::testing
