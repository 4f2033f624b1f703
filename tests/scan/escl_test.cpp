// eSCL: the real sane-airscan against a scanner of ours. What it makes of the scanner's faults is told in the table; our layer
// must not lose a sheet over it.
#include <catch2/catch.hpp>

#include <thread>

#include <fmt/format.h>

#include "tests/contract/driver_contract.h"
#include "tests/scan/rigs/environment.h"
#include "tests/scan/rigs/escl_simulator.h"
#include "tests/scan/rigs/feeding_session.h"
#include "tests/scan/rigs/sheets.h"

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::testing;

namespace {

constexpr int kSheets = FeedingSession::kSheets;

class EsclRig : public DriverRig {
 public:
  std::string device() const override { return simulator_.device(); }
  std::string missing_device() const override { return "sane:airscan:e0:NOBODY"; }
  scan::ScannerOptions options(const std::string& source) const override { return world_.scanner(device(), source); }
  bool bitonal() const override { return false; }
  bool feeds_ahead() const override { return true; }
  void load(int sheets) override { put_sheets(world_.tray(), 1, sheets); }
  std::optional<int> which(const scan::Delivery& delivery, int sides) const override {
    const std::optional<SideNumber> number = number_on(image_of(delivery));
    if (!number) return std::nullopt;
    return (number->sheet - 1) * sides + number->side;
  }

 private:
  SaneWorld world_{{"airscan"}};
  EsclSimulator simulator_{world_, EsclFormat::Png};
};

}  // namespace

TEST_CASE("an eSCL scanner keeps the contract of drivers", "[scan][contract][escl]") {
  check_driver_contract([] { return std::make_unique<EsclRig>(); });
}

