#include <tiffio.h>

#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <unordered_set>

#include <fmt/format.h>

#include "imaging/decode_formats.h"

namespace chartscan::imaging {

namespace {

// --- the chain of directories, one a page -----------------------------------------------------------------------------
// Walked by ourselves and not by libtiff: a break in the chain is told apart from its end, so that no page behind the
// break is lost in silence, and a page is opened without reading those before it.

struct Chain {
  std::vector<std::uint64_t> offsets;
  std::optional<Error> broken;  // what stands where the next page should be
};

class ChainWalker {
 public:
  explicit ChainWalker(const ByteReader& bytes) : bytes_(bytes) {}

  // At most `most` pages.
  Result<Chain> walk(std::size_t most) {
    std::uint8_t head[16] = {};
    TRY(const std::size_t got, bytes_.read(0, head));
    if (got < 8) return damaged("TIFF", fmt::format("it ends after {} bytes", got));
    big_endian_ = head[0] == 'M';
    big_tiff_ = number(head + 2, 2) == 43;
    if (big_tiff_ && got < 16) return damaged("TIFF", fmt::format("it ends after {} bytes", got));

    Chain chain;
    std::unordered_set<std::uint64_t> seen;
    std::uint64_t at = big_tiff_ ? number(head + 8, 8) : number(head + 4, 4);
    while (at != 0 && chain.offsets.size() < most) {
      if (!seen.insert(at).second) {
        chain.broken = damaged("TIFF", fmt::format("its list of pages runs in a circle after page {}", chain.offsets.size()));
        break;
      }
      Result<std::uint64_t> next = directory_at(at, chain.offsets.size() + 1);
      if (!next.ok()) {
        if (next.error().code == ErrorCode::InputUnreadable) return std::move(next).error();
        chain.broken = std::move(next).error();
        break;
      }
      chain.offsets.push_back(at);
      at = *next;
    }
    if (chain.offsets.empty()) return chain.broken ? *chain.broken : damaged("TIFF", "it holds no page");
    return chain;
  }

 private:
  // Checks that the directory lies inside the file; returns the offset of the next.
  Result<std::uint64_t> directory_at(std::uint64_t at, std::size_t page) {
    const std::uint64_t count_bytes = big_tiff_ ? 8 : 2, entry_bytes = big_tiff_ ? 20 : 12, next_bytes = big_tiff_ ? 8 : 4;
    const auto outside = [&] {
      return damaged("TIFF", fmt::format("the directory of page {} lies at byte {}, but the file has only {}", page, at, bytes_.size));
    };
    std::uint8_t raw[8] = {};
    if (at >= bytes_.size) return outside();
    TRY(std::size_t got, bytes_.read(at, {raw, count_bytes}));
    if (got < count_bytes) return outside();
    const std::uint64_t entries = number(raw, count_bytes);
    if (entries == 0) return damaged("TIFF", fmt::format("the directory of page {} is empty", page));
    if (entries > bytes_.size / entry_bytes) return outside();
    const std::uint64_t next_at = at + count_bytes + entries * entry_bytes;
    TRY(got, bytes_.read(next_at, {raw, next_bytes}));
    // Some writers leave the last link away at the very end of the file; libtiff reads such files, so do we.
    if (got < next_bytes) return next_at == bytes_.size ? Result<std::uint64_t>(std::uint64_t{0}) : outside();
    return number(raw, next_bytes);
  }

  std::uint64_t number(const std::uint8_t* raw, std::uint64_t count) const {
    std::uint64_t value = 0;
    for (std::uint64_t i = 0; i < count; ++i) value = value << 8 | raw[big_endian_ ? i : count - 1 - i];
    return value;
  }

