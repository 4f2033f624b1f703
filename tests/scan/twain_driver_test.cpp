#include "tests/scan/twain_support.h"

#include <algorithm>
#include <chrono>

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::testing;

namespace {

constexpr PixelMode kModes[] = {PixelMode::Bitonal, PixelMode::Gray, PixelMode::Color};

ScanRequest request_for(const std::string& source, PixelMode mode, int dpi = 100, int depth = 8) {
  ScanRequest request;
  request.source = source;
  request.mode = mode;
  request.dpi = dpi;
  request.depth = depth;
  return request;
}

}  // namespace

TEST_CASE("the fake feeder is listed under its product name, with the others installed", "[scan][twain]") {
  const TwainTray tray;
  const auto devices = twain_driver()->list();
  REQUIRE(devices.ok());
  REQUIRE(devices->size() >= (manager_is_real() ? 1u : 3u));
  const auto ours =
      std::find_if(devices->begin(), devices->end(), [](const DeviceInfo& device) { return device.id == kFakeFeeder; });
  REQUIRE(ours != devices->end());
  CHECK(ours->vendor == "Chartscan");
  CHECK(ours->kind == "TWAIN source");
}

TEST_CASE("a machine without a source manager has no TWAIN scanners; one that is named must be there", "[scan][twain]") {
  TwainOptions options;
  options.manager = "/nowhere/libtwaindsm.so";
  const auto driver = make_twain_driver(options);
  const auto devices = driver->list();
  REQUIRE_FALSE(devices.ok());
  CHECK(devices.error().code == ErrorCode::Configuration);
  const auto opened = driver->open(kFakeFeeder);
  REQUIRE(std::holds_alternative<Fault>(opened));
  CHECK(std::get<Fault>(opened).phase == FaultPhase::Open);
}

TEST_CASE("sources that cannot be opened say why", "[scan][twain]") {
  TwainTray tray;
  const auto driver = twain_driver();
  const auto fault_of = [&](const std::string& id) {
    const auto opened = driver->open(id);
    REQUIRE(std::holds_alternative<Fault>(opened));
    return std::get<Fault>(opened);
  };
  CHECK(fault_of("twain:No Such Scanner").kind == FaultKind::Offline);
  if (!manager_is_real()) {
    CHECK(fault_of("twain:Another Scanner").kind == FaultKind::Busy);
    CHECK(fault_of("twain:Another Scanner").raw_text == "TWRC_FAILURE/TWCC_MAXCONNECTIONS");
    CHECK(fault_of("twain:A Scanner That Is Not There").kind == FaultKind::Offline);
  }
  tray.behave("online=0");
  CHECK(fault_of(kFakeFeeder).kind == FaultKind::Offline);
}

TEST_CASE("one process talks to one source at a time, and says so", "[scan][twain]") {
  const TwainTray tray;
  const auto driver = twain_driver();
  const auto device = open_fake_feeder(*driver);
  const auto second = driver->open(kFakeFeeder);
  REQUIRE(std::holds_alternative<Fault>(second));
  CHECK(std::get<Fault>(second).raw_text.find("already in use") != std::string::npos);
  CHECK_FALSE(driver->list().ok());
}

TEST_CASE("every transfer mechanism delivers every kind of pixels as they lay in the tray", "[scan][twain]") {
  for (const std::string mechanism : {"native,memory,file", "native,memory", "native", "native,file", "file"})
    for (const std::string behaviour : {"", "pad=3;rows=7", "flavor=vanilla", "bitorder=lsb;native=tiff-mm", "native=dib"})
      for (const PixelMode mode : kModes)
        for (const int depth : {8, 16}) {
          const bool native = mechanism.find("memory") == std::string::npos;
          if (depth == 16 && (mode == PixelMode::Bitonal || (native && behaviour == "native=dib"))) continue;
          DYNAMIC_SECTION(mechanism << " [" << behaviour << "] mode " << static_cast<int>(mode) << " depth " << depth) {
            TwainTray tray("mechanisms=" + mechanism + ";" + behaviour);
            std::vector<fake_twain::Picture> expected;
            for (const int sheet : {1, 2, 3}) expected.push_back(tray.put(sheet, 0, mode, 119 + sheet, 101, depth));
            const ScannedBatch batch = scan_with(request_for("adf", mode, 100, depth));
            if (batch.fault) FAIL(batch.fault->raw_text);
            CHECK(batch.end == EndReason::FeederEmpty);
            REQUIRE(batch.sides.size() == 3);
            for (std::size_t index = 0; index < 3; ++index) {
              const ScannedSide& side = batch.sides[index];
              CHECK(side.pixels == expected[index].pixels);
              CHECK(side.format.width == expected[index].width);
              CHECK(side.format.height == expected[index].height);
              CHECK(side.format.channels == expected[index].channels);
              CHECK(side.format.depth == expected[index].depth);
              CHECK(side.format.dpi_x == 100);
              CHECK(side.meta.height == expected[index].height);
              CHECK(side.meta.driver_sequence == static_cast<int>(index) + 1);
              CHECK(side.meta.bytes_received == side.meta.bytes_expected);
              CHECK(tray.came_out(static_cast<int>(index) + 1));
            }
          }
        }
}

