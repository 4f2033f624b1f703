// Rubbish at the door: each bad file gets one clear message that names it, the good ones go on, the ledger shows both.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "storage/archive.h"
#include "tests/support/draw.h"
#include "tests/support/image_files.h"
#include "tests/support/program.h"

using namespace chartscan::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

Program chartscan_program() { return Program(fs::path(CHARTSCAN_BINARY_DIR) / "chartscan"); }

EncodedPage page_of(const std::string& line) {
  Scan scan;
  scan.dpi = 150;
  scan.tone = Tone::Bitonal;
  return {draw_text_page({line, "Seen in clinic today, feels well.", "No change of treatment."}, scan), Encoding::CcittG4, 60};
}

std::string big_endian(std::uint32_t value) {
  std::string out(4, '\0');
  for (int i = 0; i < 4; ++i) out[i] = static_cast<char>(value >> (24 - 8 * i));
  return out;
}

std::uint32_t crc32(const std::string& bytes) {
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const unsigned char c : bytes) {
    crc ^= c;
    for (int i = 0; i < 8; ++i) crc = crc & 1 ? 0xEDB88320u ^ (crc >> 1) : crc >> 1;
  }
  return ~crc;
}

// A PNG that claims a size and holds next to nothing.
std::string png_claiming(std::uint32_t width, std::uint32_t height) {
  const auto chunk = [](const std::string& type_and_data) {
    return big_endian(static_cast<std::uint32_t>(type_and_data.size() - 4)) + type_and_data + big_endian(crc32(type_and_data));
  };
  return std::string("\x89PNG\r\n\x1a\n", 8) + chunk("IHDR" + big_endian(width) + big_endian(height) + std::string("\x08\x00\x00\x00\x00", 5)) +
         chunk(std::string("IDAT\x78\x9c\x63\x00\x00\x00\x01\x00\x01", 13)) + chunk("IEND");
}

// A little-endian TIFF of one uncompressed 8 bit page that claims a size and holds ten bytes.
std::string tiff_claiming(std::uint32_t width, std::uint32_t height) {
  const auto little = [](std::uint32_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
    return out;
  };
  const auto tag = [&](std::uint32_t id, std::uint32_t value) { return little(id, 2) + little(4, 2) + little(1, 4) + little(value, 4); };
  const std::string entries = tag(256, width) + tag(257, height) + tag(258, 8) + tag(259, 1) + tag(262, 1) + tag(273, 8) + tag(278, height) + tag(279, 10);
  return "II" + little(42, 2) + little(18, 4) + "0123456789" + little(8, 2) + entries + little(0, 4);
}

json batches_of(const std::string& archive) { return json::parse(chartscan_program().run({"batches", "--json", "--archive", archive}).out); }

}  // namespace

TEST_CASE("bad files are refused by name, good ones go on, the ledger shows both", "[faults][input]") {
  const TempFolder folder("bad");
  const fs::path in = folder / "in";
  fs::create_directories(in);
  write_tiff(in / "good.tif", {page_of("Progress note one"), page_of("Progress note two")});
  const std::string good = read_file(in / "good.tif");
  write_file(in / "truncated.tif", good.substr(0, good.size() * 6 / 10));
  write_file(in / "lying.tif", tiff_claiming(2550, 3300));
  write_file(in / "huge.tif", tiff_claiming(60'000, 60'000));
  write_file(in / "empty.tif", "");
  write_file(in / "text.tif", "this is a letter, not a scan\n");
  write_file(in / "broken.pdf", "%PDF-1.4\n1 0 obj << /Type /Catalog >> garbage");
  write_pdf(in / "plain.pdf", {page_of("Scanned PDF page")});
  REQUIRE(std::system(("qpdf --encrypt secret owner 256 -- '" + (in / "plain.pdf").string() + "' '" + (in / "locked.pdf").string() + "'").c_str()) == 0);
  fs::create_directories(in / "images");
  write_file(in / "images" / "bomb.png", png_claiming(60'000, 60'000));
  write_file(in / "images" / "dot.png", png_claiming(1, 1));
  write_png(in / "images" / "good.png", page_of("A page between rubbish").image);
  const std::string archive = (folder / "archive").string();

  const Outcome outcome = chartscan_program().run({"ingest", in.string(), "--archive", archive});
  INFO(outcome.out << outcome.err);
  CHECK(outcome.exit_code == 3);
  for (const char* bad : {"truncated.tif", "lying.tif", "huge.tif", "empty.tif", "text.tif", "broken.pdf", "locked.pdf", "bomb.png", "dot.png"}) {
    bool named = false;
    for (const std::string& line : lines_of(outcome.out)) named = named || (line.find("refused") != std::string::npos && line.find(bad) != std::string::npos);
    INFO(bad);
    CHECK(named);
  }
  int fed = 0, rejected = 0;
  for (const json& batch : batches_of(archive)) {
    CHECK(batch.at("ledger").at("balances") == true);
    fed += batch.at("ledger").at("fed").get<int>();
    rejected += batch.at("ledger").at("rejected").get<int>();
  }
  CHECK(fed - rejected >= 4);  // two TIFF pages, one PDF page, one PNG, and what the truncated file still held
  CHECK(rejected >= 9);
  for (const char* word : {"one", "two", "between"})
    CHECK(json::parse(chartscan_program().run({"search", word, "--json", "--archive", archive}).out).at("total") >= 1);
  CHECK(chartscan_program().run({"verify", "--archive", archive}).exit_code == 0);
}

