#include "pipeline/page_worker.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "pipeline/ingest.h"
#include "pipeline/intake.h"
#include "pipeline/reading.h"
#include "scanner-drivers/feeder.h"
#include "storage/archive.h"
#include "tests/support/draw.h"
#include "tests/support/image_files.h"
#include "tests/support/program.h"

using namespace chartscan;
using namespace chartscan::pipeline;
using namespace chartscan::testing;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> rogue(const std::string& how, const std::string& marker = "") {
  std::vector<std::string> command{CHARTSCAN_BINARY_DIR "/tests/rogue_page_worker", how};
  if (!marker.empty()) command.push_back(marker);
  return command;
}

Page page_from(MediaType media) {
  Page page;
  page.id = PageId{7};
  page.batch = BatchId{1};
  page.original = {std::string(64, 'a'), media, 0, "box/page-7.png"};
  return page;
}

// A page that lies across: what the rogue engine waits for. Wide lines, so that nobody turns it.
imaging::Image wide_page() {
  const imaging::Image upright = draw_text_page(some_lines());
  imaging::Image wide = imaging::blank_image(upright.height + upright.height / 2, upright.height);
  for (int y = 0; y < upright.height; ++y) std::copy(upright.row(y), upright.row(y) + upright.width, wide.row(y));
  wide.dpi_x = upright.dpi_x, wide.dpi_y = upright.dpi_y;
  return wide;
}

const std::atomic<bool> never{false};

Result<PageWork> carried(const std::vector<std::string>& command, const imaging::Image& image, PageLimits limits = {},
                         const std::atomic<bool>& stopped = never) {
  WorkOrders orders;
  orders.page = limits;
  const auto worker = make_process_worker(orders, command, stopped);
  return carry(*worker, page_from(MediaType::Png), imaging::memory_reader(imaging::encode_png(image)));
}

// Loses what it is told to, in this order, and then has the page.
class LosingWorker final : public PageWorker {
 public:
  explicit LosingWorker(std::vector<Loss> losses) : losses_(std::move(losses)) {}
  Status ready() override { return {}; }
  Result<Attempt> attempt(const Page& page, const ByteReader&, const std::vector<std::string>& leave_out) override {
    left_out = leave_out;
    if (attempts++ < static_cast<int>(losses_.size())) return Attempt(losses_[static_cast<std::size_t>(attempts - 1)]);
    return Attempt(PageWork{page, {}});
  }
  int attempts = 0;
  std::vector<std::string> left_out;

 private:
  std::vector<Loss> losses_;
};

Result<PageWork> carried(LosingWorker& worker) { return carry(worker, page_from(MediaType::Png), {}); }

int processes_named(const std::string& name) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream command(entry.path() / "cmdline");
    std::string line;
    std::getline(command, line);
    std::ranges::replace(line, '\0', ' ');
    count += line.find(name) != std::string::npos;
  }
  return count;
}

}  // namespace

TEST_CASE("a page comes back from a process as it does from this one", "[pipeline][worker]") {
  const auto image = draw_text_page(some_lines());
  const auto there = carried(rogue("-"), image);
  REQUIRE(there.ok());
  CHECK(there->page.state == PageState::Processed);
  CHECK(there->page.stamps.size() == stage_list().size());
  CHECK(there->page.geometry.working.width > 0);
  CHECK(there->text.words.size() == 12);
  CHECK(there->page.original.file == "box/page-7.png");
}