TEST_CASE("a sheet is acknowledged only when the next side is asked for", "[scan][twain]") {
  TwainTray tray("mechanisms=native,memory");
  tray.put(1, 0);
  tray.put(2, 0);
  const auto driver = twain_driver();
  const auto device = open_fake_feeder(*driver);
  REQUIRE(device->configure(request_for("adf", PixelMode::Gray)).ok());
  REQUIRE(std::holds_alternative<std::monostate>(device->start_batch()));
  KeepingSink first, second, none;
  REQUIRE(std::holds_alternative<SideMeta>(*device->next_side(first)));
  CHECK(tray.in_tray(1));  // here the caller stores it
  REQUIRE(std::holds_alternative<SideMeta>(*device->next_side(second)));
  CHECK(tray.came_out(1));
  CHECK(tray.in_tray(2));
  CHECK(std::holds_alternative<EndOfPaper>(*device->next_side(none)));
  CHECK(tray.came_out(2));
  CHECK_FALSE(none.begun);
  KeepingSink again;
  CHECK(std::holds_alternative<EndOfPaper>(*device->next_side(again)));  // and stays at its end
}

TEST_CASE("duplex gives front and back of each sheet, by the source's word or by order", "[scan][twain]") {
  for (const std::string options : {"", "pageside=1", "mechanisms=native;pageside=1", "mechanisms=file"}) {
    DYNAMIC_SECTION("[" << options << "]") {
      TwainTray tray(options);
      std::vector<fake_twain::Picture> expected;
      for (const int sheet : {1, 2, 3})
        for (const int side : {0, 1}) expected.push_back(tray.put(sheet, side));
      const ScannedBatch batch = scan_with(request_for("adf-duplex", PixelMode::Gray));
      REQUIRE(batch.sides.size() == 6);
      for (std::size_t index = 0; index < 6; ++index) {
        CHECK(batch.sides[index].meta.side == static_cast<int>(index % 2));
        CHECK(batch.sides[index].pixels == expected[index].pixels);
        CHECK(batch.sides[index].meta.notes.empty());
      }
      CHECK(batch.end == EndReason::FeederEmpty);
    }
  }
}

TEST_CASE("a source that drops backs is caught at it, before a front passes for a back", "[scan][twain]") {
  SECTION("when it tells the side of the next") {
    TwainTray tray("pageside=1;drop-backs=1");
    for (const int sheet : {1, 2, 3}) tray.put(sheet, 0), tray.put(sheet, 1);
    const ScannedBatch batch = scan_with(request_for("adf-duplex", PixelMode::Gray));
    CHECK(batch.sides.size() == 1);
    REQUIRE(batch.fault);
    CHECK(batch.fault->kind == FaultKind::EmptyPage);
    CHECK(batch.fault->side == 1);
    CHECK(batch.fault->sheets_in_transport == 2);
  }
  SECTION("when it does not, by the odd number at the end") {
    TwainTray tray("drop-backs=1");
    tray.put(1, 0), tray.put(1, 1);
    const ScannedBatch batch = scan_with(request_for("adf-duplex", PixelMode::Gray));
    CHECK(batch.sides.size() == 1);
    REQUIRE(batch.fault);
    CHECK(batch.fault->kind == FaultKind::EmptyPage);
    CHECK(batch.fault->phase == FaultPhase::End);
    CHECK(batch.fault->sheets_in_transport == 1);
  }
}

