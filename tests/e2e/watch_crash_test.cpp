// kill -9 of a watched folder's taker at any moment: in the end every source is stored once and lies in done/, as it was.
#include <catch2/catch.hpp>
#include <csignal>
#include <iostream>
#include <random>
#include <set>

#include <nlohmann/json.hpp>

#include "imaging/decode.h"
#include "tests/support/program.h"

using namespace chartscan;
using namespace chartscan::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr int kSources = 60;
constexpr int kKills = 20;

std::string page_bytes(int seed) {
  imaging::Image image = imaging::blank_image(120, 160);
  std::mt19937 random(static_cast<unsigned>(seed));
  for (std::uint8_t& level : image.pixels) level = static_cast<std::uint8_t>(random());
  const auto png = imaging::encode_png(image);
  return {png.begin(), png.end()};
}

// Every third source is a folder of two pages, the others a file of one.
int fill(const fs::path& hot) {
  int pages = 0;
  for (int i = 0; i < kSources; ++i) {
    const std::string name = "source-" + std::to_string(i);
    if (i % 3 == 0) {
      fs::create_directories(hot / name);
      for (const char* page : {"1.png", "2.png"}) write_file(hot / name / page, page_bytes(1000 + pages++));
    } else {
      write_file(hot / (name + ".png"), page_bytes(1000 + pages++));
    }
  }
  return pages;
}

}  // namespace

TEST_CASE("random kill -9 while a folder is watched loses no source and takes none twice", "[e2e][crash][watch]") {
  const Program program(fs::path(CHARTSCAN_BINARY_DIR) / "chartscan");
  std::mt19937 random(7);
  int kills = 0, rounds = 0;
  while (kills < kKills) {
    const TempFolder folder("watch-crash");
    const fs::path hot = folder / "hot";
    const std::string archive = (folder / "archive").string();
    fs::create_directories(hot);
    const int pages = fill(hot);
    const std::vector<std::string> command{"watch", hot.string(), "--once", "--quiet", "0", "--no-read", "--archive", archive};
    for (bool done = false; !done && kills < kKills;) {
      const Outcome outcome = program.run_and_kill(command, std::chrono::milliseconds(20 + random() % 400));
      done = outcome.signal != SIGKILL;
      kills += !done;
    }
    const Outcome last = program.run(command);
    ++rounds;
    INFO("round " << rounds << ", " << kills << " kills: " << last.err);
    CHECK(last.exit_code == 0);
    const json batches = json::parse(program.run({"batches", "--json", "--archive", archive}).out);
    CHECK(batches.size() == kSources);
    int stored = 0;
    std::set<std::string> sources;
    for (const json& batch : batches) {
      stored += batch.at("ledger").at("fed").get<int>();
      CHECK(sources.insert(batch.at("source")).second);
    }
    CHECK(stored == pages);
    int in_done = 0;
    for (const auto& entry : fs::recursive_directory_iterator(hot / "done")) in_done += entry.is_regular_file();
    CHECK(in_done == pages);
    CHECK(read_file(hot / "done" / "source-1.png") == page_bytes(1002));
    CHECK(fs::is_empty(hot / "refused"));
    CHECK(program.run({"verify", "--archive", archive}).exit_code == 0);
  }
  std::cout << kills << " kills of a watched folder over " << rounds << " rounds of " << kSources
            << " sources: each stored once\n";
}
