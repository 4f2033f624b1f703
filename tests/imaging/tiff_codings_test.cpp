// Every compression that scanners and fax servers put into TIFF, in strips, tiles and both fill orders.
#include <catch2/catch.hpp>

#include <tiffio.h>

#include <algorithm>
#include <fstream>

#include "imaging/decode.h"
#include "tests/support/draw.h"
#include "tests/support/image_files.h"
#include "tests/support/program.h"

using namespace chartscan;
using namespace chartscan::imaging;

namespace {

using Bytes = std::vector<std::uint8_t>;

struct Coding {
  const char* name;
  int compression;
  int option = 0;       // group 3 options
  int predictor = 1;
  int fill_order = FILLORDER_MSB2LSB;
};

Bytes bytes_of(const std::filesystem::path& path) {
  const std::string bytes = testing::read_file(path);
  return {bytes.begin(), bytes.end()};
}

Bytes packed(const Image& image, int y) {  // 1 = black
  Bytes row(static_cast<std::size_t>(image.width + 7) / 8);
  for (int x = 0; x < image.width; ++x)
    if (image.row(y)[x] < 128) row[static_cast<std::size_t>(x) / 8] |= static_cast<std::uint8_t>(0x80 >> x % 8);
  return row;
}

Bytes tiff_of(const Image& image, const Coding& coding, bool bitonal) {
  const testing::TempFolder folder("tiff-codings");
  TIFF* tiff = TIFFOpen((folder / "t.tif").c_str(), "w");
  REQUIRE(tiff);
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, image.width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, image.height);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bitonal ? 1 : 8);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, image.channels);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 64);
  TIFFSetField(tiff, TIFFTAG_XRESOLUTION, static_cast<double>(image.dpi_x));
  TIFFSetField(tiff, TIFFTAG_YRESOLUTION, static_cast<double>(image.dpi_y));
  TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
  TIFFSetField(tiff, TIFFTAG_FILLORDER, coding.fill_order);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, coding.compression);
  if (coding.compression == COMPRESSION_CCITTFAX3) TIFFSetField(tiff, TIFFTAG_GROUP3OPTIONS, coding.option);
  if (coding.predictor != 1) TIFFSetField(tiff, TIFFTAG_PREDICTOR, coding.predictor);
  if (coding.compression == COMPRESSION_JPEG) TIFFSetField(tiff, TIFFTAG_JPEGQUALITY, 95);
  const bool ycbcr = coding.compression == COMPRESSION_JPEG && image.channels == 3;
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, bitonal ? PHOTOMETRIC_MINISWHITE : ycbcr ? PHOTOMETRIC_YCBCR : image.channels == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
  if (ycbcr) TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  for (int y = 0; y < image.height; ++y) {
    Bytes row = bitonal ? packed(image, y) : Bytes(image.row(y), image.row(y) + image.width * image.channels);
    REQUIRE(TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y)) == 1);
  }
  TIFFClose(tiff);
  return bytes_of(folder / "t.tif");
}

void add(Bytes& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

// The way of before 1995: a whole JPEG lies in the file, tags of the directory point to it. No program should write this any
// more; archives are full of it.
Bytes old_style_jpeg(const Image& image) {
  const Bytes jpeg = testing::jpeg_bytes(image, 95);
  Bytes out{'I', 'I', 42, 0};
  const bool color = image.channels == 3;
  add(out, static_cast<std::uint32_t>(8 + jpeg.size() + jpeg.size() % 2), 4);
  out.insert(out.end(), jpeg.begin(), jpeg.end());
  if (jpeg.size() % 2) out.push_back(0);
  struct Entry {
    std::uint32_t tag, type, count, value;
  };
  const auto length = static_cast<std::uint32_t>(jpeg.size());
  std::vector<Entry> entries{{256, 4, 1, static_cast<std::uint32_t>(image.width)}, {257, 4, 1, static_cast<std::uint32_t>(image.height)}, {258, 3, 1, 8}, {259, 3, 1, 6},
                             {262, 3, 1, color ? 6u : 1u}, {273, 4, 1, 8}, {277, 3, 1, color ? 3u : 1u}, {278, 4, 1, static_cast<std::uint32_t>(image.height)}, {279, 4, 1, length},
                             {512, 3, 1, 1}, {513, 4, 1, 8}, {514, 4, 1, length}};
  const auto directory_end = static_cast<std::uint32_t>(out.size() + 2 + 12 * entries.size() + 4);
  if (color) entries[2] = {258, 3, 3, directory_end};  // three times eight bits do not fit into the entry
  add(out, static_cast<std::uint32_t>(entries.size()), 2);
  for (const Entry& entry : entries) add(out, entry.tag, 2), add(out, entry.type, 2), add(out, entry.count, 4), add(out, entry.value, 4);
  add(out, 0, 4);
  for (int i = 0; color && i < 3; ++i) add(out, 8, 2);
  return out;
}

Decoded must_decode(const Bytes& bytes) {
  auto page = decode_page(memory_reader(bytes), MediaType::Tiff, 0, {});
  if (!page.ok()) FAIL(page.error().message);
  return std::move(*page);
}

int largest_difference(const Image& a, const Image& b) {
  if (a.size() != b.size() || a.channels != b.channels) return 256;
  int most = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) most = std::max(most, std::abs(a.pixels[i] - b.pixels[i]));
  return most;
}

