#include <catch2/catch.hpp>

#include <tiffio.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>

#include "imaging/decode.h"
#include "imaging/encode_g4.h"
#include "tests/support/draw.h"
#include "tests/support/image_files.h"

using namespace chartscan;
using namespace chartscan::imaging;
namespace fs = std::filesystem;

namespace {

using Bytes = std::vector<std::uint8_t>;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "chartscan-imaging-XXXXXX").string();
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

Bytes bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

Bytes tiff_of(const std::vector<testing::EncodedPage>& pages) {
  const TemporaryFolder folder;
  testing::write_tiff(folder / "t.tif", pages);
  return bytes_of(folder / "t.tif");
}

Bytes tiff_by(const std::function<void(TIFF*)>& write) {
  const TemporaryFolder folder;
  TIFF* tiff = TIFFOpen((folder / "t.tif").c_str(), "w");
  REQUIRE(tiff);
  write(tiff);
  TIFFClose(tiff);
  return bytes_of(folder / "t.tif");
}

Result<Decoded> decoded(const Bytes& bytes, MediaType media, int index = 0, const DecodeLimits& limits = {}) {
  return decode_page(memory_reader(bytes), media, index, limits);
}

Decoded must_decode(const Bytes& bytes, MediaType media, int index = 0) {
  Result<Decoded> result = decoded(bytes, media, index);
  if (!result.ok()) FAIL(result.error().message);
  return std::move(*result);
}

// A page with a dark bar in its upper left corner, so that turns and mirrors show.
Image marked_page(int width = 200, int height = 260) {
  Image image = blank_image(width, height);
  for (int y = 10; y < 40; ++y)
    for (int x = 10; x < 90; ++x) image.row(y)[x] = 0;
  return image;
}

Image text_page() { return testing::draw_text_page(testing::some_lines(12), {.dpi = 100, .tone = testing::Tone::Bitonal}); }

int largest_difference(const Image& a, const Image& b) {
  REQUIRE(a.size() == b.size());
  REQUIRE(a.channels == b.channels);
  int most = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) most = std::max(most, std::abs(a.pixels[i] - b.pixels[i]));
  return most;
}

void set_basics(TIFF* tiff, int width, int height, int bits, int samples, int photometric) {
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bits);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, samples);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, photometric);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
}

// 8 x 8: the left half dark, the right half light, `row` giving the bytes of one row.
Image half_and_half(const Bytes& row, int bits, int samples, int photometric, const std::function<void(TIFF*)>& more = {}) {
  return must_decode(tiff_by([&](TIFF* tiff) {
                       set_basics(tiff, 8, 8, bits, samples, photometric);
                       if (more) more(tiff);
                       for (std::uint32_t y = 0; y < 8; ++y) TIFFWriteScanline(tiff, const_cast<std::uint8_t*>(row.data()), y);
                     }),
                     MediaType::Tiff)
      .image;
}

bool is_half_and_half(const Image& image) {
  const int c = image.channels;
  return image.width == 8 && image.height == 8 && image.row(3)[0] < 30 && image.row(3)[3 * c] < 30 && image.row(3)[4 * c] > 225 && image.row(3)[7 * c] > 225;
}

// PNG wants its sums right before it believes a size.
void set_chunk_checksum(Bytes& png, std::size_t chunk) {
  const std::size_t length = std::size_t{png[chunk]} << 24 | png[chunk + 1] << 16 | png[chunk + 2] << 8 | png[chunk + 3];
  std::uint32_t sum = 0xffffffff;
  for (std::size_t i = chunk + 4; i < chunk + 8 + length; ++i) {
    sum ^= png[i];
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0u);
  }
  for (std::size_t i = 0; i < 4; ++i) png[chunk + 8 + length + i] = static_cast<std::uint8_t>(~sum >> (24 - 8 * i));
}

