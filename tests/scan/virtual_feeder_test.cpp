// The virtual feeder as docs/virtual-feeder.md promises it, through the real libsane; and the reader of its trays.
#include <catch2/catch.hpp>

#include <fstream>

#include "scanner-drivers/virtual/pnm.h"
#include "tests/contract/driver_contract.h"
#include "tests/scan/rigs/environment.h"
#include "tests/scan/rigs/sheets.h"

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::testing;
namespace fs = std::filesystem;

namespace {

struct TrayBench {
  SaneWorld world{{"vadf"}};

  std::vector<imaging::Image> feed(ScanRequest request) {
    ScannerOptions options = world.scanner(world.vadf(), request.source);
    options.request = request;
    const auto feeder = contract::opened(options);
    settings = feeder->settings();
    fed = contract::feed(*feeder);
    std::vector<imaging::Image> images;
    for (const Delivery& side : fed.sides) images.push_back(image_of(side));
    return images;
  }
  imaging::Image feed_one(ScanRequest request) {
    const std::vector<imaging::Image> images = feed(std::move(request));
    REQUIRE(images.size() == 1);
    return images.front();
  }

  Settings settings;
  contract::Fed fed;
};

std::vector<std::uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

std::optional<virtual_feeder::Pnm> parsed(const std::string& text) {
  static std::vector<std::uint8_t> kept;
  kept = bytes_of(text);
  return virtual_feeder::read_pnm(kept);
}

}  // namespace

TEST_CASE("a side comes as it lies in the tray where mode and resolution are its own", "[scan][virtual]") {
  TrayBench feeder;
  const imaging::Image side = numbered_side({5, 0});
  write_pgm(feeder.world.tray() / "0001-front.pgm", side, 100);
  CHECK(feeder.feed_one({.dpi = 100}).pixels == side.pixels);
  CHECK(feeder.fed.sides[0].origin->dpi == 100);
  CHECK(fs::exists(feeder.world.tray() / "out/0001-front.pgm"));
}

TEST_CASE("a side without a word on its resolution has 300 dpi", "[scan][virtual]") {
  TrayBench feeder;
  const imaging::Image side = numbered_side({5, 0});
  write_pgm(feeder.world.tray() / "0001-front.pgm", side, 300);
  std::string text = read_file(feeder.world.tray() / "0001-front.pgm");
  text.erase(text.find("# dpi 300\n"), 10);
  write_file(feeder.world.tray() / "0001-front.pgm", text);
  CHECK(feeder.feed_one({.dpi = 300}).pixels == side.pixels);
}

TEST_CASE("another resolution scales, another mode converts, a smaller window cuts", "[scan][virtual]") {
  TrayBench feeder;
  const auto load = [&] { put_sheets(feeder.world.tray(), 7, 7); };
  const imaging::Image own = numbered_side({7, 0});
  load();
  const imaging::Image half = feeder.feed_one({.dpi = 50});
  CHECK(half.width == Approx(own.width / 2).margin(1));
  CHECK(half.height == own.height / 2);
  load();
  const imaging::Image twice = feeder.feed_one({.dpi = 200});
  CHECK(twice.width == own.width * 2);
  CHECK(twice.row(101)[85] == own.row(50)[42]);
  load();
  const imaging::Image color = feeder.feed_one({.dpi = 100, .mode = PixelMode::Color});
  CHECK(color.channels == 3);
  CHECK(number_on(color) == SideNumber{7, 0});
  load();
  const imaging::Image bitonal = feeder.feed_one({.dpi = 100, .mode = PixelMode::Bitonal});
  CHECK(number_on(bitonal) == SideNumber{7, 0});
  CHECK(std::ranges::all_of(bitonal.pixels, [](std::uint8_t level) { return level == 0 || level == 255; }));
  load();
  const imaging::Image part = feeder.feed_one({.dpi = 100, .size = {50.8, 76.2}});
  CHECK(part.size() == Size{200, 300});
  CHECK(std::equal(part.row(40), part.row(40) + 200, own.row(40)));
  load();
  const imaging::Image padded = feeder.feed_one({.dpi = 100, .size = {215.9, 279.4}});
  CHECK(padded.size() == Size{850, 1100});
  CHECK(padded.row(1000)[800] == 255);
  CHECK(number_on(padded) == SideNumber{7, 0});
}

