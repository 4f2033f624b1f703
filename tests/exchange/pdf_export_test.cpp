#include "exchange/pdf_export.h"

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "exchange/page_picture.h"
#include "tests/exchange/archived.h"

using namespace chartscan;
using namespace chartscan::exchange;
using namespace chartscan::testing;
namespace fs = std::filesystem;

namespace {

// A folder of its own that goes away with the test.
struct Folder {
  Folder() : path(fs::temp_directory_path() / ("chartscan-pdf-test-" + std::to_string(::getpid()))) {
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

struct Ran {
  int status = 0;
  std::string output;
};

Ran run(const std::string& command) {
  Ran ran;
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe);
  std::array<char, 4096> buffer;
  for (std::size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) ran.output.append(buffer.data(), got);
  ran.status = ::pclose(pipe);
  return ran;
}

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> words_in(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

// Words far enough apart that the ink of each is told from that of its neighbours.
Paper sparse_paper() {
  Paper paper;
  const std::array<std::array<const char*, 3>, 4> rows{{{"Hypertension", "stable", "Kaufmann"},
                                                        {"metformin", "500", "daily"},
                                                        {"Glucose", "fasting", "high"},
                                                        {"Examined", "yesterday", "afternoon"}}};
  double y = 120;
  for (const auto& row : rows) {
    double x = 90;
    for (const char* word : row) {
      paper.text({x, y}, word, Type{.size = 16});
      x += 160;
    }
    y += 150;
  }
  return paper;
}

struct Drawn {
  ArchivedPage page;
  imaging::Image delivered;
};

Drawn draw(storage::Archive& archive, const Paper& paper, const Scan& scan) {
  imaging::Image delivered = scanned(paper, scan);
  ArchivedPage page = scanned_page(archive, paper, scan, MediaType::Png, imaging::encode_png(delivered), delivered);
  return {std::move(page), std::move(delivered)};
}

struct PlacedWord {
  std::string text;
  double x0, y0, x1, y1;  // points from the upper left corner
};

std::vector<PlacedWord> placed_words(const fs::path& pdf) {
  const std::string html = run("pdftotext -bbox '" + pdf.string() + "' -").output;
  static const std::regex kWord(R"re(<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>)re");
  std::vector<PlacedWord> words;
  for (std::sregex_iterator match(html.begin(), html.end(), kWord), end; match != end; ++match)
    words.push_back(
        {(*match)[5], std::stod((*match)[1]), std::stod((*match)[2]), std::stod((*match)[3]), std::stod((*match)[4])});
  return words;
}

constexpr int kRenderDpi = 144;  // two pixels a point

imaging::Image rendered(const fs::path& pdf) {
  const fs::path stem = pdf.parent_path() / "render";
  REQUIRE(run("pdftoppm -gray -r 144 -singlefile '" + pdf.string() + "' '" + stem.string() + "'").status == 0);
  std::istringstream in(contents(stem.string() + ".pgm"));
  std::string magic;
  imaging::Image image;
  int most = 0;
  in >> magic >> image.width >> image.height >> most;
  in.get();
  image.pixels.resize(static_cast<std::size_t>(image.width) * image.height);
  in.read(reinterpret_cast<char*>(image.pixels.data()), static_cast<std::streamsize>(image.pixels.size()));
  return image;
}

// The box around the ink within `reach` points of the word.
Box ink_near(const imaging::Image& image, const PlacedWord& word, double reach) {
  const double scale = kRenderDpi / 72.0;
  const int x0 = std::max(0, int((word.x0 - reach) * scale)), x1 = std::min(image.width, int((word.x1 + reach) * scale));
  const int y0 = std::max(0, int((word.y0 - reach) * scale)), y1 = std::min(image.height, int((word.y1 + reach) * scale));
  Box ink;
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x)
      if (image.row(y)[x] < 128) ink = united(ink, {x, y, x + 1, y + 1});
  return ink;
}

// A JPEG segment that says "turn me".
std::vector<std::uint8_t> with_exif_orientation(std::vector<std::uint8_t> jpeg, std::uint8_t orientation) {
  const std::vector<std::uint8_t> exif{0xFF, 0xE1, 0,    34,   'E', 'x', 'i', 'f', 0, 0, 'M', 'M',         0, 42, 0, 0, 0, 8,
                                       0,    1,    0x01, 0x12, 0,   3,   0,   0,   0, 1, 0,   orientation, 0, 0,  0, 0, 0, 0};
  jpeg.insert(jpeg.begin() + 2, exif.begin(), exif.end());
  return jpeg;
}

}  // namespace

TEST_CASE("the words of an exported PDF stand on their ink, however the page was fed", "[exchange][pdf]") {
  const int rotation = GENERATE(0, 90, 180, 270);
  const double skew = GENERATE(0.0, 4.0, -2.5);
  CAPTURE(rotation, skew);
  const Folder folder;
  const auto archive = storage::Archive::in_memory();
  const Paper paper = sparse_paper();
  Drawn drawn = draw(*archive, paper, Scan{.dpi = 200, .skew = Degrees{skew}, .rotation = rotation});
  const DocumentId document = filed(*archive, {drawn.page});
  const fs::path pdf = folder.path / "one.pdf";
  const Status status = write_pdf(records_of(*archive), archive->blobs(), {document}, {}, {}, pdf);
  if (!status.ok()) FAIL(to_string(status.error()));

  const std::vector<PlacedWord> words = placed_words(pdf);
  REQUIRE(words.size() == paper.words().size());
  const imaging::Image render = rendered(pdf);
  for (std::size_t i = 0; i < words.size(); ++i) {
    CAPTURE(i);
    CHECK(words[i].text == paper.words()[i].text);
    const Box ink = ink_near(render, words[i], 12);
    REQUIRE(!ink.empty());
    // The printed box is the type's, with room above and below the letters; its sides are the ink's to a pixel or two.
    constexpr double kSide = 3, kAround = 2;  // points
    CHECK(ink.x0 / 2.0 == Approx(words[i].x0).margin(kSide));
    CHECK(ink.x1 / 2.0 == Approx(words[i].x1).margin(kSide));
    CHECK(ink.y0 / 2.0 > words[i].y0 - kAround);
    CHECK(ink.y1 / 2.0 < words[i].y1 + kAround);
  }
}

TEST_CASE("a page of prose comes back from pdftotext word for word and in order", "[exchange][pdf]") {
  const double skew = GENERATE(0.0, 3.0);
  CAPTURE(skew);
  const Folder folder;
  const auto archive = storage::Archive::in_memory();
  std::vector<std::string> lines = some_lines(30);
  lines.push_back("Rückfrage: „naïve“ Σ — dose ≤ 5 µg, 100% done - see p. 3 \"quoted\" 'x' & <y>");
  const Paper paper = text_paper(lines);
  Drawn drawn = draw(*archive, paper, Scan{.dpi = 200, .skew = Degrees{skew}});
  const DocumentId document = filed(*archive, {drawn.page, drawn.page});
  const fs::path pdf = folder.path / "prose.pdf";
  REQUIRE(write_pdf(records_of(*archive), archive->blobs(), {document}, {}, {}, pdf).ok());

  std::vector<std::string> expected;
  for (int page = 0; page < 2; ++page)
    for (const PrintedWord& word : paper.words()) expected.push_back(word.text);
  CHECK(words_in(run("pdftotext '" + pdf.string() + "' -").output) == expected);
}

TEST_CASE("an exported PDF is clean, says PDF/A-2b, embeds its font and names no patient", "[exchange][pdf]") {
  const Folder folder;
  const auto archive = storage::Archive::in_memory();
  Drawn drawn = draw(*archive, sparse_paper(), Scan{.dpi = 150, .tone = Tone::Color});
  const DocumentId one = filed(*archive, {drawn.page}), two = filed(*archive, {drawn.page}, 2);
  const fs::path pdf = folder.path / "a.pdf";
  REQUIRE(write_pdf(records_of(*archive), archive->blobs(), {one, two}, {}, {}, pdf).ok());

  const Ran checked = run("qpdf --check '" + pdf.string() + "'");
  CAPTURE(checked.output);
  CHECK(checked.status == 0);
  CHECK(checked.output.find("WARNING") == std::string::npos);

  const std::string info = run("pdfinfo '" + pdf.string() + "'").output;
  CAPTURE(info);
  CHECK(info.find("2 documents from D00000001") != std::string::npos);
  CHECK(std::regex_search(info, std::regex("Page size: +612 x 792 pts")));
  CHECK(run("pdfinfo -meta '" + pdf.string() + "'").output.find("<pdfaid:part>2</pdfaid:part>") != std::string::npos);

  const std::string fonts = run("pdffonts '" + pdf.string() + "'").output;
  CAPTURE(fonts);
  CHECK(std::regex_search(fonts, std::regex("ChartscanInvisible +CID TrueType +Identity-H +yes +no +yes")));
  CHECK(info.find("Kaufmann") == std::string::npos);
}

TEST_CASE("equal documents give equal bytes", "[exchange][pdf]") {
  const Folder folder;
  const auto archive = storage::Archive::in_memory();
  Drawn drawn = draw(*archive, sparse_paper(), Scan{.dpi = 100});
  const DocumentId document = filed(*archive, {drawn.page});
  REQUIRE(write_pdf(records_of(*archive), archive->blobs(), {document}, {}, {}, folder.path / "1.pdf").ok());
  REQUIRE(write_pdf(records_of(*archive), archive->blobs(), {document}, {}, {}, folder.path / "2.pdf").ok());
  CHECK(contents(folder.path / "1.pdf") == contents(folder.path / "2.pdf"));
}

TEST_CASE("a JPEG original goes into the PDF byte for byte where that is asked for, or nothing is smaller", "[exchange][pdf]") {
  const Folder folder;
  const auto archive = storage::Archive::in_memory();
  const Paper paper = sparse_paper();
  const Scan scan{.dpi = 150, .tone = Tone::Color, .noise = 4};
  const imaging::Image delivered = scanned(paper, scan);
  const auto exported = [&](int quality, Images images) {
    const std::vector<std::uint8_t> jpeg = imaging::encode_jpeg(delivered, quality);
    const DocumentId document = filed(*archive, {scanned_page(*archive, paper, scan, MediaType::Jpeg, jpeg, delivered)});
    const fs::path pdf = folder.path / "jpeg.pdf";
    REQUIRE(write_pdf(records_of(*archive), archive->blobs(), {document}, {}, {.images = images}, pdf).ok());
    const bool whole = contents(pdf).find(std::string(jpeg.begin(), jpeg.end())) != std::string::npos;
    return std::pair(whole, fs::file_size(pdf) < jpeg.size());
  };
  CHECK(exported(95, Images::Original).first);
  CHECK(exported(95, Images::Full) == std::pair(false, true));
  CHECK(exported(10, Images::Full).first);
}

TEST_CASE("a JPEG that PDF readers would show otherwise is encoded anew", "[exchange][pdf]") {
  const std::vector<std::uint8_t> jpeg = imaging::encode_jpeg(scanned(sparse_paper(), Scan{.dpi = 75}), 70);
  CHECK(plain_jpeg_frame(jpeg).channels == 1);
  CHECK(plain_jpeg_frame(with_exif_orientation(jpeg, 1)).channels == 1);
  CHECK(plain_jpeg_frame(with_exif_orientation(jpeg, 6)).channels == 0);
  CHECK(plain_jpeg_frame({jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(jpeg.size() / 2)}).channels == 0);
  CHECK(plain_jpeg_frame({}).channels == 0);
  CHECK(plain_jpeg_frame({0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF}).channels == 0);
}

TEST_CASE("a black and white page is kept as Group 4, without loss and small", "[exchange][pdf]") {
  const Folder folder;
  const auto archive = storage::Archive::in_memory();
  Drawn drawn = draw(*archive, text_paper(some_lines(40)), Scan{.dpi = 200, .tone = Tone::Bitonal});
  const DocumentId document = filed(*archive, {drawn.page});
  const fs::path pdf = folder.path / "fax.pdf";
  REQUIRE(write_pdf(records_of(*archive), archive->blobs(), {document}, {}, {}, pdf).ok());
  CHECK(run("pdfimages -list '" + pdf.string() + "'").output.find("ccitt") != std::string::npos);
  CHECK(fs::file_size(pdf) < 120'000);

  REQUIRE(run("pdfimages -png '" + pdf.string() + "' '" + (folder.path / "image").string() + "'").status == 0);
  const auto bytes = imaging::file_reader(folder.path / "image-000.png");
  REQUIRE(bytes.ok());
  const auto again = imaging::decode_page(*bytes, MediaType::Png, 0, {});
  REQUIRE(again.ok());
  CHECK(imaging::to_gray(again->image).pixels == drawn.delivered.pixels);
}

TEST_CASE("a page that was not measured is exported as it was delivered", "[exchange][pdf]") {
  const Folder folder;
  const auto archive = storage::Archive::in_memory();
  Drawn drawn = draw(*archive, sparse_paper(), Scan{.dpi = 100});
  drawn.page.page.geometry = {};
  drawn.page.text = {};
  const DocumentId document = filed(*archive, {drawn.page});
  const fs::path pdf = folder.path / "raw.pdf";
  REQUIRE(write_pdf(records_of(*archive), archive->blobs(), {document}, {}, {}, pdf).ok());
  CHECK(std::regex_search(run("pdfinfo '" + pdf.string() + "'").output, std::regex("Page size: +612 x 792 pts")));
}

TEST_CASE("when an export fails nothing is left and what stood there stays", "[exchange][pdf]") {
  const Folder folder;
  const auto archive = storage::Archive::in_memory();
  Drawn drawn = draw(*archive, sparse_paper(), Scan{.dpi = 75});
  Drawn broken = drawn;
  broken.page.page.original.blob = Hash(64, '0');
  const DocumentId document = filed(*archive, {drawn.page, broken.page});
  const fs::path pdf = folder.path / "kept.pdf";
  std::ofstream(pdf) << "before";

  CHECK_FALSE(write_pdf(records_of(*archive), archive->blobs(), {document}, {}, {}, pdf).ok());
  CHECK(contents(pdf) == "before");
  CHECK(std::distance(fs::directory_iterator(folder.path), {}) == 1);

  const Status missing = write_pdf(records_of(*archive), archive->blobs(), {DocumentId{99}}, {}, {}, pdf);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == ErrorCode::NotFound);
  CHECK(write_pdf(records_of(*archive), archive->blobs(), {}, {}, {}, pdf).error().code == ErrorCode::NotFound);
  CHECK_FALSE(write_pdf(records_of(*archive), archive->blobs(), {document}, {}, {}, folder.path / "no" / "such.pdf").ok());
}

TEST_CASE("small images make a small PDF whose words stand where they stood") {
  const Folder folder;
  const auto archive = storage::Archive::in_memory();
  const Drawn drawn = draw(*archive, sparse_paper(), {.dpi = 300, .tone = Tone::Color, .noise = 4});
  const DocumentId document = filed(*archive, {drawn.page});
  const fs::path original = folder.path / "original.pdf", small = folder.path / "small.pdf";
  REQUIRE(write_pdf(records_of(*archive), archive->blobs(), {document}, {}, {}, original).ok());
  REQUIRE(write_pdf(records_of(*archive), archive->blobs(), {document}, {}, {.images = Images::Small, .language = "spa"}, small).ok());
  CHECK(fs::file_size(small) * 4 < fs::file_size(original));
  CHECK(run("qpdf --check '" + small.string() + "'").status == 0);
  CHECK(run("pdfimages -list '" + small.string() + "'").output.find("gray") != std::string::npos);  // no hue on the page
  CHECK(run("qpdf --qdf --object-streams=disable '" + small.string() + "' -").output.find("/Lang (es)") != std::string::npos);
  const std::vector<PlacedWord> before = placed_words(original), after = placed_words(small);
  REQUIRE(before.size() == after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(before[i].text == after[i].text);
    CHECK(before[i].x0 == Approx(after[i].x0).margin(0.01));
    CHECK(before[i].y0 == Approx(after[i].y0).margin(0.01));
  }
}
