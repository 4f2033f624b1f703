// Every fault x phase x simplex/duplex x direct/net/eSCL: feed, meet the fault, do what the operator is told, feed on. In the
// end each side that lay on the stack is there once, in order, pixel for pixel; older attempts are there beside it, marked
// by their number. Prints its table.
#include <catch2/catch.hpp>

#include <cstdio>
#include <thread>

#include <fmt/format.h>

#include "tests/contract/driver_contract.h"
#include "tests/scan/rigs/environment.h"
#include "tests/scan/rigs/feeding_session.h"
#include "tests/scan/rigs/sheets.h"

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::testing;

namespace {

constexpr int kSheets = FeedingSession::kSheets;

struct Case {
  const char* fault;
  FaultKind direct;
  FaultPhase phase;
  FaultKind net;
};

// Over net a crashed server is a line that goes dead: an I/O error where an answer is due, silence in mid-side.
constexpr Case kCases[] = {
    {"jam", FaultKind::Jam, FaultPhase::Start, FaultKind::Jam},
    {"jam 0", FaultKind::Jam, FaultPhase::Read, FaultKind::Jam},
    {"jam 50", FaultKind::Jam, FaultPhase::Read, FaultKind::Jam},
    {"jam 99", FaultKind::Jam, FaultPhase::Read, FaultKind::Jam},
    {"ioerr", FaultKind::DeviceIo, FaultPhase::Start, FaultKind::DeviceIo},
    {"ioerr 50", FaultKind::DeviceIo, FaultPhase::Read, FaultKind::DeviceIo},
    {"short 30", FaultKind::ShortPage, FaultPhase::Read, FaultKind::ShortPage},
    {"empty", FaultKind::EmptyPage, FaultPhase::Read, FaultKind::EmptyPage},
    {"cover", FaultKind::CoverOpen, FaultPhase::Start, FaultKind::CoverOpen},
    {"busy", FaultKind::Busy, FaultPhase::Start, FaultKind::Busy},
    {"nomem", FaultKind::NoMemory, FaultPhase::Start, FaultKind::NoMemory},
    {"nodocs", FaultKind::StillLoaded, FaultPhase::End, FaultKind::StillLoaded},
    {"double", FaultKind::DoubleFeed, FaultPhase::Read, FaultKind::DoubleFeed},
    {"hang 3600", FaultKind::Hung, FaultPhase::Start, FaultKind::Hung},
    {"hang 3600 50", FaultKind::Hung, FaultPhase::Read, FaultKind::Hung},
    {"spin 50", FaultKind::Hung, FaultPhase::Read, FaultKind::Hung},
    {"crash", FaultKind::Crashed, FaultPhase::Start, FaultKind::DeviceIo},
    {"crash 50", FaultKind::Crashed, FaultPhase::Read, FaultKind::Hung},
};

// saned reads ahead: it may be lost before it has said what it sends or has passed on a byte, and then nobody on this side
// of the line can tell a fault in mid-side from one at its start, or a line that died from a scanner that hangs. The advice
// is the same: the sheet is in the transport.
bool kind_fits(FaultKind kind, const Case& c, FaultKind Case::*expected) {
  const bool dead_line = expected == &Case::net && c.direct == FaultKind::Crashed;
  return kind == c.*expected || (dead_line && (kind == FaultKind::DeviceIo || kind == FaultKind::Crashed));
}

bool phase_fits(FaultPhase phase, const Case& c, FaultKind Case::*expected) {
  const bool read_ahead = expected == &Case::net && (c.net == FaultKind::Hung || c.direct == FaultKind::Crashed);
  return phase == c.phase || (read_ahead && phase != FaultPhase::End);
}

struct Table {
  ~Table() { fmt::print("{}{} runs, {} with losses\n", text, runs, bad); }
  void row(const std::string& path, const std::string& source, SideNumber at, const char* fault, const FeedingSession& session,
           const std::string& wrong) {
    text += matrix_row(path, source, at, fault, session, wrong);
    ++runs;
    bad += wrong.empty() ? 0 : 1;
  }
  std::string text;
  int runs = 0, bad = 0;
};

// Long enough for a busy machine where nothing hangs, short where the hang is what is waited for.
ScannerOptions with_patience_for(ScannerOptions options, bool hang) {
  options.patience = hang ? Patience{.open_seconds = 20, .start_seconds = 4, .read_seconds = 3} : Patience{20, 20, 20};
  return options;
}

enum class Hangs { With, Without };  // each takes its second

void run_matrix(const std::string& path, const SaneWorld& world, const std::string& device, FaultKind Case::*expected,
                Hangs hangs) {
  Table table;
  for (const Case& c : kCases) {
    if (hangs == Hangs::Without && c.*expected == FaultKind::Hung) continue;
    for (const auto& [source, at] : {std::pair{"adf", SideNumber{1, 0}},
                                     {"adf", SideNumber{3, 0}},
                                     {"adf-duplex", SideNumber{3, 0}},
                                     {"adf-duplex", SideNumber{1, 1}},
                                     {"adf-duplex", SideNumber{4, 1}}}) {
      if (std::string_view(c.fault) == "nodocs" && at.side == 1) continue;  // a row of its own below
      CAPTURE(path, c.fault, source, at.sheet, at.side);
      std::filesystem::remove_all(world.tray());
      put_sheets(world.tray(), 1, kSheets);
      plan_fault(world.tray(), at, c.fault);
      const FeedingSession session =
          feed_with_operator(with_patience_for(world.scanner(device, source), c.*expected == FaultKind::Hung), world.tray());
      const std::string wrong = session.store.wrong(source == std::string_view("adf") ? 1 : 2, true);
      table.row(path, source, at, c.fault, session, wrong);
      CHECK(wrong == "");
      CHECK(session.ended);
      REQUIRE(session.faults.size() == 1);
      const Fault& fault = session.faults.front();
      CAPTURE(to_string(fault.kind), to_string(fault.phase), fault.raw_text);
      CHECK(kind_fits(fault.kind, c, expected));
      CHECK(fault.side == at.side);
      CHECK(!fault.raw_text.empty());
      CHECK(phase_fits(fault.phase, c, expected));
      if (c.*expected == FaultKind::Hung) CHECK(fault.sheets_in_transport == 1);
    }
  }
}

}  // namespace

