// Devices nobody here owns, by the option names their backends use (fujitsu, canon_dr, epson2, epsonds, brother, hp5590,
// kvs20xx, pixma, avision, xerox_mfp ...).
#include <catch2/catch.hpp>

#include "scanner-drivers/sane/configure.h"
#include "scanner-drivers/sane/scripted_session.h"
#include "scanner-drivers/sane/vocabulary.h"

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::scan::sane;

namespace {

constexpr auto kGlass = PaperSource::Flatbed, kOneSide = PaperSource::Adf, kBothSides = PaperSource::AdfDuplex;

ScriptedSession plain_device() {
  ScriptedSession device;
  device.add_list("mode", {"Lineart", "Gray", "Color"}, "Lineart");
  device.add_numbers("resolution", {100, 200, 300, 600}, 100, Unit::Dpi);
  return device;
}

ScanRequest wanting(const std::string& source) { return {.source = source}; }

}  // namespace

TEST_CASE("sources are understood under the names that backends give them", "[scan][names]") {
  struct Row {
    const char* name;
    std::optional<PaperSource> meaning;
  };
  for (const Row& row : {Row{"Flatbed", kGlass},
                         {"FlatBed", kGlass},
                         {"Document Table", kGlass},
                         {"Platen", kGlass},
                         {"Normal", kGlass},
                         {"ADF", kOneSide},
                         {"ADF Front", kOneSide},
                         {"ADF Simplex", kOneSide},
                         {"Automatic Document Feeder", kOneSide},
                         {"Automatic Document Feeder(left aligned)", kOneSide},
                         {"Automatic Document Feeder(centrally aligned)", kOneSide},
                         {"Document Feeder", kOneSide},
                         {"ADF-SF", kOneSide},
                         {"Sheetfed", kOneSide},
                         {"adf_simplex", kOneSide},
                         {"ADF Duplex", kBothSides},
                         {"Duplex", kBothSides},
                         {"ADF (Duplex)", kBothSides},
                         {"ADF - Both sides", kBothSides},
                         {"Automatic Document Feeder(left aligned,Duplex)", kBothSides},
                         {"ADF Both Sides", kBothSides},
                         {"ADF-DB", kBothSides},
                         {"Automatic Document Feeder (Double-Sided)", kBothSides},
                         {"ADF 2-sided", kBothSides},
                         {"ADF Back", std::nullopt},
                         {"Card Duplex", std::nullopt},
                         {"Card Front", std::nullopt},
                         {"Transparency Adapter", std::nullopt},
                         {"Transparency Unit", std::nullopt},
                         {"Negative", std::nullopt},
                         {"TMA Slides", std::nullopt},
                         {"Auto", std::nullopt}}) {
    CAPTURE(row.name);
    CHECK(source_meant(row.name) == row.meaning);
  }
}

TEST_CASE("modes are understood under the names that backends give them, the plain one first", "[scan][names]") {
  using enum PixelMode;
  for (const auto& [name, meaning] : {std::pair{"Lineart", Bitonal},
                                      {"LineArt", Bitonal},
                                      {"Black & White", Bitonal},
                                      {"Binary", Bitonal},
                                      {"Halftone", Bitonal},
                                      {"Monochrome", Bitonal},
                                      {"Black and White - Line Art", Bitonal},
                                      {"Gray", Gray},
                                      {"Grayscale", Gray},
                                      {"True Gray", Gray},
                                      {"Grey", Gray},
                                      {"256 Levels Gray", Gray},
                                      {"Color", Color},
                                      {"24bit Color[Fast]", Color},
                                      {"Colour", Color},
                                      {"RGB", Color}}) {
    CAPTURE(name);
    CHECK(mode_meant(name) == meaning);
  }
  CHECK(!mode_meant("Infrared"));
  const std::vector<std::string> brother{"Black & White", "Gray[Error Diffusion]", "True Gray", "24bit Color[Fast]",
                                         "24bit Color"};
  CHECK(*best_mode(brother, Bitonal) == "Black & White");
  CHECK(*best_mode(brother, Gray) == "True Gray");
  CHECK(*best_mode(brother, Color) == "24bit Color");
  CHECK(*best_mode({"Halftone", "Lineart", "Gray"}, Bitonal) == "Lineart");
  CHECK(best_mode({"Color"}, Gray) == nullptr);
}