TEST_CASE("whatever reading does to its process, the page is kept as an image, flagged, and not read twice", "[pipeline][worker]") {
  struct Case {
    const char *how, *code, *words;
  };
  const auto [how, code, words] = GENERATE(Case{"crash", finding::kReaderCrashed, "signal 11"}, Case{"exit", finding::kReaderCrashed, "code 7"},
                                           Case{"nonsense", finding::kReaderCrashed, "nonsense"}, Case{"throw", finding::kReaderCrashed, "a library failed"},
                                           Case{"spin", finding::kOcrTimeout, "more than 1 s of processor"});
  INFO(how);
  const auto work = carried(rogue(how), wide_page(), {.seconds = 1, .megabytes = 1000});
  REQUIRE(work.ok());
  CHECK(work->page.state == PageState::Processed);
  CHECK(work->page.geometry.working.width > 0);
  CHECK(work->page.fingerprint != 0);
  CHECK(work->text.words.empty());
  REQUIRE(has_finding(work->page.findings, code));
  const auto found = std::ranges::find(work->page.findings, std::string(code), &Finding::code);
  CHECK(found->detail.find("reading it was left out") != std::string::npos);
  CHECK(found->detail.find(words) != std::string::npos);
  CHECK(std::ranges::none_of(work->page.stamps, [](const StageStamp& stamp) { return stamp.name == "read"; }));
}

TEST_CASE("a page that hangs without working is ended too", "[pipeline][worker]") {
  const auto began = std::chrono::steady_clock::now();
  const auto work = carried(rogue("sleep"), wide_page(), {.seconds = 1, .megabytes = 1000});
  REQUIRE(work.ok());
  CHECK(has_finding(work->page.findings, finding::kOcrTimeout));
  CHECK(std::chrono::steady_clock::now() - began < 60s);
}

TEST_CASE("a page that eats memory meets its limit and is kept without what ate it", "[pipeline][worker]") {
  const auto work = carried(rogue("eat"), wide_page(), {.seconds = 20, .megabytes = 400});
  REQUIRE(work.ok());
  CHECK(work->page.state == PageState::Processed);
  CHECK(has_finding(work->page.findings, finding::kPageTooHeavy));
}

TEST_CASE("a process that somebody killed says nothing about the page: it is tried again whole", "[pipeline][worker]") {
  const TempFolder folder("killed");
  const auto work = carried(rogue("killed", (folder / "once").string()), wide_page());
  REQUIRE(work.ok());
  CHECK(work->text.words.size() == 12);
  CHECK_FALSE(has_finding(work->page.findings, finding::kReaderCrashed));
  const auto again = carried(rogue("killed"), wide_page());
  REQUIRE(again.ok());
  CHECK(again->text.words.empty());
  CHECK(has_finding(again->page.findings, finding::kReaderCrashed));
}

TEST_CASE("a missing model and a program that is no worker are said at once", "[pipeline][worker]") {
  const auto no_model = carried(rogue("no-model"), draw_text_page(some_lines()));
  REQUIRE_FALSE(no_model.ok());
  CHECK(no_model.error().code == ErrorCode::EngineFailed);
  CHECK(no_model.error().message.find("no model") != std::string::npos);
  const auto no_worker = carried({"/bin/true"}, draw_text_page(some_lines()));
  REQUIRE_FALSE(no_worker.ok());
  CHECK(no_worker.error().code == ErrorCode::EngineFailed);
  CHECK_FALSE(carried({"/nowhere/at/all"}, draw_text_page(some_lines())).ok());
}

TEST_CASE("a wish to stop gives up the page in work within a moment", "[pipeline][worker]") {
  std::atomic<bool> stopped{false};
  std::thread wish([&] {
    std::this_thread::sleep_for(300ms);
    stopped = true;
  });
  const auto began = std::chrono::steady_clock::now();
  const auto work = carried(rogue("sleep"), wide_page(), {.seconds = 60, .megabytes = 1000}, stopped);
  wish.join();
  REQUIRE_FALSE(work.ok());
  CHECK(work.error().code == ErrorCode::Cancelled);
  CHECK(std::chrono::steady_clock::now() - began < 5s);
}

TEST_CASE("a page worker lives no longer than the one who started it", "[pipeline][worker]") {
  const std::string mark = "rogue_page_worker sleep /nonexistent/" + std::to_string(::getpid());
  const pid_t parent = ::fork();
  if (parent == 0) {
    (void)carried(rogue("sleep", "/nonexistent/" + std::to_string(::getppid())), wide_page());
    ::_exit(0);
  }
  const auto wait_for = [&](int count) {
    for (int i = 0; i < 100 && processes_named(mark) != count; ++i) std::this_thread::sleep_for(100ms);
    return processes_named(mark) == count;
  };
  CHECK(wait_for(1));
  ::kill(parent, SIGKILL);
  CHECK(wait_for(0));
}