void check_refused(const Result<Decoded>& result, ErrorCode code) {
  REQUIRE_FALSE(result.ok());
  INFO(result.error().message);
  CHECK(result.error().code == code);
  CHECK(result.error().message.size() > 30);
}

}  // namespace

TEST_CASE("files are known by their first bytes", "[imaging][decode]") {
  const auto kind = [](const std::string& start) { return sniff({reinterpret_cast<const std::uint8_t*>(start.data()), start.size()}); };
  CHECK(kind(std::string("II*\0rest", 8)) == MediaType::Tiff);
  CHECK(kind(std::string("MM\0*rest", 8)) == MediaType::Tiff);
  CHECK(kind(std::string("II+\0rest", 8)) == MediaType::Tiff);
  CHECK(kind("\x89PNG\r\n\x1a\n") == MediaType::Png);
  CHECK(kind("\xff\xd8\xff\xe0") == MediaType::Jpeg);
  CHECK(kind("%PDF-1.7") == MediaType::Pdf);
  CHECK(kind("mail header\n%PDF-1.4") == MediaType::Pdf);
  CHECK(kind("a letter") == MediaType::Unknown);
  CHECK(kind("") == MediaType::Unknown);
}

TEST_CASE("the pages of a TIFF come back as they were written", "[imaging][decode][tiff]") {
  const Image page = text_page();
  const Bytes file = tiff_of({{page, testing::Encoding::CcittG4}, {page, testing::Encoding::Lzw}, {page, testing::Encoding::Jpeg, 95}});
  CHECK(*count_pages(memory_reader(file), MediaType::Tiff, {}) == 3);
  CHECK(largest_difference(must_decode(file, MediaType::Tiff, 0).image, page) == 0);
  CHECK(largest_difference(must_decode(file, MediaType::Tiff, 1).image, page) == 0);
  CHECK(largest_difference(must_decode(file, MediaType::Tiff, 2).image, page) < 100);
  CHECK(must_decode(file, MediaType::Tiff, 0).image.dpi_x == 100);
  CHECK(must_decode(file, MediaType::Tiff, 0).findings.empty());
  CHECK(decoded(file, MediaType::Tiff, 3).error().code == ErrorCode::NotFound);
}

TEST_CASE("every depth and colour of TIFF becomes gray or RGB", "[imaging][decode][tiff]") {
  CHECK(is_half_and_half(half_and_half({0x0f}, 1, 1, PHOTOMETRIC_MINISBLACK)));
  CHECK(is_half_and_half(half_and_half({0xf0}, 1, 1, PHOTOMETRIC_MINISWHITE)));
  CHECK(is_half_and_half(half_and_half({0x00, 0xff}, 2, 1, PHOTOMETRIC_MINISBLACK)));
  CHECK(is_half_and_half(half_and_half({0x00, 0x00, 0xff, 0xff}, 4, 1, PHOTOMETRIC_MINISBLACK)));
  CHECK(is_half_and_half(half_and_half({0, 0, 0, 0, 255, 255, 255, 255}, 8, 1, PHOTOMETRIC_MINISBLACK)));
  CHECK(is_half_and_half(half_and_half({255, 255, 255, 255, 0, 0, 0, 0}, 8, 1, PHOTOMETRIC_MINISWHITE)));
  CHECK(is_half_and_half(half_and_half({0, 1, 0, 1, 0, 1, 0, 1, 0, 250, 0, 250, 0, 250, 0, 250}, 16, 1, PHOTOMETRIC_MINISBLACK)));
  Bytes rgb(24, 0);
  std::fill(rgb.begin() + 12, rgb.end(), 255);
  CHECK(is_half_and_half(half_and_half(rgb, 8, 3, PHOTOMETRIC_RGB)));
  Bytes rgba(32, 0);  // black and opaque, then nothing at all: paper
  for (int x = 0; x < 4; ++x) rgba[static_cast<std::size_t>(4 * x + 3)] = 255;
  const auto with_alpha = [](TIFF* tiff) {
    const std::uint16_t alpha = EXTRASAMPLE_UNASSALPHA;
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &alpha);
  };
  CHECK(is_half_and_half(half_and_half(rgba, 8, 4, PHOTOMETRIC_RGB, with_alpha)));
  Bytes cmyk(32, 0);
  for (int x = 0; x < 4; ++x) cmyk[static_cast<std::size_t>(4 * x + 3)] = 255;
  CHECK(is_half_and_half(half_and_half(cmyk, 8, 4, PHOTOMETRIC_SEPARATED)));
  const auto with_palette = [](TIFF* tiff) {
    static std::uint16_t levels[256];
    levels[7] = 65535;
    TIFFSetField(tiff, TIFFTAG_COLORMAP, levels, levels, levels);
  };
  CHECK(is_half_and_half(half_and_half({0, 0, 0, 0, 7, 7, 7, 7}, 8, 1, PHOTOMETRIC_PALETTE, with_palette)));
}