TEST_CASE("bitonal sheets come bit for bit", "[scan][virtual]") {
  TrayBench feeder;
  imaging::Image side = numbered_side({3, 0});
  for (std::uint8_t& level : side.pixels) level = level < 215 ? 0 : 255;
  write_pbm(feeder.world.tray() / "0001-front.pbm", side, 100);
  CHECK(feeder.feed_one({.dpi = 100, .mode = PixelMode::Bitonal}).pixels == side.pixels);
}

TEST_CASE("a back that is not there is blank, and as large as its front", "[scan][virtual]") {
  TrayBench feeder;
  put_sheets(feeder.world.tray(), 1, 1);
  fs::remove(feeder.world.tray() / "0001-back.pgm");
  const std::vector<imaging::Image> sides = feeder.feed({.source = "adf-duplex", .dpi = 100});
  REQUIRE(sides.size() == 2);
  CHECK(sides[1].size() == sides[0].size());
  CHECK(std::ranges::all_of(sides[1].pixels, [](std::uint8_t level) { return level == 255; }));
}

TEST_CASE("sheets go in the order of their names, whatever else lies in the tray", "[scan][virtual]") {
  TrayBench feeder;
  const fs::path tray = feeder.world.tray();
  for (const int sheet : {12, 3, 10}) put_sheets(tray, sheet, sheet);
  write_file(tray / "notes-front.txt", "not a sheet");
  write_file(tray / "readme", "neither");
  const std::vector<imaging::Image> sides = feeder.feed({.dpi = 100});
  REQUIRE(sides.size() == 3);
  CHECK(number_on(sides[0])->sheet == 3);
  CHECK(number_on(sides[1])->sheet == 10);
  CHECK(number_on(sides[2])->sheet == 12);
}

TEST_CASE("a sheet leaves the tray when its last side was read, not before", "[scan][virtual]") {
  TrayBench feeder;
  put_sheets(feeder.world.tray(), 1, 2);
  const auto feeding = contract::opened(feeder.world.scanner(feeder.world.vadf(), "adf-duplex"));
  REQUIRE(contract::feed(*feeding, 1).sides.size() == 1);
  CHECK(sheets_in(feeder.world.tray() / "out").empty());
  REQUIRE(contract::feed(*feeding, 1).sides.size() == 1);
  CHECK(sheets_in(feeder.world.tray() / "out") == std::vector{1});
}

TEST_CASE("a sheet can go through unseen, and only the count tells", "[scan][virtual]") {
  TrayBench feeder;
  put_sheets(feeder.world.tray(), 1, 3);
  plan_fault(feeder.world.tray(), {2, 0}, "lost");
  CHECK(feeder.feed({.dpi = 100}).size() == 2);
  CHECK(sheets_in(feeder.world.tray() / "out").size() == 3);
}

TEST_CASE("a file that is no image stops the feeder instead of feeding rubbish", "[scan][virtual]") {
  TrayBench feeder;
  write_file(feeder.world.tray() / "0001-front.pgm", "P5\n100 100\n255\nfar too short");
  CHECK(feeder.feed({.dpi = 100}).empty());
  REQUIRE(feeder.fed.fault);
  CHECK(feeder.fed.fault->kind == FaultKind::DeviceIo);
  CHECK(sheets_in(feeder.world.tray()) == std::vector{1});
}

TEST_CASE("tray images are read with their comments and refused when they lie", "[scan][virtual]") {
  const auto image = parsed("P5 # dpi 200\n# made by hand\n 2\t2\n#x\n255\nabcd");
  REQUIRE(image);
  CHECK(image->dpi == 200);
  CHECK(image->width == 2);
  CHECK(image->pixels.size() == 4);
  CHECK(image->pixels[0] == 'a');
  CHECK(parsed("P4\n9 2\nabcd")->row_bytes() == 2);
  CHECK(parsed("P6\n1 1\n65535\nabcdef")->bits == 16);
  for (const char* broken :
       {"", "P5", "P3\n1 1\n255\n0", "P5\n2 2\n255\nabc", "P5\n0 2\n255\n", "P5\n2 -2\n255\nabcd", "P5\n2 2\n70000\nabcd",
        "P5\n99999999999 2\n255\nabcd", "P5\n100000 100000\n255\nabcd", "P5\n2 2\n255", "P5\n2 2\n255#\nabcd", "P4\n9 2\nabc"}) {
    CAPTURE(broken);
    CHECK(!parsed(broken));
  }
}
