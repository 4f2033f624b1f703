// kill -9 of the program or of its scanner's worker at any moment of a duplex batch. The test plays the operator: it puts back
// what the message says, no more and no less. In the end every sheet is there once, in order, bit for bit.
// Kills: 20, or CHARTSCAN_CAPTURE_KILLS (`scripts/bench capture --kills 200`).
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <thread>

#include <sys/wait.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/virtual_stack.h"
#include "tests/scan/rigs/environment.h"
#include "tests/support/program.h"

using namespace chartscan::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr int kSheets = 200;
constexpr unsigned kSeed = 20261122;

int kills_wanted() {
  const char* wanted = std::getenv("CHARTSCAN_CAPTURE_KILLS");
  return wanted ? std::atoi(wanted) : 20;
}

// The first child of a process: the scanner's worker. 0 = none.
pid_t worker_of(pid_t program) {
  for (const auto& task : fs::directory_iterator("/proc/" + std::to_string(program) + "/task")) {
    std::ifstream file(task.path() / "children");
    if (pid_t child = 0; file >> child) return child;
  }
  return 0;
}

bool lives(pid_t process) { return process > 0 && fs::exists("/proc/" + std::to_string(process)); }

bool ended(pid_t child) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child;
}

struct Scanner {
  const SaneWorld& world;
  const Program program{fs::path(CHARTSCAN_BINARY_DIR) / "chartscan"};
  std::string archive;

  std::vector<std::string> command(bool resume) const {
    if (resume) return {"scan", "--resume", "B00000001", "--no-read", "--archive", archive};
    return {"scan",      "--device",        world.vadf(),
            "--source",  "adf-duplex",      "--dpi",
            "50",        "--expect-sheets", std::to_string(kSheets),
            "--no-read", "--archive",       archive};
  }
  json batch() const {
    const Outcome shown = program.run({"batch", "show", "B00000001", "--json", "--archive", archive});
    return shown.exit_code == 0 ? json::parse(shown.out) : json();
  }

  // Runs until the batch is fed, or until the kill. True: somebody was killed.
  bool run_and_kill(bool resume, std::chrono::milliseconds delay, bool kill_worker) const {
    const pid_t running = program.start(command(resume));
    const auto end = std::chrono::steady_clock::now() + delay;
    while (std::chrono::steady_clock::now() < end && !ended(running)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    bool killed = false;
    if (!ended(running)) {
      const pid_t worker = worker_of(running);
      const pid_t victim = kill_worker && worker > 0 ? worker : running;
      killed = kill(victim, SIGKILL) == 0;
      if (victim == running) wait_for_end_of(worker);
    }
    int status = 0;
    waitpid(running, &status, 0);
    return killed;
  }

  // The orphan hears that nobody listens and gives the feeder free: nobody else could scan otherwise.
  static void wait_for_end_of(pid_t worker) {
    for (int i = 0; i < 5000 && lives(worker); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    CHECK_FALSE(lives(worker));
  }
};

// Every sheet that is not whole is named, and nothing below the sheet to resume from is missing.
void check_gaps_are_named(const json& batch) {
  std::map<int, std::map<int, int>> faces;  // sheet -> attempt -> sides that are not superseded
  for (const json& page : batch.at("pages"))
    if (page.at("state") != "superseded") ++faces[page.at("capture").at("sheet")][page.at("capture").at("attempt")];
  const int from = batch.at("resume_from_sheet").is_null() ? kSheets + 1 : batch.at("resume_from_sheet").get<int>();
  for (int sheet = 1; sheet < from; ++sheet) CHECK(faces[sheet].rbegin()->second == 2);
  const std::string gaps = batch.at("gaps").dump();
  for (const auto& [sheet, attempts] : faces) {
    const bool whole = std::any_of(attempts.begin(), attempts.end(), [](const auto& attempt) { return attempt.second == 2; });
    if (!whole) CHECK(gaps.find("sheet " + std::to_string(sheet) + ":") != std::string::npos);
  }
}

}  // namespace

TEST_CASE("random kill -9 of program and worker during a duplex batch loses no sheet and doubles none", "[e2e][crash][capture]") {
  const SaneWorld world({"vadf"});
  const TempFolder folder("capture");
  load_tray(world.tray(), kSheets);
  Scanner undisturbed{world};
  undisturbed.archive = (folder / "undisturbed").string();
  const auto began = std::chrono::steady_clock::now();
  const Outcome whole = undisturbed.program.run(undisturbed.command(false));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  REQUIRE(whole.exit_code == 0);
  const Sides expected = stored_sides(undisturbed.batch());
  REQUIRE(expected.size() == 2 * kSheets);

  const int wanted = kills_wanted();
  std::mt19937 random(kSeed);
  int kills = 0, batches = 0, workers = 0, refed = 0;
  while (kills < wanted) {
    ++batches;
    Scanner scanner{world};
    scanner.archive = (folder / ("killed-" + std::to_string(batches))).string();
    put_back(world.tray(), 1, kSheets);
    // A kill every few sheets; from the first milliseconds on, when the archive opens and the worker starts.
    const int longest = static_cast<int>(150 + 1000 * seconds / 8);
    bool resume = false;
    while (kills < wanted) {
      const bool worker = random() % 2 == 0;
      const std::chrono::milliseconds delay(std::uniform_int_distribution<>(1, longest)(random));
      if (!scanner.run_and_kill(resume, delay, worker)) break;
      ++kills;
      workers += worker;
      const json batch = scanner.batch();
      resume = !batch.is_null();
      if (resume && batch.at("resume_from_sheet").is_null()) break;  // fed: the kill came behind the end
      if (resume) check_gaps_are_named(batch);
      refed += put_back(world.tray(), resume ? batch.at("resume_from_sheet").get<int>() : 1, kSheets) > 0;
    }
    json batch = scanner.batch();
    for (int tries = 0; tries < 3 && (batch.is_null() || batch.at("state") != "fed"); ++tries) {
      put_back(world.tray(), batch.is_null() ? 1 : batch.at("resume_from_sheet").get<int>(), kSheets);
      const Outcome last = scanner.program.run(scanner.command(!batch.is_null()));
      INFO(last.out << last.err);
      batch = scanner.batch();
    }
    INFO("batch " << batches << " after " << kills << " kills");
    REQUIRE_FALSE(batch.is_null());
    CHECK(batch.at("state") == "fed");
    CHECK((stored_sides(batch) == expected));
    CHECK(batch.at("gaps").empty());
    CHECK(batch.at("suspect_sheets").empty());
    CHECK(batch.at("ledger").at("fed") == static_cast<int>(batch.at("pages").size()));
    CHECK(batch.at("ledger").at("fed").get<int>() - batch.at("ledger").at("superseded").get<int>() == 2 * kSheets);
    const Outcome verified = scanner.program.run({"verify", "--archive", scanner.archive});
    INFO(verified.out);
    CHECK(verified.exit_code == 0);
  }
  std::cout << kills << " kills (" << workers << " meant for the worker) over " << batches << " batches of " << kSheets
            << " sheets, " << refed << " times sheets had to be put back: every batch whole, in order, bit for bit\n";
}
