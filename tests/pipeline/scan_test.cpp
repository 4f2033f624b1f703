// A whole session: feeding and reading at once, with real engines, over a fault.
#include "pipeline/scan.h"

#include <algorithm>

#include "indexer/index.h"
#include "tests/pipeline/paper_desk.h"
#include "tests/support/draw.h"

using namespace chartscan;
using namespace chartscan::testing;

namespace {

constexpr int kSheets = 8;

// Printed sheets, simplex; two sheets are taken at once before sheet `doubled`.
class PrintedFeeder : public scan::Feeder {
 public:
  PrintedFeeder(int first, int attempt, int doubled) : sheet_(first), attempt_(attempt), doubled_(doubled) {}
  std::string name() const override { return "printed"; }
  std::string source() const override { return "test:printed"; }
  Result<scan::Fed> next() override {
    if (sheet_ > kSheets) return scan::Fed(scan::End{});
    if (sheet_ == doubled_) return scan::Fed(fault_of(scan::FaultKind::DoubleFeed, 0));
    Scan look;
    look.dpi = 100;
    auto png = imaging::encode_png(draw_text_page(
        {"Progress note", "Sheet " + std::to_string(sheet_) + " of the stack, attempt " + std::to_string(attempt_)}, look));
    scan::Delivery delivery{"sheet", MediaType::Png, imaging::memory_reader(std::move(png)), 1, {}};
    delivery.origin = scan::SideOrigin{sheet_++, 0, attempt_, true, 100, "gray", {}};
    attempt_ = 1;
    return scan::Fed(std::move(delivery));
  }

 private:
  int sheet_, attempt_, doubled_;
};

}  // namespace

TEST_CASE("sheets fed again while their earlier attempt is being read are read once and count once", "[pipeline][scan]") {
  const auto archive = storage::Archive::in_memory();
  pipeline::IngestOptions options;
  options.jobs = 1;
  options.worker_nice = 5;
  pipeline::ScanOrder order;
  order.wish.settings = {"adf", 100, "gray", 0, 0, false};
  order.wish.expected_sheets = kSheets;
  pipeline::ScanControl control;
  const auto session = [&](int doubled) {
    return pipeline::scan_batch(
        *archive,
        [&](const pipeline::FeedStart& from) -> Result<std::unique_ptr<scan::Feeder>> {
          return std::unique_ptr<scan::Feeder>(std::make_unique<PrintedFeeder>(from.sheet, from.attempt, doubled));
        },
        order, options, {}, control);
  };
  const auto stopped = session(5);
  REQUIRE(stopped.ok());
  CHECK(stopped->batch.state == BatchState::Stopped);
  CHECK(stopped->batch.suspects == std::vector<int>{4, 5, 6});
  CHECK(stopped->sides == 4);

  order.resume = stopped->batch.id;
  const auto whole = session(0);
  if (!whole) FAIL(to_string(whole.error()));
  CHECK(whole->batch.state == BatchState::Closed);
  CHECK_FALSE(whole->left_unread);
  const auto records = archive->read();
  const Ledger ledger = *records->ledger(whole->batch);
  CHECK(ledger.fed == kSheets + 1);
  CHECK(ledger.superseded == 1);
  CHECK(ledger.balances());
  REQUIRE(records
              ->pages_of(whole->batch.id,
                         [&](const Page& page) {
                           CHECK((page.state == PageState::Superseded) == is_out(page));
                           return true;
                         })
              .ok());
  REQUIRE(storage::verify_records(*records, [](const std::string& line) { FAIL_CHECK(line); }).ok());
  REQUIRE(indexer::verify_index(*records, [](const std::string& line) { FAIL_CHECK(line); }).ok());
}

TEST_CASE("a session that is stopped leaves what is unread in the archive, and the next one reads it", "[pipeline][scan]") {
  const auto archive = storage::Archive::in_memory();
  pipeline::IngestOptions options;
  pipeline::ScanOrder order;
  order.wish.settings = {"adf", 100, "gray", 0, 0, false};
  pipeline::ScanControl control;
  control.stop();  // as by Ctrl-C right at the beginning
  const auto report = pipeline::scan_batch(
      *archive,
      [](const pipeline::FeedStart&) -> Result<std::unique_ptr<scan::Feeder>> {
        return std::unique_ptr<scan::Feeder>(std::make_unique<PrintedFeeder>(7, 1, 0));
      },
      order, options, {}, control);
  REQUIRE(report.ok());
  CHECK(report->left_unread);
  CHECK(report->batch.state == BatchState::Fed);
  CHECK(archive->read()->ledger(report->batch)->waiting == 2);
  REQUIRE(pipeline::read_backlog(*archive, options, {}).ok());
  CHECK((*archive->read()->batch(report->batch.id))->state == BatchState::Closed);
}
