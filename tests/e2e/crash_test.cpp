// kill -9 at any moment, then the same command again: the outcome is the one of an undisturbed run.
#include <catch2/catch.hpp>
#include <csignal>
#include <iostream>
#include <random>

#include "tests/e2e/archive_of_samples.h"

using namespace chartscan::testing;
using nlohmann::json;

namespace {

constexpr int kKills = 20;
constexpr unsigned kSeed = 20261121;

// Everything a user can see of an archive, without the times of day.
std::string visible_state(const Program& program, const std::string& archive) {
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--archive", archive});
    return program.run(words).out;
  };
  json batches = json::parse(run({"batches", "--json"}));
  for (json& batch : batches) {
    batch.erase("opened_at");
    batch.erase("closed_at");
  }
  std::string state = run({"export", "pages"}) + batches.dump() + run({"review", "list", "--json"});
  for (const char* query : {"patient", "\"blood pressure\"", "type:lab_report", "status:review", "is:blank", "hemo*", "history OR report"})
    state += run({"search", query, "--limit", "500", "--json"});
  for (const std::string& line : lines_of(read_file(kSamples / "patients.csv")))
    if (const std::string mrn = line.substr(0, line.find(',')); mrn != "mrn") state += run({"chart", mrn, "--json"});
  return state;
}

// Early moments (intake, engines starting) are as dangerous as the long middle: half of the kills fall there.
std::chrono::milliseconds random_delay(std::mt19937& random) {
  const bool early = random() % 2 == 0;
  return std::chrono::milliseconds(early ? std::uniform_int_distribution<>(5, 700)(random) : std::uniform_int_distribution<>(700, 4500)(random));
}

}  // namespace

TEST_CASE("random kill -9 during ingest loses nothing and doubles nothing", "[e2e][crash]") {
  const SampleArchive& undisturbed = sample_archive();
  const std::string expected = visible_state(undisturbed.program, undisturbed.archive);
  std::mt19937 random(kSeed);
  int kills = 0, runs = 0;
  while (kills < kKills) {
    const TempFolder folder("crash");
    const std::string archive = (folder / "archive").string();
    const Program& program = undisturbed.program;
    REQUIRE(program.run({"patients", "import", (kSamples / "patients.csv").string(), "--archive", archive}).exit_code <= 3);
    const std::vector<std::string> command{"ingest", kSamples.string(), "--archive", archive};
    while (kills < kKills) {
      const Outcome outcome = program.run_and_kill(command, random_delay(random));
      if (outcome.signal != SIGKILL) break;  // it came to its end before the kill
      ++kills;
    }
    const Outcome last = program.run(command);
    ++runs;
    INFO("after " << kills << " kills: " << last.err);
    CHECK(last.exit_code == undisturbed.ingested.exit_code);
    CHECK(program.run({"verify", "--archive", archive}).exit_code == 0);
    CHECK((visible_state(program, archive) == expected));
  }
  std::cout << kills << " kills over " << runs << " archives: all equal to the undisturbed one\n";
}