TEST_CASE("a folder that may not be read is refused by name", "[faults][input]") {
  if (geteuid() == 0) {
    WARN("skipped: to root every folder is readable");
    return;
  }
  const TempFolder folder("locked");
  fs::create_directories(folder / "in");
  fs::permissions(folder / "in", fs::perms::none);
  const Outcome outcome = chartscan_program().run({"ingest", (folder / "in").string(), "--archive", (folder / "archive").string()});
  fs::permissions(folder / "in", fs::perms::owner_all);
  CHECK(outcome.exit_code == 3);
  CHECK((outcome.out + outcome.err).find((folder / "in").string()) != std::string::npos);
}

TEST_CASE("a path that is not there is refused by name", "[faults][input]") {
  const TempFolder folder("nowhere");
  const Outcome outcome = chartscan_program().run({"ingest", "/nowhere/at/all.tif", "--archive", (folder / "archive").string()});
  CHECK(outcome.exit_code == 3);
  CHECK((outcome.out + outcome.err).find("/nowhere/at/all.tif") != std::string::npos);
}

TEST_CASE("intake stops before the disk is full, says so, and goes on when there is room", "[faults][storage]") {
  const TempFolder folder("full");
  write_tiff(folder / "in.tif", {page_of("Room needed")});
  const std::string archive = (folder / "archive").string();
  write_file(folder / "full.toml", "keep_free_bytes = 900000000000000\n");
  const Outcome full = chartscan_program().run({"ingest", (folder / "in.tif").string(), "--archive", archive, "--config", (folder / "full.toml").string()});
  CHECK(full.exit_code == 5);
  CHECK(full.err.find("make room") != std::string::npos);
  const Outcome roomy = chartscan_program().run({"ingest", (folder / "in.tif").string(), "--archive", archive});
  INFO(roomy.out << roomy.err);
  CHECK(roomy.exit_code <= 1);
  CHECK(batches_of(archive).size() == 1);
  CHECK(batches_of(archive)[0].at("ledger").at("fed") == 1);
}

TEST_CASE("an archive of a newer format is left alone", "[faults][storage]") {
  const TempFolder folder("newer");
  const std::string archive = (folder / "archive").string();
  write_tiff(folder / "in.tif", {page_of("From the future")});
  REQUIRE(chartscan_program().run({"ingest", (folder / "in.tif").string(), "--archive", archive}).exit_code <= 1);
  std::string format = read_file(fs::path(archive) / "FORMAT");
  const std::string ours = std::to_string(chartscan::storage::kFormatVersion);
  REQUIRE(format.find(ours) != std::string::npos);
  write_file(fs::path(archive) / "FORMAT", format.replace(format.find(ours), ours.size(), "999"));
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"batches"}, {"ingest", (folder / "in.tif").string()}}) {
    std::vector<std::string> command = words;
    command.insert(command.end(), {"--archive", archive});
    const Outcome outcome = chartscan_program().run(command);
    INFO(outcome.err);
    CHECK(outcome.exit_code == 5);
    CHECK(outcome.err.find("newer") != std::string::npos);
  }
}

TEST_CASE("a page count that differs from the expected one is a finding for a person", "[faults][input]") {
  const TempFolder folder("count");
  write_tiff(folder / "in.tif", {page_of("One"), page_of("Two")});
  const std::string archive = (folder / "archive").string();
  const Outcome outcome = chartscan_program().run({"ingest", (folder / "in.tif").string(), "--expect-pages", "3", "--archive", archive});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.out.find("expected 3 pages, 2 are stored: 1 missing") != std::string::npos);
}

TEST_CASE("wrong usage exits with 2 and says where help is", "[faults][usage]") {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{}, {"frobnicate"}, {"search"}, {"ingest", "x", "--jobs", "0"}}) {
    const Outcome outcome = chartscan_program().run(words);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err.find("--help") != std::string::npos);
  }
  const TempFolder folder("usage");
  REQUIRE(chartscan_program().run({"patients", "import", std::string(CHARTSCAN_SOURCE_DIR) + "/samples/patients.csv", "--archive", (folder / "a").string()}).exit_code <= 3);
  const Outcome query = chartscan_program().run({"search", "(open", "--archive", (folder / "a").string()});
  CHECK(query.exit_code == 2);
}
