// Scanned PDFs as programs write them: every coding, turned, inverted, mirrored, masked, with layers over the picture. What comes
// out must be the picture, bit by bit, or a drawing of the page; never something that the page does not show.
#include <catch2/catch.hpp>

#define POINTERHOLDER_TRANSITION 4
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include <algorithm>

#include "imaging/decode.h"
#include "tests/support/draw.h"
#include "tests/support/image_files.h"
#include "tests/support/program.h"

using namespace chartscan;
using namespace chartscan::imaging;
using Object = QPDFObjectHandle;

namespace {

struct PdfPicture {
  std::string data;
  std::string dictionary;  // beside type, size and data
  std::string drawing = "q 612 0 0 792 0 0 cm /Im Do Q";
  int rotate = 0;
  std::string globals = "";  // of JBIG2
};

Image page_picture(testing::Tone tone, int dpi) { return testing::draw_text_page(testing::some_lines(16), {.dpi = dpi, .tone = tone}); }

void write_pdf(const std::filesystem::path& path, const PdfPicture& picture, const Image& size) {
  QPDF pdf;
  pdf.emptyPDF();
  Object stream = pdf.newStream(picture.data);
  Object dictionary = Object::parse("<< /Type /XObject /Subtype /Image /Width " + std::to_string(size.width) + " /Height " + std::to_string(size.height) + picture.dictionary + " >>");
  stream.replaceDict(dictionary);
  // Given coded: qpdf must not code it again.
  stream.replaceStreamData(picture.data, dictionary.getKey("/Filter"), dictionary.getKey("/DecodeParms"));
  Object page = Object::parse("<< /Type /Page /MediaBox [0 0 612 792] /Resources << /XObject << >> /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>");
  page.replaceKey("/Rotate", Object::newInteger(picture.rotate));
  page.getKey("/Resources").getKey("/XObject").replaceKey("/Im", stream);
  page.replaceKey("/Contents", pdf.newStream(picture.drawing));
  QPDFPageDocumentHelper(pdf).addPage(pdf.makeIndirectObject(page), false);
  QPDFWriter writer(pdf, path.c_str());
  writer.setStreamDataMode(qpdf_s_preserve);
  writer.write();
}

std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

PdfPicture fax(const Image& image, const std::string& more = "") {
  return {text_of(testing::ccitt_g4_bytes(image)),
          " /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns " + std::to_string(image.width) + " /Rows " +
              std::to_string(image.height) + " >>" + more};
}

PdfPicture plain(const Image& image, const std::string& more = "") {
  return {std::string(image.pixels.begin(), image.pixels.end()), " /ColorSpace " + std::string(image.channels == 3 ? "/DeviceRGB" : "/DeviceGray") + " /BitsPerComponent 8" + more};
}

PdfPicture jpeg(const Image& image, const std::string& more = "") {
  return {text_of(testing::jpeg_bytes(image, 95)),
          " /ColorSpace " + std::string(image.channels == 3 ? "/DeviceRGB" : "/DeviceGray") + " /BitsPerComponent 8 /Filter /DCTDecode" + more};
}

void add(std::string& out, std::uint32_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
}

// Two segments: the page, and one generic region over all of it, coded as fax (MMR).
PdfPicture jbig2(const Image& image) {
  std::string out;
  const auto segment = [&](std::uint32_t number, int type, const std::string& data) {
    add(out, number, 4);
    add(out, static_cast<std::uint32_t>(type), 1);
    add(out, 0, 1);
    add(out, 1, 1);
    add(out, static_cast<std::uint32_t>(data.size()), 4);
    out += data;
  };
  const auto width = static_cast<std::uint32_t>(image.width), height = static_cast<std::uint32_t>(image.height);
  std::string page, region;
  for (const std::uint32_t value : {width, height, 0u, 0u}) add(page, value, 4);
  add(page, 0, 1);
  add(page, 0, 2);
  for (const std::uint32_t value : {width, height, 0u, 0u}) add(region, value, 4);
  add(region, 0, 1);
  add(region, 1, 1);  // MMR
  segment(0, 48, page);
  segment(1, 38, region + text_of(testing::ccitt_g4_bytes(image)));
  return {out, " /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode"};
}

Result<Decoded> decoded(const PdfPicture& picture, const Image& size) {
  const testing::TempFolder folder("pdf-pictures");
  write_pdf(folder / "page.pdf", picture, size);
  auto bytes = file_reader(folder / "page.pdf");
  REQUIRE(bytes.ok());
  return decode_page(*bytes, MediaType::Pdf, 0, {});
}

int largest_difference(const Image& a, const Image& b) {
  if (a.size() != b.size() || a.channels != b.channels) return 256;
  int most = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) most = std::max(most, std::abs(a.pixels[i] - b.pixels[i]));
  return most;
}

double mean_difference(const Image& a, const Image& b) {
  if (a.size() != b.size() || a.channels != b.channels) return 256;
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.pixels.size());
}

Image inverted(Image image) {
  for (auto& level : image.pixels) level = static_cast<std::uint8_t>(255 - level);
  return image;
}

Image mirrored(const Image& image) {
  Image out = image;
  for (int y = 0; y < image.height; ++y) std::reverse(out.row(y), out.row(y) + out.width);
  return out;
}