Image page_in(testing::Tone tone) { return testing::draw_text_page(testing::some_lines(10), {.dpi = 100, .tone = tone}); }

const std::vector<Coding> kAnyDepth{{"none", COMPRESSION_NONE}, {"LZW", COMPRESSION_LZW}, {"Deflate", COMPRESSION_ADOBE_DEFLATE}, {"Deflate, the old number", COMPRESSION_DEFLATE},
                                    {"PackBits", COMPRESSION_PACKBITS}};
const std::vector<Coding> kFax{{"group 3, one-dimensional", COMPRESSION_CCITTFAX3, 0},
                               {"group 3, two-dimensional", COMPRESSION_CCITTFAX3, GROUP3OPT_2DENCODING},
                               {"group 3, rows end on bytes", COMPRESSION_CCITTFAX3, GROUP3OPT_FILLBITS},
                               {"group 3, 2-D, rows end on bytes", COMPRESSION_CCITTFAX3, GROUP3OPT_2DENCODING | GROUP3OPT_FILLBITS},
                               {"modified Huffman", COMPRESSION_CCITTRLE},
                               {"group 4", COMPRESSION_CCITTFAX4},
                               {"group 4, low bits first", COMPRESSION_CCITTFAX4, 0, 1, FILLORDER_LSB2MSB},
                               {"group 3, low bits first", COMPRESSION_CCITTFAX3, 0, 1, FILLORDER_LSB2MSB}};

}  // namespace

TEST_CASE("every lossless coding of TIFF gives the very pixels", "[imaging][decode][tiff]") {
  for (const testing::Tone tone : {testing::Tone::Bitonal, testing::Tone::Gray, testing::Tone::Color}) {
    const Image page = page_in(tone);
    std::vector<Coding> codings = kAnyDepth;
    if (tone == testing::Tone::Bitonal) codings.insert(codings.end(), kFax.begin(), kFax.end());
    else codings.insert(codings.end(), {{"LZW with predictor", COMPRESSION_LZW, 0, 2}, {"Deflate with predictor", COMPRESSION_ADOBE_DEFLATE, 0, 2}});
    for (const Coding& coding : codings) {
      INFO(coding.name << ", tone " << static_cast<int>(tone));
      const Decoded decoded = must_decode(tiff_of(page, coding, tone == testing::Tone::Bitonal));
      CHECK(largest_difference(decoded.image, page) == 0);
      CHECK(decoded.image.dpi_x == 100);
      CHECK(decoded.findings.empty());
    }
  }
}

TEST_CASE("JPEG in TIFF is read in both ways of putting it there", "[imaging][decode][tiff]") {
  constexpr int kLoss = 90;  // at the edges of letters
  for (const testing::Tone tone : {testing::Tone::Gray, testing::Tone::Color}) {
    const Image page = page_in(tone);
    INFO("tone " << static_cast<int>(tone));
    CHECK(largest_difference(must_decode(tiff_of(page, {"JPEG", COMPRESSION_JPEG}, false)).image, page) < kLoss);
    CHECK(largest_difference(must_decode(old_style_jpeg(page)).image, page) < kLoss);
  }
}

TEST_CASE("an old-style JPEG that is cut short is refused", "[imaging][decode][tiff]") {
  Bytes cut = old_style_jpeg(page_in(testing::Tone::Gray));
  const std::size_t middle = cut.size() / 2;
  std::fill(cut.begin() + static_cast<std::ptrdiff_t>(middle), cut.begin() + static_cast<std::ptrdiff_t>(middle) + 400, std::uint8_t{0});
  cut[middle] = 0xff, cut[middle + 1] = 0xd9;  // an end in the middle
  const auto page = decode_page(memory_reader(cut), MediaType::Tiff, 0, {});
  CHECK((!page.ok() || !page->findings.empty()));
}

TEST_CASE("what a JPEG's decoder complains about is a finding, though the page can be read", "[imaging][decode]") {
  Bytes jpeg = testing::jpeg_bytes(page_in(testing::Tone::Gray), 90);
  REQUIRE(jpeg[2] == 0xff);
  jpeg.insert(jpeg.begin() + 2, {0x00, 0x11, 0x22});  // bytes that belong to nothing, before the second marker
  const auto page = decode_page(memory_reader(jpeg), MediaType::Jpeg, 0, {});
  REQUIRE(page.ok());
  REQUIRE_FALSE(page->findings.empty());
  CHECK(page->findings.front().code == finding::kDecoderWarning);
}