TEST_CASE("tiled TIFFs are put together", "[imaging][decode][tiff]") {
  const Image page = marked_page(150, 70);
  const Bytes file = tiff_by([&](TIFF* tiff) {
    set_basics(tiff, page.width, page.height, 8, 1, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 64);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, 32);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
    for (int y0 = 0; y0 < page.height; y0 += 32)
      for (int x0 = 0; x0 < page.width; x0 += 64) {
        Bytes tile(64 * 32, 77);
        for (int y = y0; y < std::min(y0 + 32, page.height); ++y)
          for (int x = x0; x < std::min(x0 + 64, page.width); ++x) tile[static_cast<std::size_t>((y - y0) * 64 + x - x0)] = page.row(y)[x];
        TIFFWriteTile(tiff, tile.data(), static_cast<std::uint32_t>(x0), static_cast<std::uint32_t>(y0), 0, 0);
      }
  });
  CHECK(largest_difference(must_decode(file, MediaType::Tiff).image, page) == 0);
}

TEST_CASE("the orientation tag is honoured", "[imaging][decode][tiff]") {
  // For each orientation: where the upper left mark of the stored picture ends up.
  struct Row { int tag; bool right, bottom, on_side; };
  for (const Row& row : {Row{1, false, false, false}, Row{2, true, false, false}, Row{3, true, true, false}, Row{4, false, true, false},
                         Row{5, false, false, true}, Row{6, true, false, true}, Row{7, true, true, true}, Row{8, false, true, true}}) {
    const Image stored = marked_page();
    const Image image = must_decode(tiff_by([&](TIFF* tiff) {
                                      set_basics(tiff, stored.width, stored.height, 8, 1, PHOTOMETRIC_MINISBLACK);
                                      TIFFSetField(tiff, TIFFTAG_ORIENTATION, row.tag);
                                      for (int y = 0; y < stored.height; ++y)
                                        TIFFWriteScanline(tiff, const_cast<std::uint8_t*>(stored.row(y)), static_cast<std::uint32_t>(y));
                                    }),
                                    MediaType::Tiff).image;
    INFO("orientation " << row.tag);
    CHECK(image.width == (row.on_side ? stored.height : stored.width));
    const int x = row.right ? image.width - 15 : 15, y = row.bottom ? image.height - 15 : 15;
    CHECK(image.row(y)[x] == 0);
    CHECK(image.row(image.height - 1 - y)[image.width - 1 - x] == 255);
  }
}

