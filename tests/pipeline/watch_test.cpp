// The hot folder: at rest or not, taken once, moved only when durable, never over anything.
#include "pipeline/watch.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "pipeline/hot_folder.h"
#include "tests/support/image_files.h"
#include "tests/support/program.h"

using namespace chartscan;
using namespace chartscan::testing;
using namespace std::chrono_literals;
using pipeline::HotFolder;
using pipeline::WatchEvent;
namespace fs = std::filesystem;

namespace {

using Time = HotFolder::Time;

// A gray page whose pixels depend on `seed`, as PGM is no format we take: a small PNG.
std::string page_bytes(int seed);

struct Watched {
  TempFolder folder{"watch"};
  fs::path hot = folder / "hot";
  std::unique_ptr<storage::Archive> archive = storage::Archive::in_memory();
  pipeline::IngestOptions options;
  std::vector<WatchEvent> events;

  Watched() { fs::create_directories(hot); }

  Status once(std::chrono::milliseconds quiet = 0ms) {
    pipeline::WatchOrder order;
    order.folder = hot;
    order.quiet = quiet;
    order.pause = 5ms;
    order.once = true;
    order.read = false;
    pipeline::ScanControl control;
    return pipeline::watch(
        *archive, order, options,
        [&](const WatchEvent& event) {
          if (event.kind != WatchEvent::Kind::Progress) events.push_back(event);
        },
        control);
  }
  std::vector<Batch> batches() { return *archive->read()->batches(); }
  int pages(BatchId id) {
    int count = 0;
    REQUIRE(archive->read()->pages_of(id, [&](const Page&) { return ++count; }).ok());
    return count;
  }
};

std::string page_bytes(int seed) {
  imaging::Image image;
  image.width = 80;
  image.height = 100;
  image.channels = 1;
  image.pixels.resize(8000);
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<std::uint8_t>((i * 31 + static_cast<std::size_t>(seed) * 7919) % 251);
  const auto png = imaging::encode_png(image);
  return {png.begin(), png.end()};
}

}  // namespace

TEST_CASE("a source that still grows is not at rest; one that stood still for the quiet time is", "[pipeline][watch]") {
  const TempFolder folder("hot");
  auto hot = HotFolder::open(folder.path(), 5s);
  REQUIRE(hot.ok());
  const Time start = std::chrono::steady_clock::now();
  write_file(folder / "a.tif", "one");
  CHECK(hot->at_rest(start)->empty());
  CHECK(hot->waits_for_something());
  CHECK(hot->at_rest(start + 4s)->empty());
  write_file(folder / "a.tif", "one two");  // it grew: the time begins again
  CHECK(hot->at_rest(start + 6s)->empty());
  CHECK(hot->at_rest(start + 10s)->empty());
  CHECK(hot->at_rest(start + 11s)->size() == 1);
}

TEST_CASE("a folder rests when everything in it does", "[pipeline][watch]") {
  const TempFolder folder("hot");
  auto hot = HotFolder::open(folder.path(), 5s);
  REQUIRE(hot.ok());
  const Time start = std::chrono::steady_clock::now();
  fs::create_directories(folder / "box" / "inner");
  write_file(folder / "box" / "inner" / "1.png", "x");
  CHECK(hot->at_rest(start)->empty());
  write_file(folder / "box" / "inner" / "2.png", "y");
  CHECK(hot->at_rest(start + 5s)->empty());
  CHECK(hot->at_rest(start + 10s)->size() == 1);
  write_file(folder / "box" / "3.png.part", "half");  // somebody is still at it
  CHECK(hot->at_rest(start + 60s)->empty());
}

TEST_CASE("a file that was renamed into the folder is taken at once", "[pipeline][watch]") {
  const TempFolder folder("hot");
  auto hot = HotFolder::open(folder.path(), 1h);
  REQUIRE(hot.ok());
  const Time start = std::chrono::steady_clock::now();
  write_file(folder / ".a.tif", "whole");
  fs::rename(folder / ".a.tif", folder / "a.tif");
  write_file(folder / "b.tif", "still written");
  const auto ready = hot->at_rest(start);
  REQUIRE(ready.ok());
  REQUIRE(ready->size() == 1);
  CHECK(ready->front().filename() == "a.tif");
}

TEST_CASE("hidden and half-made files, links, done and refused are no sources", "[pipeline][watch]") {
  const TempFolder folder("hot"), outside("outside");
  auto hot = HotFolder::open(folder.path(), 0s);
  REQUIRE(hot.ok());
  write_file(outside / "secret.tif", "x");
  for (const char* name : {".hidden.tif", "a.tif.part", "b.tmp", "c.crdownload"}) write_file(folder / name, "x");
  fs::create_symlink(outside / "secret.tif", folder / "link.tif");
  write_file(folder / "done" / "old.tif", "x");
  const Time now = std::chrono::steady_clock::now();
  CHECK(hot->at_rest(now)->empty());
  CHECK(hot->at_rest(now + 1h)->empty());
}