TEST_CASE("what a page loses is left out in turn, and only an image that cannot be had is rejected", "[pipeline][worker]") {
  const Loss marks{Loss::How::Crashed, "marks", "the reader crashed"}, read{Loss::How::TooLong, "read", "too long"},
      clean{Loss::How::Crashed, "clean", "the reader crashed"}, decode{Loss::How::Crashed, "", "the reader crashed"};
  LosingWorker twice({marks, read});
  const auto kept = carried(twice);
  REQUIRE(kept.ok());
  CHECK(twice.left_out == std::vector<std::string>{"marks", "read"});
  CHECK(has_finding(kept->page.findings, finding::kReaderCrashed));
  CHECK(has_finding(kept->page.findings, finding::kOcrTimeout));
  for (const Loss& loss : {clean, decode}) {
    LosingWorker once({loss});
    const auto rejected_page = carried(once);
    REQUIRE(rejected_page.ok());
    CHECK(once.attempts == 1);
    CHECK(rejected_page->page.state == PageState::Rejected);
    CHECK(rejected_page->page.rejected_because.find("box/page-7.png, page 1") != std::string::npos);
  }
}

TEST_CASE("a poisonous page is flagged by itself, and its batch goes on to the end", "[pipeline][worker]") {
  const TempFolder folder("poison");
  write_tiff(folder / "box.tif", {{draw_text_page(some_lines()), Encoding::Lzw}, {wide_page(), Encoding::Lzw}, {draw_text_page(some_lines()), Encoding::Lzw}});
  auto archive = storage::Archive::open(folder / "archive", storage::Access::Write, "test");
  REQUIRE(archive.ok());
  IngestOptions options;
  options.jobs = 2;
  options.worker_command = rogue("crash");
  const auto report = ingest(**archive, {(folder / "box.tif").string()}, options, {});
  REQUIRE(report.ok());
  CHECK(report->pages_processed == 3);
  const auto records = (*archive)->read();
  for (const std::uint64_t id : {1, 2, 3}) {
    const Page page = records->page(PageId{id})->value();
    CHECK(page.state != PageState::Received);
    CHECK(page.state != PageState::Rejected);
    CHECK(has_finding(page.findings, finding::kReaderCrashed) == (id == 2));
  }
  CHECK(records->ledger(records->batch(BatchId{1})->value())->balances());
}

TEST_CASE("a run that is stopped leaves the page in work as received, and the next run reads it", "[pipeline][worker]") {
  const TempFolder folder("stopped");
  write_tiff(folder / "box.tif", {{wide_page(), Encoding::Lzw}});
  auto archive = storage::Archive::open(folder / "archive", storage::Access::Write, "test");
  REQUIRE(archive.ok());
  IngestOptions options;
  options.worker_command = rogue("sleep", (folder / "once").string());
  SystemClock clock;
  Meter meter({});
  Reading reading(**archive, options, clock, meter);
  std::thread stopping([&] {
    while (!std::filesystem::exists(folder / "once")) std::this_thread::sleep_for(20ms);
    reading.stop();
  });
  // Intake beside it, as a scanner would.
  {
    IngestOptions taking = options;
    Intake intake(**archive, taking, clock, [&](const Page& page) { reading.stored(page); });
    auto feeders = scan::open_paths({(folder / "box.tif").string()}, options.limits);
    REQUIRE(feeders.ok());
    REQUIRE(intake.take(*feeders->feeders[0], {}).ok());
  }
  CHECK(reading.run().ok());
  stopping.join();
  CHECK((*archive)->read()->page(PageId{1})->value().state == PageState::Received);
  const auto report = read_backlog(**archive, options, {});
  REQUIRE(report.ok());
  CHECK(report->pages_processed == 1);
  CHECK_FALSE((*archive)->read()->text(PageId{1})->value().words.empty());
}
