// Every way in which a SANE device can hand over pixels, on the real libsane and its test backend. Whatever the way, the
// picture must be the same.
#include <catch2/catch.hpp>

#include <array>

#include "tests/contract/driver_contract.h"
#include "tests/scan/rigs/environment.h"
#include "tests/scan/rigs/sheets.h"

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::testing;

namespace {

class TestScanner {
 public:
  imaging::Image scan(PixelMode mode, const std::string& conf = "", int depth = 8) {
    const contract::Fed fed = feed(mode, conf, depth);
    REQUIRE(fed.sides.size() == 1);
    notes = fed.sides[0].origin->notes;
    return image_of(fed.sides[0]);
  }

  contract::Fed feed(PixelMode mode, const std::string& conf, int depth = 8) {
    world_.configure_test(conf);
    ScannerOptions options = world_.scanner("sane:test:0", "flatbed");
    options.request.mode = mode;
    options.request.depth = depth;
    options.request.dpi = 75;
    options.request.size = {100, 120};
    options.patience.read_seconds = 10;
    const auto feeder = contract::opened(options);
    settings = feeder->settings();
    return contract::feed(*feeder);
  }

  Settings settings;
  std::vector<std::string> notes;

 private:
  SaneWorld world_{{"test"}};
};

bool same(const imaging::Image& a, const imaging::Image& b) {
  return a.size() == b.size() && a.channels == b.channels && a.pixels == b.pixels;
}

imaging::Image left_part(const imaging::Image& image, int width) {
  imaging::Image part = imaging::blank_image(width, image.height, image.channels);
  for (int y = 0; y < image.height; ++y) std::copy_n(image.row(y), width * image.channels, part.row(y));
  return part;
}

// Not one level all over: else every comparison would pass.
bool has_picture(const imaging::Image& image) {
  return std::adjacent_find(image.pixels.begin(), image.pixels.end(), std::not_equal_to<>()) != image.pixels.end();
}

}  // namespace

TEST_CASE("gray, colour and bitonal come in the size and resolution that were set", "[scan][sane]") {
  TestScanner scanner;
  const imaging::Image gray = scanner.scan(PixelMode::Gray);
  CHECK(gray.channels == 1);
  CHECK(gray.width == Approx(100 / 25.4 * 75).margin(1));
  CHECK(gray.height == Approx(120 / 25.4 * 75).margin(1));
  CHECK(gray.dpi_x == 75);
  CHECK(has_picture(gray));
  CHECK(scanner.settings.size.width == Approx(100).margin(0.2));
  const imaging::Image color = scanner.scan(PixelMode::Color);
  CHECK(color.channels == 3);
  CHECK(has_picture(color));
  const imaging::Image bitonal = scanner.scan(PixelMode::Bitonal);
  CHECK(scanner.settings.mode == PixelMode::Bitonal);
  CHECK(scanner.settings.depth == 1);
  CHECK(bitonal.size() == gray.size());
  CHECK(has_picture(bitonal));
}

TEST_CASE("black is black in one bit as in eight", "[scan][sane]") {
  TestScanner scanner;
  CHECK(scanner.scan(PixelMode::Color, "test-picture \"Solid black\"\n", 1).pixels.front() == 0);
  CHECK(scanner.scan(PixelMode::Color, "test-picture \"Solid white\"\n", 1).pixels.front() == 255);
  for (const PixelMode mode : {PixelMode::Bitonal, PixelMode::Gray, PixelMode::Color}) {
    const imaging::Image black = scanner.scan(mode, "test-picture \"Solid black\"\n");
    CHECK(black.pixels.front() == 0);
    CHECK(!has_picture(black));
    const imaging::Image white = scanner.scan(mode, "test-picture \"Solid white\"\n");
    CHECK(white.pixels.front() == 255);
    CHECK(!has_picture(white));
  }
}

