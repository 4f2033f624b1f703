// Found with ZXing 1.4, whose assertion can end the program on a barcode: the batch met the same page at every restart.
#include "pipeline/crash_notes.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "pipeline/ingest.h"
#include "storage/archive.h"
#include "tests/support/draw.h"
#include "tests/support/image_files.h"
#include "tests/support/program.h"

using namespace chartscan;
using namespace chartscan::pipeline;
using namespace chartscan::testing;

namespace {

// A process that dies of `signal` while it works on `page`; 0 = on none.
void die_working(const std::filesystem::path& folder, std::uint64_t page, int signal) {
  const pid_t child = fork();
  if (child == 0) {
    CrashNotes::install(folder);
    if (page != 0) {
      const CrashNotes::Working mark{PageId{page}};
      raise(signal);
    }
    raise(signal);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == signal);
}

}  // namespace

TEST_CASE("a crash on a page leaves its number, a kill from outside leaves none", "[pipeline][crash]") {
  const TempFolder folder("notes");
  CHECK(CrashNotes::load(folder.path()).empty());
  die_working(folder.path(), 12, SIGABRT);
  die_working(folder.path(), 12, SIGFPE);
  die_working(folder.path(), 345678901234, SIGABRT);
  die_working(folder.path(), 7, SIGKILL);
  die_working(folder.path(), 0, SIGABRT);
  CHECK(CrashNotes::load(folder.path()) == std::map<PageId, int>{{PageId{12}, 2}, {PageId{345678901234}, 1}});
}

TEST_CASE("a page that brought the program down twice is rejected by name, and its batch goes on", "[pipeline][crash]") {
  const TempFolder folder("poison");
  Scan scan;
  scan.dpi = 150;
  write_tiff(folder / "box.tif", {{draw_text_page({"First page"}, scan), Encoding::Lzw}, {draw_text_page({"Second page"}, scan), Encoding::Lzw}});
  auto archive = storage::Archive::open(folder / "archive", storage::Access::Write, "test");
  REQUIRE(archive.ok());
  std::ofstream(folder / "archive/crashes") << "1\n1\n2\n";
  const auto report = ingest(**archive, {(folder / "box.tif").string()}, IngestOptions{}, {});
  REQUIRE(report.ok());
  CHECK(report->refused);
  const auto records = (*archive)->read();
  const Page poisonous = records->page(PageId{1})->value(), other = records->page(PageId{2})->value();
  CHECK(poisonous.state == PageState::Rejected);
  CHECK(poisonous.rejected_because.find("box.tif, page 1: reading it ended the program 2 times") != std::string::npos);
  CHECK(other.state != PageState::Rejected);
  CHECK(records->ledger(records->batch(BatchId{1})->value())->balances());
}