TEST_CASE("nothing in done is ever written over", "[pipeline][watch]") {
  const TempFolder folder("hot");
  auto hot = HotFolder::open(folder.path(), 0s);
  REQUIRE(hot.ok());
  for (const char* bytes : {"first", "second", "third"}) {
    write_file(folder / "a.tif", bytes);
    REQUIRE(hot->move_to_done(folder / "a.tif").ok());
  }
  CHECK(read_file(folder / "done" / "a.tif") == "first");
  CHECK(read_file(folder / "done" / "a-2.tif") == "second");
  CHECK(read_file(folder / "done" / "a-3.tif") == "third");
}

TEST_CASE("files and folders become a batch each and lie in done afterwards", "[pipeline][watch]") {
  Watched watched;
  write_file(watched.hot / "a.png", page_bytes(1));
  fs::create_directories(watched.hot / "box");
  write_file(watched.hot / "box" / "1.png", page_bytes(2));
  write_file(watched.hot / "box" / "2.png", page_bytes(3));
  REQUIRE(watched.once().ok());
  REQUIRE(watched.batches().size() == 2);
  CHECK(watched.pages(BatchId{1}) == 1);
  CHECK(watched.pages(BatchId{2}) == 2);
  CHECK(fs::exists(watched.hot / "done" / "a.png"));
  CHECK(fs::exists(watched.hot / "done" / "box" / "2.png"));
  CHECK_FALSE(fs::exists(watched.hot / "a.png"));
  CHECK(read_file(watched.hot / "done" / "a.png") == page_bytes(1));
}

TEST_CASE("what cannot be taken lies in refused with its reason, and the rest goes on", "[pipeline][watch]") {
  Watched watched;
  write_file(watched.hot / "broken.tif", "II*\0rubbish");
  write_file(watched.hot / "empty.pdf", "");
  write_file(watched.hot / "good.png", page_bytes(4));
  REQUIRE(watched.once().ok());
  CHECK(fs::exists(watched.hot / "refused" / "broken.tif"));
  CHECK_FALSE(read_file(watched.hot / "refused" / "broken.tif.reason.txt").empty());
  CHECK(fs::exists(watched.hot / "refused" / "empty.pdf"));
  CHECK(fs::exists(watched.hot / "done" / "good.png"));
  int refused = 0;
  for (const WatchEvent& event : watched.events) refused += event.kind == WatchEvent::Kind::Refused;
  CHECK(refused == 2);
}

TEST_CASE("a source that was durable before a crash but not yet moved is recognised, not taken twice", "[pipeline][watch]") {
  Watched watched;
  write_file(watched.hot / "a.png", page_bytes(5));
  REQUIRE(watched.once().ok());
  fs::rename(watched.hot / "done" / "a.png", watched.hot / "a.png");  // as if the move had not happened
  REQUIRE(watched.once().ok());
  CHECK(watched.batches().size() == 1);
  CHECK(watched.pages(BatchId{1}) == 1);
  CHECK(fs::exists(watched.hot / "done" / "a.png"));
}

TEST_CASE("the same name with other content is another batch", "[pipeline][watch]") {
  Watched watched;
  write_file(watched.hot / "a.png", page_bytes(6));
  REQUIRE(watched.once().ok());
  write_file(watched.hot / "a.png", page_bytes(7));
  REQUIRE(watched.once().ok());
  CHECK(watched.batches().size() == 2);
  CHECK(fs::exists(watched.hot / "done" / "a-2.png"));
}

TEST_CASE("a folder that cannot be watched is an error that says so", "[pipeline][watch]") {
  Watched watched;
  watched.hot = watched.folder / "none";
  const Status status = watched.once();
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().message.find("no folder") != std::string::npos);
}

TEST_CASE("watching ends when it is told to, and what arrived is stored", "[pipeline][watch]") {
  Watched watched;
  pipeline::WatchOrder order;
  order.folder = watched.hot;
  order.quiet = 20ms;
  order.pause = 5ms;
  order.read = false;
  pipeline::ScanControl control;
  std::atomic<int> taken = 0;
  Status outcome;
  std::thread watching([&] {
    outcome = pipeline::watch(
        *watched.archive, order, watched.options,
        [&](const WatchEvent& event) { taken += event.kind == WatchEvent::Kind::Taken; }, control);
  });
  write_file(watched.hot / "late.png", page_bytes(8));
  for (int i = 0; i < 2000 && taken == 0; ++i) std::this_thread::sleep_for(5ms);
  control.stop();
  watching.join();
  CHECK(outcome.ok());
  CHECK(taken == 1);
  CHECK(watched.batches().size() == 1);
}