TEST_CASE("three passes in any order make the colour picture of one pass", "[scan][sane]") {
  TestScanner scanner;
  const imaging::Image one_pass = scanner.scan(PixelMode::Color);
  for (const char* order : {"RGB", "RBG", "GBR", "GRB", "BRG", "BGR"}) {
    CAPTURE(order);
    CHECK(same(one_pass, scanner.scan(PixelMode::Color, std::string("three-pass true\nthree-pass-order ") + order + "\n")));
  }
  const imaging::Image deep = scanner.scan(PixelMode::Color, "", 16);
  CHECK(same(deep, scanner.scan(PixelMode::Color, "three-pass true\n", 16)));
}

TEST_CASE("a side of unknown height has the height of its last row", "[scan][sane]") {
  TestScanner scanner;
  const imaging::Image side = scanner.scan(PixelMode::Gray, "hand-scanner true\n");
  CHECK(side.height > 100);
  CHECK(has_picture(side));
  CHECK(scanner.scan(PixelMode::Bitonal, "hand-scanner true\n").height == side.height);
}

TEST_CASE("parameters are asked again behind the start, so that guesses before it do no harm", "[scan][sane]") {
  TestScanner scanner;
  const imaging::Image exact = scanner.scan(PixelMode::Gray);
  CHECK(same(exact, scanner.scan(PixelMode::Gray, "fuzzy-parameters true\n")));
  CHECK(same(scanner.scan(PixelMode::Color), scanner.scan(PixelMode::Color, "fuzzy-parameters true\n")));
}

TEST_CASE("the padding of rows is taken off", "[scan][sane]") {
  TestScanner scanner;
  for (const PixelMode mode : {PixelMode::Gray, PixelMode::Color}) {
    const imaging::Image full = scanner.scan(mode);
    for (const int loss : {1, 7, 40}) {
      CAPTURE(loss);
      const imaging::Image narrow = scanner.scan(mode, "ppl-loss " + std::to_string(loss) + "\n");
      CHECK(narrow.width == full.width - loss);
      CHECK(same(narrow, left_part(full, full.width - loss)));
    }
  }
}

// The test backend's picture of sixteen bits is a ramp behind a narrow edge; swapped bytes would make a saw of it.
TEST_CASE("sixteen bits come as sixteen bits, in the order of the machine", "[scan][sane]") {
  TestScanner scanner;
  for (const PixelMode mode : {PixelMode::Gray, PixelMode::Color}) {
    const imaging::Image side = scanner.scan(mode, "", 16);
    CHECK(scanner.settings.depth == 16);
    const std::uint8_t* row = side.row(side.height / 2);
    int last = -1;
    for (int x = 20; x < side.width && x < 256; x += 20) {
      CHECK(row[x * side.channels] >= last);
      last = row[x * side.channels];
    }
    CHECK(last > 180);
    const imaging::Image swapped = scanner.scan(mode, "invert-endianess true\n", 16);
    CHECK(!same(side, swapped));  // such a device is believed, and its picture is its own
  }
}

TEST_CASE("however short the reads are, the picture is the same", "[scan][sane]") {
  TestScanner scanner;
  for (const PixelMode mode : {PixelMode::Bitonal, PixelMode::Gray, PixelMode::Color}) {
    const imaging::Image whole = scanner.scan(mode);
    for (const int size : {1, 1000, 65536}) {
      CAPTURE(size);
      CHECK(same(whole, scanner.scan(mode, "read-limit true\nread-limit-size " + std::to_string(size) + "\n")));
    }
  }
}

TEST_CASE("a device that answers before it has pixels is waited for", "[scan][sane]") {
  TestScanner scanner;
  const imaging::Image blocking = scanner.scan(PixelMode::Gray);
  CHECK(same(blocking, scanner.scan(PixelMode::Gray, "non-blocking true\nread-delay true\nread-delay-duration 20000\n")));
  CHECK(same(blocking, scanner.scan(PixelMode::Gray, "select-fd true\n")));
  CHECK(same(blocking, scanner.scan(PixelMode::Gray, "read-delay true\nread-delay-duration 50000\n")));
}

