#include <catch2/catch.hpp>

#include <cairo-pdf.h>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "imaging/child.h"
#include "imaging/decode.h"
#include "tests/support/draw.h"
#include "tests/support/image_files.h"

using namespace chartscan;
using namespace chartscan::imaging;
namespace fs = std::filesystem;

namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "chartscan-pdf-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code none;
    fs::remove_all(path_, none);
  }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

ByteReader reader_of(const fs::path& path) {
  Result<ByteReader> reader = file_reader(path);
  REQUIRE(reader.ok());
  return std::move(*reader);
}

Decoded must_decode(const fs::path& path, int index = 0) {
  Result<Decoded> result = decode_page(reader_of(path), MediaType::Pdf, index, {});
  if (!result.ok()) FAIL(result.error().message);
  return std::move(*result);
}

int largest_difference(const Image& a, const Image& b) {
  REQUIRE(a.size() == b.size());
  REQUIRE(a.channels == b.channels);
  int most = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) most = std::max(most, std::abs(a.pixels[i] - b.pixels[i]));
  return most;
}

// Text and no picture, on a page of that many points.
void write_text_pdf(const fs::path& path, const std::vector<std::string>& lines, double width = 612, double height = 792) {
  cairo_surface_t* surface = cairo_pdf_surface_create(path.c_str(), width, height);
  cairo_t* cairo = cairo_create(surface);
  cairo_select_font_face(cairo, "Liberation Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cairo, 11);
  double y = 72;
  for (const std::string& line : lines) {
    cairo_move_to(cairo, 72, y += 14);
    cairo_show_text(cairo, line.c_str());
  }
  cairo_destroy(cairo);
  cairo_surface_destroy(surface);
}

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

const ChildLimits kGenerous{2'000'000'000, 20, 1'000'000, 1'000'000};

}  // namespace

TEST_CASE("the pictures of a scanned PDF are taken as they are", "[imaging][decode][pdf]") {
  const TemporaryFolder folder;
  const Image gray = testing::draw_text_page(testing::some_lines(10), {.dpi = 100});
  const Image bitonal = testing::draw_text_page(testing::some_lines(10), {.dpi = 200, .tone = testing::Tone::Bitonal});
  testing::write_pdf(folder / "scan.pdf", {{bitonal, testing::Encoding::CcittG4}, {gray, testing::Encoding::Lzw}, {gray, testing::Encoding::Jpeg, 95}});
  CHECK(*count_pages(reader_of(folder / "scan.pdf"), MediaType::Pdf, {}) == 3);
  const Decoded first = must_decode(folder / "scan.pdf", 0);
  CHECK(largest_difference(first.image, bitonal) == 0);
  CHECK(first.image.dpi_x == 200);
  CHECK(first.born_digital.words.empty());
  CHECK(first.findings.empty());
  CHECK(largest_difference(must_decode(folder / "scan.pdf", 1).image, gray) == 0);
  CHECK(largest_difference(must_decode(folder / "scan.pdf", 2).image, gray) < 80);
  CHECK_FALSE(decode_page(reader_of(folder / "scan.pdf"), MediaType::Pdf, 3, {}).ok());
}

TEST_CASE("a PDF page of text is drawn, and its own text kept", "[imaging][decode][pdf]") {
  const TemporaryFolder folder;
  write_text_pdf(folder / "letter.pdf", {"This letter was never paper.", "It has a text layer of its own."});
  const Decoded page = must_decode(folder / "letter.pdf");
  CHECK(page.image.width == 2550);
  CHECK(page.image.height == 3300);
  CHECK(page.image.dpi_x == 300);
  CHECK(page.image.channels == 1);
  CHECK(page.born_digital.text().find("This letter was never paper.") != std::string::npos);
  REQUIRE(page.born_digital.words.size() == 13);
  CHECK(page.born_digital.words[5].line == 1);
  CHECK(page.born_digital.words[0].box.x0 == Approx(300).margin(3));  // an inch from the left
  CHECK(page.born_digital.words[0].box.y1 == Approx(86 * 300 / 72).margin(20));
}

TEST_CASE("an enormous PDF page is drawn coarser or refused, never at any cost", "[imaging][decode][pdf]") {
  const TemporaryFolder folder;
  write_text_pdf(folder / "poster.pdf", {"A poster of sixty by sixty inches"}, 60 * 72, 60 * 72);
  const Decoded poster = must_decode(folder / "poster.pdf");
  CHECK(poster.image.dpi_x < 300);
  CHECK(poster.image.dpi_x >= 100);
  CHECK(poster.image.pixels.size() <= DecodeLimits{}.max_pixels);
  write_text_pdf(folder / "bomb.pdf", {"Two hundred inches"}, 14400, 14400);
  const Result<Decoded> bomb = decode_page(reader_of(folder / "bomb.pdf"), MediaType::Pdf, 0, {});
  REQUIRE_FALSE(bomb.ok());
  CHECK(bomb.error().code == ErrorCode::InputTooLarge);
  CHECK(bomb.error().message.find("200 x 200 inches") != std::string::npos);
}

TEST_CASE("an encrypted PDF is named as such", "[imaging][decode][pdf]") {
  const TemporaryFolder folder;
  write_text_pdf(folder / "plain.pdf", {"secret"});
  QPDF pdf;
  pdf.processFile((folder / "plain.pdf").c_str());
  const std::filesystem::path locked = folder / "locked.pdf";  // the writer keeps the pointer
  QPDFWriter writer(pdf, locked.c_str());
  writer.setR6EncryptionParameters("user", "owner", true, true, true, true, true, true, qpdf_r3p_full, true);
  writer.write();
  const Result<int> count = count_pages(reader_of(folder / "locked.pdf"), MediaType::Pdf, {});
  REQUIRE_FALSE(count.ok());
  CHECK(count.error().code == ErrorCode::InputEncrypted);
  CHECK(decode_page(reader_of(folder / "locked.pdf"), MediaType::Pdf, 0, {}).error().code == ErrorCode::InputEncrypted);
}

TEST_CASE("a broken PDF is refused, whole", "[imaging][decode][pdf]") {
  const TemporaryFolder folder;
  const Image page = testing::draw_text_page(testing::some_lines(3), {.dpi = 50});
  testing::write_pdf(folder / "whole.pdf", {4, {page, testing::Encoding::Lzw}});
  const std::string whole = content_of(folder / "whole.pdf");
  for (const double share : {0.2, 0.6, 0.95}) {
    std::ofstream(folder / "part.pdf", std::ios::binary) << whole.substr(0, static_cast<std::size_t>(static_cast<double>(whole.size()) * share));
    const Result<int> count = count_pages(reader_of(folder / "part.pdf"), MediaType::Pdf, {});
    INFO("share " << share);
    REQUIRE_FALSE(count.ok());
    CHECK(count.error().code == ErrorCode::InputRefused);
    CHECK(count.error().message.size() > 30);
  }
  std::ofstream(folder / "words.pdf") << "%PDF-1.4\nnothing else";
  CHECK_FALSE(count_pages(reader_of(folder / "words.pdf"), MediaType::Pdf, {}).ok());
}

TEST_CASE("a name that looks like an option is still a file", "[imaging][decode][pdf]") {
  const TemporaryFolder folder;
  write_text_pdf(folder / "-r.pdf", {"some text that is long enough"});
  const fs::path before = fs::current_path();
  fs::current_path(folder / "");
  const Result<int> count = count_pages(reader_of("-r.pdf"), MediaType::Pdf, {});
  fs::current_path(before);
  REQUIRE(count.ok());
  CHECK(*count == 1);
}

TEST_CASE("an outside program gets nothing of ours and is ended by its limits", "[imaging][child]") {
  SECTION("its output and exit code come back") {
    const Result<ChildOutput> said = run_child("/bin/sh", {"-c", "echo out; echo err >&2; exit 3"}, kGenerous);
    REQUIRE(said.ok());
    CHECK(std::string(said->output.begin(), said->output.end()) == "out\n");
    CHECK(said->complaints == "err\n");
    CHECK(said->exit_code == 3);
  }
  SECTION("no input, no secrets, no files of ours") {
    setenv("CHARTSCAN_TEST_SECRET", "x", 1);
    const Result<ChildOutput> said = run_child("/bin/sh", {"-c", "cat; echo \"$CHARTSCAN_TEST_SECRET\"; ls /proc/self/fd | wc -l"}, kGenerous);
    REQUIRE(said.ok());
    CHECK(std::string(said->output.begin(), said->output.end()) == "\n4\n");  // 0, 1, 2 and the folder ls is reading
  }
  SECTION("one that hangs is ended") {
    const auto start = std::chrono::steady_clock::now();
    const Result<ChildOutput> said = run_child("/bin/sh", {"-c", "exec sleep 30 >&- 2>&-"}, {2'000'000'000, 1, 1000, 1000});
    REQUIRE_FALSE(said.ok());
    CHECK(said.error().message.find("longer than 1 s") != std::string::npos);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  }
  SECTION("one that writes too much is ended") {
    CHECK(run_child("/bin/sh", {"-c", "exec cat /dev/zero"}, kGenerous).error().code == ErrorCode::InputTooLarge);
  }
  SECTION("one that crashes is reported") {
    const Result<ChildOutput> said = run_child("/bin/sh", {"-c", "kill -SEGV $$"}, kGenerous);
    REQUIRE_FALSE(said.ok());
    CHECK(said.error().message.find("signal 11") != std::string::npos);
  }
  SECTION("one that is not there is reported") {
    CHECK(run_child("chartscan-no-such-tool", {}, kGenerous).error().code == ErrorCode::Configuration);
    CHECK(run_child("/nonexistent/tool", {}, kGenerous).error().code == ErrorCode::Configuration);
  }
}