TEST_CASE("a TIFF cut short is refused, not read as white", "[imaging][decode][tiff]") {
  const Image page = text_page();
  for (const auto encoding : {testing::Encoding::CcittG4, testing::Encoding::Lzw, testing::Encoding::Jpeg}) {
    // The directory first, then the data: cutting the file then cuts the picture.
    const Bytes whole = tiff_of({{page, encoding}});
    Result<Decoded> last = decoded(whole, MediaType::Tiff);
    REQUIRE(last.ok());
    for (const double share : {0.0, 0.1, 0.5, 0.9, 0.99}) {
      const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(whole.size()) * share));
      INFO("encoding " << static_cast<int>(encoding) << " share " << share);
      const Result<int> count = count_pages(memory_reader(part), MediaType::Tiff, {});
      if (count.ok()) check_refused(decoded(part, MediaType::Tiff), ErrorCode::InputRefused);
      else CHECK(count.error().message.size() > 30);
    }
  }
}

namespace {

// A small classic TIFF by hand: directory at 8, then the data.
struct Lie {
  std::uint32_t width = 16, height = 16, bits = 8, compression = 1, strip_offset = 200, strip_bytes = 256, next = 0, photometric = 1;
  std::uint32_t rows_per_strip = 16;
};

Bytes lying_tiff(const Lie& lie, std::size_t size = 456, Bytes data = {}) {
  Bytes file{'I', 'I', 42, 0, 8, 0, 0, 0};
  const auto put = [&](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) file.push_back(static_cast<std::uint8_t>(value >> 8 * i));
  };
  const auto entry = [&](std::uint32_t tag, std::uint32_t value) {
    put(tag, 2), put(4, 2), put(1, 4), put(value, 4);
  };
  put(9, 2);
  entry(256, lie.width), entry(257, lie.height), entry(258, lie.bits), entry(259, lie.compression), entry(262, lie.photometric);
  entry(273, lie.strip_offset), entry(277, 1), entry(278, lie.rows_per_strip), entry(279, lie.strip_bytes);
  put(lie.next, 4);
  file.resize(200, 0);
  file.insert(file.end(), data.begin(), data.end());
  file.resize(size, 128);
  return file;
}

}  // namespace

TEST_CASE("a TIFF that lies about itself is refused with a reason", "[imaging][decode][tiff]") {
  REQUIRE(decoded(lying_tiff({}), MediaType::Tiff).ok());
  check_refused(decoded(lying_tiff({.strip_offset = 5000}), MediaType::Tiff), ErrorCode::InputRefused);
  check_refused(decoded(lying_tiff({.strip_offset = 0, .strip_bytes = 0}), MediaType::Tiff), ErrorCode::InputRefused);
  check_refused(decoded(lying_tiff({.height = 5000}), MediaType::Tiff), ErrorCode::InputRefused);
  check_refused(decoded(lying_tiff({.width = 0}), MediaType::Tiff), ErrorCode::InputRefused);
  check_refused(decoded(lying_tiff({.width = 60000, .height = 60000}), MediaType::Tiff), ErrorCode::InputTooLarge);
  check_refused(decoded(lying_tiff({.width = 0xffffffff, .height = 0xffffffff}), MediaType::Tiff), ErrorCode::InputRefused);
  check_refused(decoded(lying_tiff({.compression = 4711}), MediaType::Tiff), ErrorCode::InputRefused);
  check_refused(decoded(lying_tiff({.bits = 7}), MediaType::Tiff), ErrorCode::InputRefused);
}

TEST_CASE("a harmless lie is read and reported", "[imaging][decode][tiff]") {
  const Decoded page = must_decode(lying_tiff({.strip_bytes = 10}), MediaType::Tiff);  // all bytes are there
  REQUIRE_FALSE(page.findings.empty());
  CHECK(page.findings.front().code == finding::kDecoderWarning);
}