TEST_CASE("one-bit colour is spread to whole samples", "[scan][sane]") {
  TestScanner scanner;
  const imaging::Image side = scanner.scan(PixelMode::Color, "", 1);
  CHECK(side.channels == 3);
  CHECK(has_picture(side));
  CHECK(std::ranges::all_of(side.pixels, [](std::uint8_t level) { return level == 0 || level == 255; }));
  CHECK(same(side, scanner.scan(PixelMode::Color, "three-pass true\n", 1)));
}

TEST_CASE("every status a device can answer with has its own fault, and none makes a side", "[scan][sane]") {
  struct Row {
    const char* status;
    FaultKind kind;
  };
  static constexpr std::array kRows{Row{"UNSUPPORTED", FaultKind::Unsupported}, Row{"CANCELLED", FaultKind::DeviceIo},
                                    Row{"DEVICE_BUSY", FaultKind::Busy},        Row{"INVAL", FaultKind::Unsupported},
                                    Row{"EOF", FaultKind::EmptyPage},           Row{"JAMMED", FaultKind::Jam},
                                    Row{"COVER_OPEN", FaultKind::CoverOpen},    Row{"IO_ERROR", FaultKind::DeviceIo},
                                    Row{"NO_MEM", FaultKind::NoMemory},         Row{"ACCESS_DENIED", FaultKind::Denied}};
  TestScanner scanner;
  for (const Row& row : kRows) {
    CAPTURE(row.status);
    const contract::Fed fed = scanner.feed(PixelMode::Gray, std::string("read-status-code \"SANE_STATUS_") + row.status + "\"\n");
    CHECK(fed.sides.empty());
    REQUIRE(fed.fault);
    CHECK(to_string(fed.fault->kind) == std::string(to_string(row.kind)));
    CHECK(fed.fault->phase == FaultPhase::Read);
    CHECK(fed.fault->raw_text.starts_with(std::string("SANE_STATUS_") + row.status));
  }
  const contract::Fed empty = scanner.feed(PixelMode::Gray, "read-status-code \"SANE_STATUS_NO_DOCS\"\n");
  CHECK(empty.sides.empty());
  REQUIRE(empty.end);  // before the first byte it is what it says
  CHECK(empty.end->reason == EndReason::FeederEmpty);
}

TEST_CASE("the glass gives one side and asks for no other", "[scan][sane]") {
  TestScanner scanner;
  const contract::Fed fed = scanner.feed(PixelMode::Gray, "");
  CHECK(fed.sides.size() == 1);
  REQUIRE(fed.end);
  CHECK(fed.end->reason == EndReason::CountReached);
}

TEST_CASE("options of every type are listed with their choices", "[scan][sane]") {
  const SaneWorld world({"test"});
  world.configure_test("enable-test-options true\n");
  const Result<Capabilities> all = scanner_capabilities("sane:test:0", worker_command());
  REQUIRE(all.ok());
  const auto named = [&](const std::string& name) {
    const auto found = std::ranges::find(all->all, name, &Capability::name);
    return found == all->all.end() ? Capability{} : *found;
  };
  CHECK(named("mode").choices == std::vector<std::string>{"Gray", "Color"});
  CHECK(named("depth").choices == std::vector<std::string>{"1", "8", "16"});
  CHECK(named("resolution").unit == "dpi");
  CHECK(named("resolution").high == 1200);
  CHECK(named("br-x").unit == "mm");
  CHECK(named("read-only-cap").name.empty());  // no such option: the twin of the lines above
  CHECK(named("int").name == "int");
  CHECK(named("fixed").name == "fixed");
  CHECK(named("string").name == "string");
  CHECK(all->largest.height == Approx(420));
  CHECK(all->modes.size() == 3);
  CHECK(all->sources.size() == 2);
}
