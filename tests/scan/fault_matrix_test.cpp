// Every fault x phase x simplex/duplex x direct/net/eSCL: feed, meet the fault, do what the operator is told, feed on. In the
// end each side that lay on the stack is there once, in order, pixel for pixel; older attempts are there beside it, marked
// by their number. Prints its table.
#include <catch2/catch.hpp>

#include <cstdio>
#include <map>
#include <thread>

#include <fmt/format.h>

#include "tests/contract/driver_contract.h"
#include "tests/scan/rigs/environment.h"
#include "tests/scan/rigs/sheets.h"

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::testing;

namespace {

constexpr int kSheets = 4;

// What an archive keeps, as far as a feeder is concerned: all that came, the newest attempt of each side alive.
class Store {
 public:
  void add(const Delivery& delivery) {
    const SideOrigin& origin = *delivery.origin;
    const SideNumber place{origin.sheet, origin.side};
    const imaging::Image image = image_of(delivery);
    if (live_.contains(place)) {
      ++superseded;
      if (attempts_[place] >= origin.attempt) trouble += fmt::format(" {}/{} came twice in attempt {};", place.sheet, place.side, origin.attempt);
    }
    attempts_[place] = origin.attempt;
    live_[place] = image;
    last = origin;
    notes += origin.notes.size();
  }

  // What is lost, doubled, damaged or in the wrong place; empty when all is well.
  std::string wrong(int sides_per_sheet, bool exact) const {
    std::string found = trouble;
    for (int sheet = 1; sheet <= kSheets; ++sheet)
      for (int side = 0; side < sides_per_sheet; ++side) {
        const auto stored = live_.find({sheet, side});
        if (stored == live_.end()) found += fmt::format(" {}/{} is lost;", sheet, side);
        else if (number_on(stored->second) != SideNumber{sheet, side}) found += fmt::format(" {}/{} shows another side;", sheet, side);
        else if (exact && stored->second.pixels != numbered_side({sheet, side}).pixels) found += fmt::format(" {}/{} is damaged;", sheet, side);
      }
    if (live_.size() != static_cast<std::size_t>(kSheets * sides_per_sheet)) found += fmt::format(" {} sides stored;", live_.size());
    return found;
  }

  std::optional<SideOrigin> last;
  int superseded = 0;
  std::size_t notes = 0;
  std::string trouble;

 private:
  std::map<SideNumber, imaging::Image> live_;
  std::map<SideNumber, int> attempts_;
};

struct Case {
  const char* fault;
  FaultKind direct;
  FaultPhase phase;
  FaultKind net;
};

// Over net a crashed server is a line that goes dead: told as I/O error at a start, silence in mid-side.
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

struct Session {
  std::vector<Fault> faults;
  Store store;
  bool ended = false;
};

// Feeds until the paper ends; after each fault does what the operator is told.
Session feed_with_operator(const ScannerOptions& options, const std::filesystem::path& tray) {
  Session session;
  FeedFrom from;
  while (!session.ended && session.faults.size() < 5) {
    const contract::Fed fed = contract::feed(*contract::opened(options, from));
    for (const Delivery& side : fed.sides) session.store.add(side);
    session.ended = fed.end.has_value();
    if (!fed.fault) continue;
    session.faults.push_back(*fed.fault);
    from = feed_again_from(session.store.last, *fed.fault);
    put_back_from(tray, from.sheet);
  }
  return session;
}

struct Table {
  ~Table() { fmt::print("{}{} runs, {} with losses\n", text, runs, bad); }
  void row(const std::string& path, const std::string& source, SideNumber at, const char* fault, const Session& session, const std::string& wrong) {
    const Fault* first = session.faults.empty() ? nullptr : &session.faults.front();
    text += fmt::format("{:<7}{:<11}{:<13}sheet {} {:<6} {:<13}{:<10}{:>2} superseded  {}\n", path, source, fault, at.sheet, at.side == 0 ? "front" : "back",
                        first ? to_string(first->kind) : "-", first ? to_string(first->phase) : "-", session.store.superseded,
                        wrong.empty() ? "all sides once, in order" : wrong);
    ++runs;
    bad += wrong.empty() ? 0 : 1;
  }
  std::string text;
  int runs = 0, bad = 0;
};

ScannerOptions impatient(ScannerOptions options) {
  options.patience = {.open_seconds = 20, .start_seconds = 1, .read_seconds = 1};
  return options;
}

enum class Hangs { With, Without };  // each takes its second

void run_matrix(const std::string& path, const SaneWorld& world, const std::string& device, FaultKind Case::*expected, Hangs hangs) {
  Table table;
  for (const Case& c : kCases) {
    if (hangs == Hangs::Without && c.*expected == FaultKind::Hung) continue;
    for (const auto& [source, at] : {std::pair{"adf", SideNumber{1, 0}}, {"adf", SideNumber{3, 0}}, {"adf-duplex", SideNumber{3, 0}},
                                     {"adf-duplex", SideNumber{1, 1}}, {"adf-duplex", SideNumber{4, 1}}}) {
      if (std::string_view(c.fault) == "nodocs" && at.side == 1) continue;  // a row of its own below
      CAPTURE(path, c.fault, source, at.sheet, at.side);
      std::filesystem::remove_all(world.tray());
      put_sheets(world.tray(), 1, kSheets);
      plan_fault(world.tray(), at, c.fault);
      const Session session = feed_with_operator(impatient(world.scanner(device, source)), world.tray());
      const std::string wrong = session.store.wrong(source == std::string_view("adf") ? 1 : 2, true);
      table.row(path, source, at, c.fault, session, wrong);
      CHECK(wrong == "");
      CHECK(session.ended);
      REQUIRE(session.faults.size() == 1);
      const Fault& fault = session.faults.front();
      CHECK(to_string(fault.kind) == std::string(to_string(c.*expected)));
      CHECK(fault.side == at.side);
      CHECK(!fault.raw_text.empty());
      if (c.*expected == c.direct) CHECK(to_string(fault.phase) == std::string(to_string(c.phase)));
    }
  }
}

}  // namespace

TEST_CASE("after a fault of the feeder each side is stored once, in order and undamaged", "[scan][faults]") {
  const SaneWorld world({"vadf"});
  run_matrix("direct", world, world.vadf(), &Case::direct, Hangs::Without);
}

TEST_CASE("after any fault of the feeder, also a hang, each side is stored once, in order and undamaged", "[.slow][scan][faults]") {
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
  const Session session = feed_with_operator(impatient(world.scanner(world.vadf(), "adf-duplex")), world.tray());
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
  const Session session = feed_with_operator(world.scanner(world.vadf()), world.tray());
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

TEST_CASE("a server of scanners that dies in mid-side is found hung within the limit, though libsane says all is well", "[scan][faults][net]") {
  const SaneWorld world({"net"});
  Saned saned(world);
  put_sheets(world.tray(), 1, kSheets);
  plan_fault(world.tray(), {2, 0}, "hang 3600 50");
  ScannerOptions options = impatient(world.scanner(saned.device("vadf:" + world.tray().string())));
  options.patience.read_seconds = 2;
  const auto feeder = contract::opened(options);
  REQUIRE(contract::feed(*feeder, 1).sides.size() == 1);
  std::jthread killer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    saned.kill_connections();
  });
  const auto start = std::chrono::steady_clock::now();
  const contract::Fed fed = contract::feed(*feeder);
  REQUIRE(fed.fault);
  CHECK(fed.fault->kind == FaultKind::Hung);
  CHECK(fed.fault->phase == FaultPhase::Read);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(6));
}