TEST_CASE("fax code that ends before the page does is refused", "[imaging][decode][tiff]") {
  const Image page = text_page();
  Bytes code = *encode_g4(page);
  const auto file = [&](const Bytes& data) {
    return lying_tiff({.width = static_cast<std::uint32_t>(page.width), .height = static_cast<std::uint32_t>(page.height), .bits = 1, .compression = 4,
                       .strip_bytes = static_cast<std::uint32_t>(data.size()), .photometric = 0,
                       .rows_per_strip = static_cast<std::uint32_t>(page.height)}, 200 + data.size(), data);
  };
  REQUIRE(largest_difference(must_decode(file(code), MediaType::Tiff).image, page) == 0);
  for (const double share : {0.1, 0.5, 0.9}) {
    INFO("share " << share);
    const Bytes part(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(code.size()) * share));
    check_refused(decoded(file(part), MediaType::Tiff), ErrorCode::InputRefused);
  }
}

TEST_CASE("a break in the list of pages counts as a page, which is then refused", "[imaging][decode][tiff]") {
  const Bytes beyond = lying_tiff({.next = 100'000}), circle = lying_tiff({.next = 8});
  for (const Bytes& file : {beyond, circle}) {
    CHECK(*count_pages(memory_reader(file), MediaType::Tiff, {}) == 2);
    CHECK(decoded(file, MediaType::Tiff, 0).ok());
    check_refused(decoded(file, MediaType::Tiff, 1), ErrorCode::InputRefused);
  }
  CHECK(count_pages(memory_reader(tiff_of({3, {marked_page(), testing::Encoding::Lzw}})), MediaType::Tiff, {.max_pages = 2}).error().code ==
        ErrorCode::InputTooLarge);
}

TEST_CASE("PNG and JPEG come back, whole or not at all", "[imaging][decode]") {
  Image page = text_page();
  page.dpi_x = page.dpi_y = 200;
  const Bytes png = encode_png(page), jpeg = encode_jpeg(page, 90);
  const Decoded from_png = must_decode(png, MediaType::Png), from_jpeg = must_decode(jpeg, MediaType::Jpeg);
  CHECK(largest_difference(from_png.image, page) == 0);
  CHECK(largest_difference(from_jpeg.image, page) < 120);
  CHECK(from_png.image.dpi_x == 200);
  CHECK(from_jpeg.image.dpi_y == 200);
  for (const double share : {0.0, 0.01, 0.5, 0.9, 0.999}) {
    const auto part = [&](const Bytes& whole) { return Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(whole.size()) * share)); };
    INFO("share " << share);
    check_refused(decoded(part(png), MediaType::Png), ErrorCode::InputRefused);
    check_refused(decoded(part(jpeg), MediaType::Jpeg), ErrorCode::InputRefused);
  }
}

TEST_CASE("damage inside a JPEG or PNG is never silent", "[imaging][decode]") {
  const Image page = text_page();
  const Bytes jpeg = encode_jpeg(page, 90), png = encode_png(page);
  Bytes hurt = jpeg;
  hurt[hurt.size() / 2] = 0xff;  // an end in the middle: libjpeg would paint the rest gray
  hurt[hurt.size() / 2 + 1] = 0xd9;
  check_refused(decoded(hurt, MediaType::Jpeg), ErrorCode::InputRefused);
  hurt = png;
  hurt[hurt.size() / 2] ^= 0x55;
  check_refused(decoded(hurt, MediaType::Png), ErrorCode::InputRefused);
}

TEST_CASE("colour and transparency end on white paper", "[imaging][decode]") {
  Image color = blank_image(40, 30, 3);
  for (int x = 0; x < 20; ++x) color.row(5)[3 * x] = 10;
  CHECK(largest_difference(must_decode(encode_png(color), MediaType::Png).image, color) == 0);
  CHECK(must_decode(encode_jpeg(color, 95), MediaType::Jpeg).image.channels == 3);
}

