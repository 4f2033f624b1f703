// What is wanted against what a source has: everything is read back, what is missing is no fault.
#include "tests/scan/twain_support.h"

#include <algorithm>

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::testing;

namespace {

Settings settings_for(const ScanRequest& request) {
  const auto driver = twain_driver();
  const auto device = open_fake_feeder(*driver);
  const auto settings = device->configure(request);
  if (!settings.ok()) FAIL(to_string(settings.error()));
  return *settings;
}

bool notes_say(const Settings& settings, const std::string& words) {
  return std::any_of(settings.notes.begin(), settings.notes.end(),
                     [&](const std::string& note) { return note.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("settings that the source takes are in force without a note", "[scan][twain]") {
  const TwainTray tray("resolutions=range");
  ScanRequest request;
  request.source = "adf-duplex";
  request.dpi = 240;
  request.mode = PixelMode::Color;
  request.size = {210, 297};
  request.brightness = 20;
  const Settings settings = settings_for(request);
  CHECK(settings.notes.empty());
  CHECK(settings.source == PaperSource::AdfDuplex);
  CHECK(settings.source_name == "adf-duplex");
  CHECK(settings.sides_per_sheet() == 2);
  CHECK(settings.dpi_x == 240);
  CHECK(settings.dpi_y == 240);
  CHECK(settings.mode == PixelMode::Color);
  CHECK(settings.depth == 8);
  CHECK(settings.size.width == Approx(210).margin(0.1));
  CHECK(settings.size.height == Approx(297).margin(0.1));
  CHECK(settings.has_paper_sensor);
  CHECK(settings.detects_double_feed);
}

TEST_CASE("the nearest resolution is taken and named", "[scan][twain]") {
  SECTION("of a list") {
    const TwainTray tray;
    ScanRequest request;
    request.dpi = 240;
    const Settings settings = settings_for(request);
    CHECK(settings.dpi_x == 200);
    CHECK(notes_say(settings, "instead of 240"));
  }
  SECTION("of a range") {
    const TwainTray tray("resolutions=range");
    ScanRequest request;
    request.dpi = 1200;
    CHECK(settings_for(request).dpi_x == 600);
  }
  SECTION("by the source itself, which says CHECKSTATUS") {
    const TwainTray tray("round=1");
    ScanRequest request;
    request.dpi = 300;
    const Settings settings = settings_for(request);
    CHECK(settings.dpi_x == 200);
    CHECK(settings.dpi_y == 200);
    CHECK(notes_say(settings, "200 x 200 dpi"));
  }
}

TEST_CASE("what a source does not have is done without", "[scan][twain]") {
  SECTION("16 bits of black and white, and a size beyond the glass") {
    const TwainTray tray;
    ScanRequest request;
    request.mode = PixelMode::Bitonal;
    request.size = {300, 500};
    const Settings settings = settings_for(request);
    CHECK(settings.depth == 1);
    CHECK(settings.size.width == Approx(8.5 * 25.4).margin(0.1));
    CHECK(notes_say(settings, "instead of 300.0 x 500.0"));
  }
  SECTION("a paper sensor, or one that cannot be trusted to detect paper") {
    const TwainTray tray("loaded=none");
    CHECK_FALSE(settings_for({}).has_paper_sensor);
  }
  SECTION("double feed detection") {
    const TwainTray tray("unsupported=103f");
    CHECK_FALSE(settings_for({}).detects_double_feed);
  }
  SECTION("brightness and contrast") {
    const TwainTray tray("unsupported=1101,1103");
    ScanRequest request;
    request.brightness = 10;
    request.contrast = 10;
    const Settings settings = settings_for(request);
    CHECK(notes_say(settings, "no brightness"));
    CHECK(notes_say(settings, "no contrast"));
  }
  SECTION("blank page detection that cannot be switched off is not there to be noted") {
    const TwainTray tray("unsupported=1134");
    CHECK(settings_for(ScanRequest{.dpi = 100}).notes.empty());
  }
}

TEST_CASE("a source of paper that is not there is refused by name, never replaced by another", "[scan][twain]") {
  const auto refusal = [](const std::string& missing, const std::string& source) {
    const TwainTray tray("unsupported=" + missing);
    const auto driver = twain_driver();
    const auto device = open_fake_feeder(*driver);
    ScanRequest request;
    request.source = source;
    const auto settings = device->configure(request);
    if (settings.ok()) return std::string();
    CHECK(settings.error().code == ErrorCode::Usage);
    return settings.error().message;
  };
  CHECK(refusal("1012,1013", "adf-duplex").find("\"adf-duplex\": it does not scan both sides") != std::string::npos);
  CHECK(refusal("1002", "flatbed").find("no flatbed") != std::string::npos);
  CHECK(refusal("1002,1003,1012,1013", "adf").find("no feeder") != std::string::npos);
  CHECK(refusal("1012,1013", "adf").empty());
}

TEST_CASE("a source that knows next to nothing still scans", "[scan][twain]") {
  // All but pixel type, mechanism and the feeder's sensor.
  TwainTray tray(
      "unsupported=0001,0100,0102,1002,1007,1012,1013,100b,100d,100e,100f,1024,103f,1042,112b,111c,111f,1120,1118,1119,1111,1112,"
      "1101,1103,1122,110c,1134,112d,113f");
  const auto expected = tray.put(1, 0, PixelMode::Gray);
  const ScannedBatch batch = scan_with(ScanRequest{.dpi = 100});
  if (batch.fault) FAIL(batch.fault->raw_text);
  REQUIRE(batch.sides.size() == 1);
  CHECK(batch.sides[0].pixels == expected.pixels);
}

TEST_CASE("a feeder that can scan ahead does, and its faults say so; not when sheets are counted", "[scan][twain]") {
  TwainTray tray("autoscan=1");
  tray.put(1, 0);
  tray.fault(1, 0, "jam 50");
  CHECK_FALSE(settings_for(ScanRequest{.sheet_limit = 2}).feeds_ahead);
  CHECK(settings_for({}).feeds_ahead);
  const ScannedBatch batch = scan_with({});
  REQUIRE(batch.fault);
  CHECK(batch.fault->feeds_ahead);
  tray.behave("");
  CHECK_FALSE(settings_for({}).feeds_ahead);
}

TEST_CASE("capabilities are told for people and for choosing", "[scan][twain]") {
  const TwainTray tray("pageside=1");
  const auto driver = twain_driver();
  const auto device = open_fake_feeder(*driver);
  const auto all = device->capabilities();
  REQUIRE(all.ok());
  CHECK(all->sources == std::vector<PaperSource>{PaperSource::Flatbed, PaperSource::Adf, PaperSource::AdfDuplex});
  CHECK(all->modes.size() == 3);
  CHECK(all->resolutions == std::vector<int>{75, 100, 150, 200, 300, 600});
  CHECK(all->dpi_high == 600);
  CHECK(all->largest.width == Approx(215.9));
  CHECK(all->paper_sensor);
  CHECK(all->double_feed_detection);
  const auto shown = [&](const std::string& name) {
    return *std::find_if(all->all.begin(), all->all.end(), [&](const Capability& capability) { return capability.name == name; });
  };
  CHECK(shown("CAP_SERIALNUMBER").value == "FAKE-0001");
  CHECK(shown("ICAP_XRESOLUTION").choices.size() == 6);
  CHECK(shown("ICAP_BRIGHTNESS").low == -1000);
  CHECK(shown("CAP_DUPLEX").read_only);
}

TEST_CASE("patch codes that the scanner saw come as notes of their side", "[scan][twain]") {
  TwainTray tray("patch=5");
  tray.put(1, 0);
  const ScannedBatch batch = scan_with({});
  REQUIRE(batch.sides.size() == 1);
  CHECK(batch.sides[0].meta.notes == std::vector<std::string>{"the scanner saw patch code T"});
}

TEST_CASE("pieces of memory that lie are a fault, never memory read or written elsewhere", "[scan][twain]") {
  for (const std::string lie : {"tiles", "backwards", "greedy", "narrow", "overlong"}) {
    DYNAMIC_SECTION(lie) {
      TwainTray tray("mechanisms=memory;" + lie + "=1");
      tray.put(1, 0);
      const ScannedBatch batch = scan_with({});
      REQUIRE(batch.fault);
      CHECK(batch.fault->kind == FaultKind::DeviceIo);
      CHECK(batch.fault->phase == FaultPhase::Read);
    }
  }
  SECTION("and so is a side that has no end") {
    TwainTray tray("mechanisms=memory;endless=1");
    tray.put(1, 0);
    const ScannedBatch batch = scan_with({});
    REQUIRE(batch.fault);
    CHECK(batch.fault->raw_text.find("without end") != std::string::npos);
  }
}