  const ByteReader& bytes_;
  bool big_endian_ = false, big_tiff_ = false;
};

// --- libtiff over a ByteReader, its messages kept with the handle -------------------------------------------------------

bool harmless(const std::string& warning) {
  for (const char* known : {"Unknown field with tag", "does not end in null byte", "tags are not sorted", "Invalid TIFF directory; tags"})
    if (warning.find(known) != std::string::npos) return true;
  return false;
}

struct Stream {
  const ByteReader& bytes;
  std::uint64_t offset = 0;
  std::optional<Error> read_error;
  std::string first_error;
  Complaints complaints;
};

std::string formatted(const char* text, va_list values) {
  char line[300];
  std::vsnprintf(line, sizeof line, text, values);
  return line;
}

int on_error(TIFF*, void* user, const char* module, const char* text, va_list values) {
  auto& stream = *static_cast<Stream*>(user);
  if (stream.first_error.empty()) stream.first_error = fmt::format("{}: {}", module ? module : "TIFF", formatted(text, values));
  return 1;
}

int on_warning(TIFF*, void* user, const char*, const char* text, va_list values) {
  std::string line = formatted(text, values);
  if (!harmless(line)) static_cast<Stream*>(user)->complaints.add(std::move(line));
  return 1;
}

tmsize_t read_bytes(thandle_t handle, void* out, tmsize_t count) {
  auto& stream = *static_cast<Stream*>(handle);
  Result<std::size_t> got = stream.bytes.read(stream.offset, {static_cast<std::uint8_t*>(out), static_cast<std::size_t>(count)});
  if (!got.ok()) {
    stream.read_error = std::move(got).error();
    return 0;  // not -1: libtiff 4.5 clears what is missing from one byte before its buffer then
  }
  stream.offset += *got;
  return static_cast<tmsize_t>(*got);
}

toff_t seek_bytes(thandle_t handle, toff_t offset, int whence) {
  auto& stream = *static_cast<Stream*>(handle);
  if (whence == SEEK_CUR) offset += stream.offset;
  if (whence == SEEK_END) offset += stream.bytes.size;
  return stream.offset = offset;
}

tmsize_t write_nothing(thandle_t, void*, tmsize_t) { return -1; }
int close_nothing(thandle_t) { return 0; }
toff_t size_of(thandle_t handle) { return static_cast<Stream*>(handle)->bytes.size; }

struct TiffClose {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using TiffPtr = std::unique_ptr<TIFF, TiffClose>;

TiffPtr open_tiff(Stream& stream, const DecodeLimits& limits) {
  struct Free {
    void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
  };
  const std::unique_ptr<TIFFOpenOptions, Free> options(TIFFOpenOptionsAlloc());
  if (!options) return nullptr;
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_error, &stream);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, &stream);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(limits.max_pixels) * 8);
  // h: header only, the caller names the page; m: no memory mapping.
  return TiffPtr(TIFFClientOpenExt("image", "rhm", &stream, read_bytes, write_nothing, seek_bytes, close_nothing, size_of, nullptr, nullptr,
                                   options.get()));
}

// --- pixels -----------------------------------------------------------------------------------------------------------

struct Layout {
  std::uint32_t width = 0, height = 0;
  std::uint16_t bits = 1, samples = 1, photometric = PHOTOMETRIC_MINISWHITE, planar = PLANARCONFIG_CONTIG, compression = COMPRESSION_NONE;
  std::uint16_t orientation = 1, sample_format = SAMPLEFORMAT_UINT;
  bool tiled = false;
};

Layout layout_of(TIFF* tiff) {
  Layout layout;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout.width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout.height);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout.bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout.samples);
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout.photometric);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &layout.planar);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &layout.compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &layout.orientation);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &layout.sample_format);
  layout.tiled = TIFFIsTiled(tiff);
  return layout;
}

bool plain_gray(const Layout& layout) {
  return layout.samples == 1 && !layout.tiled && layout.sample_format == SAMPLEFORMAT_UINT &&
         (layout.photometric == PHOTOMETRIC_MINISBLACK || layout.photometric == PHOTOMETRIC_MINISWHITE) &&
         (layout.bits == 1 || layout.bits == 2 || layout.bits == 4 || layout.bits == 8 || layout.bits == 16);
}

bool plain_rgb(const Layout& layout) {
  return layout.samples == 3 && layout.bits == 8 && !layout.tiled && layout.planar == PLANARCONFIG_CONTIG &&
         layout.sample_format == SAMPLEFORMAT_UINT && layout.photometric == PHOTOMETRIC_RGB;
}