TEST_CASE("the image may be announced by callback, by event, early, late or from another thread", "[scan][twain]") {
  std::vector<std::string> ways = {"messages=callback;ready=inside", "messages=callback;ready=thread"};
  if (manager_is_real())
    WARN("the other ways need the fake source manager");
  else
    for (const char* way : {"messages=callback1;ready=inside", "messages=event;ready=inside", "messages=event;ready=thread",
                            "messages=deaf;ready=inside"})
      ways.push_back(way);
  for (const std::string& way : ways) {
    DYNAMIC_SECTION(way) {
      TwainTray tray(way);
      const auto expected = tray.put(1, 0);
      tray.put(2, 0);
      const ScannedBatch batch = scan_with(request_for("adf", PixelMode::Gray));
      REQUIRE(batch.sides.size() == 2);
      CHECK(batch.sides[0].pixels == expected.pixels);
      CHECK(batch.end == EndReason::FeederEmpty);
    }
  }
}

TEST_CASE("a source that warms up is waited for while its sensor sees paper", "[scan][twain]") {
  TwainTray tray("ready=late");
  tray.put(1, 0);
  const ScannedBatch batch = scan_with(request_for("adf", PixelMode::Gray));
  CHECK(batch.sides.size() == 1);
  CHECK(batch.end == EndReason::FeederEmpty);
}

TEST_CASE("how many images are pending is never believed beyond none or some", "[scan][twain]") {
  for (const std::string count : {"known", "unknown", "blind"})
    for (const std::string mechanism : {"memory", "native", "file"}) {
      DYNAMIC_SECTION(count << " " << mechanism) {
        TwainTray tray("count=" + count + ";mechanisms=" + mechanism);
        for (int sheet = 1; sheet <= 4; ++sheet) tray.put(sheet, 0);
        const ScannedBatch batch = scan_with(request_for("adf", PixelMode::Gray));
        CHECK(batch.sides.size() == 4);
        CHECK(batch.end == EndReason::FeederEmpty);
        CHECK(tray.came_out(4));
      }
    }
}

TEST_CASE("an empty feeder is an end, not an error, however the source says it", "[scan][twain]") {
  for (const std::string options : {"empty=nomedia", "empty=wait", "empty=nomedia;loaded=none", "close=1"}) {
    DYNAMIC_SECTION(options) {
      TwainTray tray(options);
      const ScannedBatch batch = scan_with(request_for("adf", PixelMode::Gray));
      CHECK(batch.sides.empty());
      CHECK(batch.end == EndReason::FeederEmpty);
    }
  }
}

TEST_CASE("the end is believed only when the paper sensor agrees", "[scan][twain]") {
  SECTION("a sensor that sees paper") {
    TwainTray tray("loaded=yes");
    tray.put(1, 0);
    const ScannedBatch batch = scan_with(request_for("adf", PixelMode::Gray));
    CHECK(batch.sides.size() == 1);
    REQUIRE(batch.fault);
    CHECK(batch.fault->kind == FaultKind::StillLoaded);
    CHECK(batch.fault->phase == FaultPhase::End);
  }
  SECTION("a source that asks to be closed while paper lies in it") {
    TwainTray tray("close=1");
    tray.put(1, 0);
    const ScannedBatch batch = scan_with(request_for("adf", PixelMode::Gray));
    REQUIRE(batch.fault);
    CHECK(batch.fault->kind == FaultKind::StillLoaded);
  }
  SECTION("a sensor that never sees paper keeps nothing from being scanned") {
    TwainTray tray("loaded=no");
    for (const int sheet : {1, 2}) tray.put(sheet, 0);
    const ScannedBatch batch = scan_with(request_for("adf", PixelMode::Gray));
    CHECK(batch.sides.size() == 2);
    CHECK(batch.end == EndReason::FeederEmpty);
  }
}

TEST_CASE("after the end a batch can be started again on the open device", "[scan][twain]") {
  TwainTray tray;
  tray.put(1, 0);
  const auto driver = twain_driver();
  const auto device = open_fake_feeder(*driver);
  REQUIRE(device->configure(request_for("adf", PixelMode::Gray)).ok());
  CHECK(scan_all(*device).sides.size() == 1);
  tray.put(2, 0);
  tray.put(3, 0);
  CHECK(scan_all(*device).sides.size() == 2);
  CHECK(scan_all(*device).end == EndReason::FeederEmpty);
}