TEST_CASE("after a fault of the feeder each side is stored once, in order and undamaged", "[scan][faults]") {
  const SaneWorld world({"vadf"});
  run_matrix("direct", world, world.vadf(), &Case::direct, Hangs::Without);
}

TEST_CASE("after any fault of the feeder, also a hang, each side is stored once, in order and undamaged",
          "[.slow][scan][faults]") {
  const SaneWorld world({"vadf"});
  run_matrix("direct", world, world.vadf(), &Case::direct, Hangs::With);
}

TEST_CASE("after any fault behind saned each side is stored once, in order and undamaged", "[.slow][scan][faults][net]") {
  const SaneWorld world({"net"});
  const Saned saned(world);
  run_matrix("net", world, saned.device("vadf:" + world.tray().string()), &Case::net, Hangs::With);
}

TEST_CASE("a feeder that ends between front and back is a fault, not an end", "[scan][faults]") {
  const SaneWorld world({"vadf"});
  put_sheets(world.tray(), 1, kSheets);
  plan_fault(world.tray(), {2, 1}, "nodocs");
  const FeedingSession session =
      feed_with_operator(with_patience_for(world.scanner(world.vadf(), "adf-duplex"), false), world.tray());
  REQUIRE(session.faults.size() == 1);
  CHECK(session.faults[0].kind == FaultKind::EmptyPage);
  CHECK(session.faults[0].side == 1);
  CHECK(session.faults[0].sheets_in_transport == 1);
  CHECK(session.store.wrong(2, true) == "");
}

TEST_CASE("a side that ends in one flat grey is delivered with a note that asks for a look", "[scan][faults]") {
  const SaneWorld world({"vadf"});
  put_sheets(world.tray(), 1, kSheets);
  plan_fault(world.tray(), {2, 0}, "grey 70");
  const FeedingSession session = feed_with_operator(world.scanner(world.vadf()), world.tray());
  CHECK(session.faults.empty());
  CHECK(session.store.notes == 1);
}

TEST_CASE("two sheets taken as one without a detector leave a gap that only the count can show", "[scan][faults]") {
  const SaneWorld world({"vadf"});
  put_sheets(world.tray(), 1, kSheets);
  plan_fault(world.tray(), {2, 0}, "double");
  ScannerOptions options = world.scanner(world.vadf());
  options.request.stop_at_double_feed = false;
  const auto feeder = contract::opened(options);
  CHECK(!feeder->settings().detects_double_feed);
  const contract::Fed fed = contract::feed(*feeder);
  CHECK(fed.end);
  CHECK(fed.sides.size() == kSheets - 1);
  CHECK(sheets_in(world.tray() / "out").size() == kSheets);
}

TEST_CASE("a server of scanners that dies in mid-side is noticed within the limit, though libsane says all is well",
          "[scan][faults][net]") {
  const SaneWorld world({"net"});
  Saned saned(world);
  put_sheets(world.tray(), 1, kSheets);
  plan_fault(world.tray(), {2, 0}, "hang 3600 50");
  ScannerOptions options = with_patience_for(world.scanner(saned.device("vadf:" + world.tray().string())), true);
  const auto feeder = contract::opened(options);
  REQUIRE(contract::feed(*feeder, 1).sides.size() == 1);
  std::jthread killer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    saned.kill_connections();
  });
  const auto start = std::chrono::steady_clock::now();
  const contract::Fed fed = contract::feed(*feeder);
  REQUIRE(fed.fault);
  CHECK((fed.fault->kind == FaultKind::Hung || fed.fault->kind == FaultKind::DeviceIo));  // as above, by what came through
  CHECK(fed.fault->sheets_in_transport == 1);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(options.patience.start_seconds + 4));
}