TEST_CASE("both sides are found in the source, or in an option beside it", "[scan][names]") {
  ScriptedSession in_source = plain_device();
  in_source.add_list("source", {"Flatbed", "ADF Front", "ADF Back", "ADF Duplex"}, "Flatbed");
  REQUIRE(configure(in_source, wanting("adf-duplex"), "").ok());
  CHECK(in_source.value("source") == Value("ADF Duplex"));

  ScriptedSession epson = plain_device();
  epson.add_list("source", {"Flatbed", "Automatic Document Feeder"}, "Flatbed");
  epson.add_list("adf-mode", {"Simplex", "Duplex"}, "Simplex");
  Result<Settings> settings = configure(epson, wanting("adf-duplex"), "");
  REQUIRE(settings.ok());
  CHECK(settings->source == PaperSource::AdfDuplex);
  CHECK(epson.value("source") == Value("Automatic Document Feeder"));
  CHECK(epson.value("adf-mode") == Value("Duplex"));
  REQUIRE(configure(epson, wanting("adf"), "").ok());
  CHECK(epson.value("adf-mode") == Value("Simplex"));  // what the last user left is not kept
  CHECK(capabilities(epson, "").sources == std::vector{kGlass, kOneSide, kBothSides});

  ScriptedSession panasonic = plain_device();  // no source at all: a sheetfed scanner with a switch
  panasonic.add_switch("duplex", false);
  settings = configure(panasonic, wanting("adf-duplex"), "sheetfed scanner");
  REQUIRE(settings.ok());
  CHECK(settings->source == PaperSource::AdfDuplex);
  CHECK(panasonic.value("duplex") == Value(true));
}

TEST_CASE("what a device cannot feed is refused, with the names it has", "[scan][names]") {
  ScriptedSession glass = plain_device();
  glass.add_list("source", {"Flatbed", "Transparency Unit"}, "Flatbed");
  for (const char* source : {"adf", "adf-duplex", "ADF Front"}) {
    const Result<Settings> settings = configure(glass, wanting(source), "");
    REQUIRE(!settings.ok());
    CHECK(settings.error().message.find("Transparency Unit") != std::string::npos);
  }
  ScriptedSession one_side = plain_device();
  one_side.add_list("source", {"ADF"}, "ADF");
  CHECK(!configure(one_side, wanting("adf-duplex"), "").ok());
  CHECK(!configure(one_side, wanting("flatbed"), "").ok());
  ScriptedSession unknown = plain_device();  // a glass without options must not be scanned for ever as if it were a feeder
  CHECK(!configure(unknown, wanting("adf"), "flatbed scanner").ok());
  CHECK(configure(unknown, wanting("adf"), "sheetfed scanner").ok());
}

TEST_CASE("a device that agrees to both sides and goes on with one is refused", "[scan][names]") {
  ScriptedSession liar = plain_device();
  liar.add_list("source", {"ADF Front", "ADF Duplex"}, "ADF Front");
  liar.on_set = [&](const std::string& name) {
    if (name == "source") liar.put("source", Value("ADF Front"));
  };
  CHECK(!configure(liar, wanting("adf-duplex"), "").ok());
}

TEST_CASE("the backend's own source name is taken as it is, in any capitals", "[scan][names]") {
  ScriptedSession device = plain_device();
  device.add_list("source", {"Flatbed", "ADF Front", "ADF Back", "Card Front"}, "Flatbed");
  const Result<Settings> settings = configure(device, wanting("card front"), "");
  REQUIRE(settings.ok());
  CHECK(settings->source_name == "Card Front");
  CHECK(settings->source == PaperSource::Adf);
  CHECK(configure(device, wanting("ADF Back"), "")->source == PaperSource::Adf);
  CHECK(source_used("Auto") == PaperSource::Flatbed);  // one side; a glass taken for a feeder would never end
}

TEST_CASE("a resolution that is not there becomes the next finer one, and is told", "[scan][names]") {
  ScriptedSession device = plain_device();
  device.add_list("source", {"ADF"}, "ADF");
  ScanRequest request = wanting("adf");
  request.dpi = 240;
  Result<Settings> settings = configure(device, request, "");
  REQUIRE(settings.ok());
  CHECK(settings->dpi_x == 300);
  CHECK(std::ranges::any_of(settings->notes, [](const std::string& note) { return note.find("240") != std::string::npos; }));
  request.dpi = 1200;
  settings = configure(device, request, "");
  CHECK(settings->dpi_x == 600);  // the finest there is
}