TEST_CASE("stopping early leaves the rest of the paper where it is", "[scan][twain]") {
  TwainTray tray;
  for (int sheet = 1; sheet <= 5; ++sheet) tray.put(sheet, 0), tray.put(sheet, 1);
  const auto driver = twain_driver();
  auto device = open_fake_feeder(*driver);
  SECTION("by cancel, after a whole side") {
    REQUIRE(device->configure(request_for("adf", PixelMode::Gray)).ok());
    REQUIRE(std::holds_alternative<std::monostate>(device->start_batch()));
    KeepingSink sink, none;
    REQUIRE(std::holds_alternative<SideMeta>(*device->next_side(sink)));
    device->cancel();
    const auto outcome = device->next_side(none);
    REQUIRE(std::holds_alternative<EndOfPaper>(*outcome));
    CHECK(std::get<EndOfPaper>(*outcome).reason == EndReason::Cancelled);
    CHECK(tray.came_out(1));
    CHECK(tray.in_tray(2));
  }
  SECTION("by cancel, before the first side") {
    REQUIRE(device->configure(request_for("adf", PixelMode::Gray)).ok());
    REQUIRE(std::holds_alternative<std::monostate>(device->start_batch()));
    device->cancel();
    CHECK(tray.in_tray(1));
  }
  SECTION("by the number of sheets wanted") {
    ScanRequest request = request_for("adf-duplex", PixelMode::Gray);
    request.sheet_limit = 2;
    REQUIRE(device->configure(request).ok());
    const ScannedBatch batch = scan_all(*device);
    CHECK(batch.sides.size() == 4);
    CHECK(batch.end == EndReason::CountReached);
    CHECK(tray.came_out(2));
    CHECK(tray.in_tray(3));
  }
  SECTION("by the number of sheets, of a source that does not count itself") {
    tray.behave("unsupported=0001");
    device.reset();
    device = open_fake_feeder(*driver);
    ScanRequest request = request_for("adf", PixelMode::Gray);
    request.sheet_limit = 3;
    REQUIRE(device->configure(request).ok());
    const ScannedBatch batch = scan_all(*device);
    CHECK(batch.sides.size() == 3);
    CHECK(batch.end == EndReason::CountReached);
    CHECK(tray.in_tray(4));
  }
  SECTION("by the sink: its own error comes back, and the side is not acknowledged") {
    REQUIRE(device->configure(request_for("adf", PixelMode::Gray)).ok());
    REQUIRE(std::holds_alternative<std::monostate>(device->start_batch()));
    KeepingSink sink;
    sink.refuse_at = 10;
    const auto outcome = device->next_side(sink);
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().code == ErrorCode::StorageFull);
    KeepingSink other;
    CHECK(std::holds_alternative<Fault>(*device->next_side(other)));
    CHECK_FALSE(other.begun);
    device.reset();
    CHECK(tray.in_tray(1));
  }
  device.reset();
}

TEST_CASE("the glass gives one side", "[scan][twain]") {
  TwainTray tray;
  tray.put(1, 0), tray.put(2, 0);
  const ScannedBatch batch = scan_with(request_for("flatbed", PixelMode::Color));
  CHECK(batch.sides.size() == 1);
  CHECK(batch.end == EndReason::FeederEmpty);
}

TEST_CASE("calls out of their order are refused without reaching the source", "[scan][twain]") {
  TwainTray tray;
  tray.put(1, 0);
  const auto driver = twain_driver();
  const auto device = open_fake_feeder(*driver);
  KeepingSink none;
  SECTION("a side before the batch") { REQUIRE(std::holds_alternative<Fault>(*device->next_side(none))); }
  SECTION("configuring during the batch") {
    REQUIRE(std::holds_alternative<std::monostate>(device->start_batch()));
    CHECK(device->configure(ScanRequest{}).error().code == ErrorCode::Conflict);
    CHECK(device->capabilities().error().code == ErrorCode::Conflict);
  }
  SECTION("a source of paper that does not exist") {
    CHECK(device->configure(request_for("transparency", PixelMode::Gray)).error().code == ErrorCode::Usage);
  }
}