void expand_gray(const std::uint8_t* from, const Layout& layout, std::uint8_t* to) {
  const bool white_is_zero = layout.photometric == PHOTOMETRIC_MINISWHITE;
  const std::uint8_t flip = white_is_zero ? 255 : 0;
  if (layout.bits == 8) {
    for (std::uint32_t x = 0; x < layout.width; ++x) to[x] = from[x] ^ flip;
  } else if (layout.bits == 16) {  // libtiff has put them into our byte order
    for (std::uint32_t x = 0; x < layout.width; ++x) {
      std::uint16_t value;
      std::memcpy(&value, from + 2 * x, 2);
      to[x] = static_cast<std::uint8_t>(value >> 8) ^ flip;
    }
  } else {
    const unsigned per_byte = 8u / layout.bits, mask = (1u << layout.bits) - 1, step = 255 / mask;
    for (std::uint32_t x = 0; x < layout.width; ++x) {
      const unsigned shift = 8 - layout.bits * (x % per_byte + 1);
      to[x] = static_cast<std::uint8_t>((from[x / per_byte] >> shift & mask) * step) ^ flip;
    }
  }
}

// Row by row: one page and one row in memory.
bool read_rows(TIFF* tiff, const Layout& layout, Image& image) {
  const tmsize_t row_bytes = TIFFScanlineSize(tiff);
  const std::uint64_t needed = (std::uint64_t{layout.width} * layout.samples * layout.bits + 7) / 8;
  if (row_bytes <= 0 || static_cast<std::uint64_t>(row_bytes) < needed) return false;
  std::vector<std::uint8_t> row(static_cast<std::size_t>(row_bytes));
  for (std::uint32_t y = 0; y < layout.height; ++y) {
    if (TIFFReadScanline(tiff, row.data(), y) < 0) return false;
    if (image.channels == 3) {
      std::memcpy(image.row(static_cast<int>(y)), row.data(), needed);
    } else {
      expand_gray(row.data(), layout, image.row(static_cast<int>(y)));
    }
  }
  return true;
}

// Palette, CMYK, YCbCr, Lab, tiles, separate planes: libtiff's own converter, a strip or row of tiles at a time.
class BandReader {
 public:
  BandReader(TIFF* tiff, std::string& why) : begun_(TIFFRGBAImageBegin(&rgba_, tiff, /*stop on error*/ 1, message_)) {
    if (!begun_) why = message_;
    std::uint32_t rows = rgba_height();
    TIFFGetFieldDefaulted(tiff, TIFFIsTiled(tiff) ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP, &rows);
    band_ = std::clamp(rows, 1u, std::max(1u, rgba_height()));
  }
  ~BandReader() {
    if (begun_) TIFFRGBAImageEnd(&rgba_);
  }
  BandReader(const BandReader&) = delete;
  BandReader& operator=(const BandReader&) = delete;

  bool read_into(Image& image) {
    if (!begun_ || rgba_.width != static_cast<std::uint32_t>(image.width) || rgba_.height != static_cast<std::uint32_t>(image.height))
      return false;
    rgba_.orientation = rgba_.req_orientation = ORIENTATION_TOPLEFT;  // as stored; the caller turns it
    std::vector<std::uint32_t> raster(static_cast<std::size_t>(image.width) * band_);
    for (std::uint32_t y = 0; y < rgba_.height; y += band_) {
      const std::uint32_t rows = std::min(band_, rgba_.height - y);
      rgba_.row_offset = static_cast<int>(y);
      rgba_.col_offset = 0;
      if (!TIFFRGBAImageGet(&rgba_, raster.data(), rgba_.width, rows)) return false;
      for (std::uint32_t r = 0; r < rows; ++r) put_row(raster.data() + std::size_t{r} * image.width, image, static_cast<int>(y + r));
    }
    return true;
  }

 private:
  std::uint32_t rgba_height() const { return begun_ ? rgba_.height : 1; }

  // libtiff delivers colours multiplied by their alpha: on white paper the rest is white.
  static void put_row(const std::uint32_t* from, Image& image, int y) {
    std::uint8_t* to = image.row(y);
    for (int x = 0; x < image.width; ++x, to += image.channels) {
      const unsigned paper = 255 - TIFFGetA(from[x]);
      to[0] = static_cast<std::uint8_t>(std::min(255u, TIFFGetR(from[x]) + paper));
      if (image.channels == 1) continue;
      to[1] = static_cast<std::uint8_t>(std::min(255u, TIFFGetG(from[x]) + paper));
      to[2] = static_cast<std::uint8_t>(std::min(255u, TIFFGetB(from[x]) + paper));
    }
  }

