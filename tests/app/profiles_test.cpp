// Scan profiles: read, printed as they are read, refused where they are misspelt.
#include "app/profiles.h"

#include <catch2/catch.hpp>

#include "tests/app/configured.h"

using namespace chartscan;
using namespace chartscan::app;
using chartscan::testing::configured;

TEST_CASE("a profile says what an operator need not, and leaves the rest as it is", "[app][profiles]") {
  const auto config = configured(
      "[profiles.charts]\ndevice = \"sane:fujitsu\"\nsource = \"adf-duplex\"\nmode = \"bitonal\"\nsize = \"legal\"\nseparators = "
      "false\n"
      "expect_sheets = 200\n[profiles.photos]\nmode = \"color\"\nsize = \"100x150\"\n");
  if (!config) FAIL(to_string(config.error()));
  REQUIRE(config->profiles.size() == 2);
  const ScanProfile& charts = config->profiles.at("charts");
  CHECK(charts.device == "sane:fujitsu");
  CHECK(charts.dpi == 300);
  CHECK(charts.mode == scan::PixelMode::Bitonal);
  CHECK(charts.size.height == Approx(355.6));
  CHECK_FALSE(charts.separators);
  CHECK(charts.stop_at_double_feed);
  CHECK(charts.expect_sheets == 200);
  CHECK(config->profiles.at("photos").size.width == Approx(100));
}

TEST_CASE("the printed configuration is read back as the same profiles", "[app][profiles]") {
  const auto config =
      configured("[profiles.\"box 12\"]\ndevice = \"twain:Acme \\\"Feed\\\"\"\ndpi = 200\nmode = \"gray\"\nsize = \"a5\"\n");
  REQUIRE(config.ok());
  const auto again = configured(to_toml(*config));
  if (!again) FAIL(to_string(again.error()));
  REQUIRE(again->profiles.contains("box 12"));
  CHECK(again->profiles.at("box 12").device == "twain:Acme \"Feed\"");
  CHECK(again->profiles.at("box 12").dpi == 200);
  CHECK(to_toml(*again) == to_toml(*config));
  CHECK(configured(to_toml(Config{})).ok());  // the example without a profile, too
}

TEST_CASE("a misspelt profile is refused by name", "[app][profiles]") {
  for (const char* wrong :
       {"[profiles.a]\nsorce = \"adf\"\n", "[profiles.a]\nmode = \"grey\"\n", "[profiles.a]\nsize = \"3x4\"\n",
        "[profiles.a]\ndpi = 7\n", "[profiles]\na = 1\n", "[profiles.a]\nseparators = \"no\"\n"}) {
    const auto config = configured(wrong);
    REQUIRE_FALSE(config.ok());
    CHECK(config.error().code == ErrorCode::Configuration);
    CHECK(config.error().message.find("profiles.a") != std::string::npos);
  }
}

TEST_CASE("sizes are words or millimetres", "[app][profiles]") {
  CHECK(parse_size("letter")->width == Approx(215.9));
  CHECK(parse_size("210x297")->height == Approx(297));
  CHECK(size_words({210, 297}) == "a4");
  for (const char* wrong : {"", "x", "210x", "x297", "210x297mm", "-1x5", "1e9x20", "nanx20"}) CHECK_FALSE(parse_size(wrong));
}

TEST_CASE("a batch is resumed with the settings it was begun with", "[app][profiles]") {
  ScanProfile profile;
  profile.device = "sane:test:0";
  profile.source = "adf-duplex";
  profile.dpi = 240;
  profile.mode = scan::PixelMode::Color;
  profile.size = {210, 297};
  profile.separators = false;
  Batch batch;
  batch.device = profile.device;
  batch.scan = settings_of(profile);
  const ScanProfile again = profile_of(batch);
  CHECK(again.device == profile.device);
  CHECK(again.source == profile.source);
  CHECK(again.dpi == 240);
  CHECK(again.mode == scan::PixelMode::Color);
  CHECK(again.size.height == Approx(297));
  CHECK_FALSE(again.separators);
}
