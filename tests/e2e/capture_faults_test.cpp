// Every fault of the virtual feeder, at a front and at a back, simplex and duplex, through the real program: what is stored in the
// end is what was fed, in order, bit for bit, and the operator was told what to put back.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/e2e/virtual_stack.h"
#include "tests/scan/rigs/environment.h"

using namespace chartscan::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr int kSheets = 4;
constexpr int kMostTries = 4;

class Desk {
 public:
  Desk(const SaneWorld& world, std::string archive, const std::string& source)
      : world_(world), archive_(std::move(archive)), source_(source) {}

  // As an operator would: scan, and while the batch stops, put back what it says and resume. Returns the exit code of the first scan.
  int feed_to_the_end() {
    const int first = scan().exit_code;
    for (int tries = 0; tries < kMostTries && state() != "fed"; ++tries) {
      const json stopped = batch();
      if (!stopped.is_null()) CHECK_FALSE(stopped.at("stop").at("advice").get<std::string>().empty());
      put_back(world_.tray(), stopped.is_null() ? 1 : stopped.at("resume_from_sheet").get<int>(), kSheets);
      last_ = scan();
    }
    return first;
  }

  json batch() const {
    const Outcome shown = program_.run({"batch", "show", "B00000001", "--json", "--archive", archive_});
    return shown.exit_code == 0 ? json::parse(shown.out) : json();
  }
  std::string state() const {
    const json now = batch();
    return now.is_null() ? "none" : now.at("state").get<std::string>();
  }
  Outcome verify() const { return program_.run({"verify", "--archive", archive_}); }
  const Outcome& last() const { return last_; }

 private:
  Outcome scan() const {
    if (state() != "none") return program_.run({"scan", "--resume", "B00000001", "--no-read", "--archive", archive_});
    return program_.run({"scan", "--device", world_.vadf(), "--source", source_, "--dpi", "50", "--expect-sheets",
                         std::to_string(kSheets), "--no-read", "--archive", archive_});
  }

  const SaneWorld& world_;
  const Program program_{fs::path(CHARTSCAN_BINARY_DIR) / "chartscan"};
  const std::string archive_, source_;
  Outcome last_;
};

}  // namespace

TEST_CASE("every fault of the feeder ends, resumed as told, with the stack in the archive", "[e2e][capture][faults]") {
  const SaneWorld world({"vadf"});
  const TempFolder folder("faults");
  for (const std::string source : {"adf", "adf-duplex"}) {
    load_tray(world.tray(), kSheets);
    Desk undisturbed(world, (folder / ("undisturbed-" + source)).string(), source);
    REQUIRE(undisturbed.feed_to_the_end() == 0);
    const Sides expected = stored_sides(undisturbed.batch());
    REQUIRE(expected.size() == static_cast<std::size_t>(source == "adf" ? kSheets : 2 * kSheets));
    int nth = 0;
    for (const char* fault : {"jam", "jam 50", "ioerr", "ioerr 50", "short 50", "empty", "cover", "nomem", "crash", "crash 50",
                              "double 60", "nodocs"})
      for (const char* face : {"front", "back"})
        for (const int sheet : {1, 3}) {
          if (source == "adf" && std::string(face) == "back") continue;
          INFO(source << ", " << fault << " at the " << face << " of sheet " << sheet);
          put_back(world.tray(), 1, kSheets);
          const fs::path plan = world.tray() / (tray_name(sheet, face).substr(0, 4) + "-" + face + ".pnm.fault");
          write_file(plan, fault);
          Desk desk(world, (folder / (source + std::to_string(++nth))).string(), source);
          const int first = desk.feed_to_the_end();
          INFO(desk.last().out << desk.last().err);
          CHECK(first == 4);
          CHECK_FALSE(fs::exists(plan));
          REQUIRE(desk.state() == "fed");
          const json batch = desk.batch();
          CHECK((stored_sides(batch) == expected));
          CHECK(batch.at("suspect_sheets").empty());
          CHECK(batch.at("gaps").empty());
          CHECK(batch.at("ledger").at("fed") == static_cast<int>(batch.at("pages").size()));
          CHECK(desk.verify().exit_code == 0);
          fs::remove_all(folder / (source + std::to_string(nth)));
        }
  }
}