TEST_CASE("a page asked for in gray is what its colours would have become", "[imaging][decode]") {
  Image color = blank_image(64, 48, 3);
  for (int y = 0; y < color.height; ++y)
    for (int x = 0; x < color.width; ++x)
      color.row(y)[3 * x] = static_cast<std::uint8_t>(4 * x), color.row(y)[3 * x + 1] = static_cast<std::uint8_t>(5 * y), color.row(y)[3 * x + 2] = 90;
  for (const auto& [media, bytes] : {std::pair{MediaType::Jpeg, encode_jpeg(color, 95)}, {MediaType::Png, encode_png(color)}}) {
    const auto gray = decode_page(memory_reader(bytes), media, 0, {}, Tones::Gray);
    REQUIRE(gray.ok());
    CHECK(gray->image.channels == 1);
    CHECK(largest_difference(gray->image, to_gray(must_decode(bytes, media).image)) <= 3);
  }
}

TEST_CASE("EXIF says which way is up", "[imaging][decode]") {
  Bytes jpeg = encode_jpeg(marked_page(), 95);
  const Bytes exif{0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};
  jpeg.insert(jpeg.begin() + 2, exif.begin(), exif.end());
  const Image image = must_decode(jpeg, MediaType::Jpeg).image;
  CHECK(image.width == 260);
  CHECK(image.row(15)[image.width - 15] < 60);
}

TEST_CASE("one pixel is an image; sixty thousand squared is refused before memory is taken", "[imaging][decode]") {
  CHECK(must_decode(encode_png(blank_image(1, 1)), MediaType::Png).image.width == 1);
  CHECK(must_decode(tiff_of({{blank_image(1, 1), testing::Encoding::Lzw}}), MediaType::Tiff).image.width == 1);
  const Bytes sixty_thousand{0, 0, 0xea, 0x60};
  Bytes png = encode_png(blank_image(8, 8));
  for (const int at : {16, 20}) std::copy(sixty_thousand.begin(), sixty_thousand.end(), png.begin() + at);
  set_chunk_checksum(png, 8);
  check_refused(decoded(png, MediaType::Png), ErrorCode::InputTooLarge);
  Bytes jpeg = encode_jpeg(blank_image(8, 8), 90);
  const Bytes frame_mark{0xff, 0xc0};
  const auto frame = std::search(jpeg.begin(), jpeg.end(), frame_mark.begin(), frame_mark.end());
  REQUIRE(frame != jpeg.end());
  for (int i = 0; i < 4; ++i) *(frame + 5 + i) = i % 2 ? 0x60 : 0xea;
  check_refused(decoded(jpeg, MediaType::Jpeg), ErrorCode::InputTooLarge);
  CHECK(decoded(encode_png(blank_image(100, 100)), MediaType::Png, 0, {.max_pixels = 9'999}).error().code == ErrorCode::InputTooLarge);
}

TEST_CASE("nothing and nonsense are refused in words", "[imaging][decode]") {
  for (const MediaType media : {MediaType::Tiff, MediaType::Png, MediaType::Jpeg, MediaType::Unknown}) {
    check_refused(decoded({}, media), ErrorCode::InputRefused);
    check_refused(decoded(Bytes(100, 'x'), media), ErrorCode::InputRefused);
    const Result<int> none = count_pages(memory_reader({}), media, {});
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().message.find("empty") != std::string::npos);
  }
}

TEST_CASE("a read fault of the disk is told apart from a damaged file", "[imaging][decode]") {
  const Bytes file = tiff_of({{text_page(), testing::Encoding::Lzw}});
  ByteReader reader = memory_reader(file);
  reader.read = [inner = reader.read](std::uint64_t offset, std::span<std::uint8_t> out) -> Result<std::size_t> {
    if (out.size() > 500) return Error{ErrorCode::InputUnreadable, "input/output error"};
    return inner(offset, out);
  };
  CHECK(decode_page(reader, MediaType::Tiff, 0, {}).error().code == ErrorCode::InputUnreadable);
}

TEST_CASE("encoders answer an empty image with nothing", "[imaging][encode]") {
  CHECK(encode_png({}).empty());
  CHECK(encode_jpeg({}, 80).empty());
  CHECK(encode_jpeg(blank_image(70'000, 1), 80).empty());  // beyond what the format holds
}
