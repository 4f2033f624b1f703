// Workers that die, hang, lie and talk nonsense, and supervisors that die. Whatever the worker does, the batch stands and
// the operator hears what happened.
#include <catch2/catch.hpp>

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "scanner-drivers/worker/messages.h"
#include "tests/contract/driver_contract.h"
#include "tests/scan/rigs/environment.h"
#include "tests/scan/rigs/feeding_session.h"
#include "tests/scan/rigs/sheets.h"
#include "tests/support/random.h"

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::testing;
using Clock = std::chrono::steady_clock;

namespace {

ScannerOptions rogue(const std::string& how) {
  ScannerOptions options{.device = "sane:any", .patience = {.open_seconds = 1, .start_seconds = 1, .read_seconds = 1}};
  options.worker_command = {std::string(CHARTSCAN_BINARY_DIR) + "/tests/rogue_worker", how};
  return options;
}

contract::Fed fed_by(const std::string& how) { return contract::feed(*contract::opened(rogue(how))); }

bool comes_true(const std::function<bool()>& what, std::chrono::seconds within) {
  for (const auto end = Clock::now() + within; Clock::now() < end; std::this_thread::sleep_for(std::chrono::milliseconds(10)))
    if (what()) return true;
  return false;
}

}  // namespace

TEST_CASE("a worker that dies is reported as a crash with its signal or its exit code", "[scan][worker]") {
  const contract::Fed aborted = fed_by("abort");
  REQUIRE(aborted.fault);
  CHECK(aborted.fault->kind == FaultKind::Crashed);
  CHECK(aborted.fault->raw_code == SIGABRT);
  CHECK(aborted.fault->phase == FaultPhase::Start);
  CHECK(aborted.fault->sheets_in_transport == 1);
  const contract::Fed left = fed_by("exit");
  REQUIRE(left.fault);
  CHECK(left.fault->kind == FaultKind::Crashed);
  CHECK(left.fault->raw_text.find("code 7") != std::string::npos);
}

TEST_CASE("a worker that is killed while a child of its driver holds the line is noticed at once", "[scan][worker]") {
  const auto start = Clock::now();
  ScannerOptions options = rogue("orphan-holds-socket");
  options.patience.start_seconds = 15;
  const contract::Fed fed = contract::feed(*contract::opened(options));
  REQUIRE(fed.fault);
  CHECK(fed.fault->kind == FaultKind::Crashed);
  CHECK(fed.fault->raw_code == SIGKILL);
  CHECK(Clock::now() - start < std::chrono::seconds(5));
}

TEST_CASE("a worker that talks nonsense is ended, and no side of it is believed", "[scan][worker]") {
  const std::string how = GENERATE(as<std::string>(), "noise", "giant", "rows-first", "odd-format", "cut-format", "unasked",
                                   "odd-fault", "miscount", "torn-row", "other-side");
  CAPTURE(how);
  const contract::Fed fed = fed_by(how);
  CHECK(fed.sides.empty());
  REQUIRE(fed.fault);
  CHECK(fed.fault->kind == FaultKind::Crashed);
  CHECK(fed.fault->raw_text.find("nonsense") != std::string::npos);
}

TEST_CASE("a side without end is cut off, however lively it arrives", "[.slow][scan][worker]") {
  const contract::Fed fed = fed_by("endless");
  CHECK(fed.sides.empty());
  REQUIRE(fed.fault);
  CHECK(fed.fault->raw_text.find("without end") != std::string::npos);
}

TEST_CASE("only bytes count as life", "[scan][worker]") {
  const std::string how = GENERATE(as<std::string>(), "silent", "alive");
  CAPTURE(how);
  const auto start = Clock::now();
  const contract::Fed fed = fed_by(how);
  REQUIRE(fed.fault);
  CHECK(fed.fault->kind == FaultKind::Hung);
  CHECK(fed.fault->phase == FaultPhase::Read);
  CHECK(Clock::now() - start < std::chrono::seconds(3));
}

TEST_CASE("a worker that hangs or dies before the device is open is a fault of opening", "[scan][worker]") {
  const contract::Fed hung = fed_by("hang-in-open");
  REQUIRE(hung.fault);
  CHECK(hung.fault->kind == FaultKind::Hung);
  CHECK(hung.fault->phase == FaultPhase::Open);
  CHECK(hung.fault->sheets_in_transport == 0);
  const contract::Fed died = fed_by("exit-at-once");
  REQUIRE(died.fault);
  CHECK(died.fault->kind == FaultKind::Crashed);
  CHECK(died.fault->phase == FaultPhase::Open);
}

TEST_CASE("a worker program that is not there is an error that names it", "[scan][worker]") {
  ScannerOptions options = rogue("any");
  options.worker_command = {"/no/such/worker"};
  const auto feeder = open_scanner(options, {});
  REQUIRE(!feeder.ok());
  CHECK(feeder.error().message.find("/no/such/worker") != std::string::npos);
}

TEST_CASE("a device of no known driver is refused, and the known ones are named", "[scan][worker]") {
  const SaneWorld world({"vadf"});
  const auto feeder = open_scanner(world.scanner("fax:machine"), {});
  REQUIRE(!feeder.ok());
  CHECK(feeder.error().message.find("sane:") != std::string::npos);
}

