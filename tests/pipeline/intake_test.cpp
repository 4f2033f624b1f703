#include "pipeline/intake.h"

#include <catch2/catch.hpp>

#include "scanner-drivers/scripted_feeder.h"

using namespace chartscan;
using namespace chartscan::pipeline;

namespace {

scan::Delivery delivery(const std::string& file, const std::string& content, int pages) {
  return {file, MediaType::Tiff, imaging::memory_reader({content.begin(), content.end()}), pages};
}

// An intake over an archive in memory, with the same paper fed as often as a test likes.
struct Desk {
  std::unique_ptr<storage::Archive> archive = storage::Archive::in_memory();
  IngestOptions options;
  FixedClock clock{1'700'000'000};
  int stored = 0;

  Result<IntakeOutcome> feed(const std::vector<scan::Fed>& paper, const std::string& source = "tray") {
    Intake intake(*archive, options, clock, [&](const Page&) { ++stored; });
    const std::vector<Result<scan::Fed>> script(paper.begin(), paper.end());
    scan::ScriptedFeeder feeder(source, script);
    return intake.take(feeder, [&]() -> Result<std::unique_ptr<scan::Feeder>> {
      return std::unique_ptr<scan::Feeder>(std::make_unique<scan::ScriptedFeeder>(source, script));
    });
  }
  Batch batch(BatchId id) { return archive->read()->batch(id)->value(); }
  std::vector<Page> pages(BatchId id) {
    std::vector<Page> all;
    REQUIRE(archive->read()->pages_of(id, [&](Page page) {
      all.push_back(std::move(page));
      return true;
    }).ok());
    return all;
  }
};

}  // namespace

TEST_CASE("every side of a delivery becomes a received page, numbered in feeding order", "[pipeline][intake]") {
  Desk desk;
  const auto outcome = desk.feed({delivery("a.tif", "AAA", 2), delivery("b.tif", "BB", 1)});
  REQUIRE(outcome.ok());
  const auto pages = desk.pages(outcome->batch);
  REQUIRE(pages.size() == 3);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    CHECK(pages[i].id == PageId{i + 1});
    CHECK(pages[i].sequence == static_cast<int>(i) + 1);
    CHECK(pages[i].state == PageState::Received);
  }
  CHECK(pages[1].original.index == 1);
  CHECK(pages[2].original.file == "b.tif");
  CHECK(pages[2].original.blob == storage::sha256(std::string_view("BB")));
  CHECK(desk.batch(outcome->batch).sides_fed == 3);
  CHECK(desk.batch(outcome->batch).state == BatchState::Fed);
  CHECK(desk.stored == 3);
}

TEST_CASE("an item that cannot be taken counts as fed and refused, and the rest goes on", "[pipeline][intake]") {
  Desk desk;
  const auto outcome = desk.feed({RefusedItem{"bad.tif", 0, "bad.tif: empty"}, delivery("good.tif", "G", 1)});
  REQUIRE(outcome.ok());
  const Batch batch = desk.batch(outcome->batch);
  CHECK(batch.sides_fed == 2);
  REQUIRE(batch.refused.size() == 1);
  CHECK(batch.refused[0].file == "bad.tif");
  const Ledger ledger = *desk.archive->read()->ledger(batch);
  CHECK(ledger.fed == 2);
  CHECK(ledger.rejected == 1);
  CHECK(ledger.waiting == 1);
}

TEST_CASE("an interrupted feed goes on behind what is durable and ends as an undisturbed one", "[pipeline][intake]") {
  const std::vector<scan::Fed> paper{delivery("a.tif", "AAA", 2), RefusedItem{"x.tif", 0, "x.tif: no"}, delivery("b.tif", "B", 1)};
  Desk undisturbed, desk;
  REQUIRE(undisturbed.feed(paper).ok());

  // What a crash after the first delivery leaves: the batch open, its pages stored.
  const auto whole = desk.feed({paper.begin(), paper.begin() + 1});
  REQUIRE(whole.ok());
  Batch open = desk.batch(whole->batch);
  open.state = BatchState::Open;
  open.content.clear();
  storage::Change change;
  change.put(open);
  REQUIRE(desk.archive->commit(change).ok());

  const auto resumed = desk.feed(paper);
  REQUIRE(resumed.ok());
  CHECK(resumed->batch == whole->batch);
  CHECK(desk.batch(resumed->batch).sides_fed == 4);
  CHECK(desk.batch(resumed->batch).refused.size() == 1);
  CHECK(desk.batch(resumed->batch).content == undisturbed.batch(BatchId{1}).content);
  const auto pages = desk.pages(resumed->batch), expected = undisturbed.pages(BatchId{1});
  REQUIRE(pages.size() == expected.size());
  for (std::size_t i = 0; i < pages.size(); ++i) {
    CHECK(pages[i].id == expected[i].id);
    CHECK(pages[i].original.file == expected[i].original.file);
    CHECK(pages[i].original.blob == expected[i].original.blob);
  }
}

TEST_CASE("a file that changed while the feed was interrupted is refused, never mixed or lost in silence", "[pipeline][intake]") {
  Desk desk;
  const auto first = desk.feed({delivery("a.tif", "AAA", 2)});
  Batch open = desk.batch(first->batch);
  open.state = BatchState::Open;
  storage::Change change;
  change.put(open);
  REQUIRE(desk.archive->commit(change).ok());
  const auto again = desk.feed({delivery("a.tif", "changed", 5)});
  REQUIRE(again.ok());
  CHECK(desk.pages(again->batch).size() == 2);
  REQUIRE(desk.batch(again->batch).refused.size() == 1);
  CHECK(desk.batch(again->batch).refused[0].message.find("changed since") != std::string::npos);
}

TEST_CASE("the same source with the same content is one batch; with other content it is a second", "[pipeline][intake]") {
  Desk desk;
  const auto first = desk.feed({delivery("a.tif", "AAA", 1)});
  CHECK(desk.feed({delivery("a.tif", "AAA", 1)})->batch == first->batch);
  const auto other = desk.feed({delivery("a.tif", "ABC", 1)});
  REQUIRE(other.ok());
  CHECK(other->batch != first->batch);
  CHECK(desk.pages(first->batch).size() == 1);
  CHECK(desk.pages(other->batch).size() == 1);
}

TEST_CASE("a count that differs from the stated one is a finding on the batch", "[pipeline][intake]") {
  Desk desk;
  desk.options.expected_pages = 3;
  const auto outcome = desk.feed({delivery("a.tif", "AAA", 2)});
  REQUIRE(outcome.ok());
  CHECK(has_finding(desk.batch(outcome->batch).findings, finding::kCountMismatch));
}