TEST_CASE("the window follows the paper: page size first, then the edges, in the device's own unit", "[scan][names]") {
  ScriptedSession fujitsu = plain_device();
  fujitsu.add_list("source", {"ADF Front", "ADF Duplex"}, "ADF Front");
  fujitsu.add_range("page-width", {0, 221, 0}, 215.9, Unit::Mm);
  fujitsu.add_range("page-height", {0, 863, 0}, 279.4, Unit::Mm);
  std::vector<std::string> order;
  for (const char* edge : {"tl-x", "tl-y", "br-x", "br-y"}) fujitsu.add_range(edge, {0, 863, 0}, 0, Unit::Mm);
  fujitsu.on_set = [&](const std::string& name) { order.push_back(name); };
  ScanRequest request = wanting("adf");
  request.size = {210, 297};
  const Result<Settings> settings = configure(fujitsu, request, "");
  REQUIRE(settings.ok());
  CHECK(settings->size.width == Approx(210));
  CHECK(settings->size.height == Approx(297));
  CHECK(fujitsu.value("page-width") == Value(210.0));
  CHECK(std::ranges::find(order, "page-width") < std::ranges::find(order, "br-x"));

  ScriptedSession pixels = plain_device();
  pixels.add_list("source", {"ADF"}, "ADF");
  for (const char* edge : {"tl-x", "tl-y", "br-x", "br-y"}) pixels.add_range(edge, {0, 5000, 1}, 0, Unit::Pixel);
  request.dpi = 300;
  const Result<Settings> in_pixels = configure(pixels, request, "");
  REQUIRE(in_pixels.ok());
  CHECK(std::get<double>(pixels.value("br-y")) == Approx(297 / 25.4 * 300));
  CHECK(in_pixels->size.height == Approx(297));
}

TEST_CASE("double feeds are watched for where the device can, and said where it cannot", "[scan][names]") {
  ScriptedSession fujitsu = plain_device();
  fujitsu.add_list("source", {"ADF Front"}, "ADF Front");
  fujitsu.add_list("df-action", {"Default", "Continue", "Stop"}, "Default");
  fujitsu.add_switch("df-thickness", false);
  Result<Settings> settings = configure(fujitsu, wanting("adf"), "");
  REQUIRE(settings.ok());
  CHECK(settings->detects_double_feed);
  CHECK(fujitsu.value("df-action") == Value("Stop"));
  CHECK(fujitsu.value("df-thickness") == Value(true));
  ScanRequest careless = wanting("adf");
  careless.stop_at_double_feed = false;
  settings = configure(fujitsu, careless, "");
  CHECK(!settings->detects_double_feed);
  CHECK(fujitsu.value("df-action") == Value("Continue"));

  ScriptedSession simple = plain_device();
  simple.add_list("source", {"ADF"}, "ADF");
  settings = configure(simple, wanting("adf"), "");
  CHECK(!settings->detects_double_feed);
  CHECK(std::ranges::any_of(settings->notes,
                            [](const std::string& note) { return note.find("two sheets at once") != std::string::npos; }));
}

TEST_CASE("options that leave out sides are turned off", "[scan][names]") {
  ScriptedSession device = plain_device();
  device.add_list("source", {"ADF"}, "ADF");
  device.add_range("swskip", {0, 100, 0.1}, 15, Unit::Percent);
  device.add_switch("blank-page-skip", true);
  device.add_switch("batch-scan", false);
  REQUIRE(configure(device, wanting("adf"), "").ok());
  CHECK(device.value("swskip") == Value(0.0));
  CHECK(device.value("blank-page-skip") == Value(false));
  CHECK(device.value("batch-scan") == Value(true));  // without it hpaio does not tell when its feeder is empty
}

TEST_CASE("brightness and contrast are shares of the range the device has", "[scan][names]") {
  ScriptedSession device = plain_device();
  device.add_list("source", {"ADF"}, "ADF");
  device.add_range("brightness", {0, 255, 1}, 128);
  device.add_range("contrast", {-100, 100, 1}, 0, Unit::Percent);
  ScanRequest request = wanting("adf");
  request.brightness = -100;
  request.contrast = 50;
  REQUIRE(configure(device, request, "").ok());
  CHECK(device.value("brightness") == Value(0.0));
  CHECK(device.value("contrast") == Value(50.0));
}