TEST_CASE("no worker outlives its feeder", "[scan][worker]") {
  const SaneWorld world({"vadf"});
  put_sheets(world.tray(), 1, 2);
  {
    const auto feeder = contract::opened(world.scanner(world.vadf()));
    REQUIRE(contract::feed(*feeder, 1).sides.size() == 1);
    CHECK(children_of(::getpid()).size() == 1);
  }
  CHECK(children_of(::getpid()).empty());
}

TEST_CASE("a killed supervisor takes its worker along, also one that hangs in its driver", "[scan][worker]") {
  const SaneWorld world({"vadf"});
  const std::string fault = GENERATE(as<std::string>(), "hang 3600", "hang 3600 50", "spin 50");
  CAPTURE(fault);
  put_sheets(world.tray(), 1, 2);
  plan_fault(world.tray(), {1, 0}, fault);
  const pid_t supervisor = ::fork();
  if (supervisor == 0) {
    const auto feeder = open_scanner(world.scanner(world.vadf()), {});
    if (feeder.ok()) (void)(*feeder)->next();
    ::_exit(0);
  }
  std::vector<pid_t> workers;
  REQUIRE(comes_true([&] { return !(workers = children_of(supervisor)).empty(); }, std::chrono::seconds(5)));
  const auto fault_met = [&] { return !std::filesystem::exists(world.tray() / "0001-front.pnm.fault"); };
  REQUIRE(comes_true(fault_met, std::chrono::seconds(5)));
  ::kill(supervisor, SIGKILL);
  ::waitpid(supervisor, nullptr, 0);
  CHECK(comes_true([&] { return ::kill(workers[0], 0) != 0; }, std::chrono::seconds(6)));
}

TEST_CASE("a worker that is killed at any moment costs no side", "[.slow][scan][worker][faults]") {
  const SaneWorld world({"vadf"});
  Random random(20);
  int struck = 0;
  for (int run = 0; run < 150; ++run) {
    CAPTURE(run);
    std::filesystem::remove_all(world.tray());
    put_sheets(world.tray(), 1, FeedingSession::kSheets);
    const std::chrono::microseconds delay(random.below(60'000));
    std::jthread killer([&] {
      std::this_thread::sleep_for(delay);
      for (const pid_t worker : children_of(::getpid())) ::kill(worker, SIGKILL);
    });
    const FeedingSession session = feed_with_operator(world.scanner(world.vadf(), "adf-duplex"), world.tray());
    killer.join();
    CHECK(session.ended);
    CHECK(session.store.wrong(2, true) == "");
    for (const Fault& fault : session.faults) CHECK(fault.kind == FaultKind::Crashed);
    struck += session.faults.empty() ? 0 : 1;
  }
  CHECK(struck > 30);  // else it would show nothing
  WARN(struck << " of 150 batches were struck by the kill");
}

TEST_CASE("nothing is asked of the device before the side before it was taken", "[scan][worker]") {
  const SaneWorld world({"vadf"});
  put_sheets(world.tray(), 1, 5);
  const auto feeder = contract::opened(world.scanner(world.vadf()));
  for (std::size_t taken = 0; taken < 5; ++taken) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(sheets_in(world.tray() / "out").size() == taken);
    REQUIRE(contract::feed(*feeder, 1).sides.size() == 1);
  }
}

TEST_CASE("a message arrives whole, however it is cut on its way", "[scan][worker]") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  worker::Channel receiver(ends[1]);
  const ScanRequest sent{
      .source = "adf-duplex", .dpi = 600, .mode = PixelMode::Color, .depth = 16, .size = {215.9, 279.4}, .brightness = -20};
  worker::Bytes bytes;
  const worker::Message message = worker::message(worker::MessageType::Configure, sent);
  const auto length = static_cast<std::uint32_t>(message.payload.size());
  bytes.insert(bytes.end(), reinterpret_cast<const std::uint8_t*>(&length), reinterpret_cast<const std::uint8_t*>(&length) + 4);
  bytes.push_back(static_cast<std::uint8_t>(message.type));
  bytes.insert(bytes.end(), message.payload.begin(), message.payload.end());
  worker::Message received;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    REQUIRE(receiver.receive(received, std::chrono::milliseconds(0)) == worker::Channel::Got::NotYet);
    REQUIRE(::send(ends[0], &bytes[i], 1, 0) == 1);
  }
  REQUIRE(receiver.receive(received, std::chrono::milliseconds(0)) == worker::Channel::Got::Whole);
  const std::optional<ScanRequest> read = worker::read_payload<ScanRequest>(received.payload);
  REQUIRE(read);
  CHECK(read->source == sent.source);
  CHECK(read->dpi == 600);
  CHECK(read->mode == PixelMode::Color);
  CHECK(read->size.height == 279.4);
  CHECK(read->brightness == -20);
  CHECK(!read->contrast);
  received.payload.pop_back();
  CHECK(!worker::read_payload<ScanRequest>(received.payload));
  ::close(ends[0]);
  CHECK(receiver.receive(received, std::chrono::seconds(1)) == worker::Channel::Got::Gone);
}

TEST_CASE("a service without standard streams scans like any other program", "[scan][worker]") {
  const SaneWorld world({"vadf"});
  put_sheets(world.tray(), 1, 2);
  const pid_t service = ::fork();
  if (service == 0) {
    for (const int fd : {0, 1, 2}) ::close(fd);
    const auto feeder = open_scanner(world.scanner(world.vadf()), {});
    const Result<Fed> first = feeder.ok() ? (*feeder)->next() : Result<Fed>(feeder.error());
    ::_exit(first.ok() && std::holds_alternative<Delivery>(*first) ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(service, &status, 0) == service);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