// Towers that reach down to the lower edge: what ends above it comes out of poppler 22.12's reader of fax-coded JBIG2 with its
// lower ends smeared (jbig2dec reads the same bytes rightly). Arithmetic code, which scanners write, is not touched by that.
Image skyline() {
  Image image = blank_image(1700, 2200);
  image.dpi_x = image.dpi_y = 200;
  for (int tower = 0; tower < 12; ++tower)
    for (int y = 300 + 137 * tower % 1500; y < image.height; ++y) std::fill_n(image.row(y) + 100 + 130 * tower, 40 + 3 * tower, std::uint8_t{0});
  return image;
}

// What was taken out of the file is exact and has its own size; what was drawn has 300 dpi or more.
bool is_taken(const Decoded& page, const Image& truth) { return largest_difference(page.image, truth) == 0; }

}  // namespace

TEST_CASE("every coding of a scanned page comes out losslessly, whichever way the page is turned", "[imaging][decode][pdf]") {
  const Image bitonal = page_picture(testing::Tone::Bitonal, 200), gray = page_picture(testing::Tone::Gray, 100), color = page_picture(testing::Tone::Color, 100);
  for (const int rotate : {0, 90, 180, 270}) {
    const auto taken = [&](PdfPicture picture, const Image& image) {
      picture.rotate = rotate;
      auto page = decoded(picture, image);
      REQUIRE(page.ok());
      CHECK(page->findings.empty());
      return is_taken(*page, turned(image, rotate));
    };
    INFO("rotate " << rotate);
    CHECK(taken(fax(bitonal), bitonal));
    CHECK(taken(jbig2(skyline()), skyline()));
    CHECK(taken(plain(gray), gray));
    CHECK(taken(plain(color), color));
  }
}

TEST_CASE("a JPEG page comes out as its own decoder gives it", "[imaging][decode][pdf]") {
  for (const testing::Tone tone : {testing::Tone::Gray, testing::Tone::Color}) {
    const Image image = page_picture(tone, 100);
    const auto page = decoded(jpeg(image), image);
    REQUIRE(page.ok());
    const auto alone = decode_page(memory_reader(testing::jpeg_bytes(image, 95)), MediaType::Jpeg, 0, {});
    REQUIRE(alone.ok());
    CHECK(is_taken(*page, alone->image));
    CHECK(page->image.dpi_x == 100);
  }
}

TEST_CASE("inverted pictures come out as the page shows them", "[imaging][decode][pdf]") {
  const Image bitonal = page_picture(testing::Tone::Bitonal, 200), gray = page_picture(testing::Tone::Gray, 100);
  SECTION("fax code with black and white exchanged twice") {
    const auto page = decoded(fax(inverted(bitonal), " /Decode [1 0]"), bitonal);
    REQUIRE(page.ok());
    CHECK(is_taken(*page, bitonal));
  }
  SECTION("a gray JPEG whose levels count backwards") {  // the picture alone would be a negative
    const auto page = decoded(jpeg(inverted(gray), " /Decode [1 0]"), gray);
    REQUIRE(page.ok());
    double mean = 0;
    for (const auto level : page->image.pixels) mean += level;
    CHECK(mean / static_cast<double>(page->image.pixels.size()) > 200);
  }
  SECTION("a stencil that black is poured through") {
    PdfPicture stencil = fax(bitonal);
    stencil.dictionary = " /ImageMask true /BitsPerComponent 1" + stencil.dictionary.substr(stencil.dictionary.find(" /Filter"));
    stencil.drawing = "q 0 g 612 0 0 792 0 0 cm /Im Do Q";
    const auto page = decoded(stencil, bitonal);
    REQUIRE(page.ok());
    const Image seen = gray_at_most(page->image, 100), truth = gray_at_most(bitonal, 100);
    CHECK(mean_difference(seen, truth) < 8);
  }
}

TEST_CASE("a picture that lies mirrored or upside down on its page is drawn as it lies", "[imaging][decode][pdf]") {
  const Image gray = page_picture(testing::Tone::Gray, 100);
  for (const auto& [drawing, truth] : {std::pair{"q -612 0 0 792 612 0 cm /Im Do Q", mirrored(gray)}, std::pair{"q -612 0 0 -792 612 792 cm /Im Do Q", turned(gray, 180)}}) {
    PdfPicture picture = plain(gray);
    picture.drawing = drawing;
    const auto page = decoded(picture, gray);
    REQUIRE(page.ok());
    INFO(drawing);
    CHECK(mean_difference(gray_at_most(page->image, 100), truth) < 6);
  }
}

TEST_CASE("print over the picture is not lost, an invisible layer of text changes nothing", "[imaging][decode][pdf]") {
  const Image gray = page_picture(testing::Tone::Gray, 100);
  PdfPicture stamped = plain(gray), searchable = plain(gray);
  stamped.drawing += " BT /F 14 Tf 300 100 Td (RECEIVED) Tj ET";
  searchable.drawing += " BT /F 14 Tf 3 Tr 300 100 Td (words that somebody recognised here before us) Tj ET";
  const auto with_stamp = decoded(stamped, gray), with_layer = decoded(searchable, gray);
  REQUIRE(with_stamp.ok());
  REQUIRE(with_layer.ok());
  CHECK(with_stamp->image.width == 2550);
  CHECK(with_stamp->born_digital.words.empty());
  CHECK(is_taken(*with_layer, gray));
  CHECK(with_layer->born_digital.words.empty());
}

TEST_CASE("a picture cut short inside a PDF is refused, not shown gray", "[imaging][decode][pdf]") {
  const Image gray = page_picture(testing::Tone::Gray, 100);
  PdfPicture cut = jpeg(gray);
  cut.data.resize(cut.data.size() / 2);
  CHECK_FALSE(decoded(cut, gray).ok());
}