TEST_CASE("sane-airscan takes in the whole stack ahead of us, and the settings say so", "[scan][escl]") {
  const SaneWorld world({"airscan"});
  const EsclSimulator simulator(world, EsclFormat::Png);
  put_sheets(world.tray(), 1, 10);
  const auto feeder = contract::opened(world.scanner(simulator.device()));
  CHECK(feeder->settings().feeds_ahead);
  REQUIRE(contract::feed(*feeder, 1).sides.size() == 1);
  for (int i = 0; i < 100 && simulator.sides_served() < 10; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(simulator.sides_served() == 10);
}

namespace {

struct EsclCase {
  const char* fault;
  FaultKind kind;
};

// A network scanner's troubles, as they come through sane-airscan. Only a jam keeps its name.
constexpr EsclCase kCases[] = {
    {"jam", FaultKind::Jam},        {"cover", FaultKind::DeviceIo}, {"double", FaultKind::DeviceIo},
    {"ioerr", FaultKind::DeviceIo}, {"hang 3600", FaultKind::Hung},
};

}  // namespace

TEST_CASE("after any fault of an eSCL scanner each side is stored once and in order", "[.slow][scan][faults][escl]") {
  const SaneWorld world({"airscan"});
  std::string table;
  for (const EsclCase& c : kCases)
    for (const auto& [source, at] : {std::pair{"adf", SideNumber{1, 0}},
                                     {"adf", SideNumber{3, 0}},
                                     {"adf-duplex", SideNumber{3, 0}},
                                     {"adf-duplex", SideNumber{2, 1}}}) {
      CAPTURE(c.fault, source, at.sheet, at.side);
      std::filesystem::remove_all(world.tray());
      put_sheets(world.tray(), 1, kSheets);
      plan_fault(world.tray(), at, c.fault);
      const EsclSimulator simulator(world, EsclFormat::Png);
      ScannerOptions options = world.scanner(simulator.device(), source);
      const int patience = c.kind == FaultKind::Hung ? 3 : 20;
      options.patience = {.open_seconds = 20, .start_seconds = patience, .read_seconds = patience};
      const FeedingSession session = feed_with_operator(options, world.tray());
      const std::string wrong = session.store.wrong(source == std::string_view("adf") ? 1 : 2, true);
      table += matrix_row("eSCL", source, at, c.fault, session, wrong);
      CHECK(wrong == "");
      CHECK(session.ended);
      REQUIRE(session.faults.size() == 1);
      const Fault& fault = session.faults.front();
      CHECK(to_string(fault.kind) == std::string(to_string(c.kind)));
      // The first image is waited for in the first read; those behind it are here when their side is started.
      const bool first_read = at.sheet == 1 && c.kind != FaultKind::Hung;
      CHECK(to_string(fault.phase) == std::string(to_string(first_read ? FaultPhase::Read : FaultPhase::Start)));
      CHECK(fault.feeds_ahead);
      CHECK(!fault.raw_text.empty());
    }
  fmt::print("{}", table);
}

TEST_CASE("an eSCL scanner that calls its feeder empty while it is loaded is asked again and goes on", "[scan][faults][escl]") {
  const SaneWorld world({"airscan"});
  const EsclSimulator simulator(world, EsclFormat::Png);
  put_sheets(world.tray(), 1, kSheets);
  plan_fault(world.tray(), {3, 0}, "nodocs");
  const FeedingSession session = feed_with_operator(world.scanner(simulator.device()), world.tray());
  CHECK(session.faults.empty());
  CHECK(session.store.wrong(1, true) == "");
  CHECK(session.store.notes == 1);
}

TEST_CASE("an eSCL scanner that is busy for a while is waited for", "[scan][faults][escl]") {
  const SaneWorld world({"airscan"});
  const EsclSimulator simulator(world, EsclFormat::Png);
  put_sheets(world.tray(), 1, kSheets);
  plan_fault(world.tray(), {2, 0}, "busy 2");
  const FeedingSession session = feed_with_operator(world.scanner(simulator.device()), world.tray());
  CHECK(session.faults.empty());
  CHECK(session.store.wrong(1, true) == "");
}

TEST_CASE("a JPEG that was cut on its way is delivered as what it shows, with a note", "[scan][faults][escl]") {
  const SaneWorld world({"airscan"});
  const EsclSimulator simulator(world, EsclFormat::Jpeg);
  put_sheets(world.tray(), 1, kSheets);
  plan_fault(world.tray(), {2, 0}, "grey");
  const contract::Fed fed = contract::feed(*contract::opened(world.scanner(simulator.device())));
  REQUIRE(fed.sides.size() == kSheets);
  for (std::size_t i = 0; i < fed.sides.size(); ++i) {
    CAPTURE(i);
    CHECK(fed.sides[i].origin->notes.size() == (i == 1 ? 1 : 0));
    CHECK(number_on(image_of(fed.sides[i])) == SideNumber{static_cast<int>(i) + 1, 0});
  }
}

TEST_CASE("a jam of an eSCL scanner is a jam with whatever status it is refused, and the side before it is here",
          "[scan][faults][escl]") {
  const SaneWorld world({"airscan"});
  for (const char* fault : {"jam 404", "jam 409", "jam 500", "jam 503"}) {
    CAPTURE(fault);
    std::filesystem::remove_all(world.tray());
    put_sheets(world.tray(), 1, kSheets);
    plan_fault(world.tray(), {2, 0}, fault);
    const EsclSimulator simulator(world, EsclFormat::Png);
    const contract::Fed fed = contract::feed(*contract::opened(world.scanner(simulator.device())));
    CHECK(fed.sides.size() == 1);
    REQUIRE(fed.fault);
    CHECK(to_string(fed.fault->kind) == std::string("jam"));
  }
}

TEST_CASE("a resolution that an eSCL scanner has not got is read back and told", "[scan][escl]") {
  const SaneWorld world({"airscan"});
  const EsclSimulator simulator(world, EsclFormat::Png);
  put_sheets(world.tray(), 1, 1);
  ScannerOptions options = world.scanner(simulator.device());
  options.request.dpi = 150;
  const auto feeder = contract::opened(options);
  CHECK(feeder->settings().dpi_x == 100);
  const auto& notes = feeder->settings().notes;
  CHECK(std::any_of(notes.begin(), notes.end(),
                    [](const std::string& note) { return note.find("instead of 150") != std::string::npos; }));
  const contract::Fed fed = contract::feed(*feeder);
  REQUIRE(fed.sides.size() == 1);
  CHECK(fed.sides[0].origin->dpi == 100);
}

TEST_CASE("a batch that stops behind an eSCL scanner that fed ahead loses no sheet", "[scan][faults][escl]") {
  const SaneWorld world({"airscan"});
  const EsclSimulator simulator(world, EsclFormat::Png);
  put_sheets(world.tray(), 1, kSheets);
  FeedingStore store;
  {
    const auto feeder = contract::opened(world.scanner(simulator.device(), "adf-duplex"));
    for (const Delivery& side : contract::feed(*feeder, 3).sides) store.add(side);
    for (int i = 0; i < 200 && simulator.sides_served() < 2 * kSheets; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(sheets_in(world.tray()).empty());  // all went through, three sides are stored
  const FeedFrom from = feed_again_from(store.last, {.kind = FaultKind::Crashed, .sheets_in_transport = 1, .feeds_ahead = true});
  CHECK(from.sheet == 2);
  put_back_from(world.tray(), from.sheet);
  const contract::Fed rest = contract::feed(*contract::opened(world.scanner(simulator.device(), "adf-duplex"), from));
  CHECK(rest.end);
  for (const Delivery& side : rest.sides) store.add(side);
  CHECK(store.wrong(2, true) == "");
  CHECK(store.superseded == 1);
}