  char message_[1024] = {};
  TIFFRGBAImage rgba_{};
  int begun_;
  std::uint32_t band_ = 1;
};

void set_dpi(TIFF* tiff, Image& image) {
  float x = 0, y = 0;
  std::uint16_t unit = RESUNIT_INCH;
  TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x);
  TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
  if (unit == RESUNIT_NONE) return;
  const double per_inch = unit == RESUNIT_CENTIMETER ? 2.54 : 1;
  image.dpi_x = plausible_dpi(x * per_inch);
  image.dpi_y = plausible_dpi(y * per_inch);
}

}  // namespace

Result<int> count_tiff_pages(const ByteReader& bytes, const DecodeLimits& limits) {
  TRY(const Chain chain, ChainWalker(bytes).walk(static_cast<std::size_t>(limits.max_pages) + 1));
  // The page at a break counts: reading it fails with a message, and the ledger shows it.
  const std::size_t pages = chain.offsets.size() + (chain.broken ? 1 : 0);
  if (pages > static_cast<std::size_t>(limits.max_pages))
    return Error{ErrorCode::InputTooLarge, fmt::format("the TIFF has more than {} pages; split it", limits.max_pages)};
  return static_cast<int>(pages);
}

Result<Decoded> decode_tiff(const ByteReader& bytes, int index, const DecodeLimits& limits) {
  const std::size_t page = static_cast<std::size_t>(index);
  TRY(const Chain chain, ChainWalker(bytes).walk(page + 1));
  if (page >= chain.offsets.size()) {
    if (chain.broken) return *chain.broken;
    return Error{ErrorCode::NotFound, fmt::format("the TIFF has {} pages, there is no page {}", chain.offsets.size(), index + 1)};
  }

  Stream stream{bytes};
  std::string why;
  const auto failed = [&]() -> Error {
    if (stream.read_error) return *stream.read_error;
    if (!stream.first_error.empty()) return damaged("TIFF", stream.first_error);
    return damaged("TIFF", why.empty() ? "its parts contradict each other" : why);
  };
  const TiffPtr tiff = open_tiff(stream, limits);
  if (!tiff || !TIFFSetSubDirectory(tiff.get(), chain.offsets[page])) return failed();

  Layout layout = layout_of(tiff.get());
  TRY_STATUS(check_pixels(layout.width, layout.height, limits));
  if (!TIFFIsCODECConfigured(layout.compression))
    return Error{ErrorCode::InputRefused, fmt::format("the TIFF is compressed in a way (code {}) that cannot be read here; export it with "
                                                      "CCITT G4, LZW, Deflate or JPEG", layout.compression)};
  if (layout.compression == COMPRESSION_JPEG && layout.photometric == PHOTOMETRIC_YCBCR && layout.planar == PLANARCONFIG_CONTIG) {
    TIFFSetField(tiff.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    layout.photometric = PHOTOMETRIC_RGB;
  }

  Decoded decoded;
  // libtiff ends a strip of old-style JPEG after its first row when it is asked for rows.
  const bool rows = (plain_gray(layout) || plain_rgb(layout)) && layout.compression != COMPRESSION_OJPEG;
  const bool gray = layout.photometric == PHOTOMETRIC_MINISBLACK || layout.photometric == PHOTOMETRIC_MINISWHITE;
  decoded.image = blank_image(static_cast<int>(layout.width), static_cast<int>(layout.height), gray ? 1 : 3);
  const bool read = rows ? read_rows(tiff.get(), layout, decoded.image) : BandReader(tiff.get(), why).read_into(decoded.image);
  if (!read || stream.read_error || !stream.first_error.empty()) return failed();
  if (stream.complaints.cut_short()) return damaged("TIFF", stream.complaints.first());

  set_dpi(tiff.get(), decoded.image);
  apply_orientation(decoded.image, layout.orientation);
  decoded.findings = stream.complaints.findings();
  return decoded;
}

}  // namespace chartscan::imaging
